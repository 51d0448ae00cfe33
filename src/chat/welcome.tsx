/**
 * The empty conversation: what is read, where it goes, and three questions to try.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ITableGlance, tablesOf } from '../context/gather';
import type { Schema } from '../wire';

interface IWelcomeProps {
  /** The tables as last seen, or null. */
  schema: Schema | null;
  hasNotebook: boolean;
  remote: boolean;
  trans: TranslationBundle;
  ask: (question: string) => void;
}

export function Welcome(props: IWelcomeProps): JSX.Element {
  const { trans, remote, hasNotebook, ask } = props;
  const tables = tablesOf(props.schema);
  return (
    <div className="jp-Qwen-welcome">
      <p>
        {trans.__(
          'Ask about your data in plain words. You get SQL or Python, checked against your tables before it reaches your notebook.'
        )}
      </p>
      <dl className="jp-Qwen-firstRun">
        <div>
          <dt>{trans.__('Reads')}</dt>
          <dd>{whatIsRead(tables.length, hasNotebook, trans)}</dd>
        </div>
        <div>
          <dt>{trans.__('Sends')}</dt>
          <dd>
            {remote
              ? trans.__(
                  'your question and what it reads to the remote model named above'
                )
              : trans.__('nothing: the model runs on this machine')}
          </dd>
        </div>
        <div>
          <dt>{trans.__('Try')}</dt>
          <dd className="jp-Qwen-examples">
            {examples(tables, trans).map(example => (
              <button
                key={example}
                type="button"
                className="jp-Qwen-example"
                onClick={() => ask(example)}
              >
                {example}
              </button>
            ))}
          </dd>
        </div>
      </dl>
    </div>
  );
}

function whatIsRead(
  tables: number,
  hasNotebook: boolean,
  trans: TranslationBundle
): string {
  if (!hasNotebook) {
    return trans.__(
      'nothing yet: open a notebook, so that it sees cells and tables'
    );
  }
  return tables
    ? trans._n(
        'the cells of this notebook and %1 table',
        'the cells of this notebook and %1 tables',
        tables
      )
    : trans.__(
        'the cells of this notebook; no tables yet: run the cells that load your data'
      );
}

const NUMERIC = /INT|DECIMAL|DOUBLE|FLOAT|NUMERIC|REAL/i;
const TEMPORAL = /DATE|TIME/i;

/** Three questions about the tables that are there. */
export function examples(
  tables: ITableGlance[],
  trans: TranslationBundle
): string[] {
  const found: string[] = [];
  for (const table of tables) {
    const time = table.columns.find(({ type }) => TEMPORAL.test(type));
    const number = table.columns.find(
      ({ name, type }) => NUMERIC.test(type) && !/(^|_)id$/i.test(name)
    );
    const text = table.columns.find(({ type }) => /CHAR|TEXT/i.test(type));
    if (time && number) {
      found.push(trans.__('%1 of %2 per month', number.name, table.name));
    } else if (text && number) {
      found.push(
        trans.__('average %1 of %2 per %3', number.name, table.name, text.name)
      );
    } else {
      found.push(trans.__('how many rows has %1?', table.name));
    }
    if (found.length === 3) {
      return found;
    }
  }
  const fallback = [
    trans.__('/explain the active cell'),
    trans.__('/python read data.csv into a DataFrame and show its first rows'),
    trans.__('what can you do?')
  ];
  return [...found, ...fallback].slice(0, 3);
}
