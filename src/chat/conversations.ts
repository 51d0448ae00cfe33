/**
 * One conversation per notebook: which one is current, and what of it is on disk.
 */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ISignal, Signal } from '@lumino/signaling';

import type { QwenClient } from '../request';
import { ITurn, isObject } from '../wire';
import { Answer } from './answer';
import { Conversation, IExchange } from './conversation';

/** The thread of questions that are asked while no notebook is open. */
const NO_NOTEBOOK = '';

export class Conversations {
  constructor(
    private readonly _client: QwenClient,
    tracker: INotebookTracker | null
  ) {
    this._current = this._get(NO_NOTEBOOK);
    if (!tracker) {
      return;
    }
    tracker.currentChanged.connect((_, panel) => this._show(panel));
    tracker.widgetAdded.connect((_, panel) => {
      let path = panel.context.path;
      panel.context.pathChanged.connect((context, newPath) => {
        this._rename(path, newPath);
        path = newPath;
      });
    });
    this._show(tracker.currentWidget);
  }

  get current(): Conversation {
    return this._current;
  }

  /** Another conversation is current, or the current one got or lost an exchange or a running answer. */
  get currentChanged(): ISignal<this, void> {
    return this._currentChanged;
  }

  /** Forget a conversation, here and on disk. */
  async clear(conversation: Conversation): Promise<void> {
    conversation.clear();
    if (conversation.thread === NO_NOTEBOOK) {
      return; // never kept
    }
    await this._client.deleteThread(conversation.thread).catch(error => {
      console.warn('jupyter_qwen: the thread could not be deleted', error);
    });
  }

  private _show(panel: NotebookPanel | null): void {
    const conversation = this._get(panel?.context.path ?? NO_NOTEBOOK);
    if (!conversation.restored) {
      conversation.restored = true;
      if (conversation.thread !== NO_NOTEBOOK) {
        void this._restore(conversation);
      }
    }
    if (conversation !== this._current) {
      this._current = conversation;
      this._currentChanged.emit();
    }
  }

  private async _restore(conversation: Conversation): Promise<void> {
    try {
      const turns = await this._client.thread(conversation.thread);
      conversation.restore(turns.flatMap(toExchange));
    } catch (error) {
      // Without its history a conversation can still begin; the status says what is wrong with the server.
      console.warn('jupyter_qwen: the thread could not be read', error);
    }
  }

  private _rename(from: string, to: string): void {
    const conversation = this._byThread.get(from);
    if (conversation) {
      this._byThread.delete(from);
      conversation.thread = to;
      this._byThread.set(to, conversation);
    }
  }

  private _get(thread: string): Conversation {
    let conversation = this._byThread.get(thread);
    if (!conversation) {
      conversation = new Conversation(thread);
      conversation.changed.connect(changed => {
        if (changed === this._current) {
          this._currentChanged.emit();
        }
      });
      this._byThread.set(thread, conversation);
    }
    return conversation;
  }

  private readonly _byThread = new Map<string, Conversation>();
  private _current: Conversation;
  private _currentChanged = new Signal<this, void>(this);
}

function toExchange(turn: ITurn, index: number): IExchange[] {
  if (!isObject(turn) || typeof turn.question !== 'string') {
    return [];
  }
  const asked = Date.parse(turn.asked_at);
  return [
    {
      id: `turn-${index}`,
      shown: turn.question,
      time: Number.isNaN(asked) ? 0 : asked / 1000,
      answer: Answer.fromTurn(turn),
      anchor: null,
      controller: null
    }
  ];
}
