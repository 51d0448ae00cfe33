/**
 * The only file that knows a URL: typed calls to the server extension, and its streams.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { CutShort, HttpFailure, NetworkFailure, readFailure } from './failures';
import { parseLines } from './ndjson';
import type { IReceiptRequest } from './receipt/receipts';
import {
  isKnowledge,
  isModelRow,
  isObject,
  isStatus,
  isStreamEvent
} from './received';
import type {
  IAskRequest,
  ICompleteRequest,
  IKnowledge,
  ILoadable,
  ILoadableRequest,
  IModelRow,
  IPromptPart,
  IPromptSource,
  IPromptView,
  IStatus,
  ITakenReading,
  ITurn,
  PrivacyLevel,
  Schema,
  Scope,
  StreamEvent
} from './wire';

const ROUTES = 'jupyter-qwen';

/** The server extension's routes. One instance serves the whole application. */
export class QwenClient {
  constructor(
    private readonly _settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {}

  async status(): Promise<IStatus> {
    return this._status('GET', 'status');
  }

  /** Fetch a model, without a name the one in use; progress comes as status events. */
  async pull(
    model?: string,
    options: { acceptLicence?: boolean } = {}
  ): Promise<IStatus> {
    return this._status('POST', 'models/pull', {
      ...(model ? { model } : {}),
      ...(options.acceptLicence ? { accept_licence: true } : {})
    });
  }

  /** The models that this server could run, those on disk and the others. */
  async models(): Promise<IModelRow[]> {
    const data = await this._json('GET', 'models');
    return isObject(data) && Array.isArray(data.models)
      ? data.models.filter(isModelRow)
      : [];
  }

  /** Make another model the one that answers; it loads in the background. */
  async switchModel(model: string): Promise<IStatus> {
    return this._status('POST', 'engine/switch', { model });
  }

  async cancelPull(): Promise<IStatus> {
    return this._status('POST', 'models/cancel', {});
  }

  async load(): Promise<IStatus> {
    return this._status('POST', 'engine/load', {});
  }

  async unload(): Promise<IStatus> {
    return this._status('POST', 'engine/unload', {});
  }

  /** The Python expression that describes a kernel's tables, for `user_expressions` of a silent request. */
  async collector(privacy: PrivacyLevel | null): Promise<string> {
    const query = privacy ? URLExt.objectToQueryString({ privacy }) : '';
    const data = await this._json('GET', `collector${query}`);
    if (!isObject(data) || typeof data.expression !== 'string') {
      throw new HttpFailure(200, 'The server sent no collector.');
    }
    return data.expression;
  }

  /** One round of a receipt: probes for the kernel, or the receipt. */
  receipt(body: IReceiptRequest, signal: AbortSignal): Promise<unknown> {
    return this._json('POST', 'receipt', body, signal);
  }

  /** What the model would see for this question, with the tokens that each source takes. */
  async context(
    request: IAskRequest,
    signal?: AbortSignal
  ): Promise<IPromptView> {
    const data = await this._json('POST', 'context', request, signal);
    if (!isObject(data) || !Array.isArray(data.parts)) {
      throw new HttpFailure(200, 'The server sent no prompt.');
    }
    return {
      parts: data.parts as IPromptPart[],
      sources: Array.isArray(data.sources)
        ? (data.sources as IPromptSource[])
        : [],
      notes: Array.isArray(data.notes) ? data.notes.map(String) : [],
      prompt: typeof data.prompt === 'string' ? data.prompt : '',
      prompt_tokens: Number(data.prompt_tokens ?? 0)
    };
  }

  /** Have the beginning of the next question processed; whether that began. */
  async warm(request: Omit<IAskRequest, 'question'>): Promise<boolean> {
    const data = await this._json('POST', 'warm', request);
    return isObject(data) && data.started === true;
  }

  /** Which cells of a demo that was just made may run; none of any other notebook. */
  async freshDemo(
    path: string
  ): Promise<{ cells: { id: string; source: string }[] }> {
    const data = await this._json('POST', 'demo', { path });
    return isObject(data) && Array.isArray(data.cells)
      ? { cells: data.cells as { id: string; source: string }[] }
      : { cells: [] };
  }

  /** What a notebook's cells would load, and files that they do not; of these also those `opened`, paths from the root. */
  async loadable(request: ILoadableRequest): Promise<ILoadable> {
    const data = await this._json('POST', 'loadable', request);
    if (!isObject(data) || !isObject(data.schema) || !isObject(data.offered)) {
      throw new HttpFailure(200, 'The server did not say what cells load.');
    }
    return data as unknown as ILoadable;
  }

  async thread(id: string): Promise<ITurn[]> {
    const query = URLExt.objectToQueryString({ id });
    const data = await this._json('GET', `thread${query}`);
    return isObject(data) && Array.isArray(data.turns)
      ? (data.turns as ITurn[])
      : [];
  }

  async deleteThread(id: string): Promise<void> {
    await this._json('DELETE', `thread${URLExt.objectToQueryString({ id })}`);
  }

  async takeReading(reading: ITakenReading): Promise<void> {
    await this._json('POST', 'thread/reading', reading);
  }

  /** A notebook, or a folder of them, has another path now: its conversations go along. */
  async moveThread(from: string, to: string): Promise<void> {
    await this._json('POST', 'thread/move', { from, to });
  }

  /** What the project of a notebook and its user have taught. */
  async knowledge(thread: string): Promise<IKnowledge> {
    const query = URLExt.objectToQueryString({ thread });
    return this._knowledge('GET', `knowledge${query}`);
  }

  /**
   * Keep a term or a pair; what has the same name or question is replaced. With a `schema`, a query is proved first.
   *
   * @throws HttpFailure with the code `knowledge` for what cannot be kept.
   */
  async teach(
    lesson: { thread: string; scope: Scope; schema?: Schema | null } & (
      | { term: { name: string; meaning: string } }
      | { pair: { question: string; sql: string } }
    )
  ): Promise<IKnowledge> {
    return this._knowledge('POST', 'knowledge', lesson);
  }

  /** Take an entry, named by its term or its question, out of its file. */
  async forget(entry: {
    thread: string;
    scope: Scope;
    kind: 'term' | 'pair';
    name: string;
  }): Promise<IKnowledge> {
    const query = URLExt.objectToQueryString(entry);
    return this._knowledge('DELETE', `knowledge${query}`);
  }

  /** Ask a question. Aborting `signal`, or closing the generator, stops the engine's work. */
  ask(request: IAskRequest, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    return this._stream('ask', request, signal);
  }

  /** Complete code at the cursor; `completion` events carry cumulative text. */
  complete(
    request: ICompleteRequest,
    signal: AbortSignal
  ): AsyncGenerator<StreamEvent> {
    return this._stream('complete', request, signal);
  }

  private async *_stream(
    route: string,
    body: unknown,
    signal: AbortSignal
  ): AsyncGenerator<StreamEvent> {
    const response = await this._request('POST', route, body, signal);
    if (!response.body) {
      throw new CutShort();
    }
    try {
      for await (const event of parseLines(response.body)) {
        if (isStreamEvent(event)) {
          yield event;
        }
      }
    } catch (error) {
      if (signal.aborted) {
        throw new DOMException('Stopped', 'AbortError');
      }
      if (error instanceof TypeError || error instanceof SyntaxError) {
        // The connection broke, or broke in the middle of a line.
        throw new CutShort();
      }
      throw error;
    }
  }

  private async _status(
    method: string,
    route: string,
    body?: unknown
  ): Promise<IStatus> {
    const data = await this._json(method, route, body);
    if (!isStatus(data)) {
      throw new HttpFailure(200, 'The server sent no status.');
    }
    return data;
  }

  private async _knowledge(
    method: string,
    route: string,
    body?: unknown
  ): Promise<IKnowledge> {
    const data = await this._json(method, route, body);
    if (!isKnowledge(data)) {
      throw new HttpFailure(200, 'The server did not say what is taught.');
    }
    return data;
  }

  private async _json(
    method: string,
    route: string,
    body?: unknown,
    signal?: AbortSignal
  ): Promise<unknown> {
    const response = await this._request(method, route, body, signal);
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  }

  private async _request(
    method: string,
    route: string,
    body?: unknown,
    signal?: AbortSignal
  ): Promise<Response> {
    const url = URLExt.join(this._settings.baseUrl, ROUTES) + `/${route}`;
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url,
        {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal ? { signal } : {})
        },
        this._settings
      );
    } catch (error) {
      if (signal?.aborted) {
        throw new DOMException('Stopped', 'AbortError');
      }
      throw new NetworkFailure(error);
    }
    if (!response.ok) {
      throw await readFailure(response);
    }
    return response;
  }
}
