/**
 * The context of the next question as a list to look at: what goes along, what each thing costs.
 */
import type { IAttachment, ICell } from '../wire';
import type { ITableGlance } from './gather';
import { cellName, firstLine } from './mentions';
import { ALL_CELLS, ContextSelection, LAST_ERROR, refOf } from './selection';

/** Shown one by one; more are folded into one chip. */
const TABLES_SHOWN = 5;

/** Code and column lists of the models' tokenizers: a token is about this many characters. */
const CHARACTERS_PER_TOKEN = 3.3;

export interface IChip {
  /** What `remove` takes. */
  ref: string;
  kind: IAttachment['kind'] | 'cells' | 'tables';
  label: string;
  /** What it is, for the tooltip: a line of code, a path, the columns. */
  detail: string;
  tokens: number;
  /** Counted by the model's own tokenizer. */
  exact: boolean;
  /** Whether it is in the prompt of the question as it stands; false where the kind of answer needs none of it. */
  sent: boolean;
  /** Added by name. */
  added: boolean;
  /** A table that no cell has loaded yet, or whose cell was edited since it ran. */
  mark: '' | 'waiting' | 'changed';
  /** What is folded into this chip. */
  parts: IChip[];
}

/** Tokens by reference, of the prompt that the server would build; null while that is not known. */
export type Counts = ReadonlyMap<string, number> | null;

export function chipsOf(options: {
  tables: readonly ITableGlance[];
  /** The cells that go along by themselves, in document order. */
  cells: readonly ICell[];
  /** Place of each cell in the notebook, from 0. */
  places: ReadonlyMap<string, number>;
  failed: ICell | null;
  selection: ContextSelection;
  counts: Counts;
  /** Tables whose cells were edited since they ran. */
  changed?: ReadonlySet<string>;
}): IChip[] {
  const { cells, counts, failed, places, selection, tables } = options;
  const { added, excluded } = selection;

  const marks = new Map<string, IChip['mark']>(
    tables.map(({ name, waiting }) => [
      name,
      waiting ? 'waiting' : options.changed?.has(name) ? 'changed' : ''
    ])
  );
  const chip = (
    ref: string,
    kind: IChip['kind'],
    label: string,
    detail: string,
    text: string,
    isAdded = false
  ): IChip => ({
    ref,
    kind,
    label,
    detail,
    tokens: counts ? (counts.get(ref) ?? 0) : estimate(text),
    exact: counts !== null,
    sent: counts === null || counts.has(ref),
    added: isAdded,
    mark: kind === 'table' ? (marks.get(label) ?? '') : '',
    parts: []
  });

  const columns = new Map(
    tables.map(table => [table.name, columnsOf(table)] as const)
  );
  const byName = added.map(source => {
    const text =
      source.kind === 'table' ? (columns.get(source.name) ?? '') : source.text;
    const detail =
      source.kind === 'file'
        ? source.id
        : source.kind === 'table'
          ? text
          : firstLine(source.text);
    return chip(refOf(source), source.kind, source.name, detail, text, true);
  });
  const named = new Set(added.map(refOf));

  const tableChips = tables
    .map(table => ({ table, ref: `table:${table.name}` }))
    .filter(({ ref }) => !named.has(ref) && !excluded.has(ref))
    .map(({ table, ref }) =>
      chip(ref, 'table', table.name, columnsOf(table), columnsOf(table))
    );
  const cellChips = excluded.has(ALL_CELLS)
    ? []
    : cells
        .map(cell => ({ cell, ref: `cell:${cell.id}` }))
        .filter(
          ({ cell, ref }) =>
            cell.source.trim() &&
            !named.has(ref) &&
            !named.has(`error:${cell.id}`) &&
            !excluded.has(ref)
        )
        .map(({ cell, ref }) =>
          chip(
            ref,
            'cell',
            cellName(cell, places.get(cell.id) ?? 0),
            firstLine(cell.source),
            cell.source
          )
        )
        .reverse(); // the nearest to the question first
  const errorChip =
    failed && !named.has(`error:${failed.id}`) && !excluded.has(LAST_ERROR)
      ? [
          chip(
            `error:${failed.id}`,
            'error',
            failed.error?.name ?? '',
            failed.error?.message ?? '',
            `${failed.error?.name}: ${failed.error?.message}`
          )
        ]
      : [];

  return [
    ...byName,
    ...fold(tableChips, TABLES_SHOWN, 'tables', 'tables'),
    ...fold(cellChips, 1, 'cells', ALL_CELLS),
    ...errorChip
  ];
}

/** The last of `chips` in one, where there are more than `shown`; all of them where only one would be shown. */
function fold(
  chips: IChip[],
  shown: number,
  kind: 'cells' | 'tables',
  ref: string
): IChip[] {
  if (chips.length <= shown) {
    return chips;
  }
  const single = kind === 'cells' ? 0 : shown - 1;
  // What is sent stands before what is not.
  const sorted = [...chips].sort((a, b) => Number(b.sent) - Number(a.sent));
  const parts = sorted.slice(single);
  const sent = parts.filter(part => part.sent);
  return [
    ...sorted.slice(0, single),
    {
      ref,
      kind,
      label: '',
      detail: '',
      tokens: sent.reduce((sum, part) => sum + part.tokens, 0),
      exact: parts.every(part => part.exact),
      sent: sent.length > 0,
      added: false,
      mark: '',
      parts
    }
  ];
}

function columnsOf(table: ITableGlance): string {
  return table.columns
    .map(({ name, type }) => (type ? `${name} ${type}` : name))
    .join(', ');
}

export function estimate(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
