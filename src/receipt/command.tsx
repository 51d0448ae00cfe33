/**
 * *Receipt of this cell*: for any cell with SQL or a merge, in a dialog.
 */
import { Dialog } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { WorkDialog } from '../dialog';
import { insertBelow } from '../notebook/insert-below';
import { CommandIDs, NO_ARGUMENTS } from '../tokens';
import { NoReceipt, Receipts, kernelOf } from './receipts';
import { ReceiptView } from './view';

export function addReceiptCommand(
  commands: CommandRegistry,
  tracker: INotebookTracker | null,
  receipts: Receipts,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.receipt, {
    label: trans.__('Receipt of This Cell'),
    caption: trans.__(
      'Count what the query or merge of the active cell does with the rows'
    ),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => tracker?.activeCell?.model.type === 'code',
    execute: async () => {
      const panel = tracker?.currentWidget;
      const cell = tracker?.activeCell;
      if (!panel || !cell) {
        return;
      }
      const source = cell.model.sharedModel.getSource();
      await new WorkDialog({
        title: trans.__('Receipt'),
        body: (
          <div className="jp-Qwen-receiptDialog">
            <ReceiptView
              count={async (consent, signal) => {
                const kernel = kernelOf(panel);
                if (!kernel) {
                  throw new NoReceipt(
                    trans.__('This notebook has no kernel. Start one first.')
                  );
                }
                const language =
                  panel.content.model?.defaultKernelLanguage || 'python';
                return receipts.of(kernel, source, language, consent, signal);
              }}
              mend={{
                label: trans.__('Insert as a new cell'),
                title: trans.__('A new cell; yours stays as it is'),
                take: warning => {
                  const { widgets } = panel.content;
                  const at = widgets.indexOf(cell);
                  const index = at < 0 ? widgets.length : at + 1;
                  const source = warning.cell || warning.mend;
                  return insertBelow(panel, index, source, trans);
                }
              }}
              trans={trans}
            />
          </div>
        ),
        buttons: [Dialog.okButton({ label: trans.__('Close') })]
      }).launch();
    }
  });
}
