/**
 * The ghost text on screen: what is left of it at the cursor, and taking it away.
 *
 * JupyterLab's inline completer has no call for either, and leaves two traces behind: after text that disagrees it still
 * takes Tab, and text that a cursor left behind would be accepted over what stands in between.
 */
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IInlineCompletionItem } from '@jupyterlab/completer';
import type { Signal } from '@lumino/signaling';

import { aroundCursor } from './cursor';
import type { Generation } from './generation';

export const PROVIDER_ID = 'jupyter_qwen:inline';

/** JupyterLab's: Tab accepts. */
const ACTIVE = 'jp-mod-inline-completer-active';

/** Ours: the keys for a word, a line and for taking it away mean ghost text. */
const SHOWN = 'jp-Qwen-mod-ghost';
const AT_LINE_END = 'jp-Qwen-mod-lineEnd';

/** Ghost text that can be read; spacers keep an editor's height for a second after it has gone. */
const GHOST =
  '.jp-GhostText:not(.jp-GhostText-lineSpacer):not(.jp-GhostText-letterSpacer)';

/** What JupyterLab makes of the item that a provider returned: the same object, and a signal that has it drawn again. */
type ShownItem = IInlineCompletionItem & {
  stream?: Signal<unknown, number>;
  lastStreamed?: string;
  streaming?: boolean;
};

/** The number of `update` in JupyterLab's enumeration of stream events. */
const UPDATE = 1;

interface IShown {
  item: ShownItem;
  generation: Generation;
}

export class Screen {
  /** An item was handed to JupyterLab, for the cursor in `editor`. */
  show(
    item: IInlineCompletionItem,
    generation: Generation,
    editor: CodeEditor.IEditor | null | undefined
  ): void {
    this._shown = { item, generation };
    this._watch(editor ?? null);
  }

  get editor(): CodeEditor.IEditor | null {
    return this._editor;
  }

  /** What is left of our suggestion at the cursor; empty when it is not on screen. */
  get remaining(): string {
    const { _editor: editor, _shown: shown } = this;
    if (!editor || editor.isDisposed || !shown || !this._isVisible(editor)) {
      return '';
    }
    return left(shown.generation, editor);
  }

  /** Take our suggestion away, and end the work on it. */
  dismiss(): void {
    const shown = this._shown;
    this._shown = null;
    if (shown) {
      shown.generation.abort();
      const { item } = shown;
      // The item is JupyterLab's own object by now: an empty one shows nothing, and the next character drops it.
      item.insertText = item.filterText = item.lastStreamed = '';
      item.streaming = item.isIncomplete = false;
      // Dismissing can happen within an update of the editor, which must not be updated again before it is over.
      queueMicrotask(() => item.stream?.emit(UPDATE));
    }
    this._settle();
  }

  /** Follow the editor that shows the suggestion, and let go of the one before. */
  private _watch(editor: CodeEditor.IEditor | null): void {
    if (editor === this._editor) {
      return;
    }
    this._texts.disconnect();
    this._marks.disconnect();
    const before = this._editor;
    if (before && !before.isDisposed) {
      before.model.selections.changed.disconnect(this._later, this);
      before.host.classList.remove(SHOWN, AT_LINE_END);
    }
    this._editor = editor;
    if (editor) {
      editor.model.selections.changed.connect(this._later, this);
      this._texts.observe(editor.host, { childList: true, subtree: true });
      // A suggestion that was typed to its end is drawn again as nothing, and with JupyterLab's mark.
      this._marks.observe(editor.host, { attributeFilter: ['class'] });
    }
  }

  /** Ghost text comes and goes within one step of JupyterLab's; the classes follow when it is over. */
  private _later(): void {
    if (!this._due) {
      this._due = true;
      queueMicrotask(() => {
        this._due = false;
        this._settle();
      });
    }
  }

  private _settle(): void {
    const editor = this._editor;
    if (!editor || editor.isDisposed) {
      return;
    }
    const { host } = editor;
    const visible = this._isVisible(editor);
    const text = this._shown ? left(this._shown.generation, editor) : '';
    if (visible && this._shown && !text) {
      this.dismiss(); // the cursor went elsewhere, or the rest was withdrawn
      return;
    }
    const ours = visible && text !== '';
    host.classList.toggle(SHOWN, ours);
    host.classList.toggle(AT_LINE_END, ours && isAtLineEnd(editor));
    // Taking away a class that is not there is a change as well, which would be looked into again, and so on.
    if (host.classList.contains(ACTIVE) && !hasText(host, GHOST)) {
      host.classList.remove(ACTIVE);
    }
  }

  private _isVisible(editor: CodeEditor.IEditor): boolean {
    return hasText(editor.host, `${GHOST}[data-provided-by="${PROVIDER_ID}"]`);
  }

  private _due = false;
  private _editor: CodeEditor.IEditor | null = null;
  private _shown: IShown | null = null;
  private readonly _texts = new MutationObserver(() => this._later());
  private readonly _marks = new MutationObserver(() => this._later());
}

function hasText(host: HTMLElement, selector: string): boolean {
  return Array.from(host.querySelectorAll(selector)).some(
    ghost => !!ghost.textContent
  );
}

function left(generation: Generation, editor: CodeEditor.IEditor): string {
  const { prefix, suffix } = aroundCursor(editor);
  return generation.rest(prefix, suffix) ?? '';
}

function isAtLineEnd(editor: CodeEditor.IEditor): boolean {
  const { line, column } = editor.getCursorPosition();
  return column === (editor.getLine(line) ?? '').length;
}
