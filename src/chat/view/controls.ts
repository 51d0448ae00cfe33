/**
 * Characters that steer a terminal or turn the direction of writing: dropped from prose, made visible in code.
 */

const ESCAPE = String.fromCharCode(27);

/** Sequences that colour a terminal. */
const ANSI = new RegExp(`${ESCAPE}\\[[0-?]*[ -/]*[@-~]`, 'g');

/** Control characters but tab and line breaks. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Code could read otherwise than it runs. https://trojansource.codes */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;

export function withoutControls(prose: string): string {
  return prose.replace(ANSI, '').replace(CONTROL, '');
}

/** What would be inserted, with nothing in it that cannot be seen. */
export function withControlsShown(code: string): string {
  return code
    .replace(CONTROL, character =>
      character === '\u007f'
        ? '\u2421'
        : String.fromCharCode(0x2400 + character.charCodeAt(0))
    )
    .replace(
      DIRECTION,
      character => `\\u${character.charCodeAt(0).toString(16)}`
    );
}
