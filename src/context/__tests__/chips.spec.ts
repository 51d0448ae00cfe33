import type { ICell } from '../../wire';
import { chipsOf } from '../chips';
import type { ITableGlance } from '../gather';
import { ContextSelection } from '../selection';

const cells: ICell[] = [1, 2, 3].map(number => ({
  id: `c${number}`,
  type: 'code',
  source: `value_${number} = ${number}`,
  execution_count: number
}));
const failed: ICell = {
  ...cells[2],
  error: { name: 'KeyError', message: 'x', traceback: '' }
};

function build(
  options: {
    tables?: number;
    selection?: ContextSelection;
    counts?: Map<string, number>;
  } = {}
) {
  const tables: ITableGlance[] = Array.from(
    { length: options.tables ?? 2 },
    (_, index) => ({
      name: `t${index}`,
      kind: 'table',
      columns: [{ name: 'id', type: 'INTEGER' }]
    })
  );
  return chipsOf({
    tables,
    cells,
    places: new Map(cells.map(({ id }, index) => [id, index])),
    failed,
    selection: options.selection ?? new ContextSelection(),
    counts: options.counts ?? null
  });
}

const refs = (chips: { ref: string }[]) => chips.map(({ ref }) => ref);

describe('chipsOf', () => {
  it('shows tables, the cells in one with the nearest first, and the error', () => {
    const chips = build();
    expect(refs(chips)).toEqual(['table:t0', 'table:t1', 'cells', 'error:c3']);
    expect(refs(chips[2].parts)).toEqual(['cell:c3', 'cell:c2', 'cell:c1']);
    expect(chips.every(({ exact, sent }) => !exact && sent)).toBe(true);
  });

  it('folds many tables, those that are sent before those that are not', () => {
    const chips = build({ tables: 9, counts: new Map([['table:t8', 12]]) });
    expect(chips[0]).toMatchObject({ ref: 'table:t8', tokens: 12, sent: true });
    expect(chips[4]).toMatchObject({ kind: 'tables', sent: false });
    expect(chips[4].parts).toHaveLength(5);
  });

  it('adds up what is sent of the cells', () => {
    const counts = new Map([
      ['cell:c2', 7],
      ['cell:c3', 8]
    ]);
    expect(build({ counts })[2]).toMatchObject({ tokens: 15, exact: true });
  });

  it('puts first what was added, once, and leaves out what was taken out', () => {
    const selection = new ContextSelection();
    selection.add({
      kind: 'file',
      name: 'a.md',
      id: 'a.md',
      text: 'x'.repeat(33)
    });
    selection.add({ kind: 'cell', name: 'cell[1]', id: 'c1', text: 'v' });
    selection.add({ kind: 'table', name: 't1', id: '', text: '' });
    selection.remove('table:t0');
    selection.remove('error:c3');
    selection.remove('cell:c2');
    const chips = build({ selection });
    expect(refs(chips)).toEqual([
      'file:a.md',
      'cell:c1',
      'table:t1',
      'cell:c3'
    ]);
    expect(chips[0]).toMatchObject({ tokens: 10, added: true });
    selection.remove('cells');
    expect(refs(build({ selection }))).toEqual([
      'file:a.md',
      'cell:c1',
      'table:t1'
    ]);
  });
});
