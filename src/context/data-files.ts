/**
 * Chooses a data file to ask about, in JupyterLab's own file dialog.
 */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ITranslator } from '@jupyterlab/translation';

/** Endings of data files, as `sql/files/place.py` knows them; those of text may be packed with gzip. */
export const SUFFIXES = [
  '.csv',
  '.tsv',
  '.parquet',
  '.pq',
  '.json',
  '.jsonl',
  '.ndjson',
  '.xlsx',
  '.duckdb',
  '.ddb',
  '.db',
  '.sqlite',
  '.sqlite3',
  '.db3'
];

const PACKED = /\.(csv|tsv|json|jsonl|ndjson)\.gz$/;

export function isDataFile(name: string): boolean {
  const folded = name.toLowerCase();
  return (
    PACKED.test(folded) || SUFFIXES.some(suffix => folded.endsWith(suffix))
  );
}

/** Paths of the files that the user chose; null when the dialog was cancelled. */
export async function chooseDataFiles(options: {
  manager: IDocumentManager;
  /** Where the dialog begins. */
  folder: string;
  translator: ITranslator;
  title: string;
  label: string;
}): Promise<string[] | null> {
  const { folder, label, manager, title, translator } = options;
  // The file browser is needed by nothing before.
  const { FileDialog } = await import('@jupyterlab/filebrowser');
  const { button, value } = await FileDialog.getOpenFiles({
    manager,
    translator,
    title,
    label,
    defaultPath: folder,
    filter: ({ name, type }) =>
      type === 'directory' || isDataFile(name) ? {} : null
  });
  return button.accept
    ? (value ?? [])
        .filter(({ type }) => type !== 'directory')
        .map(({ path }) => path)
    : null;
}
