/**
 * The lines of a cell that decide what it shows, folded under it: what to read first.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBlock } from '../../wire';
import { withControlsShown } from '../view/controls';

export function DecidingLines(props: {
  block: IBlock;
  trans: TranslationBundle;
}): JSX.Element {
  const { block, trans } = props;
  const lines = block.source.split('\n');
  const numbers = block.deciding_lines.filter(number => number <= lines.length);
  return (
    <details className="jp-Qwen-lines">
      <summary>
        {trans._n(
          'Decided by line %2',
          'Decided by lines %2',
          numbers.length,
          ranges(numbers)
        )}
      </summary>
      <ol
        className="jp-Qwen-linesList"
        aria-label={trans.__('Lines that decide the result')}
        tabIndex={0} // scrolls by keyboard
      >
        {numbers.map(number => (
          <li key={number} value={number}>
            <code>{withControlsShown(lines[number - 1])}</code>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** `2–4, 7` for 2, 3, 4 and 7. */
export function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found[found.length - 1];
    if (last && number === last[1] + 1) {
      last[1] = number;
    } else {
      found.push([number, number]);
    }
  }
  return found
    .map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
    .join(', ');
}
