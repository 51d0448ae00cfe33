/**
 * Ghost text: fill in the middle at the cursor, streamed.
 */
import {
  CompletionHandler,
  IInlineCompletionContext,
  IInlineCompletionItem,
  IInlineCompletionList,
  IInlineCompletionProvider,
  InlineCompletionTriggerKind
} from '@jupyterlab/completer';
import { Text } from '@jupyterlab/coreutils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { ContextGatherer } from '../context/gather';
import { qwenIcon } from '../icons';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import { Generation } from './generation';

/** An answer after this long helps nobody who types. */
const TIMEOUT_MS = 20_000;

/** Reading the tables takes about ten milliseconds; more than this is not waited for. */
const TABLES_MS = 200;

const NOTHING: IInlineCompletionList = { items: [] };

interface IStreaming {
  generation: Generation;
  typed: string;
}

export class QwenInlineProvider implements IInlineCompletionProvider {
  constructor(
    private readonly _client: QwenClient,
    private readonly _gatherer: ContextGatherer,
    private readonly _status: ModelStatus,
    private readonly _settings: QwenSettings,
    trans: TranslationBundle
  ) {
    this.name = trans.__('Qwen');
  }

  readonly identifier = 'jupyter_qwen:inline';
  readonly name: string;
  readonly icon = qwenIcon;

  /** JupyterLab would wait for 5 s at most and never complete within a line. The pause while typing is our own, see `fetch`. */
  readonly schema: ISettingRegistry.IProperty = {
    default: {
      enabled: true,
      timeout: TIMEOUT_MS,
      debouncerDelay: 0,
      autoFillInMiddle: true
    }
  };

  /** The language model is there, can fill in the middle, and the user wants it. */
  get available(): boolean {
    const status = this._status.current;
    return (
      this._settings.values.inlineCompletion &&
      this._status.problem === null &&
      status !== null &&
      status.state === 'ready' &&
      status.inline_completion &&
      // Nothing is known about the model of some endpoints: then the server's word stands.
      (status.model?.fim ?? true)
    );
  }

  async fetch(
    request: CompletionHandler.IRequest,
    context: IInlineCompletionContext
  ): Promise<IInlineCompletionList> {
    const turn = ++this._turn;
    const { text } = request;
    // The offset counts characters, a string counts UTF-16 units: an emoji above the cursor tells them apart.
    const cursor = Text.charIndexToJsIndex(request.offset, text);
    const prefix = text.slice(0, cursor);
    const suffix = text.slice(cursor);

    const along = this._generation?.typed(prefix, suffix) ?? null;
    let generation = this._generation;
    if (generation === null || along === null) {
      generation?.abort();
      this._generation = null;
      if (!this.available || !text.trim()) {
        return NOTHING;
      }
      if (context.triggerKind === InlineCompletionTriggerKind.Automatic) {
        await pause(this._settings.values.inlineDebounce);
      }
      if (turn === this._turn && context.widget instanceof NotebookPanel) {
        // Who runs a cell and types on at once means the tables that it made.
        await Promise.race([
          this._gatherer.refresh(context.widget),
          pause(TABLES_MS)
        ]);
      }
      if (turn !== this._turn) {
        return NOTHING;
      }
      generation = this._start(prefix, suffix, request, context);
    }
    return this._show({ generation, typed: along ?? '' }, turn);
  }

  async *stream(
    token: string
  ): AsyncGenerator<{ response: IInlineCompletionItem }> {
    const streaming = this._streams.get(token);
    if (!streaming) {
      return;
    }
    this._streams.delete(token);
    const { generation, typed } = streaming;
    for (;;) {
      if (generation.text.startsWith(typed)) {
        yield {
          response: {
            insertText: generation.text.slice(typed.length),
            isIncomplete: !generation.done
          }
        };
      }
      if (generation.done) {
        return;
      }
      await generation.next();
    }
  }

  /** End what is running: the editor was left, or the setting switched off. */
  cancel(): void {
    this._turn++;
    this._generation?.abort();
    this._generation = null;
  }

  private _start(
    prefix: string,
    suffix: string,
    request: CompletionHandler.IRequest,
    context: IInlineCompletionContext
  ): Generation {
    const { widget } = context;
    const panel = widget instanceof NotebookPanel ? widget : null;
    const active = panel?.content.activeCell?.model.id ?? null;
    const view = this._gatherer.glance(panel, active);
    const path = widget instanceof DocumentWidget ? widget.context.path : '';
    const { inlineMultiline } = this._settings.values;
    const generation = new Generation(prefix, suffix, signal =>
      this._client.complete(
        {
          prefix,
          suffix,
          language: languageOf(request.mimeType) ?? view.language,
          path,
          thread: path,
          cells: view.cells,
          active_cell: active,
          schema: view.schema,
          privacy: view.privacy,
          multiline:
            inlineMultiline === 'auto' ? null : inlineMultiline === 'always'
        },
        signal
      )
    );
    this._generation = generation;
    return generation;
  }

  /** Wait for the first text, then hand over to `stream`. */
  private async _show(
    streaming: IStreaming,
    turn: number
  ): Promise<IInlineCompletionList> {
    const { generation, typed } = streaming;
    while (!generation.done && generation.text.length <= typed.length) {
      await generation.next();
      if (turn !== this._turn) {
        return NOTHING;
      }
    }
    if (generation.failure !== null) {
      // Typing must not be disturbed: the state of the model is shown elsewhere.
      console.debug('jupyter_qwen: no completion', generation.failure);
    }
    const { text } = generation;
    if (!text.startsWith(typed) || text.length <= typed.length) {
      return NOTHING;
    }
    const token = UUID.uuid4();
    if (!generation.done) {
      this._streams.clear(); // only the newest item is on screen
      this._streams.set(token, streaming);
    }
    return {
      items: [
        {
          insertText: text.slice(typed.length),
          isIncomplete: !generation.done,
          ...(generation.done ? {} : { token })
        }
      ]
    };
  }

  private _turn = 0;
  private _generation: Generation | null = null;
  private readonly _streams = new Map<string, IStreaming>();
}

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) {
    await new Promise(resolve => setTimeout(resolve, milliseconds));
  }
}

const LANGUAGES: [RegExp, string][] = [
  [/python/, 'python'],
  [/sql/, 'sql'],
  [/x-rsrc|x-r\b/, 'r'],
  [/julia/, 'julia'],
  [/markdown|gfm/, 'markdown'],
  [/typescript/, 'typescript'],
  [/javascript/, 'javascript'],
  [/json/, 'json'],
  [/x-sh\b|shell/, 'shell']
];

/** The language of an editor; null when its type says nothing. */
export function languageOf(mimeType: string | undefined): string | null {
  if (!mimeType || mimeType === 'text/plain') {
    return null;
  }
  return LANGUAGES.find(([pattern]) => pattern.test(mimeType))?.[1] ?? null;
}
