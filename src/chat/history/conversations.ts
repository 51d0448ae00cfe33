/**
 * One conversation per notebook: which one is current, and what of it is on disk.
 */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import { SelectionStorage } from '../../context/storage';
import { isMode, isObject } from '../../received';
import type { QwenClient } from '../../request';
import { ITurn } from '../../wire';
import { Answer } from '../answer';
import { Conversation, IExchange } from './conversation';

/** The thread of questions that are asked while no notebook is open. */
const NO_NOTEBOOK = '';

export class Conversations {
  constructor(
    private readonly _client: QwenClient,
    tracker: INotebookTracker | null,
    private readonly _trans: TranslationBundle,
    private readonly _storage: SelectionStorage = new SelectionStorage()
  ) {
    this._current = this._get(NO_NOTEBOOK);
    if (!tracker) {
      return;
    }
    tracker.currentChanged.connect((_, panel) => this._show(panel));
    tracker.widgetAdded.connect((_, panel) => {
      // After a rename the conversation is there under the new path already; after "Save As" there is another one.
      panel.context.pathChanged.connect(() => {
        if (tracker.currentWidget === panel) {
          this._show(panel);
        }
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

  /** Forget a conversation, on disk and here. Raises what the client raises; then nothing is forgotten. */
  async clear(conversation: Conversation): Promise<void> {
    conversation.stop();
    if (conversation.thread !== NO_NOTEBOOK) {
      await this._client.deleteThread(conversation.thread);
    }
    conversation.clear();
  }

  /** A notebook, or a folder, was renamed. Its conversations go along, those of notebooks that are closed too. */
  renamed(from: string, to: string): void {
    for (const [thread, conversation] of [...this._byThread]) {
      if (thread === from || thread.startsWith(`${from}/`)) {
        const renamed = to + thread.slice(from.length);
        this._byThread.delete(thread);
        conversation.thread = renamed;
        this._byThread.set(renamed, conversation);
        this._storage.move(thread, renamed);
      }
    }
    this._client.moveThread(from, to).catch(error => {
      console.warn('jupyter_qwen: the thread could not be renamed', error);
    });
  }

  /** Keep which reading of its question the user took in an exchange of the current conversation. */
  took({ answer }: IExchange, source: string): void {
    const { thread } = this._current;
    if (thread === NO_NOTEBOOK) {
      return;
    }
    const question = answer.request?.question ?? answer.question;
    this._client.takeReading({ thread, question, source }).catch(error => {
      console.warn('jupyter_qwen: the choice could not be kept', error);
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
      conversation.restore(
        turns.flatMap((turn, index) => toExchange(turn, index, this._trans))
      );
    } catch (error) {
      // Without its history a conversation can still begin; the status says what is wrong with the server.
      console.warn('jupyter_qwen: the thread could not be read', error);
    }
  }

  private _get(thread: string): Conversation {
    let conversation = this._byThread.get(thread);
    if (!conversation) {
      conversation = new Conversation(thread, this._storage.load(thread));
      const { selection } = conversation;
      selection.changed.connect(() =>
        this._storage.save(conversation!.thread, selection)
      );
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

/** A turn on disk as it is shown. One without an end says so and can be asked again. */
function toExchange(
  turn: ITurn,
  index: number,
  trans: TranslationBundle
): IExchange[] {
  if (!isObject(turn) || typeof turn.question !== 'string') {
    return [];
  }
  const asked = Date.parse(turn.asked_at);
  const answer = Answer.fromTurn(turn);
  if (turn.state === 'cut') {
    answer.fail({
      message: trans.__('This answer was cut off before its end.'),
      hint: trans.__('It was stopped, or the page or the server was closed.')
    });
  } else if (turn.state === 'failed') {
    answer.fail({
      message: trans.__('This question was not answered.'),
      hint: turn.note ?? ''
    });
  }
  return [
    {
      id: `turn-${index}`,
      shown: turn.question,
      time: Number.isNaN(asked) ? 0 : asked / 1000,
      answer,
      anchor: null,
      controller: null,
      mode: isMode(turn.mode) ? turn.mode : 'auto'
    }
  ];
}
