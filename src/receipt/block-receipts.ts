/**
 * Receipts of the blocks of a conversation: which ran, and what counts their rows.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import type { AskQuestion } from '../chat/ask';
import type { IExchange } from '../chat/history/conversation';
import type { BlockActions } from '../chat/view/block-actions';
import type { IBlock } from '../wire';
import {
  IReceipt,
  IReceiptWarning,
  NoReceipt,
  Receipts,
  kernelOf
} from './receipts';

export class BlockReceipts {
  constructor(
    private readonly _actions: BlockActions,
    private readonly _with: {
      receipts: Receipts;
      ask: AskQuestion;
      trans: TranslationBundle;
    }
  ) {
    _actions.ran.connect((_, block) => {
      if (block.language === 'sql') {
        this._runs.set(block, this.runsOf(block) + 1);
        this._changed.emit();
      }
    });
  }

  /** A query was inserted and has run. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** How often the query of `block` was inserted and ran here. */
  runsOf(block: IBlock): number {
    return this._runs.get(block) ?? 0;
  }

  /**
   * The receipt of the cell that `block` went into, as that reads now.
   *
   * @throws NoReceipt where there is no kernel; what `Receipts.of` throws.
   */
  async count(
    block: IBlock,
    exchange: IExchange,
    consent: boolean,
    signal: AbortSignal
  ): Promise<IReceipt> {
    const place = this._actions.placeFor(exchange);
    if (typeof place === 'string') {
      throw new NoReceipt(place);
    }
    const kernel = kernelOf(place.panel);
    if (!kernel) {
      throw new NoReceipt(
        this._with.trans.__('This notebook has no kernel. Start one first.')
      );
    }
    const source = this._actions.takenInto(block)?.now ?? block.source;
    const language = exchange.answer.request?.language || 'python';
    return this._with.receipts.of(kernel, source, language, consent, signal);
  }

  /** Show the mend of a warning as an answer to the same question. What happened, in a sentence. */
  offer(warning: IReceiptWarning, exchange: IExchange): string {
    const { answer, anchor } = exchange;
    const says = warning.mend_says.replace(/\s*[:：]$/, '');
    const asked = this._with.ask(
      {
        text: answer.question,
        mode: 'sql',
        shown: says
          ? this._with.trans.__('From the receipt: %1', says)
          : this._with.trans.__('From the receipt'),
        offered: warning.mend
      },
      anchor ?? undefined
    );
    return asked
      ? this._with.trans.__('It stands below, as an answer of its own.')
      : this._with.trans.__(
          'Another answer is being written. Try again after it.'
        );
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _runs = new WeakMap<IBlock, number>();
}
