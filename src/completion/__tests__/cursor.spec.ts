import { isProse, languageOf } from '../cursor';

describe('languageOf', () => {
  it.each([
    ['text/x-ipython', 'python'],
    ['text/x-sql', 'sql'],
    ['text/x-rsrc', 'r'],
    ['text/x-ipythongfm', 'markdown'],
    ['text/x-julia', 'julia'],
    ['text/plain', null],
    [undefined, null]
  ])('reads %j', (mime, language) => {
    expect(languageOf(mime)).toBe(language);
  });
});

describe('isProse', () => {
  it.each([
    ['text/x-ipythongfm', true],
    ['text/x-python', false],
    ['text/plain', false] // a console of a language without a mode
  ])('%j outside of documents: %j', (mime, prose) => {
    expect(isProse(null, mime)).toBe(prose);
  });
});
