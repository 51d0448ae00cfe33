/**
 * What is known of a code block: its verdict, what DuckDB said, what was repaired.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IDiagnostic, IRepair, Verdict } from '../../wire';

export function Badge(props: {
  verdict: Verdict;
  trans: TranslationBundle;
}): JSX.Element {
  const { verdict, trans } = props;
  const [label, title] = {
    bound: [
      trans.__('bound'),
      trans.__('Proved: DuckDB accepts this query for the tables you have')
    ],
    unchecked: [
      trans.__('unchecked'),
      trans.__(
        'Not proved: it reads a file, an address or a table that is not known here'
      )
    ],
    rejected: [
      trans.__('rejected'),
      trans.__('DuckDB does not accept this query for the tables you have')
    ]
  }[verdict];
  const mark = { bound: '✓', unchecked: '?', rejected: '✕' }[verdict];
  return (
    <span className={`jp-Qwen-badge jp-mod-${verdict}`} title={title}>
      <span aria-hidden="true">{mark}</span> {label}
    </span>
  );
}

export function Diagnostics(props: {
  diagnostics: IDiagnostic[];
  trans: TranslationBundle;
}): JSX.Element {
  const { diagnostics, trans } = props;
  return (
    <ul className="jp-Qwen-diagnostics">
      {diagnostics.map((diagnostic, index) => (
        <li key={index} data-severity={diagnostic.severity}>
          {diagnostic.line !== null && (
            <span className="jp-Qwen-position">
              {diagnostic.column !== null
                ? trans.__(
                    'Line %1, column %2',
                    diagnostic.line,
                    diagnostic.column
                  )
                : trans.__('Line %1', diagnostic.line)}
            </span>
          )}
          <span>{shortened(diagnostic.message)}</span>
          {!namesAll(diagnostic) && (
            <div className="jp-Qwen-candidates">
              {trans.__('Did you mean:')}{' '}
              {diagnostic.candidates.map((candidate, position) => (
                <React.Fragment key={position}>
                  {position > 0 && ', '}
                  <code>{candidate}</code>
                </React.Fragment>
              ))}
            </div>
          )}
          {diagnostic.hint && (
            <div className="jp-Qwen-hint">{diagnostic.hint}</div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** DuckDB quotes the line with the error, however long it is. */
function shortened(message: string): string {
  return message.length > 2000 ? `${message.slice(0, 2000)}…` : message;
}

/** Whether the message, often DuckDB's own, names every candidate already. */
function namesAll({ message, candidates }: IDiagnostic): boolean {
  return candidates.every(candidate => message.includes(candidate));
}

export function Repairs(props: {
  repairs: IRepair[];
  trans: TranslationBundle;
}): JSX.Element {
  const { repairs, trans } = props;
  return (
    <details className="jp-Qwen-repairs">
      <summary>
        {trans._n('%1 repair made', '%1 repairs made', repairs.length)}
      </summary>
      <ol>
        {repairs.map((repair, index) => (
          <li key={index}>
            <span className="jp-Qwen-mender">{menderOf(repair, trans)}</span>{' '}
            {repair.reason || repair.name}
            {repair.before && (
              <pre>
                <del>{repair.before}</del>
                {'\n'}
                <ins>{repair.after}</ins>
              </pre>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** The name that rounds of the model have had since before they were counted. */
const BY_MODEL = 'model';

/** Who made the repair: we mend by rules; what those cannot mend goes back to the model, round by round. */
export function menderOf(
  { name, round }: IRepair,
  trans: TranslationBundle
): string {
  if (round) {
    return trans.__('Round %1 of the model:', round);
  }
  return name === BY_MODEL
    ? trans.__('By the model:')
    : trans.__('Mended without the model:');
}
