/**
 * A download on its way: how far, how fast, how long still, from where, and how to stop it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IStatus } from '../wire';
import { formatBytes, formatDuration } from './format';
import { Action, Card } from './parts';
import type { ModelStatus } from './status';

export function Download(props: {
  current: IStatus;
  status: ModelStatus;
  trans: TranslationBundle;
}): JSX.Element {
  const { current, status, trans } = props;
  const progress = current.progress;
  const total = progress?.total_bytes ?? 0;
  const percent = progress && total ? (100 * progress.done_bytes) / total : 0;
  const facts = progress
    ? [
        trans.__(
          '%1 of %2',
          formatBytes(progress.done_bytes),
          formatBytes(total)
        ),
        progress.bytes_per_second
          ? trans.__('%1/s', formatBytes(progress.bytes_per_second))
          : '',
        progress.seconds_left !== null && progress.seconds_left !== undefined
          ? trans.__('%1 left', formatDuration(progress.seconds_left, trans))
          : '',
        progress.source
      ]
    : [];
  return (
    <Card
      title={trans.__(
        'Downloading %1: %2 %',
        current.pulling?.label ?? current.model?.label ?? trans.__('the model'),
        Math.floor(percent)
      )}
      text=""
      facts={facts}
    >
      <progress
        className="jp-Qwen-progress"
        max={100}
        value={percent}
        aria-label={trans.__('Download progress')}
      />
      <Action label={trans.__('Cancel')} run={() => status.cancelPull()} />
    </Card>
  );
}
