/**
 * Registers the completion provider, its switches and its keys.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import {
  INotebookTracker,
  NotebookActions,
  NotebookPanel
} from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';

import type { ContextGatherer } from '../context/gather';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import {
  ICompletionManners,
  IContextGatherer,
  IModelStatus,
  IQwenClient,
  IQwenSettings,
  NAMESPACE
} from '../tokens';
import { addSwitches } from './commands';
import { drawableGhostText } from './drawable';
import { addKeys } from './keys';
import { CompletionManners } from './manners';
import { QwenInlineProvider } from './provider';
import { Questions } from './question';

/** Who moves through cells passes most of them; and after a run the tables are read first. */
const BEFORE_WARMING_MS = 700;

export const mannersPlugin: JupyterFrontEndPlugin<CompletionManners> = {
  id: 'jupyter_qwen:completion-manners',
  description: 'Decides when code is completed without being asked.',
  autoStart: true,
  provides: ICompletionManners,
  requires: [IQwenSettings],
  optional: [ICommandPalette, INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    settings: QwenSettings,
    palette: ICommandPalette | null,
    tracker: INotebookTracker | null,
    translator: ITranslator | null
  ): CompletionManners => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const manners = new CompletionManners(settings);
    addSwitches({ app, manners, settings, palette, trans });
    tracker?.widgetAdded.connect((_, panel) => {
      let { path } = panel.context;
      panel.context.pathChanged.connect((_, renamed) => {
        void manners.renamed(path, renamed);
        path = renamed;
      });
    });
    return manners;
  }
};

export const completionPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:completion',
  description: 'Completes code while it is typed.',
  autoStart: true,
  requires: [
    IQwenClient,
    IQwenSettings,
    IModelStatus,
    IContextGatherer,
    ICompletionManners
  ],
  optional: [ICompletionProviderManager, INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    client: QwenClient,
    settings: QwenSettings,
    status: ModelStatus,
    gatherer: ContextGatherer,
    manners: CompletionManners,
    manager: ICompletionProviderManager | null,
    tracker: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    if (!manager) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const provider = new QwenInlineProvider(
      client,
      new Questions(gatherer, settings),
      status,
      manners,
      trans
    );
    manager.registerInlineProvider(provider);
    addKeys(app, provider.screen, trans);
    settings.changed.connect(() => {
      if (!settings.values.inlineCompletion) {
        provider.cancel();
      }
    });
    if (tracker) {
      warmWhereTheCursorIs(tracker, panel => provider.warm(panel));
    }
  }
};

export const drawablePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:drawable-ghost-text',
  description:
    'Lets ghost text be shown beside extensions that add to every transaction of an editor.',
  autoStart: true,
  optional: [IEditorExtensionRegistry],
  activate: (
    _: JupyterFrontEnd,
    extensions: IEditorExtensionRegistry | null
  ): void => {
    const extension =
      EditorExtensionRegistry.createImmutableExtension(drawableGhostText());
    extensions?.addExtension({
      name: 'jupyter_qwen:drawable-ghost-text',
      factory: () => extension
    });
  }
};

/** A cell that was just entered, or has just run, is where the user types next. */
function warmWhereTheCursorIs(
  tracker: INotebookTracker,
  warm: (panel: NotebookPanel) => Promise<void>
): void {
  const later = new Debouncer(async () => {
    const panel = tracker.currentWidget;
    if (panel?.content.activeCell?.model.type === 'code') {
      await warm(panel);
    }
  }, BEFORE_WARMING_MS);
  tracker.activeCellChanged.connect(() => void later.invoke());
  NotebookActions.executed.connect(() => void later.invoke());
}
