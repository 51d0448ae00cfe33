/**
 * Commands around ghost text: its switches, and taking it word by word or line by line.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { QwenSettings } from '../settings';
import { CommandIDs } from '../tokens';
import type { CompletionManners } from './manners';
import { firstLine, firstWord } from './pieces';
import { editorOf, placeOf } from './place';
import type { QwenInlineProvider } from './provider';

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

const SWITCHES = [
  CommandIDs.toggleInline,
  CommandIDs.toggleManual,
  CommandIDs.toggleDocument,
  CommandIDs.toggleLanguage
];

/** Where the user can switch completion off, and for what. */
export function addSwitches(options: {
  app: JupyterFrontEnd;
  manners: CompletionManners;
  settings: QwenSettings;
  palette: ICommandPalette | null;
  trans: TranslationBundle;
}): void {
  const { app, manners, settings, palette, trans } = options;
  const { commands } = app;
  const place = () => placeOf(app.shell.currentWidget);
  const on = () => settings.values.inlineCompletion;
  commands.addCommand(CommandIDs.toggleInline, {
    label: trans.__('Complete Code While Typing'),
    describedBy: NO_ARGUMENTS,
    isToggled: on,
    execute: () => manners.toggle()
  });
  commands.addCommand(CommandIDs.toggleManual, {
    label: trans.__('Complete Only When Asked (Alt+\\)'),
    describedBy: NO_ARGUMENTS,
    isEnabled: on,
    isToggled: () => settings.values.inlineCompletionManualOnly,
    execute: () => manners.toggleManual()
  });
  commands.addCommand(CommandIDs.toggleDocument, {
    label: () => {
      const path = place()?.path;
      return path
        ? trans.__('No Completion in %1', PathExt.basename(path))
        : trans.__('No Completion in This Document');
    },
    describedBy: NO_ARGUMENTS,
    isEnabled: () => on() && !!place()?.path,
    isToggled: () =>
      settings.values.inlineCompletionDisabledDocuments.includes(
        place()?.path ?? ''
      ),
    execute: async () => {
      const path = place()?.path;
      if (path) {
        await manners.toggleDocument(path);
      }
    }
  });
  commands.addCommand(CommandIDs.toggleLanguage, {
    label: () => {
      const language = place()?.language;
      return language
        ? trans.__('No Completion in %1', NAMES[language] ?? language)
        : trans.__('No Completion in This Language');
    },
    describedBy: NO_ARGUMENTS,
    isEnabled: () => on() && !!place()?.language,
    isToggled: () =>
      settings.values.inlineCompletionDisabledLanguages.includes(
        place()?.language ?? ''
      ),
    execute: async () => {
      const language = place()?.language;
      if (language) {
        await manners.toggleLanguage(language);
      }
    }
  });
  manners.changed.connect(() => {
    for (const id of SWITCHES) {
      commands.notifyCommandChanged(id);
    }
  });
  for (const command of SWITCHES) {
    palette?.addItem({ command, category: trans.__('Qwen Assistant') });
  }
}

const NAMES: Record<string, string> = {
  python: 'Python',
  sql: 'SQL',
  r: 'R',
  julia: 'Julia',
  markdown: 'Markdown',
  typescript: 'TypeScript',
  javascript: 'JavaScript',
  json: 'JSON'
};

/** Keys on ghost text. They are enabled only while ours is shown, so that they mean what they always mean otherwise. */
export function addKeys(
  app: JupyterFrontEnd,
  provider: QwenInlineProvider,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const left = () =>
    isShown(app) ? provider.remaining(app.shell.currentWidget) : '';
  const accept = (piece: (text: string) => string) => () => {
    const text = piece(left());
    // As if it had been typed: what is left of the suggestion stays on screen.
    editorOf(app.shell.currentWidget)?.replaceSelection?.(text);
  };
  commands.addCommand(CommandIDs.acceptWord, {
    label: trans.__('Accept the Next Word of the Suggestion'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => left() !== '',
    execute: accept(firstWord)
  });
  commands.addCommand(CommandIDs.acceptLine, {
    label: trans.__('Accept the Next Line of the Suggestion'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => left() !== '',
    execute: accept(firstLine)
  });
  commands.addCommand(CommandIDs.dismiss, {
    label: trans.__('Dismiss the Suggestion'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => isShown(app),
    execute: () => {
      provider.cancel();
      const editor = editorOf(app.shell.currentWidget);
      if (!editor) {
        return;
      }
      // JupyterLab has no call to take ghost text away; it does so itself when the user begins to select.
      const cursor = editor.getCursorPosition();
      const last = editor.lineCount - 1;
      const end = { line: last, column: editor.getLine(last)?.length ?? 0 };
      editor.setSelection({ start: { line: 0, column: 0 }, end });
      editor.setCursorPosition(cursor, { scroll: false });
    }
  });
}

/** Whether our ghost text, and not another provider's, is on screen where the cursor is. */
function isShown(app: JupyterFrontEnd): boolean {
  const ghost = editorOf(app.shell.currentWidget)?.host.querySelector(
    '.jp-GhostText[data-provided-by="jupyter_qwen:inline"]'
  );
  return !!ghost;
}
