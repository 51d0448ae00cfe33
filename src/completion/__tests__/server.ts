/**
 * A provider whose server says what a test tells it to, piece by piece.
 */
import {
  CompletionHandler,
  IInlineCompletionContext,
  IInlineCompletionItem,
  IInlineCompletionList,
  InlineCompletionTriggerKind
} from '@jupyterlab/completer';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { ContextGatherer } from '../../context/gather';
import type { ModelStatus } from '../../model/status';
import type { QwenClient } from '../../request';
import { DEFAULT_SETTINGS, ISettingValues, QwenSettings } from '../../settings';
import type {
  IAdvice,
  ICompleteRequest,
  IStatus,
  StreamEvent
} from '../../wire';
import { CompletionManners } from '../manners';
import { QwenInlineProvider } from '../provider';
import { Questions } from '../question';

const READY = {
  state: 'ready',
  inline_completion: true,
  model: { fim: true }
} as unknown as IStatus;

/** A server whose completions are told piece by piece. */
export class Server {
  readonly requests: { body: ICompleteRequest; signal: AbortSignal }[] = [];

  complete = (
    body: ICompleteRequest,
    signal: AbortSignal
  ): AsyncGenerator<StreamEvent> => {
    this.requests.push({ body, signal });
    return this._stream(signal);
  };

  send(text: string, done = false, advice: IAdvice | null = null): void {
    this._queue.push({ type: 'completion', text, done, advice });
    this._wake();
  }

  private async *_stream(signal: AbortSignal): AsyncGenerator<StreamEvent> {
    signal.addEventListener('abort', () => this._wake());
    for (;;) {
      const event = this._queue.shift();
      if (event) {
        yield event;
      } else if (signal.aborted) {
        throw new DOMException('', 'AbortError');
      } else {
        await new Promise<void>(resolve => {
          this._wake = resolve;
        });
      }
    }
  }

  private _queue: StreamEvent[] = [];
  private _wake: () => void = () => undefined;
}

export function setUp(
  options: {
    status?: Partial<IStatus>;
    debounce?: number;
    settings?: Partial<ISettingValues>;
  } = {}
) {
  const server = new Server();
  const owner = {};
  const settings = {
    values: { ...DEFAULT_SETTINGS, ...options.settings },
    changed: new Signal(owner)
  } as unknown as QwenSettings;
  const manners = new CompletionManners(settings);
  manners.advise(advice({ debounce_ms: options.debounce ?? 0 }));
  const provider = new QwenInlineProvider(
    server as unknown as QwenClient,
    new Questions(
      {
        glance: () => ({
          language: 'python',
          cells: [],
          schema: null,
          privacy: 'types'
        })
      } as unknown as ContextGatherer,
      settings
    ),
    {
      current: { ...READY, ...options.status },
      problem: null
    } as unknown as ModelStatus,
    manners,
    nullTranslator.load('jupyter_qwen')
  );
  /** What is listed for somebody who types there, when the server sends this. */
  const suggest = async (
    text: string,
    ...sent: Parameters<Server['send']>
  ): Promise<IInlineCompletionList> => {
    const listing = provider.fetch(at(text), TYPED);
    await settle();
    server.send(...sent);
    return listing;
  };
  return { server, provider, manners, suggest };
}

/** The text that a suggestion has when its stream has ended. */
export async function lastText(
  provider: QwenInlineProvider,
  item: IInlineCompletionItem
): Promise<string> {
  let last = '';
  for await (const { response } of provider.stream(item.token!)) {
    last = response.insertText;
  }
  return last;
}

export function advice(values: Partial<IAdvice>): IAdvice {
  return { debounce_ms: 0, quiet: false, reason: '', ...values };
}

export function at(text: string): CompletionHandler.IRequest {
  const cursor = text.indexOf('|');
  const before = text.slice(0, cursor);
  return {
    text: before + text.slice(cursor + 1),
    offset: Array.from(before).length,
    mimeType: 'text/x-ipython'
  };
}

export const TYPED = {
  triggerKind: InlineCompletionTriggerKind.Automatic,
  widget: null
} as unknown as IInlineCompletionContext;

export const BY_KEY = {
  triggerKind: InlineCompletionTriggerKind.Invoke,
  widget: null
} as unknown as IInlineCompletionContext;

/** Let what was started come to its next wait. */
export async function settle(ms = 5): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms));
}
