/**
 * Whether what came, from the server or from disk, is what wire.ts says: nothing is trusted by its type alone.
 */
import type {
  Grade,
  IAlternative,
  IBlock,
  IKnowledge,
  IModelRow,
  IStatus,
  ITrial,
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

const TRIAL_STATES: ReadonlySet<unknown> = new Set<ITrial['status']>([
  'ran',
  'fails',
  'not tried'
]);

/** Pictures that need no network to be shown. */
const PICTURE = /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/;

/** A trial with every list present and no picture from elsewhere; null for what is none. */
export function readTrial(value: unknown): ITrial | null {
  if (!isObject(value) || !TRIAL_STATES.has(value.status)) {
    return null;
  }
  const trial = value as unknown as Partial<ITrial> & Pick<ITrial, 'status'>;
  const { error, result, figure } = trial;
  const thumbnail = figure?.thumbnail ?? '';
  return {
    status: trial.status,
    reason: trial.reason ?? '',
    error: error ? { ...error, line: error.line ?? null } : null,
    result: result
      ? {
          type: result.type,
          shape: result.shape ?? null,
          columns: result.columns ?? []
        }
      : null,
    complete: trial.complete ?? false,
    sampled: trial.sampled ?? [],
    figure: figure
      ? {
          alt: figure.alt ?? '',
          thumbnail: PICTURE.test(thumbnail) ? thumbnail : ''
        }
      : null,
    seconds: trial.seconds ?? 0,
    same_in_sql: trial.same_in_sql === true
  };
}

/** The first rows, when they have the form that the table draws. */
function readRows(value: unknown): IBlock['rows'] {
  if (!isObject(value)) {
    return null;
  }
  const { columns, rows, read, hidden } = value;
  const formed =
    [columns, rows, read, hidden].every(Array.isArray) &&
    (rows as unknown[]).every(Array.isArray);
  return formed ? (value as unknown as IBlock['rows']) : null;
}

const GRADES: ReadonlySet<unknown> = new Set<Grade>([
  'likely',
  'check',
  'doubtful'
]);

export function isGrade(value: unknown): value is Grade {
  return GRADES.has(value);
}

/** A second reading with nothing missing; null for what is none. */
export function readAlternative(value: unknown): IAlternative | null {
  if (!isObject(value) || typeof value.source !== 'string') {
    return null;
  }
  const told = value as unknown as Partial<IAlternative>;
  return {
    source: value.source,
    does: told.does ?? '',
    instead: told.instead ?? '',
    words: told.words ?? null,
    rows: readRows(told.rows),
    cell: told.cell ?? null
  };
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
    cell: block.cell ?? null,
    trial: readTrial(block.trial),
    words: block.words ?? null,
    rows: readRows(block.rows),
    loads: block.loads ?? [],
    deciding_lines: block.deciding_lines ?? [],
    grade: isGrade(block.grade) ? block.grade : null,
    reasons: block.reasons ?? [],
    alternative: readAlternative(block.alternative)
  };
}
