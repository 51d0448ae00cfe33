import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { IContext } from '../../context/gather';
import { HttpFailure } from '../../failures';
import type { IKnowledge } from '../../wire';
import { Lessons } from '../lessons';
import { KnowledgeView } from '../view';
import { IDrawn, draw, settled, type } from '../../__tests__/drawn';

const trans = nullTranslator.load('jupyter_qwen');

const EMPTY: IKnowledge = {
  terms: [],
  pairs: [],
  problems: [],
  files: [
    { scope: 'project', path: 'qwen.md', exists: true },
    { scope: 'user', path: '/home/a/qwen.md', exists: true }
  ]
};
const KNOWN: IKnowledge = {
  ...EMPTY,
  terms: [{ name: 'revenue', meaning: 'price', scope: 'user', line: 2 }],
  pairs: [
    { question: 'how many?', sql: 'SELECT 1', scope: 'project', line: 5 }
  ],
  problems: [{ line: 9, message: 'A fence without end.', scope: 'project' }]
};

const client = { knowledge: jest.fn(), teach: jest.fn(), forget: jest.fn() };

function show(): Promise<IDrawn> {
  const lessons = new Lessons(
    client,
    { gather: async () => ({ schema: null }) as unknown as IContext },
    null,
    () => 'a.ipynb'
  );
  return draw(<KnowledgeView lessons={lessons} trans={trans} />);
}

describe('KnowledgeView', () => {
  beforeEach(() => {
    client.knowledge.mockReset().mockResolvedValue(KNOWN);
    client.teach.mockReset().mockResolvedValue(KNOWN);
    client.forget.mockReset().mockResolvedValue(EMPTY);
  });

  it('tells terms, questions, where they stand, and lines that are none', async () => {
    const { node } = await show();
    expect(client.knowledge).toHaveBeenCalledWith('a.ipynb');
    const rows = Array.from(node.querySelectorAll('li'), row => [
      row.querySelector('strong')?.textContent,
      row.querySelector('.jp-Qwen-badge')?.textContent,
      row.querySelector('.jp-Qwen-badge')?.getAttribute('title')
    ]);
    expect(rows).toEqual([
      ['revenue', 'yours', '/home/a/qwen.md, line 2'],
      ['how many?', 'project', 'qwen.md, line 5']
    ]);
    expect(node.textContent).toContain(
      'Line 9 (project): A fence without end.'
    );
  });

  it('says how to teach where nothing is', async () => {
    client.knowledge.mockResolvedValue(EMPTY);
    expect((await show()).node.textContent).toContain('%qwen teach revenue');
  });

  it('says that it reads, and what went wrong', async () => {
    let fail: (error: Error) => void = () => undefined;
    client.knowledge.mockReturnValue(
      new Promise((_, reject) => (fail = reject))
    );
    const { node } = await show();
    expect(node.querySelector('[role=status]')?.textContent).toContain(
      'Reading'
    );
    fail(new HttpFailure(400, 'qwen.md is too large.', 'Cut it.'));
    await settled();
    expect(node.querySelector('[role=alert]')?.textContent).toBe(
      'qwen.md is too large. Cut it.'
    );
    expect(node.querySelector('[role=status]')).toBeNull();
  });

  it('edits a meaning in its own file, and gives the focus back', async () => {
    const drawn = await show();
    await drawn.press('Edit: revenue');
    const field = drawn.node.querySelector('textarea')!;
    expect(document.activeElement).toBe(field);
    await type(field, 'price times quantity');
    await drawn.press('Save: revenue');
    expect(client.teach.mock.calls).toEqual([
      [
        {
          thread: 'a.ipynb',
          scope: 'user',
          term: { name: 'revenue', meaning: 'price times quantity' }
        }
      ]
    ]);
    expect(document.activeElement).toBe(drawn.button('Edit: revenue'));
  });

  it('keeps what was typed when the server refuses it', async () => {
    client.teach.mockRejectedValue(new HttpFailure(400, 'It does not bind.'));
    const drawn = await show();
    await drawn.press('Edit: how many?');
    await type(drawn.node.querySelector('textarea')!, 'SELECT x');
    await drawn.press('Save: how many?');
    expect(drawn.node.querySelector('[role=alert]')?.textContent).toBe(
      'It does not bind.'
    );
    expect(drawn.node.querySelector('textarea')?.value).toBe('SELECT x');
  });

  it('deletes only what was confirmed', async () => {
    const drawn = await show();
    await drawn.press('Delete: revenue');
    expect(document.activeElement).toBe(drawn.button('Keep: revenue'));
    await drawn.press('Keep: revenue');
    expect(client.forget).not.toHaveBeenCalled();
    await drawn.press('Delete: revenue');
    await drawn.press('Delete: revenue, for good');
    expect(client.forget.mock.calls).toEqual([
      [{ thread: 'a.ipynb', scope: 'user', kind: 'term', name: 'revenue' }]
    ]);
    expect(drawn.node.querySelectorAll('li')).toHaveLength(0);
    expect(drawn.node.contains(document.activeElement)).toBe(true);
  });
});
