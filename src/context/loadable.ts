/**
 * Tables that the kernel does not hold yet: what the notebook's cells would load, and what stands in files beside it.
 */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { PathExt } from '@jupyterlab/coreutils';
import type { JSONObject } from '@lumino/coreutils';

import { isAbort } from '../failures';
import { isObject } from '../received';
import type { ILoadable, ICell, PrivacyLevel, Schema } from '../wire';
import { allCells } from './cells';

/** What a question waits for: a file is looked at in a fraction of it, but for the very first. */
const WAIT_MS = 3000;

type Fetch = (request: {
  thread: string;
  cells: ICell[];
  privacy: PrivacyLevel | null;
  opened: string[];
}) => Promise<ILoadable>;

export class LoadableTables {
  constructor(private readonly _fetch: Fetch) {}

  /** Read the cells again where they, or the privacy level, have changed; true when something else is known now. */
  async read(
    panel: NotebookPanel,
    privacy: PrivacyLevel | null
  ): Promise<boolean> {
    const model = panel.content.model;
    if (!model) {
      return false;
    }
    const thread = panel.context.path;
    const cells = allCells(model).map(({ id, type, source }) => ({
      id,
      type,
      source,
      execution_count: null
    }));
    const opened = [...(this._opened.get(panel) ?? [])];
    const key = JSON.stringify([thread, cells, privacy, opened]);
    const known = this._known.get(panel);
    if (known?.key === key) {
      return within(known.reading);
    }
    const entry: IEntry = {
      key,
      found: known?.found ?? null,
      reading: this._fetch({ thread, cells, privacy, opened })
        .then(found => {
          entry.found = found;
          return true;
        })
        .catch(error => {
          if (!isAbort(error)) {
            console.debug('jupyter_qwen: the cells were not read', error);
          }
          entry.key = ''; // the next look tries again
          return false;
        })
    };
    this._known.set(panel, entry);
    return within(entry.reading);
  }

  /** Forget what files hold: they may have changed. */
  outdated(panel: NotebookPanel): void {
    const known = this._known.get(panel);
    if (known) {
      known.key = '';
    }
  }

  /** `live` with the tables that are not loaded yet. What the kernel holds wins over what a cell would make. */
  withLive(panel: NotebookPanel, live: Schema | null): Schema | null {
    const found = this._known.get(panel)?.found;
    return found ? merged(live, found, this._taken.get(panel)) : live;
  }

  /** Files beside the notebook that nothing loads and nobody has asked for. */
  offers(panel: NotebookPanel, live: Schema | null): IFileOffer[] {
    const offered = this._known.get(panel)?.found?.offered;
    const shown = new Set(tablesIn(this.withLive(panel, live)).map(sourceOf));
    const files = new Map<string, IFileOffer>();
    for (const table of tablesIn(offered ?? null)) {
      const source = sourceOf(table);
      const columns = Array.isArray(table.columns) ? table.columns.length : 0;
      const known = files.get(source);
      if (known) {
        known.tables += 1;
      } else if (source && !shown.has(source)) {
        files.set(source, { source, columns, tables: 1 });
      }
    }
    return [...files.values()];
  }

  /** Let the next questions ask about an offered file. */
  take(panel: NotebookPanel, source: string): void {
    const taken = this._taken.get(panel) ?? new Set();
    this._taken.set(panel, taken.add(source));
  }

  /** Let the next questions ask about files, paths from the root; why not, in sentences, where one could not be read. */
  async open(
    panel: NotebookPanel,
    paths: readonly string[],
    privacy: PrivacyLevel | null
  ): Promise<string> {
    const opened = this._opened.get(panel) ?? new Set();
    this._opened.set(panel, opened);
    const folder = PathExt.dirname(panel.context.path);
    for (const path of paths) {
      opened.add(path);
      this.take(panel, PathExt.relative(folder, path));
    }
    await this.read(panel, privacy);
    const found = this._known.get(panel)?.found;
    const known = new Set(
      [found?.schema, found?.offered]
        .flatMap(schema => tablesIn(schema ?? null))
        .map(sourceOf)
    );
    const unread = paths.filter(
      path => !known.has(PathExt.relative(folder, path))
    );
    unread.forEach(path => opened.delete(path));
    return unread.length
      ? textsOf(found?.offered.notes).join(' ') || unread.join(', ')
      : '';
  }

  /** Names of the tables in the kernel whose cells were edited since they ran. */
  changedSince(panel: NotebookPanel, live: Schema | null): Set<string> {
    const found = this._known.get(panel)?.found;
    const edited = new Set(
      panel.content.widgets
        .filter(
          ({ model }) =>
            model.type === 'code' &&
            (model as ICodeCellModel).executionCount !== null &&
            (model as ICodeCellModel).isDirty
        )
        .map(({ model }) => model.id)
    );
    const held = new Set(tablesIn(live).map(nameOf));
    return new Set(
      tablesIn(found?.schema ?? null)
        .filter(
          table =>
            held.has(nameOf(table)) &&
            cellsOf(table).some(cell => edited.has(cell))
        )
        .map(nameOf)
    );
  }

  private readonly _known = new WeakMap<NotebookPanel, IEntry>();
  /** Paths from the root of files that were chosen. */
  private readonly _opened = new WeakMap<NotebookPanel, Set<string>>();
  private readonly _taken = new WeakMap<NotebookPanel, Set<string>>();
}

export interface IFileOffer {
  /** The file, as seen from the notebook's folder. */
  source: string;
  /** Of its first table. */
  columns: number;
  tables: number;
}

interface IEntry {
  key: string;
  found: ILoadable | null;
  reading: Promise<boolean>;
}

/** The schema of a request: live tables, then those that cells would load, then files that were asked for. */
export function merged(
  live: Schema | null,
  found: ILoadable,
  taken: ReadonlySet<string> = new Set()
): Schema | null {
  const held = new Set(tablesIn(live).map(keyOf));
  const names = new Set(tablesIn(live).map(nameOf));
  const waiting = tablesIn(found.schema).filter(
    table => !held.has(keyOf(table))
  );
  const files = tablesIn(found.offered).filter(
    table => taken.has(sourceOf(table)) && !names.has(nameOf(table))
  );
  if (!waiting.length && !files.length) {
    return live;
  }
  const connections = new Map(
    [found.offered, found.schema, live].flatMap(schema =>
      itemsOf(schema, 'connections').map((item): [string, JSONObject] => [
        String(item.name),
        item
      ])
    )
  );
  const owners = new Set(files.map(({ connection }) => String(connection)));
  const offeredOnly = itemsOf(found.offered, 'connections')
    .map(({ name }) => String(name))
    .filter(name => !owners.has(name));
  for (const name of offeredOnly) {
    connections.delete(name);
  }
  return {
    ...(live ?? found.schema),
    tables: [...tablesIn(live), ...waiting, ...files],
    connections: [...connections.values()],
    notes: [...textsOf(live?.notes), ...textsOf(found.schema.notes)]
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function tablesIn(schema: Schema | null): JSONObject[] {
  return itemsOf(schema, 'tables').filter(({ reference }) =>
    Array.isArray(reference)
  );
}

function itemsOf(schema: Schema | null, key: string): JSONObject[] {
  const items = schema?.[key];
  return Array.isArray(items)
    ? items.filter((item): item is JSONObject => isObject(item))
    : [];
}

function nameOf(table: JSONObject): string {
  return (table.reference as unknown[]).map(String).join('.');
}

/** A table of a connection, or a frame, whichever case its name is written in. */
function keyOf(table: JSONObject): string {
  return JSON.stringify([
    table.connection ?? null,
    nameOf(table).toLowerCase()
  ]);
}

/** Ids of the cells that make a table which is not loaded. */
export function cellsOf(table: JSONObject): string[] {
  const { loading } = table;
  return isObject(loading) && Array.isArray(loading.cells)
    ? loading.cells.map(String)
    : [];
}

function sourceOf(table: JSONObject): string {
  return isObject(table.loading) ? String(table.loading.source ?? '') : '';
}

/** Whether it happened in the time that somebody waits. */
async function within(reading: Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), WAIT_MS);
  });
  try {
    return await Promise.race([reading, limit]);
  } finally {
    clearTimeout(timer);
  }
}
