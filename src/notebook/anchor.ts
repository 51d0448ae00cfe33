/**
 * Where an answer belongs: below the cell that asked, wherever the focus has gone since.
 */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/** A place in a notebook that survives moved focus, moved cells, deleted cells and a renamed file. */
export class Anchor {
  constructor(
    private _panel: NotebookPanel,
    cellId: string | null
  ) {
    this._path = _panel.context.path;
    this._cellId = cellId;
    this.askedId = cellId;
    const ids = cellIds(_panel);
    const position = cellId === null ? -1 : ids.indexOf(cellId);
    // Should the cell be deleted, the nearest one above it that is left takes its place.
    this._above =
      position < 0 ? ids.reverse() : ids.slice(0, position).reverse();
  }

  /** The anchor of the tracker's current notebook and its active cell; null when no notebook is open. */
  static of(tracker: INotebookTracker | null): Anchor | null {
    const panel = tracker?.currentWidget;
    if (!panel || panel.isDisposed || !panel.content.model) {
      return null;
    }
    return new Anchor(panel, panel.content.activeCell?.model.id ?? null);
  }

  /** The anchor of a cell that asked in an earlier session; null when the current notebook does not have it. */
  static recall(
    tracker: INotebookTracker | null,
    cellId: string | null
  ): Anchor | null {
    const panel = tracker?.currentWidget;
    return panel && !panel.isDisposed && cellIds(panel).includes(cellId ?? '')
      ? new Anchor(panel, cellId)
      : null;
  }

  /** Id of the cell that asked; null when the notebook has none. */
  readonly askedId: string | null;

  /** Id of the cell that asked, or of the cell last inserted for it. */
  get cellId(): string | null {
    return this._cellId;
  }

  /** The file's name as it was when the question was asked. */
  get name(): string {
    return this._path.split('/').pop() ?? this._path;
  }

  /** The notebook, also when it was closed and opened again; null when it is closed. */
  panel(tracker: INotebookTracker | null): NotebookPanel | null {
    if (!this._panel.isDisposed) {
      return this._panel;
    }
    const reopened =
      tracker?.find(candidate => candidate.context.path === this._path) ?? null;
    if (reopened) {
      this._panel = reopened;
    }
    return reopened;
  }

  /** Index at which the next cell goes. */
  indexIn(panel: NotebookPanel): number {
    const ids = cellIds(panel);
    for (const id of [this._cellId, ...this._above]) {
      const position = id === null ? -1 : ids.indexOf(id);
      if (position >= 0) {
        return position + 1;
      }
    }
    return this._cellId === null ? ids.length : 0;
  }

  /** Further cells of the same answer go below this one. */
  moveTo(cellId: string): void {
    if (this._cellId !== null) {
      this._above.unshift(this._cellId);
    }
    this._cellId = cellId;
  }

  private readonly _path: string;
  private _cellId: string | null;
  private readonly _above: string[];
}

function cellIds(panel: NotebookPanel): string[] {
  return Array.from(panel.content.model?.cells ?? [], cell => cell.id);
}
