/**
 * The model's state in the status bar, for shells that have one, and the menu of what can be done about it.
 */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ICompletionManner, whyResting } from './resting';
import type { ModelStatus } from './status';

export class StatusItem extends ReactWidget {
  constructor(
    private readonly _options: ICompletionManner & {
      status: ModelStatus;
      trans: TranslationBundle;
      openMenu: (x: number, y: number) => void;
    }
  ) {
    super();
    this.addClass('jp-Qwen-statusItem');
  }

  protected render(): JSX.Element {
    const { manners, openMenu, status } = this._options;
    return (
      <UseSignal signal={manners.changed}>
        {() => (
          <UseSignal signal={status.changed}>
            {() => (
              <button
                type="button"
                className="jp-Qwen-statusItemButton"
                title={this._title()}
                aria-haspopup="menu"
                onClick={({ currentTarget }) => {
                  const { left, top } = currentTarget.getBoundingClientRect();
                  openMenu(left, top);
                }}
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
    const { status, trans } = this._options;
    const { current, problem } = status;
    if (problem) {
      return trans.__('Qwen: unavailable');
    }
    switch (current?.state) {
      case 'ready':
        return current.inline_completion
          ? this._ready()
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

  private _ready(): string {
    const { manner, trans } = this._options;
    switch (manner()) {
      case 'on':
        return trans.__('Qwen: ready');
      case 'resting':
        return trans.__('Qwen: ready, completion resting');
      case 'manual':
        return trans.__('Qwen: ready, completion by key');
      case 'off-document':
      case 'off-language':
        return trans.__('Qwen: ready, completion off here');
      case 'off':
        return trans.__('Qwen: ready, completion off');
    }
  }

  private _title(): string {
    const { manner, status, trans } = this._options;
    const { current, reason } = status;
    const resting =
      current?.state === 'ready' && manner() === 'resting'
        ? whyResting(trans)
        : '';
    return (
      [
        current?.model?.label,
        current?.device,
        current?.message || reason,
        current?.inline_completion_reason,
        resting
      ]
        .filter(Boolean)
        .join('\n') || trans.__('The assistant')
    );
  }
}
