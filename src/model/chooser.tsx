/**
 * The models that this server could run: what they weigh, whether they fit, which one answers, and how to change that.
 */
import { Dialog, ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { WorkDialog } from '../dialog';
import { wordsOf } from '../failures';
import type { IModelRow, IStatus } from '../wire';
import { formatBytes } from './format';
import { Action } from './parts';
import type { ModelStatus } from './status';

interface IChooserProps {
  status: ModelStatus;
  trans: TranslationBundle;
  /** Told when another model was taken. */
  done: () => void;
}

/** Open the dialog; resolves when it is closed. */
export async function chooseModel(
  status: ModelStatus,
  trans: TranslationBundle
): Promise<void> {
  const body = ReactWidget.create(
    <Chooser status={status} trans={trans} done={() => dialog.resolve()} />
  );
  const dialog = new WorkDialog({
    title: trans.__('Models'),
    body,
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })],
    hasClose: true
  });
  dialog.addClass('jp-Qwen-chooserDialog');
  await dialog.launch();
}

function Chooser(props: IChooserProps): JSX.Element {
  const { status, trans } = props;
  const [rows, setRows] = React.useState<IModelRow[] | null>(null);
  const [problem, setProblem] = React.useState('');
  const pulling = React.useRef(status.current?.pulling?.id ?? null);

  const fail = (error: unknown) => setProblem(wordsOf(error));
  const load = () => {
    status.client.models().then(setRows, fail);
  };
  React.useEffect(load, []);
  React.useEffect(() => {
    const changed = () => {
      const now = status.current?.pulling?.id ?? null;
      if (now !== pulling.current) {
        pulling.current = now;
        load(); // a download has ended: what is on disk has changed
      }
    };
    status.changed.connect(changed);
    return () => {
      status.changed.disconnect(changed);
    };
  }, []);

  return (
    <div className="jp-Qwen-chooser">
      {status.current?.switchable === false && (
        <p className="jp-Qwen-hint">
          {trans.__('The administrator of this server has fixed the model.')}
        </p>
      )}
      {problem && (
        <div className="jp-Qwen-failure" role="alert">
          {problem}
        </div>
      )}
      {rows === null && !problem && (
        <p role="status">{trans.__('Looking for models…')}</p>
      )}
      {rows?.length === 0 && <p>{trans.__('This server offers no models.')}</p>}
      <UseSignal signal={status.changed}>
        {() => (
          <ul className="jp-Qwen-models">
            {rows?.map(row => (
              <ModelItem key={row.id} {...props} row={row} fail={fail} />
            ))}
          </ul>
        )}
      </UseSignal>
    </div>
  );
}

function ModelItem(
  props: IChooserProps & { row: IModelRow; fail: (error: unknown) => void }
): JSX.Element {
  const { row, status, trans } = props;
  const current = status.current;
  const used = current?.model?.id === row.id;
  const facts = [
    formatBytes(row.size_bytes),
    row.licence,
    row.on_disk ? trans.__('on this machine') : trans.__('not downloaded')
  ];
  return (
    <li className="jp-Qwen-model" aria-current={used || undefined}>
      <div className="jp-Qwen-modelHead">
        <strong>{row.label}</strong>
        {used && (
          <span className="jp-Qwen-badge jp-mod-bound">
            {trans.__('in use')}
          </span>
        )}
      </div>
      <div className="jp-Qwen-hint">{facts.filter(Boolean).join(' · ')}</div>
      <div className={row.fits ? 'jp-Qwen-hint' : 'jp-Qwen-doubts'}>
        {row.fits_reason}
      </div>
      {row.fim_reason && <div className="jp-Qwen-hint">{row.fim_reason}</div>}
      {!row.on_disk && row.notice && (
        <div className="jp-Qwen-doubts">{row.notice}</div>
      )}
      <div className="jp-Qwen-statusActions">
        <RowActions {...props} used={used} current={current} />
      </div>
    </li>
  );
}

function RowActions(
  props: IChooserProps & {
    row: IModelRow;
    used: boolean;
    current: IStatus | null;
    fail: (error: unknown) => void;
  }
): JSX.Element | null {
  const { row, used, current, status, trans, done, fail } = props;
  const tell = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      fail(error);
    }
  };
  if (current?.pulling?.id === row.id) {
    const { progress } = current;
    const percent = progress?.total_bytes
      ? Math.floor((100 * progress.done_bytes) / progress.total_bytes)
      : 0;
    return (
      <>
        <progress
          className="jp-Qwen-progress"
          max={100}
          value={percent}
          aria-label={trans.__('Download of %1', row.label)}
        />
        <span>{trans.__('%1 %', percent)}</span>
        <Action label={trans.__('Cancel')} run={() => status.cancelPull()} />
      </>
    );
  }
  const locked = current?.switchable === false;
  if (!row.on_disk) {
    return (locked && !used) || !row.fits ? null : (
      <Action
        label={
          row.notice
            ? trans.__('Accept and download')
            : trans.__('Download (%1)', formatBytes(row.size_bytes))
        }
        describe={row.label}
        run={() =>
          tell(async () => {
            status.apply(
              await status.client.pull(row.id, {
                acceptLicence: row.notice !== ''
              })
            );
          })
        }
      />
    );
  }
  return used || locked || !row.fits ? null : (
    <Action
      label={trans.__('Use')}
      describe={row.label}
      primary
      run={() =>
        tell(async () => {
          await status.switchTo(row.id);
          done();
        })
      }
    />
  );
}
