/**
 * The cells of a notebook as context: document order, errors included, other outputs never.
 */
import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookModel } from '@jupyterlab/notebook';

import type { ICell } from '../wire';

// eslint-disable-next-line no-control-regex
const TERMINAL_COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Longer tracebacks say nothing more: the last lines hold the error. */
const TRACEBACK_CHARACTERS = 4000;

/**
 * Cells of the notebook, at most `limit`, the ones nearest to `activeId` (or to the end) first chosen, in document order.
 * Empty cells are left out, except the active one.
 */
export function gatherCells(
  model: INotebookModel,
  activeId: string | null,
  limit: number
): ICell[] {
  const cells: ICellModel[] = [];
  for (const cell of model.cells) {
    if (cell.id === activeId || cell.sharedModel.getSource().trim()) {
      cells.push(cell);
    }
  }
  let active = cells.findIndex(cell => cell.id === activeId);
  if (active < 0) {
    active = cells.length - 1;
  }
  const nearest = cells
    .map((_, index) => index)
    // What stands above is more likely to define what is asked about: half a step nearer than what stands below.
    .sort((a, b) => distance(a, active) - distance(b, active))
    .slice(0, limit)
    .sort((a, b) => a - b);
  return nearest.map(index => toWire(cells[index]));
}

/** Every cell, empty ones too, in document order. */
export function allCells(model: INotebookModel): ICell[] {
  return Array.from(model.cells, toWire);
}

function distance(index: number, active: number): number {
  return index <= active ? active - index : index - active + 0.5;
}

function toWire(model: ICellModel): ICell {
  const type =
    model.type === 'code' || model.type === 'markdown' ? model.type : 'raw';
  const cell: ICell = {
    id: model.id,
    type,
    source: model.sharedModel.getSource(),
    execution_count: null
  };
  if (type === 'code') {
    const code = model as ICodeCellModel;
    cell.execution_count = code.executionCount;
    const error = readError(code);
    if (error) {
      cell.error = error;
    }
  }
  return cell;
}

/** The code cell that failed last: the highest execution count among those that show an error. */
export function lastFailed(model: INotebookModel): ICodeCellModel | null {
  let found: ICodeCellModel | null = null;
  for (const cell of model.cells) {
    const code = cell.type === 'code' ? (cell as ICodeCellModel) : null;
    if (
      code &&
      readError(code) &&
      (code.executionCount ?? 0) >= (found?.executionCount ?? 0)
    ) {
      found = code;
    }
  }
  return found;
}

/** The error that the cell's last run left, if any. */
export function readError(model: ICodeCellModel): ICell['error'] | undefined {
  for (let index = 0; index < model.outputs.length; index++) {
    const output = model.outputs.get(index);
    if (output.type !== 'error') {
      continue;
    }
    const json = output.toJSON() as {
      ename?: string;
      evalue?: string;
      traceback?: string[];
    };
    return {
      name: json.ename ?? '',
      message: (json.evalue ?? '').replace(TERMINAL_COLOURS, ''),
      traceback: (json.traceback ?? [])
        .join('\n')
        .replace(TERMINAL_COLOURS, '')
        .slice(-TRACEBACK_CHARACTERS)
    };
  }
  return undefined;
}
