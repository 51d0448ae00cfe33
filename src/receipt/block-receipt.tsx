/**
 * The receipt below a block: by itself after *Insert and run*.
 */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IExchange } from '../chat/history/conversation';
import type { IBlock } from '../wire';
import type { BlockReceipts } from './block-receipts';
import { ReceiptView } from './view';

export function BlockReceipt(props: {
  block: IBlock;
  exchange: IExchange;
  receipts: BlockReceipts;
  trans: TranslationBundle;
}): JSX.Element {
  const { block, exchange, receipts, trans } = props;
  return (
    <UseSignal signal={receipts.changed}>
      {() => {
        const times = receipts.runsOf(block);
        return times > 0 ? (
          <ReceiptView
            key={times} // counts anew after each run
            count={(consent, signal) =>
              receipts.count(block, exchange, consent, signal)
            }
            mend={{
              label: trans.__('Show it as an answer'),
              title: trans.__(
                'A new answer with its own proof; nothing is inserted and nothing runs'
              ),
              take: warning => receipts.offer(warning, exchange)
            }}
            trans={trans}
          />
        ) : null;
      }}
    </UseSignal>
  );
}
