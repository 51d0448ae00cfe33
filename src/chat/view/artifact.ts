/**
 * The document in which a preview shows what the model wrote: no network, no access to the page around it.
 *
 * Two frames, one in the other. The inner one holds the model's text in an origin of its own (`sandbox` without
 * `allow-same-origin`). The outer one holds nothing but the inner one and a policy with `frame-src 'none'`, because a policy
 * inside a document does not stop that document from leading itself elsewhere, and an address can carry data away.
 */

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

/** What a policy does not cover: names looked up ahead, connections opened ahead, pages led elsewhere. */
const LEAKS =
  'link, base, meta, iframe, frame, frameset, object, embed, portal';

const STYLE = `
  html { color-scheme: light; background: white; }
  body { margin: 8px; font-family: system-ui, sans-serif; overflow-wrap: anywhere; }
  svg { max-width: 100%; height: auto; }`;

/** Whether the text brings scripts, which run only when the user says so. */
export function hasScripts(source: string): boolean {
  const page = new DOMParser().parseFromString(source, 'text/html');
  return Array.from(page.querySelectorAll('*')).some(
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
  const page = new DOMParser().parseFromString(source, 'text/html'); // inert: nothing is fetched or run
  for (const element of page.querySelectorAll(LEAKS)) {
    element.remove();
  }
  return [
    '<!DOCTYPE html><html><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta http-equiv="x-dns-prefetch-control" content="off">',
    scripts ? NO_CALLS : '',
    `<style>${STYLE}</style>`,
    page.head.innerHTML,
    '</head>',
    page.body.outerHTML,
    '</html>'
  ].join('\n');
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
