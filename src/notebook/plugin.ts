/**
 * The command behind the Insert button of the magic's output.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, NAMESPACE } from '../tokens';
import { NotInserted, insertAt } from './insert';

export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:notebook',
  description: 'Inserts cells on request of a cell output.',
  autoStart: true,
  optional: [INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);

    // Command links tell their arguments, not their place: remember the button that was pressed last.
    let pressed: Element | null = null;
    const remember = (event: Event) => {
      pressed =
        event.target instanceof Element
          ? event.target.closest('[data-commandlinker-command]')
          : null;
    };
    document.addEventListener('click', remember, true);
    document.addEventListener('keydown', remember, true);

    app.commands.addCommand(CommandIDs.insertCell, {
      label: trans.__('Insert Generated Cell'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            source: { type: 'string', description: 'Text of the new cell' },
            type: { type: 'string', enum: ['code', 'markdown'] }
          },
          required: ['source']
        }
      },
      isEnabled: () => !!tracker?.currentWidget,
      execute: (args: ReadonlyPartialJSONObject) => {
        const { source, type } = args;
        if (typeof source !== 'string' || !source.trim()) {
          return;
        }
        const place = tracker ? locate(tracker, pressed) : null;
        pressed = null;
        if (!place) {
          Notification.warning(trans.__('Open a notebook first.'));
          return;
        }
        try {
          insertAt(place.panel, place.index, {
            source,
            type: type === 'markdown' ? 'markdown' : 'code'
          });
        } catch (error) {
          if (error instanceof NotInserted) {
            Notification.warning(
              trans.__('The notebook cannot be edited now.')
            );
            return;
          }
          throw error;
        }
      }
    });
  }
};

/** Below the cell whose output holds `button`, else below the active cell of the current notebook. */
function locate(
  tracker: INotebookTracker,
  button: Element | null
): { panel: NotebookPanel; index: number } | null {
  const owner = button
    ? tracker.find(panel => panel.content.node.contains(button))
    : undefined;
  if (owner && button) {
    const index = owner.content.widgets.findIndex(cell =>
      cell.node.contains(button)
    );
    if (index >= 0) {
      return { panel: owner, index: index + 1 };
    }
  }
  const panel = owner ?? tracker.currentWidget;
  return panel ? { panel, index: panel.content.activeCellIndex + 1 } : null;
}
