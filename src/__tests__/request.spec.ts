import { ServerConnection } from '@jupyterlab/services';

import { CutShort, HttpFailure, NetworkFailure, isAbort } from '../failures';
import { parseLines } from '../ndjson';
import { QwenClient } from '../request';
import type { IAskRequest, StreamEvent } from '../wire';

// jsdom has none of its own; the browser's and Node's are the same standard.
const NodeStreams = jest.requireActual<{
  ReadableStream: typeof ReadableStream;
}>('stream/web');

const REQUEST: IAskRequest = {
  question: 'revenue?',
  mode: 'auto',
  thread: 'a.ipynb',
  language: 'python',
  cells: [],
  active_cell: null,
  schema: null,
  connection: null,
  dialect: null,
  privacy: null
};

function stream(
  chunks: Uint8Array[],
  onCancel: () => void = () => undefined
): ReadableStream<Uint8Array> {
  return new NodeStreams.ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) {
        controller.enqueue(chunk);
      } else {
        controller.close();
      }
    },
    cancel: onCancel
  });
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of source) {
    found.push(item);
  }
  return found;
}

function clientThat(
  respond: (request: Request) => Promise<Response>
): QwenClient {
  return new QwenClient(
    ServerConnection.makeSettings({
      baseUrl: 'http://localhost/user/ä b/',
      token: 'secret',
      fetch: respond as typeof fetch
    })
  );
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('parseLines', () => {
  it('joins characters and lines that are cut between chunks', async () => {
    const all = bytes('{"text":"Größe 🦆"}\n\n{"text":"b"}\n');
    const single = Array.from(all, byte => Uint8Array.of(byte));
    expect(await collect(parseLines(stream(single)))).toEqual([
      { text: 'Größe 🦆' },
      { text: 'b' }
    ]);
  });

  it('yields several lines of one chunk and a last line without its end', async () => {
    const chunks = [bytes('{"a":1}\n{"a":2}\n{"a":3}')];
    expect(await collect(parseLines(stream(chunks)))).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 3 }
    ]);
  });

  it('reads one line of a megabyte in many chunks', async () => {
    const long = 'x'.repeat(1_000_000);
    const text = JSON.stringify({ long }) + '\n';
    const chunks: Uint8Array[] = [];
    for (let start = 0; start < text.length; start += 1000) {
      chunks.push(bytes(text.slice(start, start + 1000)));
    }
    const [line] = await collect(parseLines(stream(chunks)));
    expect((line as { long: string }).long).toHaveLength(1_000_000);
  });

  it('raises SyntaxError for a line that is not JSON', async () => {
    await expect(
      collect(parseLines(stream([bytes('{"a":1}\n<html>\n')])))
    ).rejects.toThrow(SyntaxError);
  });

  it('cancels the stream when its reader leaves early', async () => {
    const cancelled = jest.fn();
    const body = stream([bytes('{"a":1}\n'), bytes('{"a":2}\n')], cancelled);
    for await (const line of parseLines(body)) {
      expect(line).toEqual({ a: 1 });
      break;
    }
    expect(cancelled).toHaveBeenCalled();
  });
});

describe('QwenClient', () => {
  it('puts routes under the base URL and sends the token', async () => {
    let seen: Request | null = null;
    const client = clientThat(async request => {
      seen = request;
      return new Response(JSON.stringify({ expression: 'E' }));
    });
    expect(await client.collector('types')).toBe('E');
    expect(seen!.url).toMatch(
      /\/jupyter-qwen\/collector\?privacy=types(&\d+)?$/
    );
    expect(seen!.headers.get('Authorization')).toBe('token secret');
  });

  it('streams events and skips types that it does not know', async () => {
    const client = clientThat(
      async () =>
        new Response(
          '{"type":"delta","text":"a"}\n{"type":"new-in-2.0"}\n42\n{"type":"error","message":"m","hint":"h","code":"c"}\n'
        )
    );
    const events: StreamEvent[] = await collect(
      client.ask(REQUEST, new AbortController().signal)
    );
    expect(events.map(event => event.type)).toEqual(['delta', 'error']);
  });

  it('names what is to be forgotten, and takes no half of what is taught', async () => {
    let seen: Request | null = null;
    let answer: object = { terms: [], pairs: [], problems: [], files: [] };
    const client = clientThat(async request => {
      seen = request;
      return new Response(JSON.stringify(answer));
    });
    const entry = {
      thread: 'a b.ipynb',
      scope: 'user',
      kind: 'term',
      name: 'R&D?'
    } as const;
    expect(await client.forget(entry)).toEqual(answer);
    expect(seen!.method).toBe('DELETE');
    const { pathname, searchParams } = new URL(seen!.url);
    expect(pathname).toMatch(/\/jupyter-qwen\/knowledge$/);
    expect(Object.fromEntries(searchParams)).toMatchObject(entry);

    answer = { ...answer, terms: [{ name: 'revenue', scope: 'user' }] };
    await expect(client.knowledge('a.ipynb')).rejects.toThrow(HttpFailure);
  });

  it('turns an error of the server into its own words', async () => {
    const client = clientThat(
      async () =>
        new Response(
          JSON.stringify({ message: 'Empty', hint: 'Type', code: 'empty' }),
          { status: 400 }
        )
    );
    const failure = await client.status().catch(error => error);
    expect(failure).toBeInstanceOf(HttpFailure);
    expect(failure).toMatchObject({
      status: 400,
      message: 'Empty',
      hint: 'Type',
      missing: false
    });
  });

  it('knows a missing server extension by a 404 that is not its own', async () => {
    const page = clientThat(
      async () => new Response('<html>404</html>', { status: 404 })
    );
    const own = clientThat(
      async () =>
        new Response('{"message":"no such model","code":"unknown-model"}', {
          status: 404
        })
    );
    expect((await page.status().catch(error => error)).missing).toBe(true);
    expect((await own.status().catch(error => error)).missing).toBe(false);
  });

  it('tells a network failure from an HTTP failure', async () => {
    const client = clientThat(async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(client.status()).rejects.toBeInstanceOf(NetworkFailure);
  });

  it('says that a stream was cut when the connection breaks within a line', async () => {
    const client = clientThat(
      async () => new Response('{"type":"delta","text":"a"}\n{"type":"del')
    );
    await expect(
      collect(client.ask(REQUEST, new AbortController().signal))
    ).rejects.toBeInstanceOf(CutShort);
  });

  it('ends with AbortError when the caller aborts', async () => {
    const controller = new AbortController();
    const client = clientThat(async () => {
      controller.abort();
      throw new DOMException('aborted', 'AbortError');
    });
    const failure = await collect(client.ask(REQUEST, controller.signal)).catch(
      error => error
    );
    expect(isAbort(failure)).toBe(true);
  });
});
