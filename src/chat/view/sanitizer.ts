/**
 * Model text is hostile: beyond JupyterLab's sanitiser, nothing in it may run a command or reach the network.
 */
import type { IRenderMime } from '@jupyterlab/rendermime';

import { settle } from './settle';

/** Sources that stay on this machine. */
const LOCAL_SOURCE = /^(data:image\/(png|jpeg|gif|webp);|attachment:)/i;

/** Elements that JupyterLab lets pass and an answer does not need, and those that look names up or are read twice. */
const UNWANTED =
  'audio, video, source, track, picture, iframe, object, embed, form, input, button, select, textarea, style, map, area, ' +
  'link, meta, base, template, noscript, svg, math';

/** Attributes that fetch, or tell where somebody went. */
const UNWANTED_ATTRIBUTES = new Set(['srcset', 'background', 'ping']);

/** A link opens elsewhere and does not tell where it comes from; JupyterLab writes a `rel` of its own later. */
const LINK = [
  ['target', '_blank'],
  ['rel', 'noopener'],
  ['referrerpolicy', 'no-referrer']
] as const;

export class AnswerSanitizer implements IRenderMime.ISanitizer {
  constructor(private readonly _base: IRenderMime.ISanitizer) {}

  readonly allowNamedProperties = false;
  readonly allowCommandLinker = false;

  getAutolink(): boolean {
    return false;
  }

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    const settled = settle(
      this._base.sanitize(dirty, options),
      read,
      root => this._clean(root),
      root => root.innerHTML
    );
    if (settled === null) {
      const text = document.createElement('div');
      text.textContent = dirty; // it reads otherwise every time: made to
      return text.innerHTML;
    }
    return settled;
  }

  /** Whether there was anything to clean. */
  private _clean(root: HTMLElement): boolean {
    let changed = false;
    for (const element of root.querySelectorAll(UNWANTED)) {
      element.remove();
      changed = true;
    }
    for (const image of root.querySelectorAll('img')) {
      if (!LOCAL_SOURCE.test(image.getAttribute('src') ?? '')) {
        image.replaceWith(...insteadOf(image));
        changed = true;
      }
    }
    for (const element of root.querySelectorAll('*')) {
      for (const { name, value } of Array.from(element.attributes)) {
        if (
          name.startsWith('data-commandlinker') ||
          UNWANTED_ATTRIBUTES.has(name) ||
          (name === 'style' && /url\s*\(|image|position|\\/i.test(value))
        ) {
          element.removeAttribute(name);
          changed = true;
        }
      }
    }
    for (const link of root.querySelectorAll('a[href]')) {
      for (const [name, value] of LINK) {
        if (link.getAttribute(name) !== value) {
          link.setAttribute(name, value);
          changed = true;
        }
      }
    }
    return changed;
  }
}

/** Read as it will be where it is shown, in a document that fetches nothing. */
function read(text: string): HTMLElement {
  const root = document.implementation.createHTMLDocument('').body;
  root.innerHTML = text;
  return root;
}

/** A remote image's text, as a link to it: whoever wants to see it says so by a click. */
function insteadOf(image: HTMLImageElement): Node[] {
  const address = image.getAttribute('src') ?? '';
  const text = image.ownerDocument.createTextNode(image.alt || '🖼');
  if (!/^https?:\/\//i.test(address) || image.closest('a')) {
    return [text];
  }
  const link = image.ownerDocument.createElement('a');
  link.href = address;
  link.append(text);
  return [link];
}
