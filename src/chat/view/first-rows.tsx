/**
 * The first rows of a trial, folded under the query, marked with what they were taken from.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRows } from '../../wire';
import { withControlsShown } from './controls';

export function FirstRows(props: {
  rows: IRows;
  trans: TranslationBundle;
}): JSX.Element {
  const { rows, trans } = props;
  const hidden = new Set(rows.hidden);
  return (
    <details className="jp-Qwen-rows" data-complete={rows.complete}>
      <summary>{markOf(rows, trans)}</summary>
      {rows.rows.length > 0 ? (
        <div
          className="jp-Qwen-rowsTable"
          role="group"
          aria-label={trans.__('First rows')}
          tabIndex={0} // scrolls by keyboard
        >
          <table>
            <thead>
              <tr>
                {rows.columns.map((name, index) => (
                  <th key={index} scope="col">
                    {withControlsShown(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.rows.map((row, number) => (
                <tr key={number}>
                  {row.map((cell, index) => (
                    <td key={index} data-number={isNumber(cell) || undefined}>
                      <Cell
                        text={cell}
                        hidden={hidden.has(index)}
                        trans={trans}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : rows.complete ? (
        <p>{trans.__('It gives no rows.')}</p>
      ) : null}
      {hidden.size > 0 && (
        <p>
          {trans.__(
            'Values that need every row are not shown: run the query for them.'
          )}
        </p>
      )}
      {rows.more && rows.rows.length > 0 && (
        <p>{trans.__('There is more than is shown.')}</p>
      )}
    </details>
  );
}

function Cell(props: {
  text: string | null;
  hidden: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, hidden, trans } = props;
  if (hidden) {
    return <span title={trans.__('It needs every row')}>—</span>;
  }
  return text === null ? (
    <span className="jp-Qwen-null">NULL</span>
  ) : (
    <>{withControlsShown(text)}</>
  );
}

function isNumber(text: string | null): boolean {
  return text !== null && /^-?\d[\d.]*(e[+-]?\d+)?$/.test(text);
}

/** What the rows were taken from: everything that there is, or a part of it. */
export function markOf(rows: IRows, trans: TranslationBundle): string {
  const tables = rows.read.map(each => withControlsShown(each.table));
  if (rows.complete) {
    if (rows.read.length === 1) {
      return trans._n(
        'First rows, on all %1 row of %2',
        'First rows, on all %1 rows of %2',
        rows.read[0].rows,
        tables[0]
      );
    }
    return rows.read.length
      ? trans.__('First rows, on all rows of %1', tables.join(', '))
      : trans.__('First rows');
  }
  if (rows.read.length === 1) {
    return trans._n(
      'Not the answer: on a sample of %1 row of %2',
      'Not the answer: on a sample of %1 rows of %2',
      rows.read[0].rows,
      tables[0]
    );
  }
  return trans.__('Not the answer: on a sample of %1', tables.join(', '));
}
