/**
 * Prepares answers about the current notebook while nobody asks.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';

import type { ContextGatherer } from '../context/gather';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import {
  IContextGatherer,
  IModelStatus,
  IQwenClient,
  IQwenSettings
} from '../tokens';
import { NotebookWarmer } from './notebook-warmer';

export const warmPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:warm',
  description: 'Prepares answers about the current notebook while nobody asks.',
  autoStart: true,
  requires: [IQwenClient, IQwenSettings, IModelStatus, IContextGatherer],
  // Notebook 7's pages without a notebook have none
  optional: [INotebookTracker],
  activate: (
    _app: JupyterFrontEnd,
    client: QwenClient,
    settings: QwenSettings,
    status: ModelStatus,
    gatherer: ContextGatherer,
    tracker: INotebookTracker | null
  ): void => {
    if (!tracker) {
      return;
    }
    const warmer = new NotebookWarmer(
      client,
      gatherer,
      status,
      settings,
      tracker
    );
    const changed = () => warmer.changed();
    tracker.currentChanged.connect(changed);
    gatherer.tablesChanged.connect(changed);
    NotebookActions.executed.connect(changed);
    let ready = status.current?.state === 'ready';
    status.changed.connect(() => {
      const was = ready;
      ready = status.current?.state === 'ready';
      if (ready && !was) {
        warmer.loaded();
      }
    });
  }
};
