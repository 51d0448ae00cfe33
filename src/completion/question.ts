/**
 * What the server is told of a cursor.
 */
import { DocumentWidget } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';

import type { ContextGatherer } from '../context/gather';
import type { QwenSettings } from '../settings';
import type { ICompleteRequest } from '../wire';
import { isProse, languageOf } from './cursor';

/** The text around a cursor and what kind of text it is. */
export interface ICursor {
  prefix: string;
  suffix: string;
  mimeType: string | undefined;
}

export class Questions {
  constructor(
    private readonly _gatherer: ContextGatherer,
    private readonly _settings: QwenSettings
  ) {}

  /** The request for a cursor in `widget`, with cells and tables as they are known now. */
  at(widget: Widget, cursor: ICursor): ICompleteRequest {
    const panel = widget instanceof NotebookPanel ? widget : null;
    const active = panel?.content.activeCell?.model.id ?? null;
    const view = this._gatherer.glance(panel, active);
    const path = pathOf(widget);
    const { inlineMultiline } = this._settings.values;
    return {
      prefix: cursor.prefix,
      suffix: cursor.suffix,
      language:
        languageOf(cursor.mimeType) ??
        (isProse(widget, cursor.mimeType) ? 'text' : view.language),
      path,
      thread: path,
      cells: view.cells,
      active_cell: active,
      schema: view.schema,
      privacy: view.privacy,
      multiline:
        inlineMultiline === 'auto' ? null : inlineMultiline === 'always'
    };
  }

  /** Read the tables again when a cell has run since. */
  async refresh(widget: Widget): Promise<void> {
    if (widget instanceof NotebookPanel) {
      await this._gatherer.refresh(widget);
    }
  }
}

/** The path of the document in `widget`; empty for what is none. */
export function pathOf(widget: Widget): string {
  return widget instanceof DocumentWidget ? widget.context.path : '';
}
