/**
 * What the buttons below a code block do.
 */
import { Clipboard } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { Anchor } from '../notebook/anchor';
import { INewCell, NotInserted, insertAt, runCell } from '../notebook/insert';
import type { QwenSettings } from '../settings';
import type { IBlock } from '../wire';
import { askConsent } from './consent';
import type { IExchange } from './conversation';

/** Languages whose text is a notebook cell as it stands, whatever the kernel. */
const MARKDOWN = new Set(['markdown', 'md']);

export class BlockActions {
  constructor(
    private readonly _tracker: INotebookTracker | null,
    private readonly _settings: QwenSettings,
    private readonly _trans: TranslationBundle
  ) {}

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
    return same ? { source: block.source, type: 'code' } : null;
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
    const doubts = this._doubts(block, options.run);
    if (
      doubts &&
      !(await askConsent({ doubts, source: cell.source, ...options, trans }))
    ) {
      return '';
    }
    const anchor = exchange.anchor ?? Anchor.of(this._tracker);
    if (!anchor) {
      return trans.__('No notebook is open. Open one, then insert again.');
    }
    exchange.anchor = anchor;
    const panel = anchor.panel(this._tracker);
    if (!panel) {
      return trans.__(
        'The notebook %1 is closed. Open it, then insert again.',
        anchor.name
      );
    }
    try {
      const widget = insertAt(panel, anchor.indexIn(panel), {
        ...cell,
        origin: this._settings.values.cellMetadata
          ? {
              model: exchange.answer.model,
              question: exchange.answer.question,
              verdict: block.verdict
            }
          : undefined
      });
      anchor.moveTo(widget.model.id);
      if (!options.run) {
        return trans.__('Inserted into %1.', anchor.name);
      }
      return (await runCell(panel, widget))
        ? trans.__('Inserted into %1 and run.', anchor.name)
        : trans.__('Inserted into %1; running it failed.', anchor.name);
    } catch (error) {
      if (error instanceof NotInserted) {
        return error.reason === 'read-only'
          ? trans.__('%1 is read-only.', anchor.name)
          : trans.__('%1 is still loading. Insert again.', anchor.name);
      }
      throw error;
    }
  }

  /** Why to ask first; '' for a proved query that only reads. */
  private _doubts(block: IBlock, run: boolean): string {
    const trans = this._trans;
    if (block.needs_consent) {
      return block.kind && block.kind !== 'query'
        ? trans.__(
            'This statement changes something or reaches outside the kernel (%1).',
            block.kind
          )
        : trans.__(
            'This code changes something or reaches outside the kernel.'
          );
    }
    switch (block.verdict) {
      case 'bound':
        return '';
      case 'rejected':
        return trans.__(
          'DuckDB rejects this query: %1',
          block.diagnostics.find(({ severity }) => severity === 'error')
            ?.message ?? ''
        );
      case 'unchecked':
        return trans.__('This query could not be checked against your tables.');
      case null:
        return run && !MARKDOWN.has(block.language)
          ? trans.__('This code was written by the model and was not checked.')
          : '';
    }
  }
}
