import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import { loadFreshDemo, proposedQuestions } from '../demo';

function panelOf(
  metadata: unknown,
  cells: { id: string; source: string }[] = []
): NotebookPanel {
  return {
    isDisposed: false,
    context: {
      ready: Promise.resolve(),
      path: 'demo.ipynb',
      model: { getMetadata: (key: string) => key && metadata }
    },
    sessionContext: { ready: Promise.resolve() },
    content: {
      activeCellIndex: 0,
      widgets: cells.map(({ id, source }) => ({
        model: { id, sharedModel: { getSource: () => source } }
      }))
    }
  } as unknown as NotebookPanel;
}

const LOADS = { loads: ['tables'] };
const TABLES = { id: 'tables', source: 'import duckdb' };

describe('loadFreshDemo', () => {
  let run: jest.SpyInstance;

  beforeEach(() => {
    run = jest.spyOn(NotebookActions, 'runCells').mockResolvedValue(true);
  });

  afterEach(() => {
    run.mockRestore();
  });

  it('runs what the server read in the file that the command wrote', async () => {
    const panel = panelOf(LOADS, [{ id: 'intro', source: '#' }, TABLES]);
    const freshDemo = jest.fn(async () => ({ cells: [TABLES] }));
    expect(await loadFreshDemo(panel, { freshDemo })).toBe(true);
    expect(freshDemo).toHaveBeenCalledWith('demo.ipynb');
    expect(run.mock.calls[0][1]).toEqual([panel.content.widgets[1]]);
    expect(panel.content.activeCellIndex).toBe(1);
  });

  it('runs nothing of a notebook that the server does not know, whatever its metadata says', async () => {
    const panel = panelOf(LOADS, [TABLES]);
    const freshDemo = async () => ({ cells: [] });
    expect(await loadFreshDemo(panel, { freshDemo })).toBe(false);
    expect(run).not.toHaveBeenCalled();
  });

  it('runs nothing when a cell says something else than the file did', async () => {
    const panel = panelOf(LOADS, [{ ...TABLES, source: 'import os' }]);
    const freshDemo = async () => ({ cells: [TABLES] });
    expect(await loadFreshDemo(panel, { freshDemo })).toBe(false);
    expect(run).not.toHaveBeenCalled();
  });

  it('does not trouble the server for other notebooks', async () => {
    const freshDemo = jest.fn(async () => ({ cells: [TABLES] }));
    for (const metadata of [undefined, null, 'loads', { loads: 'tables' }]) {
      await loadFreshDemo(panelOf(metadata, [TABLES]), { freshDemo });
    }
    expect(freshDemo).not.toHaveBeenCalled();
  });
});

it('a notebook proposes three short lines, and nothing hidden in them', () => {
  const propose = (questions: unknown) =>
    proposedQuestions(panelOf({ questions }));
  expect(propose(['one', 'two', 'three', 'four'])).toEqual([
    'one',
    'two',
    'three'
  ]);
  expect(
    propose([1, ' ', 'two\nlines', 'turned \u202e round', 'x'.repeat(121)])
  ).toEqual([]);
  expect(propose('one')).toEqual([]);
  expect(proposedQuestions(null)).toEqual([]);
});
