/**
 * The kernel's tables, read without a trace: a silent request with one expression, on a subshell while a cell runs.
 */
import type { Kernel } from '@jupyterlab/services';

import { isObject } from '../received';
import { Schema } from '../wire';

/** A collection takes milliseconds; more means that the kernel is busy with something else. */
const TIMEOUT_MS = 2500;

/** States of a kernel whose memory is gone. */
const GONE = new Set<Kernel.Status>([
  'dead',
  'terminating',
  'restarting',
  'autorestarting'
]);

export type SchemaNote =
  'fresh' | 'snapshot' | 'busy' | 'died' | 'failed' | 'none';

export interface ISchemaReading {
  schema: Schema | null;
  /** Where it comes from: just read, an earlier reading, nothing because the kernel is busy, died meanwhile, failed, or no collector for the language. */
  note: SchemaNote;
  /** What failed, in the kernel's words. */
  reason?: string;
}

/** Reads schemas and remembers the last one of each kernel. */
export class KernelSchemas {
  constructor(
    private readonly _collector: (language: string) => Promise<string | null>,
    private readonly _timeoutMs: number = TIMEOUT_MS
  ) {}

  /** The last reading, at once. */
  snapshot(kernel: Kernel.IKernelConnection): Schema | null {
    const known = this._last.get(kernel.id);
    return known && known.kernel === kernel ? known.schema : null;
  }

  /** Read the schema now. Never throws and never waits longer than the time limit, twice. */
  async read(kernel: Kernel.IKernelConnection): Promise<ISchemaReading> {
    const running = this._running.get(kernel);
    if (running) {
      return running;
    }
    const reading = this._read(kernel).finally(() =>
      this._running.delete(kernel)
    );
    this._running.set(kernel, reading);
    return reading;
  }

  private async _read(
    kernel: Kernel.IKernelConnection
  ): Promise<ISchemaReading> {
    const earlier = this.snapshot(kernel);
    try {
      const language = (await within(kernel.info, this._timeoutMs))
        .language_info.name;
      const expression = await this._collector(language);
      if (expression === null) {
        return { schema: null, note: 'none' };
      }
      const value =
        kernel.status === 'busy'
          ? await this._onSubshell(kernel, expression)
          : await evaluate(kernel, expression, this._timeoutMs);
      if (!isObject(value)) {
        throw new Error('The collector returned no object.');
      }
      const schema = value as Schema;
      this._last.set(kernel.id, { kernel, schema });
      return { schema, note: 'fresh' };
    } catch (error) {
      if (kernel.isDisposed || GONE.has(kernel.status)) {
        // Its tables died with it: an earlier reading tells of nothing that is there.
        this.forget(kernel.id);
        return { schema: null, note: 'died' };
      }
      if (error instanceof TimedOut || error instanceof KernelBusy) {
        return earlier
          ? { schema: earlier, note: 'snapshot' }
          : { schema: null, note: 'busy' };
      }
      return {
        schema: earlier,
        note: 'failed',
        reason: error instanceof Error ? error.message : String(error)
      };
    }
  }

  private async _onSubshell(
    kernel: Kernel.IKernelConnection,
    expression: string
  ): Promise<unknown> {
    if (!kernel.supportsSubshells) {
      // It may be the last moments of a short cell: ask once, give up soon.
      return evaluate(kernel, expression, this._timeoutMs / 2);
    }
    const reply = await within(
      kernel.requestCreateSubshell({}).done,
      this._timeoutMs
    );
    const content = reply.content;
    if (typeof content.subshell_id !== 'string') {
      throw new KernelBusy(); // an error reply
    }
    const connection = kernel.clone();
    try {
      connection.subshellId = content.subshell_id;
      return await evaluate(connection, expression, this._timeoutMs);
    } finally {
      // The clone would delete the subshell itself, but only once it knows that the kernel supports them.
      connection.subshellId = null;
      connection.dispose();
      if (!kernel.isDisposed) {
        kernel.requestDeleteSubshell({ subshell_id: content.subshell_id });
      }
    }
  }

  // By kernel id, and only for the same connection: a restart makes the tables vanish.
  private _last = new Map<
    string,
    { kernel: Kernel.IKernelConnection; schema: Schema }
  >();
  private _running = new Map<
    Kernel.IKernelConnection,
    Promise<ISchemaReading>
  >();

  /** Forget a kernel's tables: it restarted or died. */
  forget(kernelId: string): void {
    this._last.delete(kernelId);
  }
}

/** Evaluate one expression silently; `code` stays empty because code leaks names even when silent. */
export async function evaluate(
  kernel: Kernel.IKernelConnection,
  expression: string,
  timeoutMs: number
): Promise<unknown> {
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    allow_stdin: false,
    stop_on_error: false,
    user_expressions: { r: expression }
  });
  try {
    const reply = await within(future.done, timeoutMs);
    if (reply.content.status !== 'ok') {
      throw new Error('The kernel refused to read its tables.');
    }
    const result: unknown = (
      reply.content.user_expressions as Record<string, unknown>
    ).r;
    if (!isObject(result)) {
      throw new Error('The kernel sent no tables.');
    }
    if (result.status !== 'ok') {
      throw new Error(`${result.ename}: ${result.evalue}`);
    }
    return isObject(result.data) ? result.data['application/json'] : null;
  } finally {
    future.dispose();
  }
}

class TimedOut extends Error {}
class KernelBusy extends Error {}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut()), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
