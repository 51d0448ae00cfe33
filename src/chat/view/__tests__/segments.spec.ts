import { fence, splitCode, splitProse, splitSegments } from '../segments';

describe('splitSegments', () => {
  it('numbers code blocks in the order of the answer', () => {
    expect(
      splitSegments('Hi\n```sql\nSELECT 1\n```\nand\n~~~python\nx = 1\n~~~\n')
    ).toEqual([
      { kind: 'prose', text: 'Hi' },
      {
        kind: 'code',
        index: 0,
        language: 'sql',
        source: 'SELECT 1',
        closed: true
      },
      { kind: 'prose', text: 'and' },
      {
        kind: 'code',
        index: 1,
        language: 'python',
        source: 'x = 1',
        closed: true
      }
    ]);
  });

  it('takes an unfinished block as code that is still open', () => {
    expect(splitSegments('```SQL\nSELECT')).toEqual([
      {
        kind: 'code',
        index: 0,
        language: 'sql',
        source: 'SELECT',
        closed: false
      }
    ]);
  });

  it('keeps shorter and other fences within a block as text', () => {
    const [code] = splitSegments('````md\n```\n~~~\n````');
    expect(code).toMatchObject({ source: '```\n~~~', closed: true });
  });

  it('removes the indentation of the fence, and no more, from the code', () => {
    const [code] = splitSegments('  ```py\n    x\n y\n  ```');
    expect(code).toMatchObject({ source: '  x\ny' });
  });

  it('does not take inline code of three backticks for a block', () => {
    expect(splitSegments('```inline``` text')).toEqual([
      { kind: 'prose', text: '```inline``` text' }
    ]);
  });
});

describe('fence', () => {
  it('cannot be closed by what it holds', () => {
    const source = 'print("""\n````\n""")';
    expect(splitSegments(fence(source, 'python'))).toEqual([
      { kind: 'code', index: 0, language: 'python', source, closed: true }
    ]);
  });
});

describe('splitProse', () => {
  const long = Array.from({ length: 200 }, (_, n) => `- item ${n} of a list`);

  it('cuts between paragraphs, headings and what follows a list', () => {
    expect(splitProse('# a\n\nb\n\n- c\n\n  d\n- e\n\nf')).toEqual([
      '# a\n',
      'b\n',
      '- c\n\n  d\n- e\n',
      'f'
    ]);
  });

  it('cuts long lists between items only', () => {
    const pieces = splitProse(long.join('\n'));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.every(piece => piece.startsWith('- item'))).toBe(true);
  });

  it.each([
    '<details>\n\ninside\n\n</details>',
    '$$\na\n\nb\n$$',
    'see [x]\n\n[x]: https://example.org',
    '| a |\n|---|\n| 1 |',
    '    indented\n\n    code'
  ])('leaves %j whole', text => {
    expect(splitProse(text)).toEqual([text]);
  });

  it('loses nothing, and only the last piece changes while text streams', () => {
    const text = `# a\n\nb **c**\n\n${long.slice(0, 110).join('\n')}\n\nd\n\n\n1. e\n2. f\n`;
    let before: string[] = [];
    for (let end = 1; end <= text.length; end++) {
      const pieces = splitProse(text.slice(0, end));
      expect(pieces.join('\n')).toBe(text.slice(0, end));
      // A piece may still lose its end to the next one; all before it stay.
      const settled = before.slice(0, -1);
      expect(pieces.slice(0, settled.length)).toEqual(settled);
      before = pieces;
    }
  });
});

describe('splitCode', () => {
  it('leaves short code whole and cuts long code at the margin, losing nothing', () => {
    const step = 'def f(x):\n    y = x + 1\n\n    return y\n\n\n';
    expect(splitCode(step)).toEqual([step]);
    const long = step.repeat(100);
    const pieces = splitCode(long);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('\n')).toBe(long);
    expect(pieces.every(piece => piece.startsWith('def f'))).toBe(true);
  });
});
