/**
 * Asks before something unproved, or something that writes, goes into the notebook.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export async function askConsent(options: {
  /** Why we ask, in a sentence. */
  doubts: string;
  /** The cell's text. */
  source: string;
  /** Whether the cell will run at once. */
  run: boolean;
  trans: TranslationBundle;
}): Promise<boolean> {
  const { doubts, source, run, trans } = options;
  const result = await showDialog({
    title: run
      ? trans.__('Insert and run this cell?')
      : trans.__('Insert this cell?'),
    body: (
      <div className="jp-Qwen-consent">
        <p>{doubts}</p>
        <pre tabIndex={0}>{source}</pre>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({
        label: run ? trans.__('Insert and run') : trans.__('Insert')
      })
    ],
    defaultButton: 0
  });
  return result.button.accept;
}
