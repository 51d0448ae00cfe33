import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { draw } from '../../../__tests__/drawn';
import type { IRows } from '../../../wire';
import { FirstRows, markOf } from '../first-rows';

const trans = nullTranslator.load('jupyter_qwen');
const WHOLE: IRows = {
  columns: ['country', 'n'],
  rows: [
    ['Norway', '12'],
    [null, '3']
  ],
  complete: true,
  row_count: 2,
  read: [{ table: 'orders', rows: 60, of: 60 }],
  hidden: [],
  more: false
};
const SAMPLE: IRows = {
  ...WHOLE,
  rows: [['Norway', null]],
  complete: false,
  row_count: null,
  read: [{ table: 'orders', rows: 1000, of: 5000 }],
  hidden: [1]
};

describe('FirstRows', () => {
  it('is folded and says what it was taken from', async () => {
    const { node } = await draw(<FirstRows rows={WHOLE} trans={trans} />);
    expect(node.querySelector('details')!.open).toBe(false);
    expect(node.querySelector('summary')!.textContent).toBe(
      'First rows, on all 60 rows of orders'
    );
  });

  it('is a table with headed columns, and tells NULL', async () => {
    const { node } = await draw(<FirstRows rows={WHOLE} trans={trans} />);
    const heads = Array.from(node.querySelectorAll('th'));
    expect(heads.map(each => each.textContent)).toEqual(['country', 'n']);
    expect(heads.every(each => each.scope === 'col')).toBe(true);
    expect(node.querySelector('tbody')!.textContent).toBe('Norway12NULL3');
  });

  it('shows no number that a sample cannot know', async () => {
    const { node } = await draw(<FirstRows rows={SAMPLE} trans={trans} />);
    expect(node.querySelector('tbody')!.textContent).toBe('Norway—');
    expect(node.querySelector('summary')!.textContent).toMatch(
      /^Not the answer: on a sample of 1000 rows of orders/
    );
  });

  it('marks what came from several tables', () => {
    const read = [...WHOLE.read, { table: 'customers', rows: 5, of: 5 }];
    expect(markOf({ ...WHOLE, read }, trans)).toBe(
      'First rows, on all rows of orders, customers'
    );
    expect(markOf({ ...SAMPLE, read }, trans)).toBe(
      'Not the answer: on a sample of orders, customers'
    );
  });
});
