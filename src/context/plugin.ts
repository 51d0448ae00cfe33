/**
 * Keeps the context warm: tables are read again after a cell ran, and forgotten when the kernel restarts.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  INotebookTracker,
  NotebookActions,
  NotebookPanel
} from '@jupyterlab/notebook';
import { Debouncer } from '@lumino/polling';

import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import {
  IContextGatherer,
  IModelStatus,
  IQwenClient,
  IQwenSettings
} from '../tokens';
import { ContextGatherer } from './gather';

/** Cells often run in a row: read once, after the last. */
const AFTER_RUN_MS = 400;

/** Cells are read again when nobody has typed for so long. */
const AFTER_EDIT_MS = 800;

export const contextPlugin: JupyterFrontEndPlugin<ContextGatherer> = {
  id: 'jupyter_qwen:context',
  description: 'Gathers cells and table schemas.',
  autoStart: true,
  provides: IContextGatherer,
  requires: [IQwenClient, IQwenSettings, IModelStatus],
  optional: [INotebookTracker],
  activate: (
    _app: JupyterFrontEnd,
    client: QwenClient,
    settings: QwenSettings,
    status: ModelStatus,
    tracker: INotebookTracker | null
  ): ContextGatherer => {
    const gatherer = new ContextGatherer(client, settings, status);
    if (!tracker) {
      return gatherer;
    }
    const waiting = new Set<NotebookPanel>();
    const refresh = new Debouncer(() => {
      for (const panel of [...waiting]) {
        if (!panel.isDisposed && gatherer.isBusy(panel)) {
          continue; // until it is idle
        }
        waiting.delete(panel);
        if (!panel.isDisposed && status.problem === null) {
          void gatherer.refresh(panel);
        }
      }
    }, AFTER_RUN_MS);
    const edited = new Debouncer((panel: NotebookPanel) => {
      if (!panel.isDisposed && status.problem === null) {
        void gatherer.readCells(panel);
      }
    }, AFTER_EDIT_MS);
    NotebookActions.executed.connect((_, { notebook }) => {
      const panel = tracker.find(candidate => candidate.content === notebook);
      if (panel) {
        gatherer.loadable.outdated(panel); // it may have written a file
        gatherer.outdated(panel);
        waiting.add(panel);
        void refresh.invoke();
      }
    });
    tracker.currentChanged.connect((_, panel) => {
      gatherer.notebookChanged();
      if (panel) {
        void panel.context.ready.then(() => edited.invoke(panel));
      }
    });
    tracker.widgetAdded.connect((_, panel) => {
      void panel.context.ready.then(() => {
        panel.content.model?.contentChanged.connect(() => {
          void edited.invoke(panel);
        });
        void edited.invoke(panel);
      });
      panel.sessionContext.statusChanged.connect((session, kernelStatus) => {
        const id = session.session?.kernel?.id;
        if (
          id &&
          (kernelStatus === 'restarting' || kernelStatus === 'autorestarting')
        ) {
          gatherer.forget(id);
        }
        if (kernelStatus === 'idle' && waiting.has(panel)) {
          void refresh.invoke();
        }
      });
      panel.sessionContext.kernelChanged.connect((_, { newValue }) => {
        if (newValue) {
          waiting.add(panel);
          void refresh.invoke();
        }
      });
    });
    return gatherer;
  }
};
