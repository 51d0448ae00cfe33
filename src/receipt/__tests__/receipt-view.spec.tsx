import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { draw, settled } from '../../__tests__/drawn';
import type { IReceipt } from '../receipts';
import { ReceiptView } from '../view';

const trans = nullTranslator.load('jupyter_qwen');

const JOIN = {
  text: 'join lines on l.order_id = o.order_id',
  rows_before: 1200,
  rows_joined: 3400,
  rows_after: 3400,
  left_unique: true,
  right_unique: false
};

const CLEAN: IReceipt = {
  state: 'done',
  message: '',
  summary: '',
  joins: [JOIN],
  warnings: [],
  notes: ['LIMIT 3 keeps 3 of 4 rows.']
};

const FANS_OUT: IReceipt = {
  ...CLEAN,
  warnings: [
    {
      code: 'fan-out',
      message: 'SUM(o.amount) gives 325, each row once gives 225.',
      columns: ['o.amount'],
      mend: 'SELECT 1',
      mend_says: 'Take each row of orders once:',
      cell: 'con.sql("SELECT 1")'
    }
  ]
};

describe('ReceiptView', () => {
  it('says in one line that nothing is suspicious, with joins and notes', async () => {
    const { node } = await draw(
      <ReceiptView count={async () => CLEAN} mend={null} trans={trans} />
    );
    await settled();
    expect(node.querySelector('[role=status]')?.textContent).toBe(
      'Receipt nothing suspicious: 1 join, keys unique'
    );
    expect(node.querySelector('tbody')?.textContent).toContain(
      (3400).toLocaleString()
    );
    expect(node.textContent).toContain('LIMIT 3 keeps 3 of 4 rows.');
  });

  it('offers the mend, and takes it nowhere by itself', async () => {
    const take = jest.fn(() => 'It stands below.');
    const mend = { label: 'Show it as an answer', title: '', take };
    const drawn = await draw(
      <ReceiptView count={async () => FANS_OUT} mend={mend} trans={trans} />
    );
    await settled();
    expect(drawn.node.textContent).toContain('1 warning');
    expect(take).not.toHaveBeenCalled();
    await drawn.press('Show it as an answer');
    expect(take).toHaveBeenCalledWith(FANS_OUT.warnings[0]);
    expect(drawn.node.textContent).toContain('It stands below.');
  });

  it('asks before large tables and counts them with consent', async () => {
    const asks: IReceipt = {
      ...CLEAN,
      state: 'asks',
      message: 'sales has 12,000,000 rows.'
    };
    const count = jest.fn(async (consent: boolean) => (consent ? CLEAN : asks));
    const drawn = await draw(
      <ReceiptView count={count} mend={null} trans={trans} />
    );
    await settled();
    expect(drawn.node.textContent).toContain('sales has 12,000,000 rows.');
    await drawn.press('Count them');
    await settled();
    expect(drawn.node.textContent).toContain('nothing suspicious');
  });

  it('stops on request, says so, and counts again', async () => {
    const signals: AbortSignal[] = [];
    const count = (_: boolean, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<IReceipt>(() => undefined);
    };
    const drawn = await draw(
      <ReceiptView count={count} mend={null} trans={trans} />
    );
    expect(drawn.node.textContent).toContain('counting rows…');
    await drawn.press('Cancel');
    expect(signals[0].aborted).toBe(true);
    expect(drawn.node.textContent).toContain('cancelled');
    await drawn.press('Count again');
    expect(signals).toHaveLength(2);
  });

  it('says what went wrong in the words of who knows', async () => {
    const { node } = await draw(
      <ReceiptView
        count={() => Promise.reject(new Error('There is no DuckDB here.'))}
        mend={null}
        trans={trans}
      />
    );
    await settled();
    expect(node.textContent).toContain('There is no DuckDB here.');
  });
});
