/**
 * The command that asks for a data file and lets the next questions be about it.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IContextGatherer,
  NAMESPACE,
  NO_ARGUMENTS
} from '../tokens';
import { chooseDataFiles } from './data-files';
import type { ContextGatherer } from './gather';

export const openFilePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:open-file',
  description: 'Asks for a data file to ask about.',
  autoStart: true,
  requires: [IContextGatherer, IDocumentManager],
  optional: [INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    gatherer: ContextGatherer,
    manager: IDocumentManager,
    tracker: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const command = CommandIDs.openFile;
    app.commands.addCommand(command, {
      label: trans.__('Ask About a Data File…'),
      caption: trans.__(
        'Choose a CSV, Parquet, JSON, Excel, DuckDB or SQLite file: the line that loads it comes with the answer'
      ),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => !!tracker?.currentWidget,
      /** '' when the files' tables are known now; a sentence about why not; null when nothing was chosen. */
      execute: async (): Promise<string | null> => {
        const panel = tracker?.currentWidget;
        if (!panel) {
          return null;
        }
        const paths = await chooseDataFiles({
          manager,
          folder: PathExt.dirname(panel.context.path),
          translator: translator ?? nullTranslator,
          title: trans.__('Open a data file'),
          label: trans.__('CSV, Parquet, JSON, Excel, DuckDB or SQLite')
        });
        if (!paths) {
          return null;
        }
        const said = paths.length
          ? await gatherer.loadable.open(panel, paths, gatherer.privacy)
          : trans.__('A folder was chosen. Choose a file in it.');
        gatherer.notebookChanged();
        return said;
      }
    });
    palette?.addItem({ command, category: trans.__('Qwen Assistant') });
  }
};
