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

/** What a browser finds in the inner document, besides what we put there. */
function found(source: string, scripts = false): Document {
  const page = new DOMParser().parseFromString(
    innerDocument(source, scripts),
    'text/html'
  );
  const ours = page.head.querySelectorAll('meta');
  expect(ours).toHaveLength(3);
  ours.forEach(meta => meta.remove());
  return page;
}

const LINK = '<link rel=dns-prefetch href=//told.example>';

describe('mutation', () => {
  it.each([
    // read twice, the inner form vanishes and the style becomes an HTML element, or the other way round
    `<form><math><mtext></form><form><mglyph><style></math>${LINK}`,
    `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style>${LINK}">`,
    `<math><mtext><table><mglyph><style><!--</style>${LINK}--></style>`,
    `<math><mtext><table><mglyph><style><math>${LINK}</style>`,
    `<svg></p><style><a id="</style>${LINK}">`,
    `<noscript><p title="</noscript>${LINK}">`,
    `<template><p>${LINK}</p></template>`,
    `<xmp><p title="</xmp>${LINK}">`,
    `<noembed><p title="</noembed>${LINK}">`,
    `<svg><desc><title><style></title>${LINK}</style>`,
    `<table><a><table>${LINK}</a>`,
    `<p>a<plaintext>${LINK}`
  ])('brings nothing back: %s', source => {
    for (const scripts of [false, true]) {
      const page = found(`<h1>kept</h1>${source}`, scripts);
      expect(page.querySelectorAll('link, meta, base, noscript')).toHaveLength(
        0
      );
      expect(page.querySelector('h1')?.textContent).toBe('kept');
    }
  });

  it('leaves a document that reads the same again, whatever it was', () => {
    const parts = [
      '<form>',
      '</form>',
      '<math>',
      '</math>',
      '<mtext>',
      '<mglyph>',
      '<svg>',
      '<style>',
      '</style>',
      '<table>',
      '<p title="',
      '">',
      '<!--',
      '-->',
      '<select>',
      '<title>',
      '</title>',
      '<a>',
      LINK
    ];
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let turn = 0; turn < 500; turn++) {
      const source = Array.from(
        { length: 12 },
        () => parts[Math.floor(random() * parts.length)]
      ).join('');
      const text = innerDocument(source);
      const page = new DOMParser().parseFromString(text, 'text/html');
      expect([source, page.querySelectorAll('link').length]).toEqual([
        source,
        0
      ]);
      expect(`<!DOCTYPE html>${page.documentElement.outerHTML}`).toBe(text);
    }
  });
});

describe('what reaches out', () => {
  it.each([
    '<img src="https://told.example/x.png">',
    '<img srcset="//told.example/x 2x">',
    '<video poster="//told.example/x"><source src="//told.example/y"></video>',
    '<a href="https://told.example" ping="//told.example/p">x</a>',
    '<form action="//told.example"><button formaction="//told.example">x</button></form>',
    '<svg><use href="//told.example/#a"/><image xlink:href="//told.example/x"/></svg>',
    '<svg><feImage href="//told.example/x"/><rect fill="url(//told.example/#a)"/></svg>',
    '<svg><image><animate attributeName="href" values="//told.example/x"/></image></svg>',
    '<body background="//told.example/x">',
    '<div style="background:url(//told.example/x)">x</div>',
    '<div style="background:image-set(url(data:image/png,x) 1x, \'//told.example/x\' 2x)">x</div>',
    '<style>@import "//told.example/x.css"; p { color: red }</style>',
    '<style>@font-face { font-family: x; src: url(//told.example/x) }</style>',
    '<style>p { background: \\75rl(//told.example/x) }</style>',
    '<style>@im\\port "//told.example/x";</style>',
    '<object data="//told.example"></object><iframe src="//told.example"></iframe><embed src="//told.example">',
    '<script src="https://told.example/x.js"></script>'
  ])('is taken out: %s', source => {
    const text = new XMLSerializer().serializeToString(found(source));
    expect(text).not.toContain('told.example');
  });

  it('leaves what a page is made of', () => {
    const page = found(
      '<style>p { color: red; background: url("data:image/png;base64,AA") }</style>' +
        '<p class="a" title="https://example.org">x</p><a href="#there">y</a>' +
        '<svg xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="g"/></defs><rect fill="url(#g)"/></svg>' +
        '<img src="data:image/png;base64,AA">'
    );
    expect(
      page.querySelector('style:not(:first-child)')?.textContent
    ).toContain('url("data:image/png;base64,AA")');
    expect(page.querySelector('rect')?.getAttribute('fill')).toBe('url(#g)');
    expect(page.querySelector('a')?.getAttribute('href')).toBe('#there');
    expect(page.querySelector('img')?.getAttribute('src')).toMatch(/^data:/);
    expect(page.querySelector('p')?.title).toBe('https://example.org');
  });
});
