import {
  CompletionHandler,
  IInlineCompletionContext,
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
import { languageOf } from '../place';
import { QwenInlineProvider } from '../provider';

const READY = {
  state: 'ready',
  inline_completion: true,
  model: { fim: true }
} as unknown as IStatus;

/** A server whose completions are told piece by piece. */
class Server {
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

function setUp(
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
    {
      glance: () => ({
        language: 'python',
        cells: [],
        schema: null,
        privacy: 'types'
      })
    } as unknown as ContextGatherer,
    {
      current: { ...READY, ...options.status },
      problem: null
    } as unknown as ModelStatus,
    settings,
    manners,
    nullTranslator.load('jupyter_qwen')
  );
  return { server, provider, manners };
}

function advice(values: Partial<IAdvice>): IAdvice {
  return { debounce_ms: 0, quiet: false, reason: '', ...values };
}

function at(text: string): CompletionHandler.IRequest {
  const cursor = text.indexOf('|');
  const before = text.slice(0, cursor);
  return {
    text: before + text.slice(cursor + 1),
    offset: Array.from(before).length,
    mimeType: 'text/x-ipython'
  };
}

const TYPED = {
  triggerKind: InlineCompletionTriggerKind.Automatic,
  widget: null
} as unknown as IInlineCompletionContext;

const BY_KEY = {
  triggerKind: InlineCompletionTriggerKind.Invoke,
  widget: null
} as unknown as IInlineCompletionContext;

describe('QwenInlineProvider', () => {
  it('splits at the cursor exactly, also below an emoji', async () => {
    const { server, provider } = setUp();
    const items = provider.fetch(at('s = "🦆"\nx = |\ny'), TYPED);
    await settle();
    server.send('1', true);
    await items;
    expect(server.requests[0].body).toMatchObject({
      prefix: 's = "🦆"\nx = ',
      suffix: '\ny'
    });
  });

  it('streams cumulative text after the first piece', async () => {
    const { server, provider } = setUp();
    const listing = provider.fetch(at('import |'), TYPED);
    await settle();
    server.send('pan');
    const { items } = await listing;
    expect(items).toMatchObject([{ insertText: 'pan', isIncomplete: true }]);
    server.send('pandas', true);
    const texts: string[] = [];
    for await (const { response } of provider.stream(items[0].token!)) {
      texts.push(response.insertText);
    }
    expect(texts[texts.length - 1]).toBe('pandas');
  });

  it('aborts the superseded request itself', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    const second = provider.fetch(at('x = |'), TYPED);
    await settle();
    expect(server.requests[0].signal.aborted).toBe(true);
    expect(await first).toEqual({ items: [] });
    server.send('1', true);
    expect((await second).items).toMatchObject([{ insertText: '1' }]);
  });

  it('keeps the running completion while the typed text agrees with it', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    server.send('pandas as');
    await first;
    const second = await provider.fetch(at('import pan|'), TYPED);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0].signal.aborted).toBe(false);
    expect(second.items).toMatchObject([{ insertText: 'das as' }]);
  });

  it('asks again when the typed text leaves the suggestion', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    server.send('pandas', true);
    await first;
    void provider.fetch(at('import po|'), TYPED);
    await settle();
    expect(server.requests).toHaveLength(2);
  });

  it('waits for a pause in typing', async () => {
    const { server, provider } = setUp({ debounce: 30 });
    const early = provider.fetch(at('im|'), TYPED);
    const late = provider.fetch(at('imp|'), TYPED);
    expect(await early).toEqual({ items: [] });
    await settle(60);
    expect(server.requests.map(({ body }) => body.prefix)).toEqual(['imp']);
    server.send('ort', true);
    expect((await late).items).toHaveLength(1);
  });

  it.each([
    ['the model is loading', { state: 'loading' as const }],
    [
      'the model cannot fill in the middle',
      { model: { fim: false } as IStatus['model'] }
    ],
    ['the server does not offer it', { inline_completion: false }]
  ])('is quiet while %s', async (_, status) => {
    const { server, provider } = setUp({ status });
    expect(await provider.fetch(at('import |'), TYPED)).toEqual({ items: [] });
    expect(server.requests).toHaveLength(0);
  });

  it('waits as long as the server advises', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    server.send('os', true, advice({ debounce_ms: 60 }));
    await first;
    void provider.fetch(at('x = |'), TYPED);
    await settle(20);
    expect(server.requests).toHaveLength(1);
    await settle(70);
    expect(server.requests).toHaveLength(2);
  });

  it('answers on a blank line when it is asked by key, and says so to the server', async () => {
    const { server, provider } = setUp();
    expect(await provider.fetch(at('|'), TYPED)).toEqual({ items: [] });
    const asked = provider.fetch(at('|'), BY_KEY);
    await settle();
    server.send('import os', true);
    expect((await asked).items).toMatchObject([{ insertText: 'import os' }]);
    expect(server.requests.map(({ body }) => body.by_key)).toEqual([true]);
  });

  it('waits for the key in manual mode', async () => {
    const { server, provider } = setUp({
      settings: { inlineCompletionManualOnly: true }
    });
    expect(await provider.fetch(at('import |'), TYPED)).toEqual({ items: [] });
    void provider.fetch(at('import |'), BY_KEY);
    await settle();
    expect(server.requests).toHaveLength(1);
  });

  it('asks nothing in a language that is switched off, not even by key', async () => {
    const { server, provider } = setUp({
      settings: { inlineCompletionDisabledLanguages: ['python'] }
    });
    expect(await provider.fetch(at('import |'), TYPED)).toEqual({ items: [] });
    expect(await provider.fetch(at('import |'), BY_KEY)).toEqual({ items: [] });
    expect(server.requests).toHaveLength(0);
  });

  it('suggests nothing right after an accepted suggestion was undone', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    server.send('pandas', true);
    await first;
    void provider.fetch(at('import pandas|'), TYPED); // accepted
    await settle();
    expect(await provider.fetch(at('import |'), TYPED)).toEqual({ items: [] });
    expect(server.requests).toHaveLength(2);
    void provider.fetch(at('import p|'), TYPED); // typing goes on
    await settle();
    expect(server.requests).toHaveLength(3);
  });

  it('suggests again when a typed character is deleted', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    server.send('os', true);
    await first;
    await provider.fetch(at('import o|'), TYPED);
    const back = provider.fetch(at('import |'), TYPED);
    expect((await back).items).toMatchObject([{ insertText: 'os' }]);
  });

  it('overrides defaults of JupyterLab that would hide completions', () => {
    expect(setUp().provider.schema.default).toEqual({
      enabled: true,
      timeout: 20000,
      debouncerDelay: 0,
      autoFillInMiddle: true
    });
  });
});

describe('languageOf', () => {
  it.each([
    ['text/x-ipython', 'python'],
    ['text/x-sql', 'sql'],
    ['text/x-rsrc', 'r'],
    ['text/plain', null],
    [undefined, null]
  ])('reads %j', (mime, language) => {
    expect(languageOf(mime)).toBe(language);
  });
});

async function settle(ms = 5): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms));
}
