/**
 * How a request can fail, as errors that the views tell apart.
 */
import { isObject } from './received';

/** The server cannot be reached at all: stopped, network gone, blocked. */
export class NetworkFailure extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = 'NetworkFailure';
  }
}

/** The server answered with an error. `message` and `hint` are its own words, for the user. */
export class HttpFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string = '',
    readonly code: string = ''
  ) {
    super(message);
    this.name = 'HttpFailure';
  }

  /** The route does not exist: the server extension is not installed or not enabled. */
  get missing(): boolean {
    return this.status === 404 && this.code === '';
  }
}

/** The stream ended without an answer and without an error: the connection or the server went away. */
export class CutShort extends Error {
  constructor() {
    super('The stream ended before the answer was complete.');
    this.name = 'CutShort';
  }
}

/** Whether `error` only says that we aborted the request ourselves. */
export function isAbort(error: unknown): boolean {
  return isObject(error) && error.name === 'AbortError';
}

/** The server's own words where it sent some, else the status. */
export async function readFailure(response: Response): Promise<HttpFailure> {
  const text = await response.text();
  let data: unknown = null;
  try {
    data = JSON.parse(text);
  } catch {
    data = null; // an HTML error page of a proxy: its status has to do
  }
  const field = (name: string): string =>
    isObject(data) && typeof data[name] === 'string' ? String(data[name]) : '';
  return new HttpFailure(
    response.status,
    field('message') || response.statusText || `HTTP ${response.status}`,
    field('hint'),
    field('code')
  );
}

/** The server's own words, with its way out. */
export function wordsOf(error: unknown): string {
  return error instanceof HttpFailure
    ? [error.message, error.hint].filter(Boolean).join(' ')
    : error instanceof Error
      ? error.message
      : String(error);
}
