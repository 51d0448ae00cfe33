/**
 * Gives a notebook without tables some: its own, by running its cells, or the demo's.
 */
import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import type { Anchor } from './anchor';
import { insertAt, runCell } from './insert';

const DEMO = `from jupyter_qwen import demo

con = demo.connect()
con.sql("SHOW TABLES")`;

/** The code cells down to the one that asked where one of them has not run yet, else all of the notebook's. */
export function cellsToRun(
  panel: NotebookPanel,
  anchor: Anchor
): { cells: Cell[]; above: boolean } {
  const isCode = (cell: Cell) =>
    cell.model.type === 'code' && cell.model.sharedModel.getSource().trim();
  const all = panel.content.widgets.filter(isCode);
  const cells = panel.content.widgets
    .slice(0, anchor.indexIn(panel))
    .filter(isCode);
  const above = cells.some(
    ({ model }) => (model as ICodeCellModel).executionCount === null
  );
  return { cells: above ? cells : all, above };
}

/** Whether all of them ran to their end. */
export async function runCells(
  panel: NotebookPanel,
  cells: Cell[]
): Promise<boolean> {
  return NotebookActions.runCells(panel.content, cells, panel.sessionContext);
}

/**
 * A new cell below the one that asked makes the demo's tables; whether it ran.
 *
 * @throws NotInserted when the notebook has not loaded or may not be edited.
 */
export async function addDemoTables(
  panel: NotebookPanel,
  anchor: Anchor
): Promise<boolean> {
  const cell = insertAt(panel, anchor.indexIn(panel), {
    source: DEMO,
    type: 'code'
  });
  anchor.moveTo(cell.model.id);
  return runCell(panel, cell);
}
