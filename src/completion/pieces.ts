/**
 * The next piece of a suggestion, for those who do not want all of it.
 */

/** White space, then a word or a run of signs. */
const WORD = /^\s*(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+|$)/u;

/** The rest of the line; at a line's end, the next line that is not empty. */
const LINE = /^\s*\n[^\n]*|^[^\n]+/;

export function firstWord(text: string): string {
  return WORD.exec(text)?.[0] ?? text;
}

export function restOfLine(text: string): string {
  return LINE.exec(text)?.[0] ?? text;
}
