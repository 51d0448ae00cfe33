/**
 * Brackets and quotes that the editor closes by itself: they stand behind the cursor before the suggestion has said them.
 */

const CLOSERS = /^[)\]}"']+$/;
const OPENERS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** What the editor put before `suffix`: empty for nothing, null when the text behind the cursor changed in another way. */
export function closedBefore(suffix: string, now: string): string | null {
  if (now === suffix) {
    return '';
  }
  const closed = now.endsWith(suffix)
    ? now.slice(0, now.length - suffix.length)
    : '';
  return CLOSERS.test(closed) ? closed : null;
}

/** `text` up to the bracket or quote `closer` that ends what it begins in; all of it when that is missing. */
export function beforeCloser(text: string, closer: string): string {
  const opener = OPENERS[closer];
  let depth = 0;
  for (let place = 0; place < text.length; place++) {
    if (text[place] === opener) {
      depth++;
    } else if (text[place] === closer && depth-- === 0) {
      return text.slice(0, place);
    }
  }
  return text;
}
