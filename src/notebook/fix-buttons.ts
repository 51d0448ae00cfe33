/**
 * "Fix with Qwen" below the traceback of every cell that fails. The cell toolbar shows on the active cell alone, and running a
 * failing cell makes the next one active.
 */
import { Cell, CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { readError } from '../context/cells';
import { qwenIcon } from '../icons';

const BAR_CLASS = 'jp-Qwen-errorBar';

export class FixButtons {
  constructor(
    tracker: INotebookTracker,
    private readonly _trans: TranslationBundle,
    /** Called with the failing cell active. */
    private readonly _fix: () => void
  ) {
    tracker.widgetAdded.connect((_, panel) => this._watch(panel));
    tracker.forEach(panel => this._watch(panel));
  }

  private _watch(panel: NotebookPanel): void {
    void panel.context.ready.then(() => {
      if (panel.isDisposed) {
        return;
      }
      const look = () => this._look(panel);
      // The notebook makes its widgets while it hears of new cells.
      panel.content.model?.cells.changed.connect(() => queueMicrotask(look));
      look();
    });
  }

  /** Follow the cells that came since the last look. */
  private _look(panel: NotebookPanel): void {
    if (panel.isDisposed) {
      return;
    }
    for (const cell of panel.content.widgets) {
      if (cell instanceof CodeCell && !this._known.has(cell)) {
        this._known.add(cell);
        const update = () => this._update(panel, cell);
        cell.model.outputs.changed.connect(update);
        // Cells far from the screen have no output to stand below until they come near.
        cell.inViewportChanged.connect(() => queueMicrotask(update));
        update();
      }
    }
  }

  private _update(panel: NotebookPanel, cell: CodeCell): void {
    if (cell.isDisposed) {
      return;
    }
    const bar = cell.node.querySelector(`:scope > .${BAR_CLASS}`);
    const failed = readError(cell.model) !== undefined;
    if (!failed) {
      bar?.remove();
    } else if (!bar) {
      cell.node
        .querySelector(':scope > .jp-Cell-outputWrapper')
        ?.after(this._makeBar(panel, cell));
    }
  }

  private _makeBar(panel: NotebookPanel, cell: Cell): HTMLElement {
    const bar = document.createElement('div');
    bar.className = BAR_CLASS;
    bar.setAttribute('role', 'toolbar');
    bar.setAttribute('aria-label', this._trans.__('Help with this error'));
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-Qwen-button';
    button.title = this._trans.__('Ask Qwen to fix the error of this cell');
    qwenIcon.element({
      container: button,
      tag: 'span',
      width: '14px',
      height: '14px'
    });
    button.append(this._trans.__('Fix with Qwen'));
    button.addEventListener('click', () => {
      panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
      this._fix();
    });
    bar.append(button);
    return bar;
  }

  private readonly _known = new WeakSet<Cell>();
}
