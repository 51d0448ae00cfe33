/**
 * One new cell, one undo step, never run by itself.
 */
import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import type { JSONObject } from '@lumino/coreutils';

import { isGrade, isObject, isVerdict } from '../received';

export interface INewCell {
  source: string;
  type: 'code' | 'markdown';
  /** Kept under `jupyter_qwen` in the cell's metadata. */
  origin?: {
    model: string;
    question: string;
    verdict: string | null;
    grade?: string;
  };
}

/** What a cell is to tell of where it comes from; undefined for anything that is not told in full. */
export function originOf(told: unknown): INewCell['origin'] {
  if (!isObject(told)) {
    return undefined;
  }
  const { model, question, verdict, grade } = told;
  return typeof model === 'string' && typeof question === 'string'
    ? {
        model,
        question,
        verdict: isVerdict(verdict) ? verdict : null,
        ...(isGrade(grade) && { grade })
      }
    : undefined;
}

/** Why a cell could not be inserted. */
export class NotInserted extends Error {
  constructor(readonly reason: 'read-only' | 'not-loaded') {
    super(reason);
  }
}

/**
 * Insert `cell` at `index`, make it the active cell and bring it into view. The focus stays where it is.
 *
 * @throws NotInserted when the notebook has not loaded or may not be edited.
 */
export function insertAt(
  panel: NotebookPanel,
  index: number,
  cell: INewCell
): Cell {
  const notebook = panel.content;
  const model = notebook.model;
  if (!model) {
    throw new NotInserted('not-loaded');
  }
  if (model.readOnly) {
    throw new NotInserted('read-only');
  }
  const metadata: JSONObject = cell.origin
    ? { jupyter_qwen: cell.origin as unknown as JSONObject }
    : {};
  if (cell.type === 'code' && notebook.notebookConfig.defaultCell === 'code') {
    metadata.trusted = true; // an empty output area is trustworthy, as for a cell that the user adds
  }
  model.sharedModel.transact(() => {
    model.sharedModel.insertCell(index, {
      cell_type: cell.type,
      source: cell.source,
      metadata
    });
  });
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  const widget = notebook.widgets[index];
  void notebook.scrollToItem(index, 'smart').catch(() => undefined); // a detached notebook does not scroll
  return widget;
}

/** Run one cell, as Shift+Enter would, without moving on. */
export async function runCell(
  panel: NotebookPanel,
  cell: Cell
): Promise<boolean> {
  return NotebookActions.runCells(panel.content, [cell], panel.sessionContext);
}
