/**
 * Shows what replacing a cell's text would change, and asks.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { DiffRow, diffLines, foldUnchanged } from './line-diff';

export async function askReplacement(options: {
  before: string;
  after: string;
  /** The cell, in words. */
  where: string;
  /** What is doubtful about the new text, '' when nothing is. */
  doubts: string;
  trans: TranslationBundle;
}): Promise<boolean> {
  const { before, after, where, doubts, trans } = options;
  const result = await showDialog({
    title: trans.__('Replace this cell?'),
    body: (
      <div className="jp-Qwen-consent">
        <p>{where}</p>
        {doubts && <p className="jp-Qwen-doubts">{doubts}</p>}
        <Diff before={before} after={after} trans={trans} />
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      doubts
        ? Dialog.warnButton({ label: trans.__('Replace') })
        : Dialog.okButton({ label: trans.__('Replace') })
    ],
    defaultButton: doubts ? 0 : 1
  });
  return result.button.accept;
}

interface IDiffProps {
  before: string;
  after: string;
  trans: TranslationBundle;
}

/** A unified diff that does not rely on colour: signs for the eye, words for the ear. */
export function Diff({ before, after, trans }: IDiffProps): JSX.Element {
  const lines = diffLines(before, after);
  const removed = lines.filter(({ kind }) => kind === 'removed').length;
  const added = lines.filter(({ kind }) => kind === 'added').length;
  return (
    <>
      <p className="jp-Qwen-hint">
        {trans._n('%1 line goes', '%1 lines go', removed)}
        {', '}
        {trans._n('%1 line comes', '%1 lines come', added)}
      </p>
      <div
        className="jp-Qwen-diff"
        role="group"
        aria-label={trans.__('Changes')}
        tabIndex={0}
      >
        {foldUnchanged(lines).map((row, index) => (
          <DrawnRow key={index} row={row} trans={trans} />
        ))}
      </div>
    </>
  );
}

function DrawnRow(props: {
  row: DiffRow;
  trans: TranslationBundle;
}): JSX.Element {
  const { row, trans } = props;
  if (row.kind === 'fold') {
    return (
      <div className="jp-Qwen-diffFold">
        {trans._n('%1 unchanged line', '%1 unchanged lines', row.count)}
      </div>
    );
  }
  const [sign, word] = {
    same: [' ', ''],
    removed: ['−', trans.__('removed:')],
    added: ['+', trans.__('added:')]
  }[row.kind];
  return (
    <div className="jp-Qwen-diffLine" data-kind={row.kind}>
      <span className="jp-Qwen-diffNumber" aria-hidden="true">
        {row.number}
      </span>
      <span aria-hidden="true">{sign} </span>
      {word && <span className="jp-Qwen-hidden">{word} </span>}
      {row.kind === 'removed' ? (
        <del>{row.text}</del>
      ) : row.kind === 'added' ? (
        <ins>{row.text}</ins>
      ) : (
        <span>{row.text}</span>
      )}
    </div>
  );
}
