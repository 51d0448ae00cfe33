/**
 * One answer while it grows: what the events of its stream add up to. Views read it; only `ask` writes it.
 */
import { ISignal, Signal } from '@lumino/signaling';

import { normalizeBlock } from '../received';
import {
  IAskRequest,
  IBlock,
  IPromptPart,
  IRepair,
  IStatus,
  ITurn,
  IUsage,
  StreamEvent
} from '../wire';
import { otherReading, withCode } from './trust/readings';

export type AnswerState =
  'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

export interface IFailure {
  message: string;
  hint: string;
}

/** Streamed text is shown at most this often. A view that renders slowly gets longer pauses. */
const SHOW_EVERY_MS = 60;

export class Answer {
  constructor(
    readonly question: string,
    readonly request: IAskRequest | null = null
  ) {}

  /** An answer from disk. */
  static fromTurn(turn: ITurn): Answer {
    const answer = new Answer(turn.question);
    answer.state = 'done';
    answer.markdown = turn.markdown;
    answer.model = turn.model;
    answer.blocks = (turn.blocks ?? []).map(normalizeBlock);
    answer.askedFrom = turn.active_cell ?? null;
    for (const { alternative, index } of [...answer.blocks]) {
      if (turn.taken && alternative?.source === turn.taken) {
        answer.chooseOther(index);
      }
    }
    return answer;
  }

  state: AnswerState = 'waiting';
  phase = '';
  markdown = '';
  blocks: IBlock[] = [];
  repairs: IRepair[] = [];
  failure: IFailure | null = null;
  /** The model's state while it is not ready. */
  modelStatus: IStatus | null = null;
  promptTokens = 0;
  /** How many tokens of the prompt the model has read; null where the engine does not tell. */
  readTokens: number | null = null;
  parts: IPromptPart[] = [];
  /** What the user should know about the context: cut tables, a busy kernel. */
  notes: string[] = [];
  /** What the server offers where there is nothing to ask. */
  actions: string[] = [];
  usage: IUsage | null = null;
  seconds: number | null = null;
  ttftSeconds: number | null = null;
  model = '';
  /** A query that the user has found right before; no model was asked. */
  taught = false;
  /** Of an answer from disk: the id of the cell that asked. */
  askedFrom: string | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get running(): boolean {
    return this.state === 'waiting' || this.state === 'streaming';
  }

  /** A query that a receipt offered in the place of another; no model was asked. */
  get offered(): boolean {
    return Boolean(this.request?.offered);
  }

  block(index: number): IBlock | null {
    return this.blocks.find(block => block.index === index) ?? null;
  }

  /** Take one event of the stream. */
  take(event: StreamEvent): void {
    if (!this.running) {
      return; // the stream's end was told already
    }
    switch (event.type) {
      case 'status':
        this.modelStatus = event;
        break;
      case 'phase':
        this.phase = event.phase;
        this.readTokens = event.done_tokens ?? null;
        this.modelStatus = null;
        break;
      case 'prompt':
        this.promptTokens = event.prompt_tokens;
        this.parts = event.parts ?? [];
        this.notes = [...this.notes, ...(event.notes ?? [])];
        break;
      case 'delta':
        this.state = 'streaming';
        this.modelStatus = null;
        this.markdown += event.text;
        this._changedSoon();
        return;
      case 'repair':
        this.repairs = [...this.repairs, event];
        break;
      case 'block': {
        const block = normalizeBlock(event.block);
        this.blocks = [
          ...this.blocks.filter(other => other.index !== block.index),
          block
        ];
        break;
      }
      case 'answer':
        this.state = 'done';
        this.markdown = event.markdown;
        this.blocks = event.blocks.map(normalizeBlock);
        this.usage = event.usage ?? null;
        this.seconds = event.seconds ?? null;
        this.ttftSeconds = event.ttft_seconds ?? null;
        this.model = event.model ?? '';
        this.taught = event.origin === 'taught';
        this.actions = event.actions ?? [];
        this.notes = [...this.notes, ...(event.notes ?? [])];
        break;
      case 'error':
        this.fail({ message: event.message, hint: event.hint });
        return;
      case 'completion':
        return; // belongs to another kind of stream
    }
    this._changedNow();
  }

  /** Let the block's second reading take the place of its query, or put back the one that the server chose. */
  chooseOther(index: number): void {
    const shown = this.block(index);
    const other = shown && otherReading(shown);
    if (!shown || !other) {
      return;
    }
    this.blocks = this.blocks.map(block => (block === shown ? other : block));
    this.markdown = withCode(this.markdown, index, other.source);
    this._changedNow();
  }

  fail(failure: IFailure): void {
    this.state = 'failed';
    this.failure = failure;
    this.modelStatus = null;
    this._changedNow();
  }

  stopped(): void {
    this.state = 'stopped';
    this.modelStatus = null;
    this._changedNow();
  }

  note(text: string): void {
    this.notes = [...this.notes, text];
    this._changedNow();
  }

  /** Told by the view: how long the last rendering took. */
  rendered(milliseconds: number): void {
    this._pauseMs = Math.min(500, Math.max(SHOW_EVERY_MS, 3 * milliseconds));
  }

  private _changedSoon(): void {
    if (this._timer === null) {
      this._timer = setTimeout(() => {
        this._timer = null;
        this._changed.emit();
      }, this._pauseMs);
    }
  }

  private _changedNow(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
    this._changed.emit();
  }

  private _pauseMs = SHOW_EVERY_MS;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _changed = new Signal<this, void>(this);
}
