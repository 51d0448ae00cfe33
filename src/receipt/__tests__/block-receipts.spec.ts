import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { Answer } from '../../chat/answer';
import type { IExchange } from '../../chat/history/conversation';
import type { BlockActions } from '../../chat/view/block-actions';
import { BlockReceipts } from '../block-receipts';
import type { Receipts } from '../receipts';

const trans = nullTranslator.load('jupyter_qwen');
const WARNING = {
  code: 'fan-out',
  message: 'The join repeats rows of orders.',
  columns: ['o.amount'],
  mend: 'SELECT 1',
  mend_says: 'Take each row of orders once:',
  cell: ''
};
const EXCHANGE = {
  answer: new Answer('revenue in all'),
  anchor: null
} as unknown as IExchange;

function receipts(ask: jest.Mock): BlockReceipts {
  const actions = { ran: new Signal({}) } as unknown as BlockActions;
  return new BlockReceipts(actions, { receipts: {} as Receipts, ask, trans });
}

describe('BlockReceipts.offer', () => {
  it('asks the same question with the query that the receipt offers', () => {
    const ask = jest.fn(() => EXCHANGE);
    expect(receipts(ask).offer(WARNING, EXCHANGE)).toContain('stands below');
    expect(ask).toHaveBeenCalledWith(
      {
        text: 'revenue in all',
        mode: 'sql',
        shown: 'From the receipt: Take each row of orders once',
        offered: 'SELECT 1'
      },
      undefined
    );
  });

  it('says so while another answer is being written', () => {
    const said = receipts(jest.fn(() => null)).offer(WARNING, EXCHANGE);
    expect(said).toContain('Another answer is being written');
  });
});
