import type { Kernel } from '@jupyterlab/services';

import { IReceiptRequest, Receipts } from '../receipts';

const KERNEL = {} as Kernel.IKernelConnection;
const ROUND = { probes: ['A'], expression: 'E', seconds: 10 };

function receipts(
  rounds: unknown[],
  answer: unknown
): { receipts: Receipts; asked: IReceiptRequest[] } {
  const asked: IReceiptRequest[] = [];
  const round = async (request: IReceiptRequest) => {
    asked.push(JSON.parse(JSON.stringify(request)));
    return rounds[asked.length - 1];
  };
  return {
    asked,
    receipts: new Receipts(
      round,
      () => 'types',
      async () => answer
    )
  };
}

describe('Receipts', () => {
  it('brings what the kernel counted to the next round', async () => {
    const answers = { A: { rows: [[1]] } };
    const made = receipts([ROUND, { receipt: { state: 'done' } }], {
      answers,
      seconds: 0.4
    });
    const signal = new AbortController().signal;
    expect(
      await made.receipts.of(KERNEL, 'con.sql("…")', 'python', false, signal)
    ).toEqual({ state: 'done' });
    expect(made.asked.map(request => request.answers)).toEqual([{}, answers]);
    expect(made.asked.map(request => request.spent)).toEqual([0, 0.4]);
    expect(made.asked[0]).toMatchObject({
      privacy: 'types',
      sources: ['con.sql("…")']
    });
  });

  it('passes on what the kernel says', async () => {
    const made = receipts([ROUND], { error: 'There is no connection.' });
    const { signal } = new AbortController();
    await expect(
      made.receipts.of(KERNEL, 'x', 'python', false, signal)
    ).rejects.toThrow('There is no connection.');
  });

  it('asks the kernel nothing once it is stopped', async () => {
    const made = receipts([ROUND, ROUND], { answers: {} });
    const controller = new AbortController();
    controller.abort();
    await expect(
      made.receipts.of(KERNEL, 'x', 'python', false, controller.signal)
    ).rejects.toThrow();
    expect(made.asked).toHaveLength(1);
  });
});
