/**
 * Whether what came, from the server or from disk, is what wire.ts says: nothing is trusted by its type alone.
 */
import type {
  IBlock,
  IKnowledge,
  IModelRow,
  IStatus,
  Mode,
  StreamEvent,
  Verdict
} from './wire';

const MODES: ReadonlySet<string> = new Set<Mode>([
  'auto',
  'sql',
  'python',
  'chat',
  'explain',
  'fix',
  'plot'
]);

export function isMode(value: unknown): value is Mode {
  return typeof value === 'string' && MODES.has(value);
}

const EVENT_TYPES: ReadonlySet<string> = new Set([
  'status',
  'phase',
  'prompt',
  'delta',
  'repair',
  'block',
  'answer',
  'completion',
  'error'
]);

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a line of a stream is an event that this client knows. Others are skipped, so that servers may grow. */
export function isStreamEvent(value: unknown): value is StreamEvent {
  return (
    isObject(value) &&
    typeof value.type === 'string' &&
    EVENT_TYPES.has(value.type)
  );
}

const VERDICTS: ReadonlySet<unknown> = new Set<Verdict>([
  'bound',
  'unchecked',
  'rejected'
]);

export function isVerdict(value: unknown): value is Verdict {
  return VERDICTS.has(value);
}

const STATES: ReadonlySet<string> = new Set([
  'absent',
  'downloading',
  'loading',
  'ready',
  'unloaded',
  'crashed'
]);

export function isStatus(value: unknown): value is IStatus {
  return (
    isObject(value) &&
    typeof value.state === 'string' &&
    STATES.has(value.state)
  );
}

export function isModelRow(value: unknown): value is IModelRow {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.label === 'string'
  );
}

/** Whether every list of it holds what it should; an entry that cannot be read cannot be edited either. */
export function isKnowledge(value: unknown): value is IKnowledge {
  const holds = (list: unknown, ...texts: string[]) =>
    Array.isArray(list) &&
    list.every(
      item =>
        isObject(item) &&
        (item.scope === 'project' || item.scope === 'user') &&
        texts.every(name => typeof item[name] === 'string')
    );
  return (
    isObject(value) &&
    holds(value.terms, 'name', 'meaning') &&
    holds(value.pairs, 'question', 'sql') &&
    holds(value.problems, 'message') &&
    holds(value.files, 'path')
  );
}

/** A block with every list present: turns on disk may come from an older version. */
export function normalizeBlock(block: Partial<IBlock>, index = 0): IBlock {
  return {
    index: block.index ?? index,
    language: block.language ?? '',
    source: block.source ?? '',
    verdict: block.verdict ?? null,
    kind: block.kind ?? null,
    needs_consent: block.needs_consent ?? false,
    diagnostics: block.diagnostics ?? [],
    repairs: block.repairs ?? [],
    cell: block.cell ?? null
  };
}
