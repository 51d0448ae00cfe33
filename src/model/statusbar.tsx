/**
 * The model's state in the status bar, for shells that have one.
 */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { QwenSettings } from '../settings';
import type { ModelStatus } from './status';

export class StatusItem extends ReactWidget {
  constructor(
    private readonly _status: ModelStatus,
    private readonly _settings: QwenSettings,
    private readonly _trans: TranslationBundle,
    private readonly _open: () => void
  ) {
    super();
    this.addClass('jp-Qwen-statusItem');
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this._settings.changed}>
        {() => (
          <UseSignal signal={this._status.changed}>
            {() => (
              <button
                type="button"
                className="jp-Qwen-statusItemButton"
                title={this._title()}
                onClick={this._open}
              >
                {this._text()}
              </button>
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  private _text(): string {
    const trans = this._trans;
    const { current, problem } = this._status;
    if (problem) {
      return trans.__('Qwen: unavailable');
    }
    switch (current?.state) {
      case 'ready':
        return this._settings.values.inlineCompletion &&
          current.inline_completion
          ? trans.__('Qwen: ready')
          : trans.__('Qwen: ready, completion off');
      case 'loading':
        return trans.__('Qwen: loading…');
      case 'downloading': {
        const progress = current.progress;
        const percent = progress?.total_bytes
          ? Math.floor((100 * progress.done_bytes) / progress.total_bytes)
          : 0;
        return trans.__('Qwen: %1 %', percent);
      }
      case 'absent':
        return trans.__('Qwen: not downloaded');
      case 'unloaded':
        return trans.__('Qwen: unloaded');
      case 'crashed':
        return trans.__('Qwen: stopped');
      default:
        return trans.__('Qwen');
    }
  }

  private _title(): string {
    const { current, reason } = this._status;
    return (
      [current?.model?.label, current?.device, current?.message || reason]
        .filter(Boolean)
        .join('\n') || this._trans.__('Open the assistant')
    );
  }
}
