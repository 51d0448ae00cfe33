/**
 * Opens the demo ready: its tables loaded, the panel's input focused.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';

import type { QwenClient } from '../request';
import { CommandIDs, IQwenClient } from '../tokens';
import { loadFreshDemo } from './demo';

export const demoPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:demo',
  description: 'Loads the tables of a demo that was just made.',
  autoStart: true,
  requires: [IQwenClient],
  // Notebook 7's pages without a notebook have none
  optional: [INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    client: QwenClient,
    tracker: INotebookTracker | null
  ): void => {
    tracker?.widgetAdded.connect((_, panel) => {
      loadFreshDemo(panel, client)
        .then(ran =>
          ran && app.commands.hasCommand(CommandIDs.openChat)
            ? app.commands.execute(CommandIDs.openChat)
            : undefined
        )
        .catch(error => {
          // The cells are there to be run by hand.
          console.warn('jupyter_qwen: the demo was not loaded', error);
        });
    });
  }
};
