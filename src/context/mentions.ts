/**
 * `@name` in a question: what can be named, and what a text names.
 */
import { PathExt } from '@jupyterlab/coreutils';

import type { IAttachment, ICell } from '../wire';
import type { ITableGlance } from './gather';

/** Something that can be added by name. */
export interface ICandidate {
  /** What follows the @. */
  name: string;
  source: IAttachment;
  /** The kind of a table: dataframe, table or view. */
  detail: string;
}

const HINT_CHARACTERS = 60;

/** Everything that can be named, tables first. Of two that share a name the first is meant. */
export function candidatesOf(options: {
  tables: readonly ITableGlance[];
  /** All cells of the notebook, in document order. */
  cells: readonly ICell[];
  /** The cell that failed last. */
  failed: ICell | null;
  /** Paths of files. */
  files: readonly string[];
}): ICandidate[] {
  const { tables, cells, failed, files } = options;
  return [
    ...tables.map(({ name, kind }) => ({
      name,
      detail: kind,
      source: { kind: 'table' as const, name, id: '', text: '' }
    })),
    ...(failed
      ? [{ name: 'error', detail: 'error', source: errorSource(failed) }]
      : []),
    ...files.map(path => ({
      name: PathExt.basename(path),
      detail: 'file',
      source: {
        kind: 'file' as const,
        name: PathExt.basename(path),
        id: path,
        text: ''
      }
    })),
    ...cells
      .map((cell, index) => ({ cell, name: cellName(cell, index) }))
      .filter(({ cell }) => cell.source.trim())
      .map(({ cell, name }) => ({
        name,
        detail: firstLine(cell.source),
        source: cellSource(cell, name)
      }))
      .reverse()
  ];
}

/** What a cell is called: by its number where it has one, else by its place. */
export function cellName(cell: ICell, index: number): string {
  return cell.execution_count === null
    ? `cell#${index + 1}`
    : `cell[${cell.execution_count}]`;
}

export function cellSource(cell: ICell, name: string): IAttachment {
  return { kind: 'cell', name, id: cell.id, text: cell.source };
}

/** A failing cell with its error: the code, the exception, the end of the traceback. */
export function errorSource(cell: ICell): IAttachment {
  const { name = '', message = '', traceback = '' } = cell.error ?? {};
  const count =
    cell.execution_count === null ? '' : `[${cell.execution_count}]`;
  return {
    kind: 'error',
    name: `cell${count}`,
    id: cell.id,
    text: [cell.source.trim(), `${name}: ${message}`, traceback.trim()]
      .filter(Boolean)
      .join('\n\n')
  };
}

export function firstLine(source: string): string {
  const line = source.trim().split('\n', 1)[0].trim();
  return line.length > HINT_CHARACTERS
    ? `${line.slice(0, HINT_CHARACTERS - 1)}…`
    : line;
}

/** The name as it is typed: with quotes where it holds white space or a quote. */
export function mentionOf(name: string): string {
  return /[\s"]/.test(name) ? `@"${name.replace(/"/g, '""')}"` : `@${name}`;
}

interface IMention {
  /** With its @ and quotes. */
  text: string;
  name: string;
  start: number;
  /** Whether something follows it, so that it will not grow. */
  complete: boolean;
}

const MENTION = /(^|[\s([{,;])@(?:"((?:[^"]|"")+)"|([^\s"@]+))/g;

/** The mentions of a text. An address such as a@b is none. */
export function mentionsIn(text: string): IMention[] {
  return Array.from(text.matchAll(MENTION), match => {
    const start = match.index + match[1].length;
    const whole = match[0].slice(match[1].length);
    return {
      text: whole,
      name: (match[2] ?? match[3]).replace(/""/g, '"'),
      start,
      complete: start + whole.length < text.length
    };
  });
}

/**
 * The candidate that a name means: the exact one, else the only one that differs in case, else the same without the punctuation
 * that ends a sentence.
 */
export function findCandidate(
  name: string,
  candidates: readonly ICandidate[]
): ICandidate | null {
  for (const wanted of [name, name.replace(/[.,;:!?)\]}]+$/, '')]) {
    const exact = candidates.find(candidate => candidate.name === wanted);
    if (exact) {
      return exact;
    }
    const folded = wanted.toLowerCase();
    const similar = candidates.filter(
      candidate => candidate.name.toLowerCase() === folded
    );
    if (similar.length === 1) {
      return similar[0];
    }
  }
  return null;
}

/** The question as the model reads it: names that are known lose their @. */
export function withoutMarks(
  text: string,
  candidates: readonly ICandidate[]
): string {
  let plain = '';
  let position = 0;
  for (const mention of mentionsIn(text)) {
    if (findCandidate(mention.name, candidates)) {
      plain += text.slice(position, mention.start) + mention.name;
      position = mention.start + mention.text.length;
    }
  }
  return plain + text.slice(position);
}
