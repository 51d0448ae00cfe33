/**
 * Has the server process what a question about the current notebook would begin with, while nobody asks.
 */
import type { INotebookTracker } from '@jupyterlab/notebook';
import { Debouncer } from '@lumino/polling';

import type { ContextGatherer } from '../context/gather';
import { SelectionStorage } from '../context/storage';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';

/** Cells often run in a row, and people leaf through notebooks: what is left standing counts. */
const PAUSE_MS = 1500;

export class NotebookWarmer {
  constructor(
    private readonly _client: QwenClient,
    private readonly _gatherer: ContextGatherer,
    private readonly _status: ModelStatus,
    private readonly _settings: QwenSettings,
    private readonly _tracker: INotebookTracker,
    pause = PAUSE_MS,
    private readonly _selections = new SelectionStorage()
  ) {
    this._debouncer = new Debouncer(() => this._warm(), pause);
  }

  /** The model was loaded: it has processed nothing yet. */
  loaded(): void {
    this._told = '';
    this.changed();
  }

  /** Something that a prompt holds may have changed: another notebook, a cell that ran, other tables. */
  changed(): void {
    if (this._wanted) {
      void this._debouncer.invoke();
    }
  }

  dispose(): void {
    this._debouncer.dispose();
  }

  private get _wanted(): boolean {
    const status = this._status.current;
    return (
      this._settings.values.prepareWhileIdle &&
      status?.state === 'ready' &&
      !status.remote
    );
  }

  /** Once for every state of cells and tables. Nothing is at stake: a failure costs the head start, no more. */
  private async _warm(): Promise<void> {
    const panel = this._tracker.currentWidget;
    if (!panel || panel.isDisposed || !this._wanted) {
      return;
    }
    const active = panel.content.activeCell?.model.id ?? null;
    const thread = panel.context.path;
    const { language, cells, schema, privacy } = this._gatherer.glance(
      panel,
      active
    );
    const request = {
      mode: 'auto' as const,
      thread,
      language,
      cells,
      active_cell: active,
      schema,
      connection: null,
      dialect: null,
      privacy,
      // What was taken out of a context is not processed either.
      exclude: [...this._selections.load(thread).excluded]
    };
    const told = JSON.stringify(request);
    if (told === this._told || (!cells.length && !schema)) {
      return;
    }
    this._told = told;
    try {
      await this._client.warm(request);
    } catch (error) {
      this._told = '';
      console.debug('jupyter_qwen: the notebook was not prepared', error);
    }
  }

  private readonly _debouncer: Debouncer;
  /** What the server was told last. */
  private _told = '';
}
