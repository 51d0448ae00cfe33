/**
 * A new cell on request of a view that shows what happened in a sentence.
 */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { NotInserted, insertAt } from './insert';

/** Put `source` into a new code cell at `index`; `inserted` gets its id. What happened, in a sentence. */
export function insertBelow(
  panel: NotebookPanel,
  index: number,
  source: string,
  trans: TranslationBundle,
  inserted: (id: string) => void = () => undefined
): string {
  try {
    inserted(insertAt(panel, index, { source, type: 'code' }).model.id);
  } catch (error) {
    if (!(error instanceof NotInserted)) {
      throw error;
    }
    return trans.__('The notebook cannot be edited now.');
  }
  return trans.__('Inserted below.');
}
