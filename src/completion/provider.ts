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
import type { Widget } from '@lumino/widgets';

import type { ContextGatherer } from '../context/gather';
import { qwenIcon } from '../icons';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { QwenSettings } from '../settings';
import type { ICompleteRequest } from '../wire';
import { Generation } from './generation';
import type { CompletionManners } from './manners';
import { aroundCursor, editorOf, languageOf, placeOf } from './place';
import { Retreat } from './retreat';

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
    private readonly _manners: CompletionManners,
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

  /** The language model is there and can fill in the middle. */
  get available(): boolean {
    const status = this._status.current;
    return (
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

    const byKey = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    const place = {
      path: pathOf(context.widget),
      language: languageOf(request.mimeType)
    };
    const along = this._generation?.typed(prefix, suffix) ?? null;
    const back = this._isTakenBack(prefix, suffix, along);

    let generation = this._generation;
    if (generation === null || along === null || byKey) {
      generation?.abort();
      this._generation = null;
      const manner = this._manners.at(place);
      const wanted = byKey
        ? !manner.startsWith('off')
        : (manner === 'on' || manner === 'resting') && !back && !!text.trim();
      if (!this.available || !wanted) {
        return NOTHING;
      }
      if (!byKey) {
        await pause(this._manners.pause);
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
      generation = this._start({
        ...this._request(context.widget, prefix, suffix, request.mimeType),
        by_key: byKey
      });
      return this._show({ generation, typed: '' }, turn);
    }
    return this._show({ generation, typed: along }, turn);
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

  /** Have the engine process what a request at the cursor of `widget` would begin with. Its failures are its own. */
  async warm(widget: Widget): Promise<void> {
    const editor = editorOf(widget);
    const place = placeOf(widget);
    const manner = this._manners.at(place);
    if (
      !editor ||
      !this.available ||
      this._generation?.done === false ||
      (manner !== 'on' && manner !== 'manual')
    ) {
      return;
    }
    const { prefix, suffix } = aroundCursor(editor);
    this._warming.abort();
    this._warming = new AbortController();
    const { signal } = this._warming;
    const body = this._request(widget, prefix, suffix, editor.model.mimeType);
    try {
      for await (const event of this._client.complete(
        { ...body, warm: true },
        signal
      )) {
        if (event.type === 'completion' && event.advice) {
          this._manners.advise(event.advice);
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        console.debug('jupyter_qwen: nothing was warmed', error);
      }
    }
  }

  /** Whether the user goes back from a suggestion that was accepted. Nobody types two characters at once: that is accepting. */
  private _isTakenBack(
    prefix: string,
    suffix: string,
    along: string | null
  ): boolean {
    const reached =
      along?.length ??
      (this._generation?.completedBy(prefix, suffix)
        ? this._generation.text.length
        : 0);
    if (reached > this._along + 1) {
      this._retreat.accepted(prefix, suffix);
    }
    this._along = reached;
    return this._retreat.takenBack(prefix, suffix);
  }

  private _request(
    widget: Widget,
    prefix: string,
    suffix: string,
    mimeType: string | undefined
  ): ICompleteRequest {
    const panel = widget instanceof NotebookPanel ? widget : null;
    const active = panel?.content.activeCell?.model.id ?? null;
    const view = this._gatherer.glance(panel, active);
    const path = pathOf(widget);
    const { inlineMultiline } = this._settings.values;
    return {
      prefix,
      suffix,
      language: languageOf(mimeType) ?? view.language,
      path,
      thread: path,
      cells: view.cells,
      active_cell: active,
      schema: view.schema,
      privacy: view.privacy,
      multiline:
        inlineMultiline === 'auto' ? null : inlineMultiline === 'always'
    };
  }

  private _start(body: ICompleteRequest): Generation {
    this._warming.abort(); // work comes before preparation
    this._along = 0;
    const generation = new Generation(
      body.prefix,
      body.suffix,
      signal => this._client.complete(body, signal),
      advice => this._manners.advise(advice)
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
  /** How far the user had come along the running suggestion. */
  private _along = 0;
  private _warming = new AbortController();
  private readonly _retreat = new Retreat();
  private _generation: Generation | null = null;
  private readonly _streams = new Map<string, IStreaming>();
}

function pathOf(widget: Widget): string {
  return widget instanceof DocumentWidget ? widget.context.path : '';
}

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) {
    await new Promise(resolve => setTimeout(resolve, milliseconds));
  }
}
