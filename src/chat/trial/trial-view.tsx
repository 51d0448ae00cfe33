/**
 * What came of a trial of Python code: a badge, and in words what it ran on and what it gave.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ITrial } from '../../block';

/** Columns that are named before the rest is counted. */
const NAMED_COLUMNS = 12;

interface ITrialProps {
  trial: ITrial;
  trans: TranslationBundle;
}

export function TrialBadge({ trial, trans }: ITrialProps): JSX.Element {
  const [mark, label, title] = {
    ran: [
      '✓',
      trans.__('ran'),
      trial.complete
        ? trans.__('Tried on copies of all rows: it ran without an error')
        : trans.__('Tried on copies of some rows: it ran without an error')
    ],
    fails: [
      '✕',
      trans.__('fails'),
      trans.__('Tried on copies of your data: it raised an error')
    ],
    'not tried': [
      '?',
      trans.__('not tried'),
      trial.reason || trans.__('Nobody has run this code')
    ]
  }[trial.status];
  const kind = { ran: 'ran', fails: 'fails', 'not tried': 'untried' };
  return (
    <span
      className={`jp-Qwen-badge jp-mod-${kind[trial.status]}`}
      title={title}
    >
      <span aria-hidden="true">{mark}</span> {label}
    </span>
  );
}

export function TrialView({ trial, trans }: ITrialProps): JSX.Element | null {
  const told = [
    ...(trial.status === 'not tried' ? [reasonText(trial, trans)] : []),
    ...(trial.error ? [errorText(trial.error, trans)] : []),
    ...(trial.status === 'ran' && trial.result
      ? [resultText(trial.result, trans)]
      : []),
    ...(trial.status === 'not tried' ? [] : rowsText(trial, trans)),
    ...(trial.same_in_sql
      ? [trans.__('A query in SQL gave the same result on these rows.')]
      : [])
  ].filter(Boolean);
  const { figure } = trial;
  if (!told.length && !figure) {
    return null;
  }
  return (
    <div
      className="jp-Qwen-trial"
      role="group"
      aria-label={trans.__('Trial of this code')}
      data-status={trial.status}
    >
      {told.map((sentence, index) => (
        <div key={index}>{sentence}</div>
      ))}
      {figure && <Figure trial={trial} figure={figure} trans={trans} />}
    </div>
  );
}

function Figure(
  props: ITrialProps & { figure: NonNullable<ITrial['figure']> }
): JSX.Element {
  const { trial, figure, trans } = props;
  const made = trial.complete
    ? trans.__('The chart as the trial drew it.')
    : trans.__(
        'Made from a sample: the chart of all rows will look different.'
      );
  return (
    <figure className="jp-Qwen-thumbnail">
      {figure.thumbnail ? (
        <img
          src={figure.thumbnail}
          alt={
            figure.alt
              ? trans.__('%1 %2', figure.alt, made)
              : trans.__('A chart. %1', made)
          }
        />
      ) : (
        <span>{figure.alt}</span>
      )}
      <figcaption>{made}</figcaption>
    </figure>
  );
}

function reasonText(trial: ITrial, trans: TranslationBundle): string {
  return trial.reason
    ? trans.__('Not tried: %1', trial.reason)
    : trans.__('Not tried.');
}

function errorText(
  error: NonNullable<ITrial['error']>,
  trans: TranslationBundle
): string {
  const said = error.message ? `${error.kind}: ${error.message}` : error.kind;
  const text = said.length > 500 ? `${said.slice(0, 500)}…` : said;
  return error.line === null
    ? trans.__('It fails: %1', text)
    : trans.__('Line %1 fails: %2', error.line, text);
}

/** "DataFrame, 12 × 2: month datetime64[ns], revenue float64". A sample's length says nothing, so it is left out. */
function resultText(
  { type, shape, columns }: NonNullable<ITrial['result']>,
  trans: TranslationBundle
): string {
  const kind = shape ? `${type}, ${shape.join(' × ')}` : type;
  const named = columns
    .slice(0, NAMED_COLUMNS)
    .map(({ name, dtype }) => (dtype ? `${name} (${dtype})` : name));
  const more = columns.length - named.length;
  if (more > 0) {
    named.push(trans._n('%1 more', '%1 more', more));
  }
  return named.length
    ? trans.__('Result: %1. Columns: %2', kind, named.join(', '))
    : trans.__('Result: %1', kind);
}

function rowsText(trial: ITrial, trans: TranslationBundle): string[] {
  const count = (value: number) => value.toLocaleString();
  const parts = trial.sampled.map(({ table, rows, of }) =>
    of === null
      ? trans.__('%1 rows of %2', count(rows), table)
      : trans.__('%1 of %2 rows of %3', count(rows), count(of), table)
  );
  if (parts.length) {
    return [
      trans.__(
        'Tried on a sample: %1. Its numbers are not the answer.',
        parts.join(', ')
      )
    ];
  }
  return trial.complete
    ? [trans.__('Tried on copies of all rows.')]
    : [trans.__('Tried on a sample. Its numbers are not the answer.')];
}
