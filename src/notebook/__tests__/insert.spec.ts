import { originOf } from '../insert';

describe('originOf', () => {
  it('takes what is told in full', () => {
    const told = { model: 'm', question: 'q', verdict: 'bound' };
    expect(originOf(told)).toEqual(told);
    expect(originOf({ ...told, verdict: null, more: 1 })).toEqual({
      ...told,
      verdict: null
    });
  });

  it('takes no verdict that there is not, and nothing from other things', () => {
    const told = { model: 'm', question: 'q', verdict: 'perfect' };
    expect(originOf(told)?.verdict).toBeNull();
    for (const other of [undefined, null, 'x', [], {}, { model: 'm' }]) {
      expect(originOf(other)).toBeUndefined();
    }
  });
});
