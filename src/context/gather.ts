/**
 * Everything that is in view when a question is asked or code is completed: cells, language, tables.
 */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

import type { ModelStatus } from '../model/status';
import { isObject } from '../received';
import { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import { ICell, PRIVACY_LEVELS, PrivacyLevel, Schema } from '../wire';
import { gatherCells } from './cells';
import { ISchemaReading, KernelSchemas, SchemaNote } from './kernel';
import { LoadableTables, tablesIn } from './loadable';

/** Languages with a collector. */
const COLLECTED = new Set(['python', 'ipython']);

export interface IContext {
  language: string;
  cells: ICell[];
  active_cell: string | null;
  schema: Schema | null;
  privacy: PrivacyLevel | null;
  /** How the schema was read; `no-notebook` and `no-kernel` when there was nothing to read from. */
  note: SchemaNote | 'no-notebook' | 'no-kernel';
  reason?: string;
}

export class ContextGatherer {
  constructor(
    private readonly _client: QwenClient,
    private readonly _settings: QwenSettings,
    private readonly _status: ModelStatus
  ) {
    this._schemas = new KernelSchemas(language => this._collectorFor(language));
    this.loadable = new LoadableTables(request => _client.loadable(request));
  }

  /** Tables that no cell has loaded yet. */
  readonly loadable: LoadableTables;

  /** The tables of some kernel were read again, or another notebook is current. */
  get tablesChanged(): ISignal<this, void> {
    return this._tablesChanged;
  }

  /** Tell views that another notebook is current. */
  notebookChanged(): void {
    this._tablesChanged.emit();
  }

  /** What may leave the kernel: the setting; `auto` means samples here and types for a remote engine. Never more than the server allows. */
  get privacy(): PrivacyLevel {
    const wanted = this._settings.values.privacy;
    const status = this._status.current;
    const level =
      wanted === 'auto' ? (status?.remote ? 'types' : 'samples') : wanted;
    const limit = status?.max_privacy ?? 'samples';
    return PRIVACY_LEVELS.indexOf(level) <= PRIVACY_LEVELS.indexOf(limit)
      ? level
      : limit;
  }

  /** The context of a question about `panel`, with the tables as they are now. */
  async gather(
    panel: NotebookPanel | null,
    activeCell: string | null
  ): Promise<IContext> {
    const context = this.glance(panel, activeCell);
    if (!panel) {
      return { ...context, note: 'no-notebook' };
    }
    const kernel = kernelOf(panel);
    const cells = this.readCells(panel);
    if (!kernel) {
      await cells;
      return { ...this.glance(panel, activeCell), note: 'no-kernel' };
    }
    const [reading] = await Promise.all([this._read(kernel), cells]);
    return {
      ...context,
      language: await kernelLanguage(panel, kernel),
      schema: this.loadable.withLive(panel, reading.schema),
      note: reading.note,
      reason: reading.reason
    };
  }

  /** The context without waiting for anything: the tables are those of the last reading. */
  glance(panel: NotebookPanel | null, activeCell: string | null): IContext {
    const { sendCells, maxCells } = this._settings.values;
    const model = panel?.content.model;
    return {
      language: model?.defaultKernelLanguage || 'python',
      cells: model && sendCells ? gatherCells(model, activeCell, maxCells) : [],
      active_cell: activeCell,
      schema: panel ? this.loadable.withLive(panel, this.live(panel)) : null,
      privacy: this.privacy,
      note: 'snapshot'
    };
  }

  /** The tables that the kernel held when it was last asked. */
  live(panel: NotebookPanel): Schema | null {
    const kernel = kernelOf(panel);
    return kernel ? withoutCopies(this._schemas.snapshot(kernel)) : null;
  }

  /** Tables whose cells were edited since they ran. */
  changedTables(panel: NotebookPanel | null): Set<string> {
    return panel
      ? this.loadable.changedSince(panel, this.live(panel))
      : new Set();
  }

  /** Whether the kernel holds anything that a cell made. */
  isWarm(panel: NotebookPanel): boolean {
    const live = this.live(panel);
    const connections = live?.connections;
    return (
      tablesIn(live).length > 0 ||
      (Array.isArray(connections) && connections.length > 0)
    );
  }

  /** Read what the cells would load, where they have changed since. */
  async readCells(panel: NotebookPanel): Promise<void> {
    const language = panel.content.model?.defaultKernelLanguage || 'python';
    if (
      COLLECTED.has(language.toLowerCase()) &&
      (await this.loadable.read(panel, this.privacy))
    ) {
      this._tablesChanged.emit();
    }
  }

  /** A cell ran: what is known of the tables may be out of date. */
  outdated(panel: NotebookPanel): void {
    const kernel = kernelOf(panel);
    if (kernel) {
      this._outdated.add(kernel.id);
    }
  }

  /** Read the tables again when a cell has run since they were read; nothing while the kernel is busy. */
  async refresh(panel: NotebookPanel): Promise<void> {
    const kernel = kernelOf(panel);
    if (!kernel || this.isBusy(panel)) {
      return;
    }
    if (this._outdated.has(kernel.id) || !this._schemas.snapshot(kernel)) {
      await this._read(kernel);
    }
  }

  /** Whether the kernel computes, so that asking it for its tables would wait. */
  isBusy(panel: NotebookPanel): boolean {
    return kernelOf(panel)?.status === 'busy';
  }

  /** Forget the tables of a kernel that restarted. */
  forget(kernelId: string): void {
    this._schemas.forget(kernelId);
  }

  private async _read(
    kernel: Kernel.IKernelConnection
  ): Promise<ISchemaReading> {
    this._outdated.delete(kernel.id);
    const reading = await this._schemas.read(kernel);
    if (reading.note !== 'fresh' && reading.note !== 'none') {
      this._outdated.add(kernel.id);
    }
    this._tablesChanged.emit();
    return reading;
  }

  private async _collectorFor(language: string): Promise<string | null> {
    if (!COLLECTED.has(language.toLowerCase())) {
      return null;
    }
    const privacy = this.privacy;
    let expression = this._expressions.get(privacy);
    if (!expression) {
      expression = this._client.collector(privacy);
      this._expressions.set(privacy, expression);
      expression.catch(() => this._expressions.delete(privacy));
    }
    return expression;
  }

  private readonly _schemas: KernelSchemas;
  /** Ids of the kernels in which a cell ran since their tables were read. */
  private readonly _outdated = new Set<string>();
  private readonly _tablesChanged = new Signal<this, void>(this);
  private readonly _expressions = new Map<PrivacyLevel, Promise<string>>();
}

/** One object for each schema, so that two glances at the same tables are equal. */
const BARE = new WeakMap<Schema, Schema>();

/**
 * The schema without the copies for trials of Python: ghost text and warming, which ask at every pause, try nothing.
 */
export function withoutCopies(schema: Schema | null): Schema | null {
  if (!schema?.trial) {
    return schema;
  }
  const known = BARE.get(schema);
  if (known) {
    return known;
  }
  const bare: Schema = { ...schema, trial: null };
  BARE.set(schema, bare);
  return bare;
}

function kernelOf(panel: NotebookPanel): Kernel.IKernelConnection | null {
  const kernel = panel.sessionContext.session?.kernel ?? null;
  return kernel && kernel.status !== 'dead' ? kernel : null;
}

async function kernelLanguage(
  panel: NotebookPanel,
  kernel: Kernel.IKernelConnection
): Promise<string> {
  const info = await Promise.race([
    kernel.info,
    new Promise<null>(resolve => setTimeout(() => resolve(null), 500))
  ]);
  return (
    info?.language_info.name ||
    panel.content.model?.defaultKernelLanguage ||
    'python'
  );
}

export interface ITableGlance {
  name: string;
  kind: string;
  /** Not loaded yet. */
  waiting?: boolean;
  columns: { name: string; type: string }[];
}

/** The little that the browser reads from a schema: names, kinds, columns. Malformed entries are skipped. */
export function tablesOf(schema: Schema | null): ITableGlance[] {
  const tables = schema?.tables;
  if (!Array.isArray(tables)) {
    return [];
  }
  return tables.flatMap(item => {
    const table = item as {
      reference?: unknown;
      kind?: unknown;
      columns?: unknown;
      loading?: unknown;
    } | null;
    if (!table || !Array.isArray(table.reference)) {
      return [];
    }
    const columns = Array.isArray(table.columns) ? table.columns : [];
    return [
      {
        name: table.reference.map(String).join('.'),
        kind: String(table.kind ?? 'table'),
        waiting: isObject(table.loading),
        columns: columns.flatMap((column: unknown) => {
          const { name, type } = (column ?? {}) as {
            name?: unknown;
            type?: unknown;
          };
          return typeof name === 'string'
            ? [{ name, type: typeof type === 'string' ? type : '' }]
            : [];
        })
      }
    ];
  });
}
