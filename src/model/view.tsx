/**
 * The model in view: one quiet line when it is ready, a card with the way out when it is not.
 */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Download } from './download';
import { formatBytes } from './format';
import { Action, Card, Line } from './parts';
import { OtherModels, ReadyLine, modelLabel, shortLabel } from './ready';
import type { ICompletionManner } from './resting';
import type { ModelStatus } from './status';

interface IStatusViewProps {
  completion: ICompletionManner;
  status: ModelStatus;
  trans: TranslationBundle;
}

export function StatusView(props: IStatusViewProps): JSX.Element {
  return (
    <UseSignal signal={props.status.changed}>
      {() => <StatusFrame {...props} />}
    </UseSignal>
  );
}

/** Keeps the focus when its button goes with the state, and tells of states in words. */
function StatusFrame(props: IStatusViewProps): JSX.Element {
  const { status, trans } = props;
  const frame = React.useRef<HTMLDivElement>(null);
  const focused = React.useRef(false);
  React.useLayoutEffect(() => {
    const active = document.activeElement;
    const lost = active === frame.current || !frame.current?.contains(active);
    if (focused.current && lost) {
      (frame.current?.querySelector('button') ?? frame.current)?.focus();
    }
  });
  return (
    <div
      ref={frame}
      tabIndex={-1}
      className="jp-Qwen-status"
      data-state={stateOf(status)}
      onFocus={() => {
        focused.current = true;
      }}
      onBlur={({ target, relatedTarget }) => {
        // A button that is taken away loses the focus to nobody; a user takes it somewhere.
        focused.current = relatedTarget === null && !target.isConnected;
      }}
    >
      <StatusBody {...props} />
      <span className="jp-Qwen-hidden" role="status">
        {stateInWords(status, trans)}
      </span>
    </div>
  );
}

/** Changes with the state, not with every step of a download. */
function stateInWords(status: ModelStatus, trans: TranslationBundle): string {
  const { current, problem } = status;
  if (problem || !current) {
    return problem ? trans.__('The assistant is not available.') : '';
  }
  const label = modelLabel(current, trans);
  switch (current.state) {
    case 'ready':
      return trans.__('%1 is ready.', label);
    case 'loading':
      return trans.__('%1 is loading.', label);
    case 'unloaded':
      return trans.__('%1 is not loaded.', label);
    case 'absent':
      return trans.__('%1 is not downloaded.', label);
    case 'downloading':
      return trans.__('%1 is being downloaded.', label);
    case 'crashed':
      return ''; // the card is an alert
  }
}

function stateOf(status: ModelStatus): string {
  return status.problem ?? status.current?.state ?? 'unknown';
}

function StatusBody(props: IStatusViewProps): JSX.Element {
  const { status, trans } = props;
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
      return <ReadyLine {...props} current={current} />;
    case 'loading':
      return (
        <Line
          text={
            current.message ||
            trans.__('Loading %1…', modelLabel(current, trans))
          }
          busy
        >
          {!current.remote && (
            <Action
              label={trans.__('Stop loading')}
              run={() => status.unload()}
            />
          )}
        </Line>
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
              shortLabel(modelLabel(current, trans))
            )}
          </span>
          <Action label={trans.__('Load')} run={() => status.load()} />
          <OtherModels current={current} status={status} trans={trans} />
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
          text={[current.message, current.hint, current.model?.notice]
            .filter(Boolean)
            .join(' ')}
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
              current.model?.notice
                ? trans.__('Accept and download')
                : current.model
                  ? trans.__(
                      'Download (%1)',
                      formatBytes(current.model.size_bytes)
                    )
                  : trans.__('Download')
            }
            run={() => status.pull()}
            primary
          />
          <OtherModels current={current} status={status} trans={trans} />
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
          <OtherModels current={current} status={status} trans={trans} />
        </Card>
      );
  }
}
