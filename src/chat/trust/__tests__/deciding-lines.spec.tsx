import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { draw } from '../../../__tests__/drawn';
import { normalizeBlock } from '../../../received';
import { DecidingLines, ranges } from '../deciding-lines';

const trans = nullTranslator.load('jupyter_qwen');

describe('DecidingLines', () => {
  it('names the lines in its fold and shows each with its number', async () => {
    const block = normalizeBlock({
      source: 'import pandas as pd\nlate = rides[rides.km > 3]\nlate.km.sum()',
      deciding_lines: [2, 3, 9]
    });
    const { node } = await draw(<DecidingLines block={block} trans={trans} />);
    expect(node.querySelector('summary')!.textContent).toBe(
      'Decided by lines 2–3'
    );
    const items = Array.from(node.querySelectorAll('li'));
    expect(items.map(item => [item.value, item.textContent])).toEqual([
      [2, 'late = rides[rides.km > 3]'],
      [3, 'late.km.sum()']
    ]);
    expect(node.querySelector('details')!.open).toBe(false);
  });
});

describe('ranges', () => {
  it.each([
    [[], ''],
    [[4], '4'],
    [[1, 2, 3, 7], '1–3, 7'],
    [[1, 3], '1, 3']
  ])('joins neighbours of %j', (numbers, text) => {
    expect(ranges(numbers)).toBe(text);
  });
});
