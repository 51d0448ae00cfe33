import { Compartment, EditorState, Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { GhostTextManager } from '@jupyterlab/completer/lib/ghost';

import { drawableGhostText } from '../drawable';

const TEXT = 'targets.head()';

/** As JupySQL's JupyterLab plugin does: every transaction chooses a language anew. */
function choosesLanguage(): Extension {
  const language = new Compartment();
  return [
    language.of([]),
    EditorState.transactionExtender.of(() => ({
      effects: language.reconfigure([])
    }))
  ];
}

function viewWith(...extensions: Extension[]): EditorView {
  return new EditorView({
    doc: 'print(',
    extensions: [choosesLanguage(), ...extensions],
    parent: document.body
  });
}

function place(view: EditorView, content: string, from: number): void {
  new GhostTextManager({ onBlur: () => true }).placeGhost(view, {
    from,
    content,
    providerId: 'jupyter_qwen:inline'
  });
}

/** jsdom has no layout and thus no innerText; CodeMirror's widget sets it as a plain property. */
function ghost(view: EditorView): string | undefined {
  return view.dom.querySelector<HTMLElement>('.jp-GhostText')?.innerText;
}

describe('drawableGhostText', () => {
  it('is needed: without it ghost text that is longer than what follows is not drawn', () => {
    const view = viewWith();
    expect(() => place(view, TEXT, 6)).toThrow(/out of range/);
    expect(ghost(view)).toBeUndefined();
    view.destroy();
  });

  it('has ghost text drawn at the end of a document, typed along and taken away', () => {
    const view = viewWith(drawableGhostText());
    place(view, TEXT, 6);
    expect(ghost(view)).toBe(TEXT);

    view.dispatch({
      changes: { from: 6, insert: 'tar' },
      selection: { anchor: 9 }
    });
    expect(ghost(view)).toBe('gets.head()');

    new GhostTextManager({ onBlur: () => true }).clearGhosts(view);
    expect(ghost(view)).toBeUndefined();
    view.destroy();
  });

  it('has ghost text drawn at several cursors', () => {
    const view = viewWith(drawableGhostText());
    new GhostTextManager({ onBlur: () => true }).placeGhost(
      view,
      [0, 6].map(from => ({ from, content: TEXT, providerId: 'any' }))
    );
    expect(view.dom.querySelectorAll('.jp-GhostText')).toHaveLength(2);
    view.destroy();
  });

  it('leaves what the extension adds, and all other transactions, as they are', () => {
    const language = new Compartment();
    const seen: string[] = [];
    const view = viewWith(
      drawableGhostText(),
      language.of([]),
      EditorState.transactionExtender.of(transaction => {
        seen.push(transaction.docChanged ? 'change' : 'effects');
        return {
          effects: language.reconfigure(
            EditorState.tabSize.of(transaction.newDoc.length)
          )
        };
      })
    );
    view.dispatch({ changes: { from: 6, insert: '12345' } });
    expect(seen).toEqual(['change']);
    expect(view.state.tabSize).toBe(11);
    place(view, TEXT, 11);
    expect(view.state.tabSize).toBe(11);
    expect(view.state.doc.toString()).toBe('print(12345');
    view.destroy();
  });
});
