/**
 * What was added and taken out, as a request carries it: texts as they are now.
 */
import type { IAskRequest, IAttachment, ICell } from '../wire';
import { FileRefused, NotebookFiles } from './files';
import { cellSource, errorSource } from './mentions';
import type { ContextSelection } from './selection';

export type Chosen = Required<Pick<IAskRequest, 'include' | 'exclude'>>;

/** Raises FileRefused for a file that cannot be read and never was. */
export async function chosenOf(
  selection: ContextSelection,
  cells: readonly ICell[],
  files: NotebookFiles | null
): Promise<Chosen> {
  const include: IAttachment[] = [];
  for (const source of selection.added) {
    include.push(await current(source, cells, files));
  }
  return { include, exclude: [...selection.excluded] };
}

/** A source with its text as it is now; what is gone keeps the text that it had. */
async function current(
  source: IAttachment,
  cells: readonly ICell[],
  files: NotebookFiles | null
): Promise<IAttachment> {
  if (source.kind === 'table') {
    return source;
  }
  if (source.kind === 'file') {
    try {
      const text = (await files?.read(source.id)) ?? source.text;
      return { ...source, text };
    } catch (error) {
      if (source.text && error instanceof FileRefused) {
        return source;
      }
      throw error;
    }
  }
  const cell = cells.find(({ id }) => id === source.id);
  if (!cell || (source.kind === 'error' && !cell.error)) {
    return source;
  }
  return source.kind === 'cell'
    ? cellSource(cell, source.name)
    : errorSource(cell);
}
