import type { ICell } from '../../wire';
import {
  candidatesOf,
  errorSource,
  findCandidate,
  mentionOf,
  mentionsIn,
  withoutMarks
} from '../mentions';

const cell = (id: string, source: string, count: number | null): ICell => ({
  id,
  type: 'code',
  source,
  execution_count: count
});

const FAILED: ICell = {
  ...cell('b', 'boom()', 2),
  error: { name: 'NameError', message: 'boom', traceback: 'line 1' }
};

const CANDIDATES = candidatesOf({
  tables: [
    { name: 'orders', kind: 'table', columns: [] },
    { name: 'Orders', kind: 'dataframe', columns: [] },
    { name: 'Order "Details"', kind: 'table', columns: [] }
  ],
  cells: [cell('a', '# load\nx = 1', null), FAILED, cell('c', ' ', 3)],
  failed: FAILED,
  files: ['sub/my notes.md', 'sub/orders']
});

describe('mentions', () => {
  it.each([
    ['revenue of @orders', ['orders']],
    ['(@a, @b)', ['a,', 'b)']],
    ['mail a@b.org', []],
    ['@"my notes.md" and @x', ['my notes.md', 'x']],
    ['@"Order ""Details"""', ['Order "Details"']],
    ['@', []],
    ['say "@x"', []]
  ])('of %j', (text, names) => {
    expect(mentionsIn(text).map(({ name }) => name)).toEqual(names);
  });

  it('are complete once something follows', () => {
    expect(mentionsIn('@a @b').map(({ complete }) => complete)).toEqual([
      true,
      false
    ]);
  });

  it.each(CANDIDATES.map(({ name }) => name))('of %j come back', name => {
    expect(mentionsIn(`${mentionOf(name)} `).map(m => m.name)).toEqual([name]);
  });

  it('lose their mark where the name is known, and keep it elsewhere', () => {
    expect(
      withoutMarks('sum @orders, @"my notes.md", @unknown a@b', CANDIDATES)
    ).toBe('sum orders, my notes.md, @unknown a@b');
  });
});

describe('findCandidate', () => {
  it.each([
    ['orders', 'orders'],
    ['Orders', 'Orders'],
    ['ORDERS', undefined], // two names differ in case only
    ['ERROR', 'error'],
    ['error.', 'error'],
    ['cell[2]', 'cell[2]'],
    ['cell#1', 'cell#1'],
    ['nothing', undefined]
  ])('finds for %j %j', (name, found) => {
    expect(findCandidate(name, CANDIDATES)?.name).toBe(found);
  });

  it('means the table when a file has its name', () => {
    expect(findCandidate('orders', CANDIDATES)?.source.kind).toBe('table');
  });
});

it('an error brings its code, its words and its traceback', () => {
  expect(errorSource(FAILED)).toEqual({
    kind: 'error',
    name: 'cell[2]',
    id: 'b',
    text: 'boom()\n\nNameError: boom\n\nline 1'
  });
});
