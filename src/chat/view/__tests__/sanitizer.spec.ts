import { Sanitizer } from '@jupyterlab/apputils';

import { AnswerSanitizer } from '../sanitizer';

const sanitizer = new AnswerSanitizer(new Sanitizer());

describe('AnswerSanitizer', () => {
  it.each([
    ['<script>alert(1)</script>', /script|alert/],
    ['<img src="x" onerror="alert(1)">', /<img|onerror/],
    ['<img src="https://example.org/pixel.png" alt="pic">', /<img|https/],
    ['<a href="javascript:alert(1)">x</a>', /javascript/],
    [
      '<button data-commandlinker-command="filebrowser:delete" data-commandlinker-args="{}">x</button>',
      /button|commandlinker/
    ],
    [
      '<span data-commandlinker-command="console:create">x</span>',
      /commandlinker/
    ],
    ['<iframe src="https://example.org"></iframe>', /iframe/],
    ['<div style="background: url(https://example.org/x)">x</div>', /url/],
    ['<form action="https://example.org"><input></form>', /form|input/],
    ['<style>@import url(https://example.org/x.css)</style>', /import|style/]
  ])('makes %j inert', (dirty, forbidden) => {
    expect(sanitizer.sanitize(dirty)).not.toMatch(forbidden);
  });

  it('keeps what answers are made of', () => {
    const html = sanitizer.sanitize(
      '<p><strong>a</strong> <code>b</code></p><table><tbody><tr><td>1</td></tr></tbody></table>'
    );
    expect(html).toContain('<strong>a</strong>');
    expect(html).toContain('<td>1</td>');
  });

  it('opens links in a new tab without telling where they come from', () => {
    expect(sanitizer.sanitize('<a href="https://example.org">x</a>')).toMatch(
      /rel="noopener noreferrer"/
    );
  });

  it('shows the text of an image that is not loaded', () => {
    expect(
      sanitizer.sanitize('<img src="https://example.org/p.png" alt="a plot">')
    ).toContain('a plot');
  });
});
