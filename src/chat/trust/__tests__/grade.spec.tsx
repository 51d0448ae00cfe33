import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { draw } from '../../../__tests__/drawn';
import { normalizeBlock } from '../../../received';
import { GradeBadge, Reasons, SecondReading } from '../grade';

const trans = nullTranslator.load('jupyter_qwen');

describe('GradeBadge', () => {
  it.each([
    ['likely', '●', 'likely right'],
    ['check', '◐', 'check'],
    ['doubtful', '○', 'doubtful']
  ] as const)('says %s by a shape and a word', async (grade, shape, word) => {
    const { node } = await draw(<GradeBadge grade={grade} trans={trans} />);
    expect(node.textContent).toBe(`${shape} ${word}`);
    // a screen reader hears the word alone
    const hidden = node.querySelector('[aria-hidden="true"]');
    expect(hidden!.textContent).toBe(shape);
  });
});

describe('Reasons', () => {
  const block = normalizeBlock({
    grade: 'doubtful',
    reasons: ['it joins `orders` to `customers` beside their key']
  });

  it('are open where they speak against the answer', async () => {
    const drawn = await draw(<Reasons block={block} trans={trans} />);
    expect(drawn.node.querySelector('details')!.open).toBe(true);
    const likely = await draw(
      <Reasons block={{ ...block, grade: 'likely' }} trans={trans} />
    );
    expect(likely.node.querySelector('details')!.open).toBe(false);
  });

  it('show names as code', async () => {
    const { node } = await draw(<Reasons block={block} trans={trans} />);
    const names = Array.from(node.querySelectorAll('code'));
    expect(names.map(name => name.textContent)).toEqual([
      'orders',
      'customers'
    ]);
  });

  it('are not there where there is none', async () => {
    const none = normalizeBlock({ grade: 'check' });
    const { node } = await draw(<Reasons block={none} trans={trans} />);
    expect(node.textContent).toBe('');
  });
});

describe('SecondReading', () => {
  it('says in what the two differ, and is chosen by a button', async () => {
    const choose = jest.fn();
    const drawn = await draw(
      <SecondReading
        alternative={{
          source: 'SELECT 2',
          does: 'reads `orders`',
          instead: 'reads `order_items`',
          words: null,
          rows: null,
          cell: null
        }}
        choose={choose}
        trans={trans}
      />
    );
    expect(drawn.node.textContent).toContain('reads orders');
    expect(drawn.node.textContent).toContain('reads order_items');
    await drawn.press('Take the other query');
    expect(choose).toHaveBeenCalledTimes(1);
  });
});
