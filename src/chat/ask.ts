/**
 * Leads one question from the input to a finished answer.
 */
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { ContextModel } from '../context/context-model';
import { FileRefused } from '../context/files';
import type { ContextGatherer, IContext } from '../context/gather';
import type { ContextSelection } from '../context/selection';
import { CutShort, HttpFailure, NetworkFailure, isAbort } from '../failures';
import type { ModelStatus } from '../model/status';
import { Anchor } from '../notebook/anchor';
import { isStatus } from '../received';
import { QwenClient } from '../request';
import { IAskRequest, Mode } from '../wire';
import { Answer, IFailure } from './answer';
import type { Conversation, IExchange } from './history/conversation';
import { describeRefusal } from './input/refusal';

export interface IQuestion {
  text: string;
  mode: Mode;
  /** What is shown instead of `text`, for questions that a command asks. */
  shown?: string;
  /** A query that a receipt offers for the question. */
  offered?: string;
}

/** Ask in the conversation that is shown; null while another answer is coming. */
export type AskQuestion = (
  question: IQuestion,
  anchor?: Anchor
) => IExchange | null;

export class Asker {
  constructor(
    private readonly _client: QwenClient,
    private readonly _gatherer: ContextGatherer,
    private readonly _status: ModelStatus,
    private readonly _tracker: INotebookTracker | null,
    private readonly _context: ContextModel,
    private readonly _trans: TranslationBundle,
    private readonly _locale = 'en'
  ) {}

  /**
   * Ask, and follow the answer to its end. What goes wrong is part of the answer.
   *
   * The answer belongs to the cell that is active now, unless another anchor is given.
   */
  ask(
    question: IQuestion,
    conversation: Conversation,
    anchor: Anchor | null = Anchor.of(this._tracker)
  ): IExchange {
    const controller = new AbortController();
    const request: IAskRequest = {
      question: question.text,
      mode: question.mode,
      thread: conversation.thread,
      language: 'python',
      cells: [],
      active_cell: anchor?.cellId ?? null,
      schema: null,
      connection: null,
      dialect: null,
      privacy: this._gatherer.privacy,
      locale: this._locale,
      ...(question.offered && { offered: question.offered })
    };
    const exchange: IExchange = {
      id: UUID.uuid4(),
      shown: question.shown ?? question.text,
      time: Date.now() / 1000,
      answer: new Answer(question.text, request),
      anchor,
      controller
    };
    conversation.add(exchange);
    void this._answer(exchange, request, conversation.selection, controller);
    return exchange;
  }

  private async _answer(
    exchange: IExchange,
    request: IAskRequest,
    selection: ContextSelection,
    controller: AbortController
  ): Promise<void> {
    const { answer, anchor } = exchange;
    try {
      const panel = anchor?.panel(this._tracker) ?? null;
      const context = await unlessAborted(
        this._gatherer.gather(panel, request.active_cell),
        controller.signal
      );
      request.question = await this._context.settle(
        request.question,
        selection
      );
      Object.assign(request, await this._context.chosen(selection, panel));
      const note = this._explain(context);
      if (note) {
        answer.note(note);
      }
      request.language = context.language;
      request.cells = context.cells;
      request.schema = context.schema;
      request.privacy = context.privacy;
      for await (const event of this._client.ask(request, controller.signal)) {
        if (event.type === 'status' && isStatus(event)) {
          this._status.apply(event);
        }
        answer.take(event);
      }
      if (answer.running) {
        throw new CutShort();
      }
      if (answer.state === 'done') {
        void this._status.refresh(); // the rate of this answer
      }
    } catch (error) {
      if (isAbort(error)) {
        answer.stopped();
      } else {
        answer.fail(this._describe(error));
        void this._status.refresh();
      }
    } finally {
      exchange.controller = null;
    }
  }

  /** What the user should know about the context of the answer. */
  private _explain(context: IContext): string {
    const trans = this._trans;
    switch (context.note) {
      case 'no-notebook':
        return trans.__(
          'No notebook is open, so no cells and tables are known. Open one and ask again for an answer about your data.'
        );
      case 'no-kernel':
        if (context.schema) {
          return ''; // its tables say that they are not loaded
        }
        return trans.__(
          'This notebook has no running kernel, so its tables are not known.'
        );
      case 'busy':
        return trans.__(
          'The kernel is busy, so its tables are not known. Ask again when the cell has finished.'
        );
      case 'snapshot':
        return trans.__(
          'The kernel is busy: the tables are those of the last look.'
        );
      case 'died':
        return trans.__(
          'The kernel stopped while its tables were read, so they are not known. Ask again when it runs.'
        );
      case 'failed':
        return trans.__(
          'The tables could not be read: %1',
          context.reason ?? ''
        );
      case 'fresh': // without tables, the answer says so
      case 'none':
        return '';
    }
  }

  private _describe(error: unknown): IFailure {
    const trans = this._trans;
    if (error instanceof HttpFailure) {
      if (error.missing) {
        return {
          message: trans.__('The server extension is not running.'),
          hint: trans.__(
            'Install jupyter_qwen where the Jupyter server runs, then restart the server.'
          )
        };
      }
      if (error.status === 403 || error.status === 401) {
        return {
          message: trans.__('The Jupyter server refused the request.'),
          hint: trans.__('Reload the page to sign in again.')
        };
      }
      return { message: error.message, hint: error.hint };
    }
    if (error instanceof FileRefused) {
      return {
        message: describeRefusal(error, trans),
        hint: trans.__('Take it out of the context, or ask again.')
      };
    }
    if (error instanceof NetworkFailure) {
      return {
        message: trans.__('The Jupyter server does not answer.'),
        hint: trans.__('It may have stopped, or the network is gone.')
      };
    }
    if (error instanceof CutShort) {
      return {
        message: trans.__('The answer was cut off.'),
        hint: trans.__('The connection to the server broke. Ask again.')
      };
    }
    console.error('jupyter_qwen: a question failed', error);
    return {
      message: trans.__('The question could not be asked.'),
      hint: error instanceof Error ? error.message : String(error)
    };
  }
}

/** Stop means now, also while the kernel is being asked for its tables. */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal
): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new DOMException('Stopped', 'AbortError'));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
