/**
 * Files of the notebook's folder as context: listed for completion, read when added, refused when they are no text or too long.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

/** A prompt holds about 10,000 characters; beyond this a file is data, which belongs into a table. */
export const MAX_FILE_CHARACTERS = 100_000;

/** A folder is listed again after this long. */
const FRESH_MS = 10_000;
const LISTED_AT_MOST = 500;

/** Why a file cannot be sent. */
export class FileRefused extends Error {
  constructor(
    readonly reason: 'too-large' | 'binary' | 'missing',
    readonly path: string,
    readonly size: number | null = null
  ) {
    super(`${path}: ${reason}`);
    this.name = 'FileRefused';
  }
}

export class NotebookFiles {
  constructor(
    private readonly _contents: Pick<Contents.IManager, 'get'>,
    private readonly _now: () => number = Date.now
  ) {}

  /** Paths of the files beside the notebook, the notebook itself left out. Empty when the folder cannot be read. */
  async beside(notebook: string): Promise<string[]> {
    const folder = PathExt.dirname(notebook);
    let listing = this._listings.get(folder);
    if (!listing || this._now() - listing.time > FRESH_MS) {
      listing = { time: this._now(), paths: this._list(folder) };
      this._listings.set(folder, listing);
    }
    return (await listing.paths).filter(path => path !== notebook);
  }

  /** A file's text. Raises FileRefused. */
  async read(path: string): Promise<string> {
    let model: Contents.IModel;
    try {
      const { size } = await this._contents.get(path, { content: false });
      if (typeof size === 'number' && size > MAX_FILE_CHARACTERS) {
        throw new FileRefused('too-large', path, size);
      }
      model = await this._contents.get(path, {
        type: 'file',
        format: 'text',
        content: true
      });
    } catch (error) {
      if (error instanceof FileRefused) {
        throw error;
      }
      // The server answers 400 to a file that is no UTF-8, 404 to one that is gone.
      const status = (error as { response?: { status?: number } }).response
        ?.status;
      throw new FileRefused(status === 400 ? 'binary' : 'missing', path);
    }
    const text: unknown = model.content;
    if (typeof text !== 'string' || text.includes('\0')) {
      throw new FileRefused('binary', path);
    }
    if (text.length > MAX_FILE_CHARACTERS) {
      throw new FileRefused('too-large', path, text.length);
    }
    return text;
  }

  private async _list(folder: string): Promise<string[]> {
    try {
      const { content } = await this._contents.get(folder, { content: true });
      const models: Contents.IModel[] = Array.isArray(content) ? content : [];
      return models
        .filter(({ type }) => type === 'file')
        .map(({ path }) => path)
        .sort()
        .slice(0, LISTED_AT_MOST);
    } catch (error) {
      console.warn('jupyter_qwen: the folder could not be listed', error);
      return [];
    }
  }

  private readonly _listings = new Map<
    string,
    { time: number; paths: Promise<string[]> }
  >();
}
