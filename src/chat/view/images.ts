/**
 * Markdown that loads nothing by itself where it is shown without our sanitiser: exported, or in a cell of a notebook.
 */
import { fence, splitSegments } from './segments';

/** Spans of code, which stay as they are. */
const CODE = /(`+)(?:(?!`)[^]*?[^`])?\1(?!`)/g;

/** An image, or a tag of HTML; an address in angle brackets is neither. */
const IMAGE = /!(?=\[)/g;
const TAG = /<(?!(https?|mailto):)(?=[a-z/!?])/gi;

/** Images become links, and HTML the text that it is; code stays. */
export function withoutImages(markdown: string): string {
  return splitSegments(markdown)
    .map(segment =>
      segment.kind === 'code'
        ? fence(segment.source, segment.language)
        : outsideCode(segment.text)
    )
    .join('\n');
}

/** Whether showing the text would load an image. */
export function hasImages(markdown: string): boolean {
  return splitSegments(markdown).some(
    segment =>
      segment.kind === 'prose' && outsideCode(segment.text) !== segment.text
  );
}

function outsideCode(prose: string): string {
  let written = '';
  let end = 0;
  for (const code of prose.matchAll(CODE)) {
    written += inert(prose.slice(end, code.index)) + code[0];
    end = (code.index ?? 0) + code[0].length;
  }
  return written + inert(prose.slice(end));
}

function inert(text: string): string {
  return text.replace(IMAGE, '').replace(TAG, '&lt;');
}
