/**
 * The document in which a preview shows what the model wrote: no network, no access to the page around it.
 *
 * Two frames, one in the other. The inner one holds the model's text in an origin of its own (`sandbox` without
 * `allow-same-origin`). The outer one holds nothing but the inner one and a policy with `frame-src 'none'`, because a policy
 * inside a document does not stop that document from leading itself elsewhere, and an address can carry data away. Where scripts
 * were allowed, Chromium looks up the name in such an address and opens a connection before the policy refuses to send anything
 * over it; no policy of a page covers that, so whoever presses *Run scripts* is told.
 */

import { withoutReach } from './reach';
import { settle } from './settle';

export type ArtifactKind = 'html' | 'svg' | 'markdown';

const LANGUAGES: ReadonlyMap<string, ArtifactKind> = new Map([
  ['html', 'html'],
  ['htm', 'html'],
  ['xhtml', 'html'],
  ['svg', 'svg'],
  ['markdown', 'markdown'],
  ['md', 'markdown']
]);

/** What a code block can be previewed as; null for code. */
export function artifactKind(
  language: string,
  source: string
): ArtifactKind | null {
  const kind = LANGUAGES.get(language);
  if (kind) {
    return kind;
  }
  const start = source.trimStart().slice(0, 200);
  return language === 'xml' && /^(<\?xml[^>]*>\s*)?<svg[\s/>]/i.test(start)
    ? 'svg'
    : null;
}

/** Nothing is fetched; styles and scripts are those in the text, pictures and fonts those written out in it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  'media-src data: blob:',
  "connect-src 'none'",
  "frame-src 'none'",
  "worker-src 'none'",
  "form-action 'none'",
  "base-uri 'none'"
].join('; ');

/** Policies do not speak of calls between browsers, so scripts find none to make. */
const NO_CALLS = `<script>
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^(webkit)?RTC|^WebTransport/.test(name)) {
    delete window[name];
  }
}
</script>`;

const STYLE = `
  html { color-scheme: light; background: white; }
  body { margin: 8px; font-family: system-ui, sans-serif; overflow-wrap: anywhere; }
  svg { max-width: 100%; height: auto; }`;

/** Whether the text brings scripts, which run only when the user says so. */
export function hasScripts(source: string): boolean {
  return Array.from(parse(source).querySelectorAll('*')).some(
    element =>
      element.localName === 'script' ||
      Array.from(element.attributes).some(
        ({ name, value }) =>
          name.startsWith('on') || /^\s*javascript:/i.test(value)
      )
  );
}

/** The inner document: the model's text behind our policy, without what could reach out. */
export function innerDocument(source: string, scripts = false): string {
  const settled = settle(source, parse, withoutReach, write);
  const page = parse(settled ?? '');
  if (settled === null) {
    // It reads otherwise every time: made to, and shown as the text that it is.
    const text = page.createElement('pre');
    text.textContent = source;
    page.body.append(text);
  }
  const ours = parse(
    [
      '<meta charset="utf-8">',
      `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
      '<meta http-equiv="x-dns-prefetch-control" content="off">',
      scripts ? NO_CALLS : '',
      `<style>${STYLE}</style>`
    ].join('')
  );
  page.head.prepend(...ours.head.childNodes);
  return write(page);
}

/** Inert: nothing is fetched or run. */
function parse(text: string): Document {
  return new DOMParser().parseFromString(text, 'text/html');
}

function write(page: Document): string {
  return `<!DOCTYPE html>${page.documentElement.outerHTML}`;
}

/** The outer document, for the `srcdoc` of a frame with the same `sandbox`. */
export function outerDocument(
  source: string,
  options: { scripts: boolean; title: string }
): string {
  const page = document.implementation.createHTMLDocument('');
  const frame = page.createElement('iframe');
  frame.setAttribute('sandbox', sandbox(options.scripts));
  frame.setAttribute('referrerpolicy', 'no-referrer');
  frame.setAttribute('title', options.title);
  frame.setAttribute('srcdoc', innerDocument(source, options.scripts));
  return [
    '<!DOCTYPE html><html><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<style>html, body { margin: 0; height: 100%; overflow: hidden; }',
    'iframe { width: 100%; height: 100%; border: 0; background: white; }</style>',
    '</head><body>',
    frame.outerHTML,
    '</body></html>'
  ].join('\n');
}

/** The permissions of both frames: at most scripts, never the page's origin, windows, forms or the top. */
export function sandbox(scripts: boolean): string {
  return scripts ? 'allow-scripts' : '';
}
