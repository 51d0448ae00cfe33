/**
 * Ghost text: fill in the middle at the cursor, streamed.
 */
import type { CodeEditor } from '@jupyterlab/codeeditor';
import {
  CompletionHandler,
  IInlineCompletionContext,
  IInlineCompletionItem,
  IInlineCompletionList,
  IInlineCompletionProvider,
  InlineCompletionTriggerKind
} from '@jupyterlab/completer';
import { Text } from '@jupyterlab/coreutils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { qwenIcon } from '../icons';
import type { ModelStatus } from '../model/status';
import type { QwenClient } from '../request';
import type { ICompleteRequest } from '../wire';
import { editorOf, isProse, languageOf } from './cursor';
import { CursorWarmer } from './cursor-warmer';
import { Generation } from './generation';
import type { CompletionManners } from './manners';
import { ICursor, Questions, pathOf } from './question';
import { Retreat } from './retreat';
import { PROVIDER_ID, Screen } from './screen';

/** An answer after this long helps nobody who types. */
const TIMEOUT_MS = 20_000;

/** Reading the tables takes about ten milliseconds; more than this is not waited for. */
const TABLES_MS = 200;

const NOTHING: IInlineCompletionList = { items: [] };

interface IStreaming {
  generation: Generation;
  cursor: ICursor;
}

export class QwenInlineProvider implements IInlineCompletionProvider {
  constructor(
    private readonly _client: QwenClient,
    private readonly _questions: Questions,
    private readonly _status: ModelStatus,
    private readonly _manners: CompletionManners,
    trans: TranslationBundle
  ) {
    this.name = trans.__('Qwen');
    this._warming = new CursorWarmer(_client, _questions, _manners);
  }

  readonly identifier = PROVIDER_ID;
  readonly name: string;
  readonly icon = qwenIcon;

  /** What the user sees of it. */
  readonly screen = new Screen();

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
    const cursor = cursorOf(request);
    const byKey = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    const { _generation: running } = this;
    const along = !!running && leftAt(running, cursor) !== null;
    const taken = this._isTaken(cursor);
    const back = this._isTakenBack(cursor, along);
    if (running && along && !byKey && !back) {
      const list = await this._show({ generation: running, cursor }, context);
      if (list.items.length || turn !== this._turn) {
        return list;
      }
      // The user was ahead of the model, which then wrote something else.
    }
    this._end();
    if (!this._isWanted(cursor, context.widget, byKey, back)) {
      return NOTHING;
    }
    if (!byKey && !taken) {
      await pause(this._manners.pause);
    }
    if (turn === this._turn) {
      // Who runs a cell and types on at once means the tables that it made.
      await Promise.race([
        this._questions.refresh(context.widget),
        pause(TABLES_MS)
      ]);
    }
    if (turn !== this._turn) {
      return NOTHING;
    }
    const generation = this._start({
      ...this._questions.at(context.widget, cursor),
      by_key: byKey
    });
    return this._show({ generation, cursor }, context);
  }

  async *stream(
    token: string
  ): AsyncGenerator<{ response: IInlineCompletionItem }> {
    const streaming = this._streams.get(token);
    if (!streaming) {
      return;
    }
    this._streams.delete(token);
    const { generation, cursor } = streaming;
    while (!generation.aborted) {
      const { done } = generation;
      const text = leftAt(generation, cursor);
      if (done || text) {
        yield {
          response: {
            // What the server took back at the end must not stay.
            insertText: text ?? '',
            isIncomplete: !done
          }
        };
      }
      if (done) {
        return;
      }
      await generation.next();
    }
  }

  /** End what is running: the editor was left, or the setting switched off. */
  cancel(): void {
    this._turn++;
    this._end();
  }

  /** Have the engine process what a request at the cursor of `widget` would begin with. */
  async warm(widget: Widget): Promise<void> {
    if (this.available && this._generation?.done !== false) {
      await this._warming.at(widget);
    }
  }

  /** Whether anything is to be suggested here: the user's switches, the machine, and that there is something to go on. */
  private _isWanted(
    cursor: ICursor,
    widget: Widget,
    byKey: boolean,
    back: boolean
  ): boolean {
    const manner = this._manners.at({
      path: pathOf(widget),
      language: languageOf(cursor.mimeType)
    });
    const wanted = byKey
      ? !manner.startsWith('off')
      : (manner === 'on' || manner === 'resting') &&
        !back &&
        !isProse(widget, cursor.mimeType) &&
        !!(cursor.prefix + cursor.suffix).trim();
    return this.available && wanted;
  }

  /** Whether the suggestion was just accepted to its end: the next one was computed meanwhile, and nobody is typing. */
  private _isTaken({ prefix, suffix }: ICursor): boolean {
    return !!this._generation?.completedBy(prefix, suffix);
  }

  /** Whether the user goes back from a suggestion that was accepted. Nobody types two characters at once: that is accepting. */
  private _isTakenBack(cursor: ICursor, along: boolean): boolean {
    const reached =
      this._generation && (along || this._isTaken(cursor))
        ? cursor.prefix.length - this._generation.prefix.length
        : 0;
    if (reached > this._along + 1) {
      this._retreat.accepted(cursor.prefix, cursor.suffix);
    }
    this._along = reached;
    return this._retreat.takenBack(cursor.prefix, cursor.suffix);
  }

  private _end(): void {
    this._generation?.abort();
    this._generation = null;
    this.screen.dismiss();
  }

  private _start(body: ICompleteRequest): Generation {
    this._warming.stop();
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

  /** Wait for the first text, then hand over to `stream`; nothing when another request came meanwhile. */
  private async _show(
    streaming: IStreaming,
    context: IInlineCompletionContext
  ): Promise<IInlineCompletionList> {
    const { generation, cursor } = streaming;
    const turn = this._turn;
    while (!generation.done && leftAt(generation, cursor) === '') {
      await generation.next();
      if (turn !== this._turn) {
        return NOTHING;
      }
    }
    if (generation.failure !== null) {
      // Typing must not be disturbed: the state of the model is shown elsewhere.
      console.debug('jupyter_qwen: no completion', generation.failure);
    }
    const insertText = leftAt(generation, cursor);
    if (!insertText) {
      return NOTHING;
    }
    const item: IInlineCompletionItem = {
      insertText,
      isIncomplete: !generation.done
    };
    if (!generation.done) {
      item.token = UUID.uuid4();
      this._streams.clear(); // only the newest item is on screen
      this._streams.set(item.token, streaming);
    }
    this.screen.show(item, generation, editorIn(context));
    return { items: [item] };
  }

  private _turn = 0;
  /** How far the user had come along the running suggestion. */
  private _along = 0;
  private readonly _warming: CursorWarmer;
  private readonly _retreat = new Retreat();
  private _generation: Generation | null = null;
  private readonly _streams = new Map<string, IStreaming>();
}

function leftAt(generation: Generation, cursor: ICursor): string | null {
  return generation.rest(cursor.prefix, cursor.suffix);
}

/** The editor with the cursor. JupyterLab hands it over with its context, though the type does not say so. */
function editorIn(
  context: IInlineCompletionContext
): CodeEditor.IEditor | null {
  const { editor } = context as { editor?: CodeEditor.IEditor | null };
  return editor ?? editorOf(context.widget);
}

/** The offset counts characters, a string counts UTF-16 units: an emoji above the cursor tells them apart. */
function cursorOf({
  text,
  offset,
  mimeType
}: CompletionHandler.IRequest): ICursor {
  const cursor = Text.charIndexToJsIndex(offset, text);
  return {
    prefix: text.slice(0, cursor),
    suffix: text.slice(cursor),
    mimeType
  };
}

async function pause(milliseconds: number): Promise<void> {
  if (milliseconds > 0) {
    await new Promise(resolve => setTimeout(resolve, milliseconds));
  }
}
