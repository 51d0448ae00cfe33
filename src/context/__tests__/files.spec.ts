import { FileRefused, MAX_FILE_CHARACTERS, NotebookFiles } from '../files';

function filesWith(get: (path: string, options: unknown) => unknown) {
  const spy = jest.fn(async (path: string, options: unknown) =>
    get(path, options)
  );
  let time = 0;
  const files = new NotebookFiles({ get: spy } as never, () => time);
  return { files, spy, later: (ms: number) => (time += ms) };
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: FileRefused) => error.reason
  );

describe('NotebookFiles', () => {
  it('lists the files beside the notebook, once for many keys', async () => {
    const { files, spy, later } = filesWith(() => ({
      content: [
        { type: 'file', path: 'sub/b.md' },
        { type: 'directory', path: 'sub/deep' },
        { type: 'notebook', path: 'sub/n.ipynb' },
        { type: 'file', path: 'sub/a.csv' }
      ]
    }));
    expect(await files.beside('sub/n.ipynb')).toEqual([
      'sub/a.csv',
      'sub/b.md'
    ]);
    await files.beside('sub/n.ipynb');
    expect(spy).toHaveBeenCalledTimes(1);
    later(20_000);
    await files.beside('sub/n.ipynb');
    expect(spy).toHaveBeenCalledTimes(2);
  });

  it('lists nothing where the folder cannot be read', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { files } = filesWith(() => {
      throw new Error('403');
    });
    expect(await files.beside('a.ipynb')).toEqual([]);
    warn.mockRestore();
  });

  it('reads a text', async () => {
    const { files } = filesWith((_, options) =>
      (options as { content: boolean }).content
        ? { content: 'hello' }
        : { size: 5 }
    );
    expect(await files.read('a.md')).toBe('hello');
  });

  it('does not fetch what is too long', async () => {
    const { files, spy } = filesWith(() => ({ size: MAX_FILE_CHARACTERS + 1 }));
    expect(await refusal(files.read('a.csv'))).toBe('too-large');
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it.each([
    [400, 'binary'],
    [404, 'missing']
  ])('says what status %d means', async (status, reason) => {
    const { files } = filesWith((_, options) => {
      if ((options as { content: boolean }).content) {
        throw { response: { status } };
      }
      return { size: 10 };
    });
    expect(await refusal(files.read('a.bin'))).toBe(reason);
  });

  it('refuses text with zero bytes, and text whose size was not told', async () => {
    const zero = filesWith(() => ({ content: 'a\0b' }));
    expect(await refusal(zero.files.read('a'))).toBe('binary');
    const long = filesWith(() => ({
      content: 'x'.repeat(MAX_FILE_CHARACTERS + 1)
    }));
    expect(await refusal(long.files.read('a'))).toBe('too-large');
  });
});
