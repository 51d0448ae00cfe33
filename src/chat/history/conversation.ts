/**
 * The exchanges about one notebook. Each notebook has its own, and answers may run in several at once.
 */
import { ISignal, Signal } from '@lumino/signaling';

import { ContextSelection } from '../../context/selection';
import type { Anchor } from '../../notebook/anchor';
import type { Mode } from '../../wire';
import type { Answer } from '../answer';

export interface IExchange {
  id: string;
  /** What the user is shown as having asked. */
  shown: string;
  /** Seconds since the epoch. */
  time: number;
  answer: Answer;
  anchor: Anchor | null;
  controller: AbortController | null;
  /** What kind of answer was asked for, where that is known from disk only. */
  mode?: Mode;
}

export class Conversation {
  constructor(
    public thread: string,
    /** What was added to its context, and taken out. */
    readonly selection: ContextSelection = new ContextSelection()
  ) {}

  /** Whether the turns on disk were read. */
  restored = false;

  get exchanges(): readonly IExchange[] {
    return this._exchanges;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The exchange whose answer is still coming. */
  get running(): IExchange | null {
    return this._exchanges.find(exchange => exchange.answer.running) ?? null;
  }

  add(exchange: IExchange): void {
    this._exchanges.push(exchange);
    this._wasRunning = exchange.answer.running;
    exchange.answer.changed.connect(this._answerChanged, this);
    this._changed.emit();
  }

  /** Put what was read from disk before what has been asked since. */
  restore(earlier: IExchange[]): void {
    this.restored = true;
    if (earlier.length) {
      this._exchanges.unshift(...earlier);
      this._changed.emit();
    }
  }

  /** End the running answer; the engine stops with it. */
  stop(): void {
    this.running?.controller?.abort();
  }

  clear(): void {
    this.stop();
    this._exchanges = [];
    this._changed.emit();
  }

  private _answerChanged(answer: Answer): void {
    const running = answer.running;
    if (running !== this._wasRunning) {
      this._wasRunning = running;
      this._changed.emit();
    }
  }

  private _wasRunning = false;
  private _exchanges: IExchange[] = [];
  private _changed = new Signal<this, void>(this);
}
