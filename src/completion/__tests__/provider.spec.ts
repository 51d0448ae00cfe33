import type { IStatus } from '../../wire';
import { BY_KEY, TYPED, advice, at, lastText, setUp, settle } from './server';

describe('QwenInlineProvider', () => {
  it('splits at the cursor exactly, also below an emoji', async () => {
    const { server, suggest } = setUp();
    await suggest('s = "🦆"\nx = |\ny', '1', true);
    expect(server.requests[0].body).toMatchObject({
      prefix: 's = "🦆"\nx = ',
      suffix: '\ny'
    });
  });

  it('streams cumulative text after the first piece', async () => {
    const { server, provider, suggest } = setUp();
    const { items } = await suggest('import |', 'pan');
    expect(items).toMatchObject([{ insertText: 'pan', isIncomplete: true }]);
    server.send('pandas', true);
    expect(await lastText(provider, items[0])).toBe('pandas');
  });

  it('takes back what the server took back at the end, also behind typed text', async () => {
    const { server, provider, suggest } = setUp();
    await suggest('import |', 'pandas as');
    const { items } = await provider.fetch(at('import pan|'), TYPED);
    server.send('', true);
    expect(await lastText(provider, items[0])).toBe('');
  });

  it('streams nothing more once the suggestion was dismissed', async () => {
    const { server, provider, suggest } = setUp();
    const { items } = await suggest('import |', 'pan');
    provider.screen.dismiss();
    server.send('pandas', true);
    const streamed = await provider.stream(items[0].token!).next();
    expect(streamed.done).toBe(true);
    expect(items[0].insertText).toBe('');
  });

  it('asks at once when a suggestion was accepted to its end', async () => {
    const { server, provider } = setUp({ debounce: 10_000 });
    void provider.fetch(at('import |'), BY_KEY);
    await settle();
    server.send('os', true);
    await settle();
    void provider.fetch(at('import os|'), TYPED);
    await settle();
    expect(server.requests).toHaveLength(2);
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
    const { server, provider, suggest } = setUp();
    await suggest('import |', 'pandas as');
    const second = await provider.fetch(at('import pan|'), TYPED);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0].signal.aborted).toBe(false);
    expect(second.items).toMatchObject([{ insertText: 'das as' }]);
  });

  it('asks again when the model turns out to write something else than what was typed ahead', async () => {
    const { server, provider } = setUp();
    const first = provider.fetch(at('import |'), TYPED);
    await settle();
    const ahead = provider.fetch(at('import num|'), TYPED);
    await settle();
    expect(server.requests).toHaveLength(1);
    server.send('pandas');
    await first;
    await settle();
    expect(server.requests.map(({ body }) => body.prefix)).toEqual([
      'import ',
      'import num'
    ]);
    expect(server.requests[0].signal.aborted).toBe(true);
    server.send('py', true);
    expect((await ahead).items).toMatchObject([{ insertText: 'py' }]);
  });

  it('asks again when the typed text leaves the suggestion', async () => {
    const { server, provider, suggest } = setUp();
    await suggest('import |', 'pandas', true);
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
    const { server, provider, suggest } = setUp();
    await suggest('import |', 'os', true, advice({ debounce_ms: 60 }));
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

  it('leaves prose alone unless it is asked by key', async () => {
    const { server, provider } = setUp();
    const markdown = { ...at('Sales gr|'), mimeType: 'text/x-ipythongfm' };
    expect(await provider.fetch(markdown, TYPED)).toEqual({ items: [] });
    void provider.fetch(markdown, BY_KEY);
    await settle();
    expect(server.requests.map(({ body }) => body.language)).toEqual([
      'markdown'
    ]);
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
    const { server, provider, suggest } = setUp();
    await suggest('import |', 'pandas', true);
    void provider.fetch(at('import pandas|'), TYPED); // accepted
    await settle();
    expect(await provider.fetch(at('import |'), TYPED)).toEqual({ items: [] });
    expect(server.requests).toHaveLength(2);
    void provider.fetch(at('import p|'), TYPED); // typing goes on
    await settle();
    expect(server.requests).toHaveLength(3);
  });

  it('suggests nothing when a word that was accepted is undone', async () => {
    const { server, provider, suggest } = setUp();
    await suggest('import |', 'pandas as pd', true);
    await provider.fetch(at('import pandas|'), TYPED); // a word of it
    expect(await provider.fetch(at('import |'), TYPED)).toEqual({ items: [] });
    expect(server.requests).toHaveLength(1);
  });

  it('goes along when the editor closes a bracket, and when it is typed over', async () => {
    const { server, provider, suggest } = setUp();
    await suggest('x = |', 'len(xs) + 1', true);
    const texts: string[] = [];
    for (const text of ['x = len(|)', 'x = len(x|)', 'x = len(xs)|']) {
      const { items } = await provider.fetch(at(text), TYPED);
      texts.push(items[0].insertText);
    }
    expect(texts).toEqual(['xs', 's', ' + 1']);
    expect(server.requests).toHaveLength(1);
  });

  it('suggests again when a typed character is deleted', async () => {
    const { provider, suggest } = setUp();
    await suggest('import |', 'os', true);
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
