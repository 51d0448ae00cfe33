import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { IContext } from '../../context/gather';
import { HttpFailure } from '../../failures';
import { normalizeBlock } from '../../received';
import type { IBlock, IKnowledge, Schema } from '../../wire';
import { Lessons } from '../lessons';
import { IWrittenCell, Remember, canBeRemembered, queryIn } from '../remember';
import { IDrawn, draw } from '../../__tests__/drawn';

const trans = nullTranslator.load('jupyter_qwen');

const BOUND = normalizeBlock({
  language: 'sql',
  source: 'SELECT 1',
  verdict: 'bound',
  kind: 'query'
});
const KNOWN: IKnowledge = {
  terms: [],
  pairs: [],
  problems: [],
  files: [
    { scope: 'user', path: '/home/a/qwen.md', exists: false },
    { scope: 'project', path: 'sales/qwen.md', exists: true }
  ]
};
const TABLES: Schema = { tables: [{ reference: ['orders'], columns: [] }] };

describe('canBeRemembered', () => {
  it('takes queries that are bound, or that the user took, and nothing else', () => {
    const rejected: IBlock = { ...BOUND, verdict: 'rejected' };
    expect(canBeRemembered(BOUND, 'auto', false)).toBe(true);
    expect(canBeRemembered(rejected, 'sql', false)).toBe(false);
    expect(canBeRemembered(rejected, 'sql', true)).toBe(true);
    expect(canBeRemembered(BOUND, 'fix', true)).toBe(false);
    expect(canBeRemembered({ ...BOUND, kind: 'delete' }, 'sql', true)).toBe(
      false
    );
    expect(
      canBeRemembered({ ...BOUND, needs_consent: true }, 'sql', true)
    ).toBe(false);
    expect(canBeRemembered({ ...BOUND, language: 'python' }, 'sql', true)).toBe(
      false
    );
  });
});

describe('queryIn', () => {
  const written = 'con.sql("""\nSELECT 1\n""")';

  it('is what stands where the query was written', () => {
    const now = 'con.sql("""\nSELECT 2\n""")';
    expect(queryIn({ written, now }, 'SELECT 1')).toBe('SELECT 2');
    expect(queryIn({ written, now: written }, 'SELECT 1')).toBe('SELECT 1');
  });

  it('is not guessed when the code around it is another', () => {
    for (const now of ['duckdb.sql("SELECT 2")', 'con.sql("""\n\n""")', '']) {
      expect(queryIn({ written, now }, 'SELECT 1')).toBeFalsy();
    }
    expect(
      queryIn({ written: 'f("a\\tb")', now: 'f("c\\tb")' }, 'a\tb')
    ).toBeNull();
  });
});

describe('Remember', () => {
  const teach = jest.fn();
  let schema: Schema | null;
  let said: string[];

  beforeEach(() => {
    teach.mockReset().mockResolvedValue(KNOWN);
    schema = TABLES;
    said = [];
  });

  function show(
    block: IBlock,
    options: { cell?: IWrittenCell; taught?: boolean } = {}
  ): Promise<IDrawn> {
    const lessons = new Lessons(
      { teach, knowledge: jest.fn(), forget: jest.fn() },
      { gather: async () => ({ schema }) as IContext },
      null,
      () => 'sales/a.ipynb'
    );
    return draw(
      <Remember
        block={block}
        question="how many?"
        taught={options.taught ?? false}
        cell={() => options.cell ?? null}
        lessons={lessons}
        trans={trans}
        say={text => said.push(text)}
      />
    );
  }

  it('keeps a proved query with its question in the project, once', async () => {
    const drawn = await show(BOUND);
    drawn.button('Remember this').focus();
    await drawn.press('Remember this');
    expect(teach.mock.calls).toEqual([
      [
        {
          thread: 'sales/a.ipynb',
          scope: 'project',
          pair: { question: 'how many?', sql: 'SELECT 1' },
          schema: null
        }
      ]
    ]);
    expect(said).toEqual(['Kept in sales/qwen.md.']);
    expect(document.activeElement).toBe(drawn.button('Remembered'));
    await drawn.press('Remembered');
    expect(teach).toHaveBeenCalledTimes(1);
    expect(drawn.button('Remembered').getAttribute('aria-disabled')).toBe(
      'true'
    );
  });

  it('has the query proved that the user has edited', async () => {
    const drawn = await show(BOUND, {
      cell: { written: '%%sql\nSELECT 1', now: '%%sql\nSELECT 2' }
    });
    await drawn.press('Remember this');
    expect(teach.mock.calls[0][0]).toMatchObject({
      pair: { sql: 'SELECT 2' },
      schema: TABLES
    });
  });

  it('keeps nothing unproved, and says why', async () => {
    schema = null;
    const drawn = await show({ ...BOUND, verdict: 'unchecked' });
    await drawn.press('Remember this');
    expect(teach).not.toHaveBeenCalled();
    expect(said[0]).toContain('no tables are known');
    drawn.button('Remember this');
  });

  it("says the server's reason, and can be pressed again", async () => {
    teach.mockRejectedValueOnce(
      new HttpFailure(400, 'The file is read-only.', 'Ask its owner.')
    );
    const drawn = await show(BOUND);
    await drawn.press('Remember this');
    expect(said).toEqual([
      'It was not remembered: The file is read-only. Ask its owner.'
    ]);
    await drawn.press('Remember this');
    expect(said[1]).toBe('Kept in sales/qwen.md.');
  });

  it('shows an answer that was taught as remembered', async () => {
    (await show(BOUND, { taught: true })).button('Remembered');
  });
});
