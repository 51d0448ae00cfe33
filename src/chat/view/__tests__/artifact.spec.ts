import {
  artifactKind,
  hasScripts,
  innerDocument,
  outerDocument,
  sandbox
} from '../artifact';

describe('artifactKind', () => {
  it.each([
    ['html', '<p>', 'html'],
    ['svg', '<svg/>', 'svg'],
    ['md', '# x', 'markdown'],
    ['xml', '<?xml version="1.0"?>\n<svg xmlns="x"/>', 'svg'],
    ['xml', '<note/>', null],
    ['python', '"<svg>"', null],
    ['constructor', '', null]
  ])('of %s %j is %s', (language, source, kind) => {
    expect(artifactKind(language, source)).toBe(kind);
  });
});

describe('hasScripts', () => {
  it.each([
    ['<p>plain</p>', false],
    ['<script>1</script>', true],
    ['<svg onload="x()"/>', true],
    ['<a href=" javascript:x()">x</a>', true],
    ['<p>onload=1 javascript:</p>', false]
  ])('%j: %s', (source, expected) => {
    expect(hasScripts(source)).toBe(expected);
  });
});

describe('the documents of a preview', () => {
  it('put the policy before everything that the model wrote', () => {
    const page = innerDocument('<title>x</title><img src="https://e.org/x">');
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(
      page.indexOf('<title>')
    );
    expect(page).toContain("default-src 'none'");
  });

  it('drop what looks names up or leads the page elsewhere', () => {
    expect(
      innerDocument(
        '<base href="https://e.org"><link rel="dns-prefetch" href="//e.org"><meta http-equiv="refresh" content="0; url=//e.org">'
      )
    ).not.toContain('e.org');
  });

  it('never give the frames an origin, windows or the top', () => {
    for (const scripts of [true, false]) {
      expect(sandbox(scripts)).not.toMatch(/origin|popups|top|forms/);
      expect(
        outerDocument('<p title="&quot; onload=&quot;x">', {
          scripts,
          title: '"><script>'
        })
      ).toContain(`sandbox="${sandbox(scripts)}"`);
    }
  });

  it('cannot be left by the text in them', () => {
    const page = new DOMParser().parseFromString(
      outerDocument('"></iframe><script>parent.x()</script>', {
        scripts: true,
        title: 't'
      }),
      'text/html'
    );
    expect(page.querySelectorAll('iframe')).toHaveLength(1);
    expect(page.querySelectorAll('script')).toHaveLength(0);
  });
});
