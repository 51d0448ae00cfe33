/**
 * A demo that `jupyter qwen demo` has just made loads its tables when it opens, and proposes questions. The server knows which
 * notebooks these are; what a notebook says of itself runs nothing.
 */
import type { ICellModel } from '@jupyterlab/cells';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import type { QwenClient } from '../request';

const KEY = 'jupyter_qwen';
const PROPOSED = 3;
const PROPOSED_CHARACTERS = 120;

function saidOfItself(panel: NotebookPanel): Record<string, unknown> {
  const said: unknown = panel.context.model?.getMetadata?.(KEY);
  return said && typeof said === 'object' && !Array.isArray(said)
    ? (said as Record<string, unknown>)
    : {};
}

/**
 * The questions that a notebook proposes: three at most, each one short line that shows all of what would be asked. They are
 * text of whoever wrote the notebook, and asked at a press only.
 */
export function proposedQuestions(panel: NotebookPanel | null): string[] {
  const said = panel ? saidOfItself(panel).questions : null;
  return Array.isArray(said)
    ? said
        .filter(
          (one): one is string =>
            typeof one === 'string' &&
            one.trim() !== '' &&
            one.length <= PROPOSED_CHARACTERS &&
            !/[\p{C}\p{Zl}\p{Zp}]/u.test(one)
        )
        .slice(0, PROPOSED)
    : [];
}

/**
 * Run the loading cells of a fresh demo; whether it was one and all of them ran.
 *
 * A cell runs when its id and its text are those that the server read in the file that the command wrote.
 */
export async function loadFreshDemo(
  panel: NotebookPanel,
  client: Pick<QwenClient, 'freshDemo'>
): Promise<boolean> {
  await panel.context.ready;
  if (panel.isDisposed || !Array.isArray(saidOfItself(panel).loads)) {
    return false;
  }
  await panel.sessionContext.ready;
  const told = await client.freshDemo(panel.context.path);
  const sources = new Map(told.cells.map(({ id, source }) => [id, source]));
  const isToRun = ({ id, sharedModel }: ICellModel) =>
    sources.get(id) === sharedModel.getSource();
  const cells = panel.isDisposed
    ? []
    : panel.content.widgets.filter(({ model }) => isToRun(model));
  if (!sources.size || cells.length < sources.size) {
    return false;
  }
  panel.content.activeCellIndex = panel.content.widgets.indexOf(
    cells[cells.length - 1]
  );
  return NotebookActions.runCells(panel.content, cells, panel.sessionContext);
}
