/**
 * *Remember this*: keeps a question with the query that the user has accepted.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { wordsOf } from '../failures';
import type { IBlock, Mode } from '../wire';
import type { Lessons } from './lessons';

/** What else is asked is about a cell, which another question's query would not fit. */
const ASKS_FOR_ROWS: ReadonlySet<Mode> = new Set(['auto', 'sql']);

/** The cell that a block went into: as it was written, and as it reads now. */
export interface IWrittenCell {
  written: string;
  now: string;
}

/** Whether a block is a query that only reads, and either proved or taken into the notebook. */
export function canBeRemembered(
  block: IBlock,
  mode: Mode,
  taken: boolean
): boolean {
  return (
    ASKS_FOR_ROWS.has(mode) &&
    block.language === 'sql' &&
    (block.kind ?? 'query') === 'query' &&
    !block.needs_consent &&
    (block.verdict === 'bound' || taken)
  );
}

/** The query as it reads in the cell; null when it cannot be told from the code around it any more. */
export function queryIn({ written, now }: IWrittenCell, sql: string) {
  if (now === written) {
    return sql;
  }
  const at = written.indexOf(sql);
  const before = written.slice(0, at);
  const after = written.slice(at + sql.length);
  return at >= 0 &&
    now.startsWith(before) &&
    now.endsWith(after) &&
    now.length > before.length + after.length
    ? now.slice(before.length, now.length - after.length).trim()
    : null;
}

export function Remember(props: {
  block: IBlock;
  question: string;
  /** The answer is one that was taught. */
  taught: boolean;
  /** Null where the block is in no cell. */
  cell: () => IWrittenCell | null;
  lessons: Lessons;
  trans: TranslationBundle;
  say: (said: string) => void;
}): JSX.Element {
  const { block, cell, lessons, question, say, taught, trans } = props;
  const [state, setState] = React.useState<'open' | 'busy' | 'kept'>(
    taught ? 'kept' : 'open'
  );
  const remember = async () => {
    const place = cell();
    const sql = place ? queryIn(place, block.source) : block.source;
    if (!sql) {
      say(
        trans.__(
          'The query cannot be told from the code around it. Write it into qwen.md.'
        )
      );
      return;
    }
    setState('busy');
    const proved = sql === block.source && block.verdict === 'bound';
    try {
      const path = await lessons.remember(question, sql, proved);
      setState(path === null ? 'open' : 'kept');
      say(
        path === null
          ? trans.__(
              'The query cannot be checked, because no tables are known. Run the cells that make them first.'
            )
          : trans.__('Kept in %1.', path || 'qwen.md')
      );
    } catch (error) {
      setState('open');
      say(trans.__('It was not remembered: %1', wordsOf(error)));
    }
  };
  return (
    <Button
      className="jp-Qwen-button"
      aria-disabled={state !== 'open'} // a button that is disabled for real loses the focus
      title={trans.__(
        'Keep the question with this query: asked again, it is answered by it at once'
      )}
      onClick={() => {
        if (state === 'open') {
          void remember();
        }
      }}
    >
      {state === 'kept' ? trans.__('Remembered') : trans.__('Remember this')}
    </Button>
  );
}
