/**
 * Keeps ghost text drawable beside extensions that add something to every transaction of an editor.
 *
 * CodeMirror maps a transaction's effects through what a `transactionExtender` adds to it. JupyterLab 4.6 (`addMark` in
 * completer/src/ghost.ts) maps the end of ghost text, too, as if its text stood in the document: where less text follows the
 * cursor than is suggested, CodeMirror throws "Position … is out of range for changeset", and nothing is drawn. JupySQL's
 * JupyterLab plugin (jupysql-plugin 0.4.5) extends every transaction of every editor, to choose between Python and SQL.
 */
import {
  ChangeDesc,
  EditorState,
  Extension,
  StateEffect
} from '@codemirror/state';

/** Draws ghost text where something extends the transaction that brings it; all other transactions pass as they are. */
export function drawableGhostText(): Extension {
  return EditorState.transactionFilter.of(transaction => {
    const { startState, effects } = transaction;
    const extended =
      startState.facet(EditorState.transactionExtender).length > 0;
    return extended &&
      !transaction.docChanged &&
      !transaction.selection &&
      effects.some(bringsGhostText)
      ? {
          effects: effects.map(effect =>
            bringsGhostText(effect) ? staying(effect) : effect
          )
        }
      : transaction;
  });
}

/** JupyterLab keeps the effect's type to itself: its value tells, which is where the text goes and who provides it. */
function bringsGhostText({ value }: StateEffect<unknown>): boolean {
  const { content, from, providerId } = (value ?? {}) as Record<
    string,
    unknown
  >;
  return (
    typeof content === 'string' &&
    typeof from === 'number' &&
    typeof providerId === 'string'
  );
}

/** The same effect, which changes of nothing leave where it is. */
function staying<T>(effect: StateEffect<T>): StateEffect<T> {
  return Object.create(effect, {
    map: {
      value(this: StateEffect<T>, changes: ChangeDesc) {
        return changes.empty ? this : effect.map(changes);
      }
    }
  }) as StateEffect<T>;
}
