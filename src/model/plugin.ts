/**
 * The client, the model's state, and the commands that change it.
 */
import {
  ILabShell,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';

import { codePlaceOf } from '../completion/cursor';
import type { CompletionManners } from '../completion/manners';
import { QwenClient } from '../request';
import {
  CommandIDs,
  ICompletionManners,
  IModelStatus,
  IQwenClient,
  NAMESPACE,
  NO_ARGUMENTS
} from '../tokens';
import { tellOfResting } from './resting';
import { ModelStatus } from './status';
import { StatusItem } from './statusbar';

/** Between two looks for a server that does not answer. */
const LOOK_AGAIN_MS = 5000;

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
    app.serviceManager.connectionFailure.connect(() => void status.refresh());
    whileOffline(status);

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
      isEnabled: () =>
        (state() === 'ready' || state() === 'loading') &&
        !status.current?.remote,
      execute: () => status.unload()
    });
    app.commands.addCommand(CommandIDs.pullModel, {
      label: trans.__('Download the Model'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => state() === 'absent',
      execute: () => status.pull()
    });
    app.commands.addCommand(CommandIDs.chooseModel, {
      label: trans.__('Choose the Model…'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => status.current !== null && !status.current.remote,
      execute: async () => {
        const { chooseModel } = await import('./chooser');
        await chooseModel(status, trans);
      }
    });
    app.commands.addCommand(CommandIDs.cancelPull, {
      label: trans.__('Cancel the Download'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => state() === 'downloading',
      execute: () => status.cancelPull()
    });
    status.changed.connect(() => {
      for (const id of [
        CommandIDs.chooseModel,
        CommandIDs.loadModel,
        CommandIDs.unloadModel,
        CommandIDs.pullModel,
        CommandIDs.cancelPull
      ]) {
        app.commands.notifyCommandChanged(id);
      }
    });
    for (const command of [
      CommandIDs.chooseModel,
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

/** A server that went away may come back: look for it now and then, so that nobody has to press "Try again". */
function whileOffline(status: ModelStatus): void {
  let waiting = false;
  status.changed.connect(() => {
    if (status.problem === 'offline' && !waiting) {
      waiting = true;
      setTimeout(() => {
        waiting = false;
        void status.refresh();
      }, LOOK_AGAIN_MS);
    }
  });
}

export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:status-bar',
  description:
    'Shows the state of the model in the status bar; without one, tells when completion rests.',
  autoStart: true,
  requires: [IModelStatus, ICompletionManners],
  optional: [IStatusBar, ILabShell, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    status: ModelStatus,
    manners: CompletionManners,
    statusBar: IStatusBar | null,
    shell: ILabShell | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const completion = {
      manners,
      manner: () => manners.at(codePlaceOf(app.shell.currentWidget))
    };
    if (!statusBar) {
      tellOfResting(completion, trans); // Notebook 7 has none
      return;
    }
    const menu = new Menu({ commands: app.commands });
    menu.addItem({ command: CommandIDs.openChat });
    menu.addItem({ type: 'separator' });
    for (const command of [
      CommandIDs.toggleInline,
      CommandIDs.toggleManual,
      CommandIDs.toggleDocument,
      CommandIDs.toggleLanguage
    ]) {
      menu.addItem({ command });
    }
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.chooseModel });
    menu.addItem({ command: CommandIDs.loadModel });
    menu.addItem({ command: CommandIDs.unloadModel });

    const item = new StatusItem({
      ...completion,
      status,
      trans,
      openMenu: (x, y) => menu.open(x, y, { horizontalAlignment: 'left' })
    });
    // Another document may have other switches.
    shell?.currentChanged.connect(() => item.update());
    statusBar.registerStatusItem('jupyter_qwen:status', {
      item,
      align: 'right',
      rank: 900
    });
  }
};
