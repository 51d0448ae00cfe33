/**
 * A code block of an answer and what is known about it, as docs/reference/protocol.md states it.
 */

export type Verdict = 'bound' | 'unchecked' | 'rejected';

export interface IDiagnostic {
  code: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  hint: string;
  candidates: string[];
  start: number | null;
  end: number | null;
  line: number | null;
  column: number | null;
}

export interface IRepair {
  name: string;
  reason: string;
  before: string;
  after: string;
  /** 0: mechanical, else the model's round, from 1. Turns that an older version kept have none. */
  round?: number;
}

/** What a trial run of Python gave; see Trial in docs/reference/protocol.md. */
export interface ITrial {
  status: 'ran' | 'fails' | 'not tried';
  /** Why it was not tried. */
  reason: string;
  error: { kind: string; message: string; line: number | null } | null;
  result: {
    type: string;
    shape: number[] | null;
    columns: { name: string; dtype: string }[];
  } | null;
  /** It had every row. */
  complete: boolean;
  /** Tables of which it had a part. */
  sampled: { table: string; rows: number; of: number | null }[];
  /** What it drew: in words, and '' or a PNG as data URI. */
  figure: { alt: string; thumbnail: string } | null;
  seconds: number;
  /** A query for the same question gave the same on the same copies. */
  same_in_sql: boolean;
}

/** The first rows of a trial. A cell is null for NULL, and where `hidden` has its column. */
export interface IRows {
  columns: string[];
  rows: (string | null)[][];
  /** False: taken from a sample, so that nothing computed over rows is shown and nothing is counted. */
  complete: boolean;
  row_count: number | null;
  read: { table: string; rows: number; of: number | null }[];
  /** Numbers of the columns whose values a sample cannot know. */
  hidden: number[];
  more: boolean;
}

export type Grade = 'likely' | 'check' | 'doubtful';

/** Another reading of the question: a query that is bound, too, nearly won, and gives other rows. */
export interface IAlternative {
  source: string;
  /** What the query that is shown does, and what this one does instead; '' where that cannot be said. */
  does: string;
  instead: string;
  words: string | null;
  rows: IRows | null;
  cell: IBlock['cell'];
  /** Only here: the block that the server gave, where this is its query and the user has chosen the other one. */
  first?: IBlock;
}

export interface IBlock {
  index: number;
  language: string;
  source: string;
  verdict: Verdict | null;
  kind: string | null;
  needs_consent: boolean;
  diagnostics: IDiagnostic[];
  repairs: IRepair[];
  cell: { source: string; type: 'code' | 'markdown' } | null;
  trial: ITrial | null;
  /** In one line, what the code does. */
  words: string | null;
  rows: IRows | null;
  /** Ids of the cells that make tables which it names and the kernel did not hold when it was asked. */
  loads: string[];
  /** Lines of a cell of Python, from 1, that decide what it shows. */
  deciding_lines: number[];
  /** How likely a bound query, or a cell that was examined, is right. */
  grade: Grade | null;
  /** Why, in words. */
  reasons: string[];
  alternative: IAlternative | null;
}
