/**
 * Cleaning hostile markup until nothing comes of reading it again.
 *
 * What a sanitiser writes is read once more where it is shown, and some nestings (a form in a form, `math` around `style`) are
 * read otherwise than they were written: what was text becomes an element. So a text is good only when reading it finds nothing
 * to clean and writing what was read gives the same text.
 */

/** Text that changes still longer was made to. */
const ROUNDS = 12;

/**
 * @param read - parses in a document that fetches and runs nothing
 * @param clean - removes what must not be there, and tells whether there was anything
 * @returns text that reads as it was cleaned; null when there is none
 */
export function settle<T>(
  text: string,
  read: (text: string) => T,
  clean: (root: T) => boolean,
  write: (root: T) => string
): string | null {
  for (let round = 0; round < ROUNDS; round++) {
    const root = read(text);
    const changed = clean(root);
    const next = write(root);
    if (!changed && next === text) {
      return text;
    }
    text = next;
  }
  return null;
}
