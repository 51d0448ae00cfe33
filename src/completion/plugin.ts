/**
 * Registers the completion provider and its switch.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { ContextGatherer } from '../context/gather';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import {
  CommandIDs,
  IContextGatherer,
  IModelStatus,
  IQwenClient,
  IQwenSettings,
  NAMESPACE
} from '../tokens';
import { QwenInlineProvider } from './provider';

export const completionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:completion',
  description: 'Completes code while it is typed.',
  autoStart: true,
  requires: [IQwenClient, IQwenSettings, IModelStatus, IContextGatherer],
  optional: [ICompletionProviderManager, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    client: QwenClient,
    settings: QwenSettings,
    status: ModelStatus,
    gatherer: ContextGatherer,
    manager: ICompletionProviderManager | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    if (!manager) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const provider = new QwenInlineProvider(
      client,
      gatherer,
      status,
      settings,
      trans
    );
    manager.registerInlineProvider(provider);
    settings.changed.connect(() => {
      if (!settings.values.inlineCompletion) {
        provider.cancel();
      }
      app.commands.notifyCommandChanged(CommandIDs.toggleInline);
    });
    app.commands.addCommand(CommandIDs.toggleInline, {
      label: trans.__('Complete Code While Typing'),
      describedBy: { args: { type: 'object', properties: {} } },
      isToggled: () => settings.values.inlineCompletion,
      execute: () =>
        settings.set('inlineCompletion', !settings.values.inlineCompletion)
    });
    palette?.addItem({
      command: CommandIDs.toggleInline,
      category: trans.__('Qwen Assistant')
    });
  }
};
