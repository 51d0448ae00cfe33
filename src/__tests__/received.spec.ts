import { normalizeBlock, readTrial } from '../received';

describe('readTrial', () => {
  it('fills in what an older server did not say', () => {
    expect(readTrial({ status: 'ran' })).toEqual({
      status: 'ran',
      reason: '',
      error: null,
      result: null,
      complete: false,
      sampled: [],
      figure: null,
      seconds: 0,
      same_in_sql: false
    });
  });

  it('takes no picture that would be fetched', () => {
    const picture = (thumbnail: string) =>
      readTrial({ status: 'ran', figure: { alt: 'a line', thumbnail } })
        ?.figure;
    const png = 'data:image/png;base64,iVBORw0KGgo=';
    expect(picture(png)).toEqual({ alt: 'a line', thumbnail: png });
    for (const bad of [
      'https://example.org/a.png',
      'data:image/svg+xml;base64,PHN2Zz4=',
      'data:text/html,<p>'
    ]) {
      expect(picture(bad)).toEqual({ alt: 'a line', thumbnail: '' });
    }
  });

  it('is null for what is no trial', () => {
    expect(readTrial(null)).toBeNull();
    expect(readTrial({ status: 'proved' })).toBeNull();
    expect(normalizeBlock({}).trial).toBeNull();
  });
});
