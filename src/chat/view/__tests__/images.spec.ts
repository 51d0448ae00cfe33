import { hasImages, withoutImages } from '../images';

describe('Markdown without images', () => {
  it.each([
    ['![a plot](https://e.org/p.png)', '[a plot](https://e.org/p.png)'],
    ['![a][1]\n\n[1]: //e.org/p.png', '[a][1]\n\n[1]: //e.org/p.png'],
    ['a <img src="//e.org"> b', 'a &lt;img src="//e.org"> b'],
    ['<svg><image href="//e.org"/></svg>', null],
    ['[![a](//e.org/p.png)](//e.org)', '[[a](//e.org/p.png)](//e.org)']
  ])('%j has none', (markdown, expected) => {
    expect(hasImages(markdown)).toBe(true);
    const written = withoutImages(markdown);
    expect(written).not.toMatch(/!\[|<[a-z]/);
    if (expected) {
      expect(written).toBe(expected);
    }
  });

  it.each([
    'plain, a < b, <https://e.org>, yes!',
    '`![x](y)` and ``a ` <img>``',
    '```html\n<img src="x">\n```',
    'text\n\n```python\nx["!"][0]\n```\n\nmore'
  ])('%j stays as it is', markdown => {
    expect(hasImages(markdown)).toBe(false);
    expect(withoutImages(markdown)).toBe(markdown);
  });
});
