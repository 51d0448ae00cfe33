import { NotebookModel } from '@jupyterlab/notebook';

import { gatherCells } from '../cells';

function notebook(sources: string[]): { model: NotebookModel; ids: string[] } {
  const model = new NotebookModel();
  while (model.sharedModel.cells.length) {
    model.sharedModel.deleteCell(0);
  }
  for (const source of sources) {
    model.sharedModel.addCell({
      cell_type: source.startsWith('#') ? 'markdown' : 'code',
      source
    });
  }
  return { model, ids: Array.from(model.cells, cell => cell.id) };
}

describe('gatherCells', () => {
  it('keeps document order and tells code from Markdown', () => {
    const { model } = notebook(['# Title', 'x = 1', 'x']);
    expect(
      gatherCells(model, null, 10).map(({ type, source }) => [type, source])
    ).toEqual([
      ['markdown', '# Title'],
      ['code', 'x = 1'],
      ['code', 'x']
    ]);
  });

  it('leaves out empty cells, but not the active one', () => {
    const { model, ids } = notebook(['a', ' ', '', 'b']);
    expect(gatherCells(model, ids[2], 10).map(cell => cell.id)).toEqual([
      ids[0],
      ids[2],
      ids[3]
    ]);
  });

  it('keeps the cells nearest to the active one, those above first', () => {
    const { model, ids } = notebook(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(gatherCells(model, ids[3], 4).map(cell => cell.source)).toEqual([
      'b',
      'c',
      'd',
      'e'
    ]);
  });

  it('carries the error of a failed cell without terminal colours', () => {
    const { model } = notebook([]);
    model.sharedModel.addCell({
      cell_type: 'code',
      source: '1/0',
      execution_count: 7,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'secret output' },
        {
          output_type: 'error',
          ename: 'ZeroDivisionError',
          evalue: 'division by zero',
          traceback: ['\u001b[0;31mZeroDivisionError\u001b[0m: division']
        }
      ]
    } as unknown as Parameters<typeof model.sharedModel.addCell>[0]);
    const [cell] = gatherCells(model, null, 10);
    expect(cell.execution_count).toBe(7);
    expect(cell.error).toEqual({
      name: 'ZeroDivisionError',
      message: 'division by zero',
      traceback: 'ZeroDivisionError: division'
    });
    expect(JSON.stringify(cell)).not.toContain('secret');
  });
});
