/**
 * The empty conversation: what is read, where it goes, and three questions to try.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ITableGlance, tablesOf } from '../../context/gather';
import type { Schema } from '../../wire';

interface IWelcomeProps {
  /** The tables as last seen, or null. */
  schema: Schema | null;
  hasNotebook: boolean;
  /** The questions that the notebook itself proposes. */
  proposed: string[];
  remote: boolean;
  trans: TranslationBundle;
  ask: (question: string) => void;
}

export function Welcome(props: IWelcomeProps): JSX.Element {
  const { trans, remote, hasNotebook, proposed, ask } = props;
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
            {(proposed.length ? proposed : examples(tables, trans)).map(
              example => (
                <Button
                  key={example}
                  className="jp-Qwen-example"
                  onClick={() => ask(example)}
                >
                  {example}
                </Button>
              )
            )}
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
const TEXTUAL = /^(VARCHAR|CHAR|TEXT|ENUM|object|category|str)\b/i;
const KEY = /(^|_)(id|key|no|nr|number|year)$/i;
/** Texts that differ from row to row: nobody groups by them. */
const SINGULAR =
  /(^|_)(id|key|(user|sur|first|last|full|file)?_?name|title|e?mail|phone|address|url|comment|description|text)$/i;

/** A question about one table, and how much it asks: 0 is the most. */
function example(
  { name, columns }: ITableGlance,
  trans: TranslationBundle
): [number, string] {
  const time = columns.find(({ type }) => TEMPORAL.test(type));
  const number = columns.find(
    column => NUMERIC.test(column.type) && !KEY.test(column.name)
  );
  const group = columns.find(
    column => TEXTUAL.test(column.type) && !SINGULAR.test(column.name)
  );
  if (time && number) {
    return [0, trans.__('%1 of %2 per month', number.name, name)];
  }
  if (group && number) {
    return [
      0,
      trans.__('average %1 of %2 per %3', number.name, name, group.name)
    ];
  }
  if (time) {
    return [1, trans.__('number of %1 per month', name)];
  }
  if (group) {
    return [1, trans.__('number of %1 per %2', name, group.name)];
  }
  return [2, trans.__('how many rows has %1?', name)];
}

/** Three questions about the tables that are there, those that ask most first. */
export function examples(
  tables: ITableGlance[],
  trans: TranslationBundle
): string[] {
  const found = tables
    .map(table => example(table, trans))
    .sort(([one], [other]) => one - other)
    .map(([, question]) => question);
  const fallback = [
    trans.__('/explain the active cell'),
    trans.__('/python read data.csv into a DataFrame and show its first rows'),
    trans.__('what can you do?')
  ];
  return [...found, ...fallback].slice(0, 3);
}
