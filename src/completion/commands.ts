/**
 * Commands around ghost text: its switches.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { QwenSettings } from '../settings';
import { CommandIDs, NO_ARGUMENTS } from '../tokens';
import { codePlaceOf } from './cursor';
import type { CompletionManners } from './manners';

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
  const place = () => codePlaceOf(app.shell.currentWidget);
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
