/**
 * A new text for a cell that is there: one undo step of that cell, outputs and id untouched.
 */
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { JSONObject } from '@lumino/coreutils';

import { INewCell, NotInserted } from './insert';

/** The cell with this id; null when it is no longer in the notebook. */
export function cellById(panel: NotebookPanel, id: string | null): Cell | null {
  return panel.content.widgets.find(cell => cell.model.id === id) ?? null;
}

/**
 * Give `cell` the text of `fresh`, provided it still reads `expected`: what a person agreed to is what happens.
 *
 * @returns whether it was done; false when the cell has changed meanwhile.
 * @throws NotInserted when the notebook may not be edited.
 */
export function replaceSource(
  panel: NotebookPanel,
  cell: Cell,
  fresh: INewCell,
  expected: string
): boolean {
  if (panel.content.model?.readOnly || cell.readOnly) {
    throw new NotInserted('read-only');
  }
  const shared = cell.model.sharedModel;
  if (cell.isDisposed || shared.getSource() !== expected) {
    return false;
  }
  // What was typed just before, or comes right after, is an undo step of its own.
  const undo = Reflect.get(shared, 'undoManager') as
    { stopCapturing(): void } | null | undefined;
  undo?.stopCapturing();
  shared.transact(() => {
    shared.setSource(fresh.source);
    if (fresh.origin) {
      shared.setMetadata('jupyter_qwen', fresh.origin as unknown as JSONObject);
    }
  });
  undo?.stopCapturing();
  panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
  panel.content.deselectAll();
  void panel.content
    .scrollToItem(panel.content.activeCellIndex, 'smart')
    .catch(() => undefined); // a detached notebook does not scroll
  return true;
}

/** Take a replacement back; false when the cell has been edited since, so that nothing else is lost. */
export function undoReplacement(cell: Cell, fresh: INewCell): boolean {
  if (
    cell.isDisposed ||
    cell.model.sharedModel.getSource() !== fresh.source ||
    !cell.model.sharedModel.canUndo()
  ) {
    return false;
  }
  cell.model.sharedModel.undo();
  return true;
}
