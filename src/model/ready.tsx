/**
 * A model that is ready, in one quiet line, and what is to be known beside it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IStatus } from '../wire';
import { Download } from './download';
import { formatBytes } from './format';
import { Action } from './parts';
import { ICompletionManner, RestingNote } from './resting';
import type { ModelStatus } from './status';

export function modelLabel(current: IStatus, trans: TranslationBundle): string {
  return current.model?.label || current.engine || trans.__('The model');
}

/** The name without what every model here has in it, for a narrow header: "Qwen2.5-Coder 1.5B". */
export function shortLabel(label: string): string {
  return label.replace(/[ -]+instruct\b.*$/i, '') || label;
}

/** "CPU" of "CPU: AMD EPYC, 2 threads". */
export function shortDevice(device: string): string {
  return device.split(/[:,]/, 1)[0].trim();
}

export function ReadyLine(props: {
  completion: ICompletionManner;
  current: IStatus;
  status: ModelStatus;
  trans: TranslationBundle;
}): JSX.Element {
  const { completion, current, status, trans } = props;
  const memory = current.memory_bytes ? formatBytes(current.memory_bytes) : '';
  const device = current.device ?? '';
  const rate = current.tokens_per_second
    ? trans.__('%1 tok/s', current.tokens_per_second.toFixed(0))
    : '';
  const facts = [shortDevice(device), memory].filter(Boolean);
  return (
    <>
      <div className="jp-Qwen-statusLine">
        <span className="jp-Qwen-dot" aria-hidden="true" />
        <span
          className="jp-Qwen-statusText"
          title={[
            modelLabel(current, trans),
            current.reason,
            current.sharing,
            device,
            memory,
            rate
          ]
            .filter(Boolean)
            .join('\n')}
        >
          <strong>{shortLabel(modelLabel(current, trans))}</strong>
          {facts.length > 0 && (
            <span className="jp-Qwen-statusDetail">{facts.join(' · ')}</span>
          )}
        </span>
        {current.remote ? (
          <span
            className="jp-Qwen-remote"
            title={trans.__(
              'Questions and context are sent to %1',
              current.engine
            )}
          >
            {trans.__('remote')}
          </span>
        ) : (
          <>
            <OtherModels current={current} status={status} trans={trans} />
            <Action
              label={trans.__('Unload')}
              run={() => status.unload()}
              quiet
            />
          </>
        )}
      </div>
      {!current.inline_completion && current.inline_completion_reason && (
        <div className="jp-Qwen-statusNote">
          {current.inline_completion_reason}
        </div>
      )}
      <RestingNote completion={completion} trans={trans} />
      {current.pulling && current.progress && (
        <Download current={current} status={status} trans={trans} />
      )}
    </>
  );
}

/** Opens the list of models; nothing where another machine or an administrator decides. */
export function OtherModels(props: {
  current: IStatus;
  status: ModelStatus;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { current, status, trans } = props;
  return current.remote ? null : (
    <Action
      label={trans.__('Models…')}
      run={async () => {
        const { chooseModel } = await import('./chooser');
        await chooseModel(status, trans);
      }}
      quiet
    />
  );
}
