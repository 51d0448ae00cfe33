import { fence, splitSegments } from '../segments';

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
