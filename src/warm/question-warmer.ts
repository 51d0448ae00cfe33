/**
 * Has the server process what the next question will begin with, while the question is still being typed.
 */
import type { INotebookTracker } from '@jupyterlab/notebook';
import { Debouncer } from '@lumino/polling';

import type { ContextModel } from '../context/context-model';
import type { ContextGatherer } from '../context/gather';
import type { ICurrentConversation } from '../context/selection';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';

/** Reading the tables is not worth a look at every key. */
const PAUSE_MS = 400;

export class QuestionWarmer {
  constructor(
    private readonly _client: QwenClient,
    private readonly _gatherer: ContextGatherer,
    private readonly _status: ModelStatus,
    private readonly _conversations: Pick<ICurrentConversation, 'current'>,
    private readonly _tracker: INotebookTracker | null,
    private readonly _context: Pick<ContextModel, 'chosen'>,
    private readonly _settings: Pick<QwenSettings, 'values'>,
    pause = PAUSE_MS
  ) {
    this._debouncer = new Debouncer(() => this._warm(), pause);
  }

  /** The input has changed; `text` is what is in it now. */
  typed(text: string): void {
    if (text.trim()) {
      void this._debouncer.invoke();
    } else {
      void this._debouncer.stop(); // sent, or taken back
    }
  }

  dispose(): void {
    this._debouncer.dispose();
  }

  /** Tell the server once for every state of tables and cells. Nothing is at stake: a failure costs the head start, no more. */
  private async _warm(): Promise<void> {
    const conversation = this._conversations.current;
    if (
      !this._settings.values.prepareWhileIdle ||
      this._status.current?.state !== 'ready' ||
      conversation.running
    ) {
      return;
    }
    const panel = this._tracker?.currentWidget;
    if (!panel) {
      return; // no tables: the server would have nothing to begin with
    }
    const active = panel.content.activeCell?.model.id ?? null;
    try {
      await this._gatherer.refresh(panel);
      const view = this._gatherer.glance(panel, active);
      const chosen = await this._context.chosen(conversation.selection, panel);
      const told = JSON.stringify([conversation.thread, view, chosen]);
      if (told === this._told) {
        return;
      }
      const context = await this._gatherer.gather(panel, active);
      if (conversation.running) {
        return; // the question itself was faster
      }
      this._told = told;
      await this._client.warm({
        mode: 'auto',
        thread: conversation.thread,
        language: context.language,
        cells: context.cells,
        active_cell: active,
        schema: context.schema,
        connection: null,
        dialect: null,
        privacy: context.privacy,
        ...chosen
      });
    } catch (error) {
      console.debug('jupyter_qwen: the question was not prepared', error);
    }
  }

  private readonly _debouncer: Debouncer;
  /** What the server was told last. */
  private _told = '';
}
