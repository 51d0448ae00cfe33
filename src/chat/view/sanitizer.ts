/**
 * Model text is hostile: beyond JupyterLab's sanitiser, nothing in it may run a command or reach the network.
 */
import type { IRenderMime } from '@jupyterlab/rendermime';

/** Sources that stay on this machine. */
const LOCAL_SOURCE = /^(data:image\/(png|jpeg|gif|webp);|attachment:)/i;

/** Elements that JupyterLab lets pass and an answer does not need. */
const UNWANTED =
  'audio, video, source, track, picture, iframe, object, embed, form, input, button, select, textarea, style, map, area';

export class AnswerSanitizer implements IRenderMime.ISanitizer {
  constructor(private readonly _base: IRenderMime.ISanitizer) {}

  readonly allowNamedProperties = false;
  readonly allowCommandLinker = false;

  getAutolink(): boolean {
    return false;
  }

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    // An inert document: nothing is fetched while we look at it.
    const page = new DOMParser().parseFromString(
      this._base.sanitize(dirty, options),
      'text/html'
    );
    for (const element of page.body.querySelectorAll(UNWANTED)) {
      element.remove();
    }
    for (const image of page.body.querySelectorAll('img')) {
      if (!LOCAL_SOURCE.test(image.getAttribute('src') ?? '')) {
        image.replaceWith(page.createTextNode(image.alt || '🖼'));
      }
    }
    for (const element of page.body.querySelectorAll('*')) {
      for (const { name, value } of Array.from(element.attributes)) {
        if (
          name.startsWith('data-commandlinker') ||
          name === 'srcset' ||
          name === 'background' ||
          (name === 'style' && /url\s*\(|image-set|position/i.test(value))
        ) {
          element.removeAttribute(name);
        }
      }
    }
    for (const link of page.body.querySelectorAll('a[href]')) {
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener noreferrer');
    }
    return page.body.innerHTML;
  }
}
