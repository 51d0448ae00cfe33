/**
 * One running completion. It outlives key presses that agree with it, and ends in the engine when they do not.
 */
import type { IAdvice, StreamEvent } from '../wire';
import { beforeCloser, closedBefore } from './closers';

export class Generation {
  /** @param start - begins the stream of `completion` events; aborting the signal ends it */
  constructor(
    readonly prefix: string,
    readonly suffix: string,
    start: (signal: AbortSignal) => AsyncGenerator<StreamEvent>,
    private readonly _onAdvice: (advice: IAdvice) => void = () => undefined
  ) {
    void this._run(start);
  }

  /** The text so far. */
  get text(): string {
    return this._text;
  }

  get done(): boolean {
    return this._done;
  }

  /** What failed; null for a good or an aborted one. */
  get failure(): string | null {
    return this._failure;
  }

  get aborted(): boolean {
    return this._controller.signal.aborted;
  }

  abort(): void {
    this._controller.abort();
  }

  /**
   * What is left of the suggestion when the cursor only moved on from where it was asked for: empty while the model is behind,
   * null when the typed text disagrees or nothing is left.
   */
  rest(prefix: string, suffix: string): string | null {
    const closed = closedBefore(this.suffix, suffix);
    const typed = prefix.slice(this.prefix.length);
    if (
      this.aborted ||
      !prefix.startsWith(this.prefix) ||
      closed === null ||
      (closed && !typed)
    ) {
      return null;
    }
    if (!this._text.startsWith(typed)) {
      return !this._done && typed.startsWith(this._text) ? '' : null;
    }
    const rest = this._text.slice(typed.length);
    const shown = closed ? beforeCloser(rest, closed[0]) : rest;
    return shown || !this._done ? shown : null;
  }

  /** Whether the whole suggestion stands before the cursor now. */
  completedBy(prefix: string, suffix: string): boolean {
    return suffix === this.suffix && prefix === this.prefix + this._text;
  }

  /** Resolves at the next piece of text, or at the end. */
  async next(): Promise<void> {
    if (!this._done) {
      await new Promise<void>(resolve => this._waiting.push(resolve));
    }
  }

  private async _run(
    start: (signal: AbortSignal) => AsyncGenerator<StreamEvent>
  ): Promise<void> {
    try {
      for await (const event of start(this._controller.signal)) {
        if (event.type === 'completion') {
          if (event.advice) {
            this._onAdvice(event.advice);
          }
          this._text = event.text;
          this._done = event.done; // the stream is read to its end all the same: closing it early would abort the request
          this._wake();
        } else if (event.type === 'error') {
          this._failure = event.message;
        }
      }
    } catch (error) {
      if (!this._controller.signal.aborted) {
        this._failure = error instanceof Error ? error.message : String(error);
      }
    } finally {
      this._done = true;
      this._wake();
    }
  }

  private _wake(): void {
    for (const resolve of this._waiting.splice(0)) {
      resolve();
    }
  }

  private readonly _controller = new AbortController();
  private _waiting: (() => void)[] = [];
  private _text = '';
  private _done = false;
  private _failure: string | null = null;
}
