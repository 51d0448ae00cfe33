/**
 * Receipts: what a query did with the rows. The server says what to count, the kernel counts, until the server has it all.
 */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

import type { ContextGatherer } from '../context/gather';
import { evaluate } from '../context/kernel';
import { isObject } from '../received';
import type { QwenClient } from '../request';
import type { PrivacyLevel } from '../wire';

/** Rounds after which something must be wrong: a receipt takes about five. */
const MAX_ROUNDS = 40;

/** What a kernel may take longer than it was told to, before we stop waiting. */
const GRACE_SECONDS = 20;

export interface ICountedJoin {
  text: string;
  rows_before: number;
  rows_joined: number;
  rows_after: number;
  left_unique: boolean | null;
  right_unique: boolean | null;
}

export interface IReceiptWarning {
  code: string;
  message: string;
  columns: string[];
  /** A query that does otherwise, and how to introduce it; '' for none. */
  mend: string;
  mend_says: string;
  /** The cell with that query in it; '' where it cannot be written. */
  cell: string;
}

export interface IReceipt {
  state: 'done' | 'asks' | 'refused';
  message: string;
  summary: string;
  joins: ICountedJoin[];
  warnings: IReceiptWarning[];
  notes: string[];
}

/** What `POST receipt` takes; see docs/reference/protocol.md. */
export interface IReceiptRequest {
  sources: string[];
  language: string;
  consent: boolean;
  privacy: PrivacyLevel | null;
  answers: Record<string, unknown>;
  /** The interface's language, for what the receipt says. */
  locale: string;
  /** Seconds that the kernel took so far, as it counts them. */
  spent: number;
}

/** What went wrong, in a sentence for the user. */
export class NoReceipt extends Error {}

export class Receipts {
  constructor(
    private readonly _round: (
      request: IReceiptRequest,
      signal: AbortSignal
    ) => Promise<unknown>,
    private readonly _privacy: () => PrivacyLevel | null,
    private readonly _evaluate: typeof evaluate = evaluate,
    private readonly _locale = 'en'
  ) {}

  /** Receipts from the server, at the level that the settings allow. */
  static through(
    client: QwenClient,
    gatherer: ContextGatherer,
    locale?: string
  ): Receipts {
    return new Receipts(
      (request, signal) => client.receipt(request, signal),
      () => gatherer.privacy,
      evaluate,
      locale
    );
  }

  /**
   * The receipt of the query in a cell's text. Aborting `signal` ends it before the next question to the kernel.
   *
   * @throws NoReceipt with what the kernel said; what requests throw.
   */
  async of(
    kernel: Kernel.IKernelConnection,
    source: string,
    language: string,
    consent: boolean,
    signal: AbortSignal
  ): Promise<IReceipt> {
    const request: IReceiptRequest = {
      sources: [source],
      language,
      consent,
      privacy: this._privacy(),
      answers: {},
      locale: this._locale,
      spent: 0
    };
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const told = await this._round(request, signal);
      endIfAborted(signal);
      if (isObject(told) && isObject(told.receipt)) {
        return told.receipt as unknown as IReceipt;
      }
      if (!isObject(told) || typeof told.expression !== 'string') {
        throw new NoReceipt('The server sent no receipt.');
      }
      const seconds = Number(told.seconds) + GRACE_SECONDS;
      const found = await this._evaluate(
        kernel,
        told.expression,
        seconds * 1000
      );
      endIfAborted(signal);
      if (!isObject(found) || !isObject(found.answers)) {
        const said = isObject(found) ? found.error : null;
        throw new NoReceipt(String(said ?? 'The kernel counted nothing.'));
      }
      Object.assign(request.answers, found.answers);
      request.spent += Number(found.seconds) || 0;
    }
    throw new NoReceipt('The receipt did not come to an end.');
  }
}

/** @throws AbortError, as `fetch` does. */
function endIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new DOMException('The receipt was cancelled.', 'AbortError');
  }
}

/** The kernel of a notebook, when it has one. */
export function kernelOf(
  panel: NotebookPanel | null
): Kernel.IKernelConnection | null {
  return panel?.sessionContext.session?.kernel ?? null;
}
