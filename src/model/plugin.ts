/**
 * The client, the model's state, and the commands that change it.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import {
  CommandIDs,
  IModelStatus,
  IQwenClient,
  IQwenSettings,
  NAMESPACE
} from '../tokens';
import { ModelStatus } from './status';
import { StatusItem } from './statusbar';

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

export const clientPlugin: JupyterFrontEndPlugin<QwenClient> = {
  id: 'jupyter_qwen:client',
  description: 'Talks to the server extension.',
  autoStart: true,
  provides: IQwenClient,
  activate: (app: JupyterFrontEnd): QwenClient =>
    new QwenClient(app.serviceManager.serverSettings)
};

export const statusPlugin: JupyterFrontEndPlugin<ModelStatus> = {
  id: 'jupyter_qwen:model',
  description: 'Follows the state of the language model.',
  autoStart: true,
  provides: IModelStatus,
  requires: [IQwenClient],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    client: QwenClient,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): ModelStatus => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const status = new ModelStatus(client, app.serviceManager.events);
    // Not while the application starts: the first paint comes first.
    void app.restored.then(() => status.refresh());

    const state = () => status.current?.state;
    app.commands.addCommand(CommandIDs.loadModel, {
      label: trans.__('Load the Model'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => state() === 'unloaded' || state() === 'crashed',
      execute: () => status.load()
    });
    app.commands.addCommand(CommandIDs.unloadModel, {
      label: trans.__('Unload the Model'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => state() === 'ready' && !status.current?.remote,
      execute: () => status.unload()
    });
    app.commands.addCommand(CommandIDs.pullModel, {
      label: trans.__('Download the Model'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => state() === 'absent',
      execute: () => status.pull()
    });
    app.commands.addCommand(CommandIDs.cancelPull, {
      label: trans.__('Cancel the Download'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => state() === 'downloading',
      execute: () => status.cancelPull()
    });
    status.changed.connect(() => {
      for (const id of [
        CommandIDs.loadModel,
        CommandIDs.unloadModel,
        CommandIDs.pullModel,
        CommandIDs.cancelPull
      ]) {
        app.commands.notifyCommandChanged(id);
      }
    });
    for (const command of [
      CommandIDs.loadModel,
      CommandIDs.unloadModel,
      CommandIDs.pullModel,
      CommandIDs.cancelPull
    ]) {
      palette?.addItem({ command, category: trans.__('Qwen Assistant') });
    }
    return status;
  }
};

export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:status-bar',
  description: 'Shows the state of the model in the status bar.',
  autoStart: true,
  requires: [IModelStatus, IQwenSettings],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    status: ModelStatus,
    settings: QwenSettings,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (!statusBar) {
      return; // Notebook 7 has none
    }
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const item = new StatusItem(status, settings, trans, () => {
      void app.commands.execute(CommandIDs.openChat);
    });
    statusBar.registerStatusItem('jupyter_qwen:status', {
      item,
      align: 'right',
      rank: 900
    });
  }
};
