/**
 * The model's state as the server tells it: asked once, then followed by events.
 */
import type { Event, ServiceManager } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

import { HttpFailure, NetworkFailure } from '../failures';
import { QwenClient } from '../request';
import { isStatus } from '../received';
import { IStatus } from '../wire';

export const STATUS_SCHEMA =
  'https://events.jupyter.org/jupyter_qwen/status/v1';

/** Why there is no status: the server extension is not there, the server is not there, or it failed. */
export type StatusProblem = 'missing-extension' | 'offline' | 'failed';

export class ModelStatus {
  constructor(
    readonly client: QwenClient,
    events?: ServiceManager.IManager['events']
  ) {
    events?.stream.connect((_: unknown, emission: Event.Emission) => {
      if (emission.schema_id === STATUS_SCHEMA && isStatus(emission)) {
        this.apply(emission);
      }
    });
  }

  get current(): IStatus | null {
    return this._current;
  }

  get problem(): StatusProblem | null {
    return this._problem;
  }

  /** The server's words for `problem` failed. */
  get reason(): string {
    return this._reason;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Take a status from wherever it came: an event, an answer's stream, a reply. */
  apply(status: IStatus): void {
    this._current = status;
    this._problem = null;
    this._reason = '';
    this._changed.emit();
  }

  /** Ask the server. Does not throw: what goes wrong becomes `problem`. */
  async refresh(): Promise<void> {
    await this._follow(() => this.client.status());
  }

  async load(): Promise<void> {
    await this._follow(() => this.client.load());
  }

  async unload(): Promise<void> {
    await this._follow(() => this.client.unload());
  }

  /** Download the model in use; its licence, if it must be accepted, has been shown. */
  async pull(): Promise<void> {
    const acceptLicence = Boolean(this._current?.model?.notice);
    await this._follow(() => this.client.pull(undefined, { acceptLicence }));
  }

  /**
   * Make another model the one that answers.
   *
   * @throws HttpFailure when the server refuses; everything is then as before.
   */
  async switchTo(model: string): Promise<void> {
    this.apply(await this.client.switchModel(model));
  }

  async cancelPull(): Promise<void> {
    await this._follow(() => this.client.cancelPull());
  }

  private async _follow(call: () => Promise<IStatus>): Promise<void> {
    try {
      this.apply(await call());
    } catch (error) {
      this._fail(error);
    }
  }

  private _fail(error: unknown): void {
    if (error instanceof HttpFailure && error.missing) {
      this._problem = 'missing-extension';
    } else if (error instanceof NetworkFailure) {
      this._problem = 'offline';
    } else {
      this._problem = 'failed';
    }
    this._reason =
      error instanceof HttpFailure
        ? [error.message, error.hint].filter(Boolean).join(' ')
        : error instanceof Error
          ? error.message
          : String(error);
    this._changed.emit();
  }

  private _current: IStatus | null = null;
  private _problem: StatusProblem | null = null;
  private _reason = '';
  private _changed = new Signal<this, void>(this);
}
