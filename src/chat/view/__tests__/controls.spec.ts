import { withControlsShown, withoutControls } from '../controls';

it('prose loses colours of a terminal and keeps its lines', () => {
  expect(withoutControls('\u001b[1;31mred\u001b[0m\u0007\n\tand\r\n🙂')).toBe(
    'red\n\tand\r\n🙂'
  );
});

it('code shows what cannot be seen', () => {
  expect(withControlsShown('a\u001b[31m\u0000\u007f\n\tb')).toBe(
    'a␛[31m␀␡\n\tb'
  );
  expect(withControlsShown('if access != "user\u202e # \u2066":')).toBe(
    'if access != "user\\u202e # \\u2066":'
  );
  expect(withControlsShown('שלום = 1')).toBe('שלום = 1');
});
