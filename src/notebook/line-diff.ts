/**
 * Two texts, line by line: what stays, what goes, what comes. Lines that stay far from any change are folded.
 */
import diffSequence from 'diff-sequences';

export interface IDiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Line number in the old text, or in the new one for an added line; from 1. */
  number: number;
}

/** Unchanged lines that are not shown. */
export interface IFold {
  kind: 'fold';
  count: number;
}

export type DiffRow = IDiffLine | IFold;

/** Unchanged lines shown around a change. */
const CONTEXT_LINES = 3;

/** Above this many pairs of lines nobody reads a diff, and looking for it would hold up the page. */
const PAIRS_AT_MOST = 20_000_000;

export function diffLines(before: string, after: string): IDiffLine[] {
  const old = before === '' ? [] : before.split('\n');
  const fresh = after === '' ? [] : after.split('\n');
  const rows: IDiffLine[] = [];
  let oldAt = 0;
  let freshAt = 0;
  const changeUpTo = (oldEnd: number, freshEnd: number) => {
    while (oldAt < oldEnd) {
      rows.push({ kind: 'removed', text: old[oldAt], number: ++oldAt });
    }
    while (freshAt < freshEnd) {
      rows.push({ kind: 'added', text: fresh[freshAt], number: ++freshAt });
    }
  };
  if (old.length * fresh.length > PAIRS_AT_MOST) {
    changeUpTo(old.length, fresh.length);
    return rows;
  }
  diffSequence(
    old.length,
    fresh.length,
    (a, b) => old[a] === fresh[b],
    (count, oldCommon, freshCommon) => {
      changeUpTo(oldCommon, freshCommon);
      for (let index = 0; index < count; index++) {
        rows.push({ kind: 'same', text: old[oldAt], number: ++oldAt });
        freshAt++;
      }
    }
  );
  changeUpTo(old.length, fresh.length);
  return rows;
}

/** Fold what is further than a few lines from every change. */
export function foldUnchanged(rows: IDiffLine[]): DiffRow[] {
  const folded: DiffRow[] = [];
  let start = 0;
  while (start < rows.length) {
    if (rows[start].kind !== 'same') {
      folded.push(rows[start++]);
      continue;
    }
    let end = start;
    while (end < rows.length && rows[end].kind === 'same') {
      end++;
    }
    const head = start === 0 ? 0 : CONTEXT_LINES;
    const tail = end === rows.length ? 0 : CONTEXT_LINES;
    const hidden = end - start - head - tail;
    if (hidden > 1) {
      folded.push(
        ...rows.slice(start, start + head),
        { kind: 'fold', count: hidden },
        ...rows.slice(end - tail, end)
      );
    } else {
      folded.push(...rows.slice(start, end));
    }
    start = end;
  }
  return folded;
}
