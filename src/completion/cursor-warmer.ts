/**
 * Has the engine process what a request at the cursor would begin with, before there is one.
 */
import type { Widget } from '@lumino/widgets';

import type { QwenClient } from '../request';
import { aroundCursor, editorOf, codePlaceOf } from './cursor';
import type { CompletionManners } from './manners';
import type { Questions } from './question';

export class CursorWarmer {
  constructor(
    private readonly _client: QwenClient,
    private readonly _questions: Questions,
    private readonly _manners: CompletionManners
  ) {}

  /** Warm for the cursor of `widget`, where that is wanted. Failures are its own. */
  async at(widget: Widget): Promise<void> {
    const editor = editorOf(widget);
    if (!editor || !this._manners.preparesAt(codePlaceOf(widget))) {
      return;
    }
    this._running.abort();
    this._running = new AbortController();
    const { signal } = this._running;
    const body = this._questions.at(widget, {
      ...aroundCursor(editor),
      mimeType: editor.model.mimeType
    });
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

  /** Work comes before preparation. */
  stop(): void {
    this._running.abort();
  }

  private _running = new AbortController();
}
