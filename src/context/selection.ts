/**
 * What the user added to a conversation's context by name, and what was taken out of it.
 */
import { ISignal, Signal } from '@lumino/signaling';

import { isObject } from '../received';
import { IAttachment } from '../wire';

/** All cells that go along by themselves; the last error that does. */
export const ALL_CELLS = 'cells';
export const LAST_ERROR = 'error';

/** How a source is named between the chips, the request and the prompt. */
export function refOf(
  source: Pick<IAttachment, 'kind' | 'name' | 'id'>
): string {
  return `${source.kind}:${source.id || source.name}`;
}

export class ContextSelection {
  get added(): readonly IAttachment[] {
    return this._added;
  }

  get excluded(): ReadonlySet<string> {
    return this._excluded;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Put something before everything else. What was taken out comes back. */
  add(source: IAttachment): void {
    const ref = refOf(source);
    this._excluded.delete(ref);
    if (source.kind === 'error') {
      this._excluded.delete(LAST_ERROR);
    }
    const known = this._added.findIndex(other => refOf(other) === ref);
    this._added =
      known < 0
        ? [...this._added, source]
        : this._added.map((other, index) => (index === known ? source : other));
    this._changed.emit();
  }

  /** Take something out, however it came in. */
  remove(ref: string): void {
    this._added = this._added.filter(source => refOf(source) !== ref);
    if (!ref.startsWith('file:')) {
      // Files never come by themselves; everything else would.
      this._excluded.add(ref.startsWith('error:') ? LAST_ERROR : ref);
    }
    this._changed.emit();
  }

  /** Let everything that was taken out come back. */
  restore(): void {
    if (this._excluded.size) {
      this._excluded = new Set();
      this._changed.emit();
    }
  }

  has(ref: string): boolean {
    return this._added.some(source => refOf(source) === ref);
  }

  /** For the browser's storage: without texts, which are read anew. */
  toJSON(): { added: IAttachment[]; excluded: string[] } {
    return {
      added: this._added.map(source => ({ ...source, text: '' })),
      excluded: [...this._excluded]
    };
  }

  /** Take over what `toJSON` gave; anything else is ignored. */
  static fromJSON(data: unknown): ContextSelection {
    const selection = new ContextSelection();
    if (isObject(data)) {
      selection._excluded = new Set(strings(data.excluded));
      selection._added = Array.isArray(data.added)
        ? data.added.filter(isAttachment)
        : [];
    }
    return selection;
  }

  private _added: IAttachment[] = [];
  private _excluded = new Set<string>();
  private _changed = new Signal<this, void>(this);
}

/** Which conversation the next question goes to. */
export interface ICurrentConversation {
  readonly current: {
    thread: string;
    selection: ContextSelection;
    /** Not null while an answer is coming. */
    running: object | null;
  };
  readonly currentChanged: ISignal<object, void>;
}

function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
}

const KINDS: ReadonlySet<unknown> = new Set(['table', 'cell', 'error', 'file']);

function isAttachment(value: unknown): value is IAttachment {
  return (
    isObject(value) &&
    KINDS.has(value.kind) &&
    typeof value.name === 'string' &&
    typeof value.id === 'string' &&
    typeof value.text === 'string'
  );
}
