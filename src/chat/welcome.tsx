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
          'Ask about your data in plain words. You get SQL or Python for the tables you have, checked before it reaches your notebook.'
        )}
      </p>
      <p className="jp-Qwen-hint">
        {remote
          ? trans.__(
              'The model is remote: your question, cells and table descriptions are sent to it.'
            )
          : trans.__(
              'The model runs on this machine: your question, cells and tables stay here.'
            )}{' '}
        {!hasNotebook
          ? trans.__('Open a notebook, so that it can see your tables.')
          : tables.length
            ? trans._n(
                'It sees %1 table of this notebook.',
                'It sees %1 tables of this notebook.',
                tables.length
              )
            : trans.__(
                'It sees no tables yet: run the cells that load your data.'
              )}
      </p>
      <div className="jp-Qwen-examples">
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
      </div>
    </div>
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
