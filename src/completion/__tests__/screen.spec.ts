import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IInlineCompletionItem } from '@jupyterlab/completer';
import { Signal } from '@lumino/signaling';

import type { StreamEvent } from '../../wire';
import { Generation } from '../generation';
import { Screen } from '../screen';
import { settle } from './server';

/** An editor as far as ghost text is concerned; `|` is the cursor. */
class Editor {
  constructor(text: string) {
    this.type(text);
  }

  readonly host = document.createElement('div');
  readonly isDisposed = false;
  readonly model = {
    selections: { changed: new Signal<object, void>(this) },
    sharedModel: { getSource: () => this._before + this._after }
  };

  get asEditor(): CodeEditor.IEditor {
    return this as unknown as CodeEditor.IEditor;
  }

  getCursorPosition() {
    return { line: 0, column: this._before.length };
  }

  getOffsetAt({ column }: CodeEditor.IPosition): number {
    return column;
  }

  getLine(): string {
    return this._before + this._after;
  }

  type(text: string): void {
    [this._before, this._after] = text.split('|');
    this.model.selections.changed.emit();
  }

  /** What JupyterLab does when it has an item. */
  draw(text: string, spacer = false): void {
    const kind = spacer
      ? 'jp-GhostText jp-GhostText-lineSpacer'
      : 'jp-GhostText';
    this.host.innerHTML = `<span class="${kind}" data-provided-by="jupyter_qwen:inline">${text}</span>`;
    this.host.classList.toggle('jp-mod-inline-completer-active', true);
  }

  private _before = '';
  private _after = '';
}

async function suggested(prefix: string, suffix: string, text: string) {
  const generation = new Generation(prefix, suffix, async function* () {
    yield { type: 'completion', text, done: true } as StreamEvent;
  });
  await settle();
  return generation;
}

async function setUp(text: string, suggestion: string) {
  const editor = new Editor(text);
  const [prefix, suffix] = text.split('|');
  const generation = await suggested(prefix, suffix, suggestion);
  const screen = new Screen();
  const item: IInlineCompletionItem = { insertText: suggestion };
  screen.show(item, generation, editor.asEditor);
  editor.draw(suggestion);
  await settle();
  return { editor, generation, item, screen };
}

describe('Screen', () => {
  it('knows what is left when the user types along', async () => {
    const { editor, screen } = await setUp('x = |', 'len(xs)');
    expect(screen.remaining).toBe('len(xs)');
    expect(editor.host.className).toContain('jp-Qwen-mod-ghost');
    expect(editor.host.className).toContain('jp-Qwen-mod-lineEnd');
    editor.type('x = len|');
    expect(screen.remaining).toBe('(xs)');
  });

  it('leaves End alone within a line', async () => {
    const { editor } = await setUp('x = | + 1', 'y');
    expect(editor.host.className).toContain('jp-Qwen-mod-ghost');
    expect(editor.host.className).not.toContain('jp-Qwen-mod-lineEnd');
  });

  it('gives Tab back when JupyterLab shows only the space of what disagreed', async () => {
    const { editor, screen } = await setUp('x = |', 'len(xs)');
    editor.type('x = 5|');
    editor.draw('len(xs)', true);
    await settle();
    expect(screen.remaining).toBe('');
    expect(editor.host.className).toBe('');
  });

  it('empties an item that the cursor has left, and ends the work on it', async () => {
    const { editor, generation, item } = await setUp('x = | + 1', 'y');
    editor.type('x =  +| 1');
    await settle();
    expect(item.insertText).toBe('');
    expect(generation.aborted).toBe(true);
    expect(editor.host.className).not.toContain('jp-Qwen-mod-ghost');
  });

  it('lets go of the editor before', async () => {
    const { editor, screen } = await setUp('x = |', 'len(xs)');
    const next = new Editor('y = |');
    screen.show(
      { insertText: '2' },
      await suggested('y = ', '', '2'),
      next.asEditor
    );
    expect(editor.host.className).not.toContain('jp-Qwen-mod-ghost');
    next.draw('2');
    await settle();
    expect(screen.remaining).toBe('2');
  });
});
