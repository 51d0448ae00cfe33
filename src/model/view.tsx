/**
 * The model in view: one quiet line when it is ready, a card with the way out when it is not.
 */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IStatus } from '../wire';
import { formatBytes, formatDuration } from './format';
import type { ModelStatus } from './status';

interface IStatusViewProps {
  status: ModelStatus;
  trans: TranslationBundle;
}

export function StatusView(props: IStatusViewProps): JSX.Element {
  return (
    <UseSignal signal={props.status.changed}>
      {() => (
        <div className="jp-Qwen-status" data-state={stateOf(props.status)}>
          <StatusBody {...props} />
        </div>
      )}
    </UseSignal>
  );
}

function stateOf(status: ModelStatus): string {
  return status.problem ?? status.current?.state ?? 'unknown';
}

function StatusBody({ status, trans }: IStatusViewProps): JSX.Element {
  const current = status.current;
  switch (status.problem) {
    case 'missing-extension':
      return (
        <Card
          title={trans.__('The server extension is not running')}
          text={trans.__(
            'Install jupyter_qwen in the environment of the Jupyter server, then restart the server. "jupyter qwen doctor" says what is missing.'
          )}
        >
          <Action label={trans.__('Try again')} run={() => status.refresh()} />
        </Card>
      );
    case 'offline':
      return (
        <Card
          title={trans.__('The Jupyter server does not answer')}
          text={trans.__('It may have stopped, or the network is gone.')}
        >
          <Action label={trans.__('Try again')} run={() => status.refresh()} />
        </Card>
      );
    case 'failed':
      return (
        <Card title={trans.__('That did not work')} text={status.reason}>
          <Action label={trans.__('Try again')} run={() => status.refresh()} />
        </Card>
      );
    case null:
      break;
  }
  if (!current) {
    return <Line text={trans.__('Looking for the model…')} />;
  }
  switch (current.state) {
    case 'ready':
      return <ReadyLine current={current} status={status} trans={trans} />;
    case 'loading':
      return (
        <Line
          text={
            current.message || trans.__('Loading %1…', labelOf(current, trans))
          }
          busy
        />
      );
    case 'unloaded':
      return (
        <div className="jp-Qwen-statusLine">
          <span className="jp-Qwen-dot" aria-hidden="true" />
          <span
            className="jp-Qwen-statusText"
            title={current.message || undefined}
          >
            {trans.__(
              '%1 is not loaded; a question loads it',
              labelOf(current, trans)
            )}
          </span>
          <Action label={trans.__('Load')} run={() => status.load()} />
        </div>
      );
    case 'absent':
      return (
        <Card
          title={
            current.model
              ? trans.__('%1 is not downloaded', current.model.label)
              : trans.__('No model yet')
          }
          text={[current.message, current.hint].filter(Boolean).join(' ')}
          facts={
            current.model
              ? [
                  formatBytes(current.model.size_bytes),
                  current.progress?.source ?? '',
                  current.model.licence
                ]
              : []
          }
        >
          <Action
            label={
              current.model
                ? trans.__(
                    'Download (%1)',
                    formatBytes(current.model.size_bytes)
                  )
                : trans.__('Download')
            }
            run={() => status.pull()}
            primary
          />
        </Card>
      );
    case 'downloading':
      return <Download current={current} status={status} trans={trans} />;
    case 'crashed':
      return (
        <Card
          title={trans.__('The model stopped')}
          text={[current.message, current.hint].filter(Boolean).join(' ')}
          alert
        >
          <Action
            label={trans.__('Restart')}
            run={() => status.load()}
            primary
          />
        </Card>
      );
  }
}

function labelOf(current: IStatus, trans: TranslationBundle): string {
  return current.model?.label || current.engine || trans.__('The model');
}

function ReadyLine(props: {
  current: IStatus;
  status: ModelStatus;
  trans: TranslationBundle;
}): JSX.Element {
  const { current, status, trans } = props;
  const facts = [
    current.device ?? '',
    current.memory_bytes ? formatBytes(current.memory_bytes) : '',
    current.tokens_per_second
      ? trans.__('%1 tok/s', current.tokens_per_second.toFixed(0))
      : ''
  ].filter(Boolean);
  return (
    <div className="jp-Qwen-statusLine">
      <span className="jp-Qwen-dot" aria-hidden="true" />
      <span
        className="jp-Qwen-statusText"
        title={[labelOf(current, trans), current.reason, ...facts]
          .filter(Boolean)
          .join('\n')}
      >
        <strong>{labelOf(current, trans)}</strong>
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
        <Action label={trans.__('Unload')} run={() => status.unload()} quiet />
      )}
    </div>
  );
}

function Download(props: {
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
        labelOf(current, trans),
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

function Line(props: { text: string; busy?: boolean }): JSX.Element {
  return (
    <div className="jp-Qwen-statusLine">
      <span
        className={`jp-Qwen-dot${props.busy ? ' jp-mod-busy' : ''}`}
        aria-hidden="true"
      />
      <span className="jp-Qwen-statusText">{props.text}</span>
    </div>
  );
}

function Card(props: {
  title: string;
  text: string;
  facts?: string[];
  alert?: boolean;
  children?: React.ReactNode;
}): JSX.Element {
  const facts = (props.facts ?? []).filter(Boolean);
  return (
    <div
      className="jp-Qwen-statusCard"
      role={props.alert ? 'alert' : undefined}
    >
      <div className="jp-Qwen-statusTitle">{props.title}</div>
      {facts.length > 0 && (
        <div className="jp-Qwen-statusFacts">{facts.join(' · ')}</div>
      )}
      {props.text && <div>{props.text}</div>}
      <div className="jp-Qwen-statusActions">{props.children}</div>
    </div>
  );
}

function Action(props: {
  label: string;
  run: () => Promise<void>;
  primary?: boolean;
  quiet?: boolean;
}): JSX.Element {
  const [busy, setBusy] = React.useState(false);
  const kind = props.primary
    ? ' jp-mod-primary'
    : props.quiet
      ? ' jp-mod-quiet'
      : '';
  return (
    <button
      type="button"
      className={`jp-Qwen-button${kind}`}
      disabled={busy}
      onClick={() => {
        setBusy(true);
        void props.run().finally(() => setBusy(false));
      }}
    >
      {props.label}
    </button>
  );
}
