/**
 * Keys on ghost text: a word of it, a line of it, none of it. All of it is JupyterLab's own command, on Tab.
 *
 * Their shortcuts are bound to classes that an editor has only while our ghost text is on screen (`Screen`), so that the keys
 * mean what they always mean otherwise. JupyterLab looks for shortcuts after the editor has had the key, and CodeMirror takes
 * those that move the cursor for itself: here they are looked for before, as JupyterLab does for Tab.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { CommandIDs, NO_ARGUMENTS } from '../tokens';
import { restOfLine, firstWord } from './pieces';
import type { Screen } from './screen';

const OURS: readonly string[] = [
  CommandIDs.acceptWord,
  CommandIDs.acceptLine,
  CommandIDs.dismiss
];

export function addKeys(
  app: JupyterFrontEnd,
  screen: Screen,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const isEnabled = () => screen.remaining !== '';
  const accept = (piece: (text: string) => string) => () => {
    const { editor, remaining } = screen;
    if (editor && remaining) {
      typeInto(editor, piece(remaining));
    }
  };
  commands.addCommand(CommandIDs.acceptWord, {
    label: trans.__('Accept the Next Word of the Suggestion'),
    describedBy: NO_ARGUMENTS,
    isEnabled,
    execute: accept(firstWord)
  });
  commands.addCommand(CommandIDs.acceptLine, {
    label: trans.__('Accept the Next Line of the Suggestion'),
    describedBy: NO_ARGUMENTS,
    isEnabled,
    execute: accept(restOfLine)
  });
  commands.addCommand(CommandIDs.dismiss, {
    label: trans.__('Dismiss the Suggestion'),
    describedBy: NO_ARGUMENTS,
    isEnabled,
    execute: () => screen.dismiss()
  });
  document.addEventListener(
    'keydown',
    event => {
      const command = screen.remaining ? commandFor(commands, event) : null;
      if (command) {
        event.preventDefault();
        event.stopImmediatePropagation();
        void commands.execute(command);
      }
    },
    true
  );
}

/** Which of the commands the user's shortcuts give this key, in the element that has it. */
function commandFor(
  { keyBindings }: CommandRegistry,
  event: KeyboardEvent
): string | null {
  const { target } = event;
  if (!(target instanceof Element) || event.isComposing) {
    return null;
  }
  const keystroke = CommandRegistry.keystrokeForKeydownEvent(event);
  const binding = keyBindings.find(
    ({ command, keys, selector }) =>
      OURS.includes(command) &&
      keys.length === 1 &&
      keys[0] === keystroke &&
      target.closest(selector) !== null
  );
  return binding?.command ?? null;
}

/** The part of CodeMirror's view that is needed to type; JupyterLab's editors carry it as `editor`. */
interface IView {
  dispatch(change: {
    changes: { from: number; insert: string };
    selection: { anchor: number };
    userEvent: string;
    scrollIntoView: boolean;
  }): void;
}

/**
 * Insert `text` as if it had been typed: what is left of the suggestion stays on screen, and undo takes it back. The cursor
 * moves in the same step: JupyterLab takes a suggestion away whose cursor stands still.
 */
function typeInto(editor: CodeEditor.IEditor, text: string): void {
  const from = editor.getOffsetAt(editor.getCursorPosition());
  const { editor: view } = editor as { editor?: IView };
  view?.dispatch({
    changes: { from, insert: text },
    selection: { anchor: from + text.length },
    userEvent: 'input.complete',
    scrollIntoView: true
  });
}
