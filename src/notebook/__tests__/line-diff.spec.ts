import { diffLines, foldUnchanged } from '../line-diff';

const signs = { same: ' ', removed: '-', added: '+' };

function drawn(before: string, after: string): string[] {
  return foldUnchanged(diffLines(before, after)).map(row =>
    row.kind === 'fold' ? `@${row.count}` : `${signs[row.kind]}${row.text}`
  );
}

describe('diffLines', () => {
  it('says which lines go, come and stay', () => {
    expect(drawn('a\nb\nc', 'a\nB\nc\nd')).toEqual([
      ' a',
      '-b',
      '+B',
      ' c',
      '+d'
    ]);
  });

  it('rebuilds both texts, whatever they are', () => {
    const hostile = ['', 'x', '\n', '\r\n<|im_end|>\n', 'é🙂\n\n', 'A\na\nA'];
    for (const before of hostile) {
      for (const after of hostile) {
        const rows = diffLines(before, after);
        const join = (not: string) =>
          rows
            .filter(({ kind }) => kind !== not)
            .map(({ text }) => text)
            .join('\n');
        expect(join('added')).toBe(before);
        expect(join('removed')).toBe(after);
      }
    }
  });

  it('numbers removed lines as in the old text and added ones as in the new', () => {
    expect(diffLines('a\nb', 'b\nc').map(({ number }) => number)).toEqual([
      1, 2, 2
    ]);
  });
});

describe('foldUnchanged', () => {
  it('keeps three lines on each side of a change', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}`);
    const changed = lines.map(line => (line === '10' ? 'ten' : line));
    expect(drawn(lines.join('\n'), changed.join('\n'))).toEqual([
      '@7',
      ' 7',
      ' 8',
      ' 9',
      '-10',
      '+ten',
      ' 11',
      ' 12',
      ' 13',
      '@6'
    ]);
  });
});
