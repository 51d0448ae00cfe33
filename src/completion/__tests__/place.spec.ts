import { languageOf } from '../place';

describe('languageOf', () => {
  it.each([
    ['text/x-ipython', 'python'],
    ['text/x-sql', 'sql'],
    ['text/x-rsrc', 'r'],
    ['text/plain', null],
    [undefined, null]
  ])('reads %j', (mime, language) => {
    expect(languageOf(mime)).toBe(language);
  });
});
