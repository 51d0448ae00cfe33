import type { NotebookPanel } from '@jupyterlab/notebook';

import type { ILoadable, Schema } from '../../wire';
import { chipsOf } from '../chips';
import { tablesOf } from '../gather';
import { LoadableTables, merged } from '../loadable';
import { ContextSelection } from '../selection';

const table = (name: string, more: object = {}) => ({
  reference: [name],
  kind: 'table',
  columns: [{ name: 'id', type: 'INTEGER' }],
  connection: 'con',
  ...more
});
const waiting = (name: string, more: object = {}) =>
  table(name, { loading: { cells: ['c1'], code: '', source: '' }, ...more });
const schema = (tables: object[], connections: string[] = ['con']): Schema =>
  ({
    version: 1,
    tables,
    connections: connections.map(name => ({ name })),
    privacy: 'samples'
  }) as unknown as Schema;
const offer = (name: string) =>
  table(name, {
    connection: null,
    loading: { cells: [], code: `${name} = …`, source: `${name}.csv` }
  });
const found = (tables: object[], offered: object[] = []): ILoadable => ({
  schema: schema(tables),
  offered: schema(offered, [])
});
const names = (result: Schema | null) =>
  tablesOf(result).map(({ name, waiting: open }) => (open ? `${name}?` : name));

describe('merged', () => {
  it('lets what the kernel holds win over what a cell would make', () => {
    const live = schema([table('Orders')]);
    const result = merged(live, found([waiting('orders'), waiting('items')]));
    expect(names(result)).toEqual(['Orders', 'items?']);
    expect(result?.connections).toEqual([{ name: 'con' }]);
  });

  it('stands alone where there is no kernel', () => {
    expect(names(merged(null, found([waiting('orders')])))).toEqual([
      'orders?'
    ]);
    expect(merged(null, found([]))).toBeNull();
  });

  it('asks about a file that nothing loads only when it was chosen', () => {
    const files = [offer('a'), offer('b')];
    expect(merged(null, found([], files))).toBeNull();
    const more = found([waiting('orders')], files);
    expect(names(merged(null, more))).toEqual(['orders?']);
    expect(names(merged(null, more, new Set(['b.csv'])))).toEqual([
      'orders?',
      'b?'
    ]);
  });

  it('leaves out the connections of files that nobody asked for', () => {
    const offered = schema([offer('a')], ['shop']);
    const result = merged(null, {
      schema: schema([waiting('orders')]),
      offered
    });
    expect(result?.connections).toEqual([{ name: 'con' }]);
  });
});

describe('LoadableTables.open', () => {
  const panel = {
    context: { path: 'work/test.ipynb' },
    content: { model: { cells: [] } }
  } as unknown as NotebookPanel;
  const answering = (offered: object[], notes: string[] = []) =>
    jest.fn(async () => ({
      schema: schema([]),
      offered: { ...schema(offered, []), notes }
    }));

  it('asks the server about the path, and has the next question be about the file', async () => {
    const fetch = answering([
      table('sales', {
        connection: null,
        loading: { cells: [], code: 'sales = …', source: '../data/sales.csv' }
      })
    ]);
    const tables = new LoadableTables(fetch);
    expect(await tables.open(panel, ['data/sales.csv'], null)).toBe('');
    expect(fetch).toHaveBeenCalledWith(
      expect.objectContaining({ opened: ['data/sales.csv'] })
    );
    expect(names(tables.withLive(panel, null))).toEqual(['sales?']);
  });

  it('says why a file was not read, and does not ask for it again', async () => {
    const fetch = answering([], ['broken.csv could not be read: it is empty']);
    const tables = new LoadableTables(fetch);
    expect(await tables.open(panel, ['work/broken.csv'], null)).toContain(
      'it is empty'
    );
    await tables.read(panel, null);
    expect(fetch).toHaveBeenLastCalledWith(
      expect.objectContaining({ opened: [] })
    );
  });
});

describe('chipsOf', () => {
  it('marks tables that are not loaded, and those whose cell was edited', () => {
    const live = schema([table('orders'), table('items')]);
    const tables = tablesOf(merged(live, found([waiting('late')])));
    const chips = chipsOf({
      tables,
      cells: [],
      places: new Map(),
      failed: null,
      selection: new ContextSelection(),
      counts: null,
      changed: new Set(['items'])
    });
    expect(chips.map(({ label, mark }) => [label, mark])).toEqual([
      ['orders', ''],
      ['items', 'changed'],
      ['late', 'waiting']
    ]);
  });
});
