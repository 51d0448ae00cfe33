/**
 * *Run and fix*: a cell is run, and its error goes to /fix and back, each repair shown before it replaces the cell.
 */
import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { readError } from '../../context/cells';
import { Anchor } from '../../notebook/anchor';
import { INewCell, NotInserted, runCell } from '../../notebook/insert';
import { replaceSource } from '../../notebook/replace';
import type { IBlock } from '../../wire';
import type { Answer } from '../answer';
import type { IQuestion } from '../ask';
import type { IExchange } from '../history/conversation';
import { doubtsOf } from '../trial/doubts';
import type { BlockActions, IOutcome } from '../view/block-actions';
import { askRound } from './approval';
import { CellError, IEnd, IProposal, ISteps, runAndFix } from './rounds';

interface IRepair extends IProposal {
  block: IBlock;
}

export class RunAndFix {
  constructor(
    /** Asks where the answer is seen; null while another answer is coming. */
    private readonly _ask: (
      question: IQuestion,
      anchor: Anchor
    ) => IExchange | null,
    private readonly _trans: TranslationBundle
  ) {}

  /** Insert the block as *Insert and run* does, then go on with the cell. */
  async ofBlock(
    block: IBlock,
    exchange: IExchange,
    actions: BlockActions
  ): Promise<IOutcome> {
    const before = actions.takenCell(block);
    const said = await actions.insert(block, exchange, { run: true });
    const cell = actions.takenCell(block);
    const place = actions.placeFor(exchange);
    if (!cell || cell === before || typeof place === 'string') {
      return { said };
    }
    const left = cell.isDisposed ? null : errorOf(cell);
    return left ? this.ofCell(place.panel, cell, left) : { said };
  }

  /** Run `cell`, or begin with the error that its run left. */
  async ofCell(
    panel: NotebookPanel,
    cell: Cell,
    first?: CellError
  ): Promise<IOutcome> {
    const written = sourceOf(cell);
    try {
      const end = await runAndFix(this._steps(panel, cell), first);
      return {
        said: this._said(end),
        undo:
          end.repairs > 0 ? () => this._undo(panel, cell, written) : undefined
      };
    } catch (error) {
      if (!(error instanceof NotInserted)) {
        throw error;
      }
      return { said: this._trans.__('The notebook cannot be edited now.') };
    }
  }

  private _steps(panel: NotebookPanel, cell: Cell): ISteps {
    const trans = this._trans;
    return {
      source: () => sourceOf(cell),
      run: async () => {
        this._last.set(cell, sourceOf(cell));
        const ran = await runCell(panel, cell);
        const error = errorOf(cell);
        return ran ? (error ?? null) : (error ?? 'not run');
      },
      propose: async (error, round) => {
        const exchange = this._ask(
          {
            text: trans.__(
              'Fix the active cell. It fails with %1: %2',
              error.name,
              error.message
            ),
            mode: 'fix',
            shown: trans.__(
              'Run and fix, round %1: %2',
              round,
              `${error.name}: ${error.message}`
            )
          },
          new Anchor(panel, cell.model.id)
        );
        if (!exchange) {
          return null;
        }
        await ended(exchange.answer);
        return proposed(exchange.answer);
      },
      approve: (proposal, error, round) =>
        askRound({
          before: sourceOf(cell),
          after: proposal.source,
          error,
          round,
          doubts: doubtsOf((proposal as IRepair).block, true, trans),
          trans
        }),
      replace: ({ source }, expected) => {
        const fresh: INewCell = { source, type: 'code' };
        return !cell.isDisposed && replaceSource(panel, cell, fresh, expected);
      }
    };
  }

  private _said({ how, repairs, error }: IEnd): string {
    const trans = this._trans;
    const after = trans._n('%1 repair', '%1 repairs', repairs);
    switch (how) {
      case 'ran':
        return repairs
          ? trans.__('The cell ran after %1.', after)
          : trans.__('The cell ran.');
      case 'fails':
        return trans.__(
          'The cell still fails after %1: %2',
          after,
          error ? `${error.name}: ${error.message}` : ''
        );
      case 'declined':
        return trans.__('Stopped here. The cell is as it was shown last.');
      case 'stopped':
        return trans.__('Stopped.');
      case 'no repair':
        return trans.__('No other repair was proposed. The cell still fails.');
      case 'changed':
        return trans.__(
          'The cell has changed meanwhile: nothing was replaced.'
        );
      case 'not run':
        return trans.__('The cell could not be run.');
    }
  }

  /** Give the cell the text that it began with, unless somebody edited it since. */
  private _undo(panel: NotebookPanel, cell: Cell, written: string): string {
    const last = this._last.get(cell);
    const fresh: INewCell = { source: written, type: 'code' };
    return last !== undefined &&
      !cell.isDisposed &&
      replaceSource(panel, cell, fresh, last)
      ? this._trans.__('Taken back.')
      : this._trans.__('The cell was edited since: nothing was changed.');
  }

  /** What each cell read when it was run last. */
  private readonly _last = new WeakMap<Cell, string>();
}

function sourceOf(cell: Cell): string {
  return cell.model.sharedModel.getSource();
}

function errorOf(cell: Cell): CellError | undefined {
  return cell.model.type === 'code'
    ? readError(cell.model as ICodeCellModel)
    : undefined;
}

/** When no more comes of an answer. */
function ended(answer: Answer): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!answer.running) {
        answer.changed.disconnect(look);
        resolve();
      }
    };
    answer.changed.connect(look);
    look();
  });
}

function proposed(answer: Answer): IRepair | null | 'stopped' {
  if (answer.state === 'stopped') {
    return 'stopped';
  }
  const block = answer.blocks.find(({ cell }) => cell?.type === 'code');
  return block?.cell && block.verdict !== 'rejected'
    ? {
        source: block.cell.source,
        safe: !block.needs_consent && block.trial?.status === 'ran',
        block
      }
    : null;
}
