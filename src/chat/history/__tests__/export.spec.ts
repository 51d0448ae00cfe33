import { nullTranslator } from '@jupyterlab/translation';

import { normalizeBlock } from '../../../received';
import type { ITurn } from '../../../wire';
import { Answer } from '../../answer';
import type { IExchange } from '../conversation';
import { saveBeside, toMarkdown, toNotebook } from '../export';

const trans = nullTranslator.load('jupyter_qwen');

function exchange(question: string, turn: Partial<ITurn>): IExchange {
  return {
    id: question,
    shown: question,
    time: 0,
    answer: Answer.fromTurn({
      question,
      markdown: '',
      mode: 'sql',
      asked_at: '',
      model: 'M',
      blocks: [],
      ...turn
    }),
    anchor: null,
    controller: null
  };
}

const SQL = exchange('revenue\n# of 2024', {
  markdown: 'Here:\n\n```sql\nSELECT 1\n```',
  blocks: [
    normalizeBlock({
      language: 'sql',
      source: 'SELECT 1',
      verdict: 'bound',
      cell: { source: 'con.sql("SELECT 1").df()', type: 'code' }
    })
  ]
});
const SHELL = exchange('how?', { markdown: '```bash\nls `pwd` ```\n```' });

describe('toMarkdown', () => {
  it('quotes questions and keeps answers as they are', () => {
    const text = toMarkdown([SQL], 'sub/my_book.ipynb', trans);
    expect(text).toContain('# Conversation about sub/my\\_book.ipynb');
    expect(text).toContain('> revenue\n> # of 2024');
    expect(text).toContain('Here:\n\n```sql\nSELECT 1\n```');
    expect(text).toContain('*SQL: bound*');
  });
});

describe('toNotebook', () => {
  it('makes cells of what can be inserted, and Markdown of the rest', () => {
    const { cells, metadata } = toNotebook(
      [SQL, SHELL],
      'a.ipynb',
      { kernelspec: { name: 'python3', display_name: 'Python 3' } },
      trans
    );
    expect(metadata.kernelspec).toMatchObject({ name: 'python3' });
    expect(cells.map(cell => cell.cell_type)).toEqual([
      'markdown',
      'markdown',
      'markdown',
      'code',
      'markdown',
      'markdown'
    ]);
    expect(cells[3]).toMatchObject({
      source: 'con.sql("SELECT 1").df()',
      outputs: [],
      execution_count: null,
      metadata: { jupyter_qwen: { verdict: 'bound' } }
    });
    expect(cells[5].source).toBe('````bash\nls `pwd` ```\n````');
    expect(new Set(cells.map(cell => cell.id)).size).toBe(cells.length);
  });
});

describe('saveBeside', () => {
  it('takes the first name that is free', async () => {
    const taken = new Set(['sub/a-talk.md', 'sub/a-talk-2.md']);
    const save = jest.fn();
    const path = await saveBeside(
      {
        newUntitled: async () => ({ path: 'sub/untitled.md' }),
        save,
        rename: async (_: string, to: string) => {
          if (taken.has(to)) {
            throw { response: { status: 409 } };
          }
          return { path: to };
        }
      } as never,
      'sub/a.ipynb',
      'markdown',
      'text',
      'talk'
    );
    expect(path).toBe('sub/a-talk-3.md');
    expect(save).toHaveBeenCalledTimes(1);
    expect(save.mock.calls[0][0]).toBe('sub/untitled.md');
  });

  it('keeps what it wrote when it cannot be renamed', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const path = await saveBeside(
      {
        newUntitled: async () => ({ path: 'untitled.ipynb' }),
        save: async () => undefined,
        rename: async () => {
          throw new Error('offline');
        }
      } as never,
      'a.ipynb',
      'notebook',
      toNotebook([], '', {}, trans),
      'talk'
    );
    expect(path).toBe('untitled.ipynb');
    warn.mockRestore();
  });
});
