/**
 * Shows a repair of a cell that failed, and asks before it replaces the cell and runs.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Diff } from '../../notebook/replacement';
import { CellError, MOST_ROUNDS } from './rounds';

export async function askRound(options: {
  before: string;
  after: string;
  error: CellError;
  round: number;
  /** What is doubtful about the new text, '' when nothing is. */
  doubts: string;
  trans: TranslationBundle;
}): Promise<'no' | 'this round' | 'all rounds'> {
  const { before, after, error, round, doubts, trans } = options;
  const left = MOST_ROUNDS - round;
  const result = await showDialog({
    title: trans.__(
      'Round %1 of %2: replace this cell and run it?',
      round,
      MOST_ROUNDS
    ),
    body: (
      <div className="jp-Qwen-consent">
        <p>
          {trans.__(
            'It failed: %1',
            `${error.name}: ${error.message}`.slice(0, 300)
          )}
        </p>
        {doubts && <p className="jp-Qwen-doubts">{doubts}</p>}
        <Diff before={before} after={after} trans={trans} />
      </div>
    ),
    checkbox:
      left > 0
        ? {
            label: trans.__('Do not ask again in the rounds that are left'),
            caption: trans.__(
              'A repair that did not run on copies of your data is asked about all the same.'
            ),
            checked: false
          }
        : null,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Stop here') }),
      Dialog.warnButton({ label: trans.__('Replace and run') })
    ],
    defaultButton: 0
  });
  if (!result.button.accept) {
    return 'no';
  }
  return result.isChecked ? 'all rounds' : 'this round';
}
