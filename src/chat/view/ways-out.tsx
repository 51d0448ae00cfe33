/**
 * Where there is no table to ask: what would give some, and the question once more.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { cellsToRun, runCells, addDemoTables } from '../../notebook/tables';
import type { IExchange } from '../history/conversation';
import type { BlockActions } from './block-actions';

export function WaysOut(props: {
  exchange: IExchange;
  actions: BlockActions;
  trans: TranslationBundle;
  /** Ask the exchange's question again. */
  retry: (exchange: IExchange) => void;
}): JSX.Element | null {
  const { actions, exchange, retry, trans } = props;
  const [said, setSaid] = React.useState('');
  const [done, setDone] = React.useState(false);
  const place = actions.placeFor(exchange);
  if (done) {
    return null;
  }
  if (typeof place === 'string') {
    return <div className="jp-Qwen-said">{place}</div>;
  }
  const { anchor, panel } = place;
  const offered = exchange.answer.actions;
  const { cells, above } = cellsToRun(panel, anchor);
  const tables = async (make: () => Promise<boolean>) => {
    setSaid(trans.__('Running…'));
    try {
      if (await make()) {
        setDone(true);
        retry(exchange);
      } else {
        setSaid(trans.__('A cell failed. Mend it, then ask again.'));
      }
    } catch (error) {
      console.error('jupyter_qwen: making tables failed', error);
      setSaid(trans.__('That did not work: %1', String(error)));
    }
  };
  return (
    <div className="jp-Qwen-waysOut">
      {offered.includes('run-cells-above') && cells.length > 0 && (
        <Button
          className="jp-Qwen-button jp-mod-primary"
          title={trans._n(
            'Run %1 cell, then ask again',
            'Run %1 cells, then ask again',
            cells.length
          )}
          onClick={() => void tables(() => runCells(panel, cells))}
        >
          {above ? trans.__('Run the cells above') : trans.__('Run all cells')}
        </Button>
      )}
      {offered.includes('demo-tables') &&
        (exchange.answer.request?.language ?? 'python') === 'python' && (
          <Button
            className="jp-Qwen-button"
            title={trans.__(
              'A new cell makes them in memory and runs, then the question is asked again'
            )}
            onClick={() => void tables(() => addDemoTables(panel, anchor))}
          >
            {trans.__("Use the demo's tables")}
          </Button>
        )}
      <span className="jp-Qwen-said" role="status">
        {said}
      </span>
    </div>
  );
}
