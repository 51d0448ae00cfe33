/**
 * What of a page could look up a name or fetch something, and how to take it out.
 */

/**
 * Elements that look names up ahead, lead the page elsewhere or hold another page; and those that are read otherwise where scripts
 * may run, or where a page is loaded rather than parsed.
 */
const ELEMENTS = new Set(
  (
    'link base meta iframe frame frameset object embed applet portal fencedframe ' +
    'noscript template noembed noframes plaintext xmp'
  ).split(' ')
);

/** Attributes whose value is an address, or several. */
const ADDRESSES = new Set(
  (
    'href xlink:href src srcset imagesrcset poster action formaction background data ping longdesc manifest cite profile codebase ' +
    'classid archive lowsrc dynsrc attributionsrc xml:base usemap icon srcdoc'
  ).split(' ')
);

/** Attributes of SVG's animations, which write to other attributes. */
const ANIMATED = new Set(['to', 'from', 'by', 'values']);

/** Addresses that stay within the page; whether a script runs is for the sandbox to say. */
const WITHIN = /^\s*(#|data:(image|font|audio|video)\/|javascript:)/i;

/** Sheets that CSS brings in, and its functions that take an address which leads out of the page, or may take one. */
const CSS_IMPORT = /@import[^;{}]*(;|$)/gi;
const CSS_ADDRESS =
  /((url|src)\(\s*(?!["']?\s*(#|data:))|(image|image-set|cross-fade)\()[^)]*\)?/gi;

/** Take out whatever could reach beyond the page; whether there was anything. */
export function withoutReach(page: Document): boolean {
  let changed = false;
  for (const element of page.querySelectorAll('*')) {
    if (ELEMENTS.has(element.localName)) {
      element.remove();
      changed = true;
      continue;
    }
    if (element.localName === 'style') {
      const text = element.textContent ?? '';
      const clean = inertStyle(text);
      if (clean !== text) {
        element.textContent = clean;
        changed = true;
      }
    }
    for (const { name, value } of Array.from(element.attributes)) {
      if (reaches(name.toLowerCase(), value)) {
        element.removeAttribute(name);
        changed = true;
      }
    }
  }
  return changed;
}

function reaches(name: string, value: string): boolean {
  if (ADDRESSES.has(name)) {
    return !WITHIN.test(value);
  }
  if (ANIMATED.has(name)) {
    return /[:/]/.test(value);
  }
  return !name.startsWith('on') && inertStyle(value) !== value;
}

/** CSS without addresses that lead out; empty when they are written in a way that only a browser reads. */
function inertStyle(css: string): string {
  const clean = css.replace(CSS_IMPORT, '').replace(CSS_ADDRESS, 'none');
  const read = clean
    .replace(/\/\*[^]*?(\*\/|$)/g, '')
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, code) =>
      String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff))
    )
    .replace(/\\/g, '');
  return new RegExp(`${CSS_IMPORT.source}|${CSS_ADDRESS.source}`, 'i').test(
    read
  )
    ? ''
    : clean;
}
