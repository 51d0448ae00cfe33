import { nullTranslator } from '@jupyterlab/translation';

import type { IRepair } from '../../../wire';
import { menderOf } from '../findings';

const trans = nullTranslator.load('jupyter_qwen');
const REPAIR: IRepair = { name: 'qualify', reason: '', before: '', after: '' };

describe('menderOf', () => {
  it("counts the model's rounds", () => {
    expect(menderOf({ ...REPAIR, name: 'model', round: 2 }, trans)).toBe(
      'Round 2 of the model:'
    );
  });

  it('says what was mended by rules', () => {
    expect(menderOf({ ...REPAIR, round: 0 }, trans)).toBe(
      'Mended without the model:'
    );
  });

  it('says what it can of turns that were kept before rounds were', () => {
    expect(menderOf({ ...REPAIR, name: 'model' }, trans)).toBe('By the model:');
    expect(menderOf(REPAIR, trans)).toBe('Mended without the model:');
  });
});
