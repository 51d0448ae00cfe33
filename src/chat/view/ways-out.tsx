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
  /** Ask for a data file: '' when one can be asked about, why not, or null when none was chosen. */
  openFile: () => Promise<string | null>;
}): JSX.Element | null {
  const { actions, exchange, openFile, retry, trans } = props;
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
  const inPython = (exchange.answer.request?.language ?? 'python') === 'python';
  /** `make` gives '' when there are tables now, or what to say instead. */
  const tables = async (doing: string, make: () => Promise<string>) => {
    setSaid(doing);
    try {
      const instead = await make();
      setSaid(instead);
      if (!instead) {
        setDone(true);
        retry(exchange);
      }
    } catch (error) {
      console.error('jupyter_qwen: making tables failed', error);
      setSaid(trans.__('That did not work: %1', String(error)));
    }
  };
  const run = (make: () => Promise<boolean>) =>
    void tables(trans.__('Running…'), async () =>
      (await make()) ? '' : trans.__('A cell failed. Mend it, then ask again.')
    );
  const choose = () =>
    tables(
      '',
      async () => (await openFile()) ?? trans.__('Nothing was opened.')
    );
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
          onClick={() => run(() => runCells(panel, cells))}
        >
          {above ? trans.__('Run the cells above') : trans.__('Run all cells')}
        </Button>
      )}
      {offered.includes('open-file') && inPython && (
        <Button
          className="jp-Qwen-button"
          title={trans.__(
            'Choose a CSV, Parquet, JSON, Excel, DuckDB or SQLite file, then ask again: the line that loads it comes with the answer'
          )}
          onClick={() => void choose()}
        >
          {trans.__('Open a file…')}
        </Button>
      )}
      {offered.includes('demo-tables') && inPython && (
        <Button
          className="jp-Qwen-button"
          title={trans.__(
            'A new cell makes them in memory and runs, then the question is asked again'
          )}
          onClick={() => run(() => addDemoTables(panel, anchor))}
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
