/**
 * Before code goes into the notebook: the cells that load its tables are run, with the user's word.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { runCells } from './tables';

/** Lines of each cell that are shown. */
const LINES_SHOWN = 4;

export class TableLoader {
  constructor(
    /** Whether the kernel holds anything that a cell made. */
    private readonly _isWarm: (panel: NotebookPanel) => boolean,
    private readonly _trans: TranslationBundle
  ) {}

  /** Run those of the cells `ids` that have not run, if the user says so; a sentence, or '', where nothing is to follow. */
  async load(
    panel: NotebookPanel,
    ids: readonly string[],
    run: boolean
  ): Promise<string | undefined> {
    const cells = cellsToLoad(panel, ids, this._isWarm(panel));
    if (!cells.length) {
      return undefined;
    }
    const chosen = await askLoading({ cells, run, trans: this._trans });
    if (chosen !== 'load') {
      return chosen === 'cancel' ? '' : undefined;
    }
    return (await runCells(panel, cells))
      ? undefined
      : this._trans.__(
          'A cell failed, so that nothing was inserted. Mend it, then insert again.'
        );
  }
}

/**
 * The cells among `ids` that are still to run, in document order.
 *
 * `warm`: the kernel holds something, so that a cell with a number, unchanged since, has run in it.
 */
export function cellsToLoad(
  panel: NotebookPanel,
  ids: readonly string[],
  warm: boolean
): Cell[] {
  const wanted = new Set(ids);
  return panel.content.widgets.filter(({ model }) => {
    if (!wanted.has(model.id) || model.type !== 'code') {
      return false;
    }
    const { executionCount, isDirty } = model as ICodeCellModel;
    return !warm || executionCount === null || isDirty;
  });
}

/** What to do about cells that have not run: run them first, leave them, or nothing at all. */
async function askLoading(options: {
  cells: readonly Cell[];
  /** Whether the new cell will run at once. */
  run: boolean;
  trans: TranslationBundle;
}): Promise<'load' | 'leave' | 'cancel'> {
  const { cells, run, trans } = options;
  const leave = Dialog.okButton({
    label: run ? trans.__('Insert and run') : trans.__('Insert only'),
    className: 'jp-Qwen-insertOnly'
  });
  const load = Dialog.okButton({
    label: trans._n(
      'Run the cell, then insert',
      'Run the %1 cells, then insert',
      cells.length
    )
  });
  const result = await showDialog({
    title: trans.__('Load its tables first?'),
    body: (
      <div className="jp-Qwen-consent">
        <p>
          {trans._n(
            'This code asks tables that are not loaded yet. This cell loads them:',
            'This code asks tables that are not loaded yet. These %1 cells load them:',
            cells.length
          )}
        </p>
        {cells.map(cell => (
          <pre key={cell.model.id} tabIndex={0}>
            {beginning(cell.model.sharedModel.getSource())}
          </pre>
        ))}
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      ...(run ? [] : [leave]),
      load
    ],
    defaultButton: run ? 1 : 2
  });
  if (!result.button.accept) {
    return 'cancel';
  }
  return result.button.label === load.label ? 'load' : 'leave';
}

function beginning(source: string): string {
  const lines = source.trim().split('\n');
  return lines.length > LINES_SHOWN
    ? [...lines.slice(0, LINES_SHOWN), '…'].join('\n')
    : lines.join('\n');
}
