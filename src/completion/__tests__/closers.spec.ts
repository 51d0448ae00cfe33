import { beforeCloser, closedBefore } from '../closers';

describe('closedBefore', () => {
  it.each([
    [')', ')', ''],
    ['', ')', ')'],
    ['\nb', '")\nb', '")'],
    ['', ' )', null],
    [')', '', null],
    ['a', 'b', null]
  ])('%j, now %j: %j', (suffix, now, closed) => {
    expect(closedBefore(suffix, now)).toBe(closed);
  });
});

describe('beforeCloser', () => {
  it.each([
    ['f(x), y) + 1', ')', 'f(x), y'],
    ['a"] + 1', '"', 'a'],
    ['x + 1', ']', 'x + 1'],
    ['{1}}', '}', '{1}']
  ])('%j up to %j: %j', (text, closer, before) => {
    expect(beforeCloser(text, closer)).toBe(before);
  });
});
