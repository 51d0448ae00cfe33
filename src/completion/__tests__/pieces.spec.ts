import { restOfLine, firstWord } from '../pieces';

describe('firstWord', () => {
  it.each([
    ['targets.head()', 'targets'],
    ['.head()', '.'],
    [' as pd', ' as'],
    ['\n    return x', '\n    return'],
    ['größe_2 = 1', 'größe_2'],
    ['🦆 = 1', '🦆'],
    ['  ', '  '],
    ['', '']
  ])('of %j is %j', (text, word) => {
    expect(firstWord(text)).toBe(word);
  });
});

describe('restOfLine', () => {
  it.each([
    ['a = 1\nb = 2', 'a = 1'],
    ['\n    b = 2\nc', '\n    b = 2'],
    ['\n\n    b = 2\nc', '\n\n    b = 2'],
    ['a', 'a'],
    ['', '']
  ])('of %j is %j', (text, line) => {
    expect(restOfLine(text)).toBe(line);
  });
});
