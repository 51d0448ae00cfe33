/**
 * An answer's Markdown as prose and code, numbered as the server numbers its code blocks.
 */

export interface IProse {
  kind: 'prose';
  text: string;
}

export interface ICode {
  kind: 'code';
  /** Counts the fenced blocks of the answer from 0. */
  index: number;
  language: string;
  source: string;
  /** Whether the closing fence has arrived. */
  closed: boolean;
}

export type Segment = IProse | ICode;

const OPENING = /^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

/**
 * Split at fences, after CommonMark: a fence of three or more backticks or tildes, indented by at most three spaces, closed by
 * one of the same kind that is at least as long, or by the end of the text.
 */
export function splitSegments(markdown: string): Segment[] {
  const segments: Segment[] = [];
  let prose: string[] = [];
  let code: { fence: string; indent: number; lines: string[] } | null = null;
  let language = '';
  let index = 0;

  const endProse = () => {
    const text = prose.join('\n');
    if (text.trim()) {
      segments.push({ kind: 'prose', text });
    }
    prose = [];
  };
  const endCode = (closed: boolean) => {
    segments.push({
      kind: 'code',
      index: index++,
      language,
      source: code!.lines.join('\n'),
      closed
    });
    code = null;
  };

  for (const line of markdown.split('\n')) {
    if (code) {
      const trimmed = line.trim();
      if (
        trimmed.length >= code.fence.length &&
        trimmed === code.fence[0].repeat(trimmed.length) &&
        line.length - line.trimStart().length <= 3
      ) {
        endCode(true);
      } else {
        code.lines.push(dedent(line, code.indent));
      }
      continue;
    }
    const opening = OPENING.exec(line);
    if (opening) {
      endProse();
      code = { fence: opening[2], indent: opening[1].length, lines: [] };
      language = opening[3].toLowerCase();
    } else {
      prose.push(line);
    }
  }
  if (code) {
    endCode(false);
  }
  endProse();
  return segments;
}

function dedent(line: string, indent: number): string {
  let start = 0;
  while (start < indent && line[start] === ' ') {
    start++;
  }
  return line.slice(start);
}

/** What reaches across blank lines: HTML, displayed formulas, definitions of links and footnotes. */
const FAR_REACHING = /^ {0,3}(<[a-z!?/]|\[[^\]]+\]:)|\$\$|\\\[/im;

const LIST_ITEM = /^([-*+]|\d{1,9}[.)])[ \t]/;

/** A list is cut when it is longer than this. */
const LIST_CHARACTERS = 1500;

/**
 * Cut prose where cutting changes nothing, so that while the end of it streams, all before stays as it was rendered.
 *
 * Joined by line breaks, the pieces are the text.
 */
export function splitProse(text: string): string[] {
  if (FAR_REACHING.test(text)) {
    return [text];
  }
  const pieces: string[] = [];
  let piece: string[] = [];
  let characters = 0;
  let inList = false;
  let afterBlank = false;
  for (const line of text.split('\n')) {
    const item = LIST_ITEM.test(line);
    const startsAnew = afterBlank && /^\S/.test(line) && !(item && inList);
    const longList = item && inList && characters > LIST_CHARACTERS;
    if (startsAnew || longList) {
      pieces.push(piece.join('\n'));
      piece = [];
      characters = 0;
    }
    if (piece.length === 0) {
      inList = item;
    }
    piece.push(line);
    characters += line.length;
    afterBlank = line.trim() === '';
  }
  pieces.push(piece.join('\n'));
  return pieces;
}

/** Code is coloured in pieces of at least this length. */
const CODE_CHARACTERS = 1500;

/** Cut long code where a statement ends: before a line that starts at the margin, behind an empty one if there is one. */
export function splitCode(source: string): string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  let characters = 0;
  let afterBlank = false;
  for (const line of source.split('\n')) {
    const enough = characters > CODE_CHARACTERS * (afterBlank ? 1 : 2);
    if (enough && /^[\w@#%-]/.test(line)) {
      pieces.push(piece.join('\n'));
      piece = [];
      characters = 0;
    }
    piece.push(line);
    characters += line.length;
    afterBlank = line.trim() === '';
  }
  pieces.push(piece.join('\n'));
  return pieces;
}

/** A Markdown fence around `source` that nothing in it can close. */
export function fence(source: string, language: string): string {
  const runs = source.match(/`{3,}/g) ?? [];
  const ticks = '`'.repeat(Math.max(3, ...runs.map(run => run.length + 1)));
  return `${ticks}${language}\n${source}\n${ticks}`;
}
