import { nullTranslator } from '@jupyterlab/translation';

import type { Anchor } from '../../../notebook/anchor';
import { normalizeBlock } from '../../../received';
import { QwenSettings } from '../../../settings';
import { Answer } from '../../answer';
import type { IExchange } from '../../history/conversation';
import { BlockActions } from '../block-actions';

const actions = new BlockActions(
  null,
  new QwenSettings(),
  nullTranslator.load('jupyter_qwen')
);

function exchange(anchor: Anchor | null): IExchange {
  return {
    id: 'x',
    shown: 'q',
    time: 0,
    answer: new Answer('q'),
    anchor,
    controller: null,
    mode: 'auto'
  };
}

const CLOSED = { name: 'sales.ipynb', panel: () => null } as unknown as Anchor;
const CODE = normalizeBlock({ language: 'python', source: '1 + 1' });

describe('BlockActions', () => {
  it('says which notebook is closed, and changes nothing', async () => {
    const closed = exchange(CLOSED);
    const said =
      'The notebook sales.ipynb is closed. Open it, then insert again.';
    expect(await actions.insert(CODE, closed, { run: false })).toBe(said);
    expect((await actions.replace(CODE, closed)).said).toBe(said);
  });

  it('says so when no notebook is open', async () => {
    expect(await actions.insert(CODE, exchange(null), { run: false })).toBe(
      'No notebook is open. Open one, then insert again.'
    );
  });

  it('makes cells of what the kernel can run, and of pages through its magics', () => {
    const cell = (language: string, source: string) =>
      actions.cellOf(normalizeBlock({ language, source }), exchange(null));
    expect(cell('python', 'x')).toEqual({ source: 'x', type: 'code' });
    expect(cell('markdown', '# x')).toEqual({
      source: '# x',
      type: 'markdown'
    });
    expect(cell('html', '<p>')).toEqual({
      source: '%%html\n<p>',
      type: 'code'
    });
    expect(cell('xml', '<svg/>')).toEqual({
      source: '%%svg\n<svg/>',
      type: 'code'
    });
    expect(cell('bash', 'ls')).toBeNull();
  });
});
