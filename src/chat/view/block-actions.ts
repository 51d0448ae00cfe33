/**
 * What the buttons below a code block do.
 */
import { Clipboard } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { Lessons } from '../../knowledge/lessons';
import type { IWrittenCell } from '../../knowledge/remember';
import { Anchor } from '../../notebook/anchor';
import { askConsent } from '../../notebook/consent';
import {
  INewCell,
  NotInserted,
  insertAt,
  runCell
} from '../../notebook/insert';
import type { TableLoader } from '../../notebook/load-first';
import {
  cellById,
  replaceSource,
  undoReplacement
} from '../../notebook/replace';
import { askReplacement } from '../../notebook/replacement';
import type { QwenSettings } from '../../settings';
import type { IBlock } from '../../wire';
import type { IExchange } from '../history/conversation';
import type { RunAndFix } from '../rounds/run-and-fix';
import { MARKDOWN, doubtsOf } from '../trial/doubts';
import { artifactKind } from './artifact';

/** What happened, in a sentence ('' when the user cancelled), and how to take it back. */
export interface IOutcome {
  said: string;
  undo?: () => string;
}

export class BlockActions {
  constructor(
    private readonly _tracker: INotebookTracker | null,
    private readonly _settings: QwenSettings,
    private readonly _trans: TranslationBundle,
    /** For what is to be remembered; null where nothing can be. */
    readonly lessons: Lessons | null = null,
    private readonly _loader: TableLoader | null = null,
    /** For what is to be run and fixed; null where nothing can be asked. */
    readonly rounds: RunAndFix | null = null
  ) {}

  /** A block was inserted and has run. */
  readonly ran = new Signal<this, IBlock>(this);

  /** The cell that Insert would make; null for text that is no cell of this notebook. */
  cellOf(block: IBlock, exchange: IExchange): INewCell | null {
    if (block.cell) {
      return block.cell;
    }
    if (MARKDOWN.has(block.language)) {
      return { source: block.source, type: 'markdown' };
    }
    const kernel = exchange.answer.request?.language || 'python';
    const same =
      block.language === '' ||
      block.language === kernel ||
      (kernel === 'python' && /^(py|python3|ipython)$/.test(block.language));
    if (same) {
      return { source: block.source, type: 'code' };
    }
    const shown = artifactKind(block.language, block.source);
    return shown && shown !== 'markdown' && kernel === 'python'
      ? { source: `%%${shown}\n${block.source}`, type: 'code' } // IPython's own magics show it
      : null;
  }

  /** The cell that the block went into, as long as it is there. */
  takenInto(block: IBlock): IWrittenCell | null {
    const taken = this._taken.get(block);
    return taken && !taken.cell.isDisposed
      ? {
          written: taken.written,
          now: taken.cell.model.sharedModel.getSource()
        }
      : null;
  }

  /** That cell itself. */
  takenCell(block: IBlock): Cell | null {
    return this._taken.get(block)?.cell ?? null;
  }

  copy(block: IBlock): string {
    Clipboard.copyToSystem(block.source);
    return this._trans.__('Copied.');
  }

  /** Insert below the cell that asked, and run when asked to. Returns a sentence about what happened, '' when cancelled. */
  async insert(
    block: IBlock,
    exchange: IExchange,
    options: { run: boolean }
  ): Promise<string> {
    const trans = this._trans;
    const cell = this.cellOf(block, exchange);
    if (!cell) {
      return trans.__('This is not code for this notebook.');
    }
    const doubts = doubtsOf(block, options.run, trans);
    if (
      doubts &&
      !(await askConsent({ doubts, source: cell.source, ...options, trans }))
    ) {
      return '';
    }
    const place = this.placeFor(exchange);
    if (typeof place === 'string') {
      return place;
    }
    const { anchor, panel } = place;
    const said = await this._loader?.load(panel, block.loads, options.run);
    if (said !== undefined) {
      return said;
    }
    try {
      const widget = insertAt(panel, anchor.indexIn(panel), {
        ...cell,
        origin: this._origin(block, exchange)
      });
      anchor.moveTo(widget.model.id);
      this._taken.set(block, { cell: widget, written: cell.source });
      if (!options.run) {
        return trans.__('Inserted into %1.', anchor.name);
      }
      if (!(await runCell(panel, widget))) {
        return trans.__('Inserted into %1; running it failed.', anchor.name);
      }
      this.ran.emit(block);
      return trans.__('Inserted into %1 and run.', anchor.name);
    } catch (error) {
      return this._whyNot(error, anchor);
    }
  }

  /** Show what would change in the cell that asked, and give it the new text when agreed to. */
  async replace(block: IBlock, exchange: IExchange): Promise<IOutcome> {
    const trans = this._trans;
    const fresh = this.cellOf(block, exchange);
    if (!fresh) {
      return { said: trans.__('This is not code for this notebook.') };
    }
    const place = this.placeFor(exchange);
    if (typeof place === 'string') {
      return { said: place };
    }
    const { anchor, panel } = place;
    const cell = cellById(panel, anchor.askedId);
    if (!cell) {
      return {
        said: trans.__('The cell that asked is gone from %1.', anchor.name)
      };
    }
    if (cell.model.type !== fresh.type) {
      return {
        said: trans.__('The cell that asked is of another kind. Insert below.')
      };
    }
    const before = cell.model.sharedModel.getSource();
    if (before === fresh.source) {
      return { said: trans.__('The cell reads like this already.') };
    }
    const agreed = await askReplacement({
      before,
      after: fresh.source,
      where: this._where(exchange, anchor, panel, cell),
      doubts: doubtsOf(block, false, trans),
      trans
    });
    if (!agreed) {
      return { said: '' };
    }
    try {
      const origin = this._origin(block, exchange);
      const replaced = replaceSource(panel, cell, { ...fresh, origin }, before);
      if (replaced) {
        this._taken.set(block, { cell, written: fresh.source });
      }
      return replaced
        ? {
            said: trans.__('Replaced in %1.', anchor.name),
            undo: () => {
              if (!undoReplacement(cell, fresh)) {
                return trans.__(
                  'The cell was edited since: nothing was changed.'
                );
              }
              this._taken.delete(block);
              return trans.__('Taken back.');
            }
          }
        : { said: trans.__('The cell has changed meanwhile. Look again.') };
    } catch (error) {
      return { said: this._whyNot(error, anchor) };
    }
  }

  private _where(
    { answer }: IExchange,
    anchor: Anchor,
    panel: NotebookPanel,
    cell: Cell
  ): string {
    const number = panel.content.widgets.indexOf(cell) + 1;
    return answer.request || answer.askedFrom === anchor.askedId
      ? this._trans.__(
          'Cell %1 of %2, the one that asked.',
          number,
          anchor.name
        )
      : this._trans.__('Cell %1 of %2, the active one.', number, anchor.name);
  }

  /** The notebook that asked; a sentence when there is none to work on. */
  placeFor(
    exchange: IExchange
  ): { anchor: Anchor; panel: NotebookPanel } | string {
    const { askedFrom } = exchange.answer;
    const anchor =
      exchange.anchor ??
      Anchor.recall(this._tracker, askedFrom) ??
      Anchor.of(this._tracker);
    if (!anchor) {
      return this._trans.__(
        'No notebook is open. Open one, then insert again.'
      );
    }
    exchange.anchor = anchor;
    const panel = anchor.panel(this._tracker);
    return panel
      ? { anchor, panel }
      : this._trans.__(
          'The notebook %1 is closed. Open it, then insert again.',
          anchor.name
        );
  }

  private _origin(block: IBlock, exchange: IExchange): INewCell['origin'] {
    const { model, question } = exchange.answer;
    return this._settings.values.cellMetadata
      ? {
          model,
          question,
          verdict: block.verdict,
          ...(block.grade && { grade: block.grade })
        }
      : undefined;
  }

  /** @throws what is no refusal of the notebook's. */
  private _whyNot(error: unknown, anchor: Anchor): string {
    if (!(error instanceof NotInserted)) {
      throw error;
    }
    return error.reason === 'read-only'
      ? this._trans.__('%1 is read-only.', anchor.name)
      : this._trans.__('%1 is still loading. Insert again.', anchor.name);
  }

  private readonly _taken = new WeakMap<
    IBlock,
    { cell: Cell; written: string }
  >();
}
