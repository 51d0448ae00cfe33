/**
 * What travels between the browser and the server, as docs/reference/protocol.md states it.
 */
import type { JSONObject } from '@lumino/coreutils';

import type { IBlock, IRepair } from './block';

export type * from './block';

export type Mode =
  'auto' | 'sql' | 'python' | 'chat' | 'explain' | 'fix' | 'plot';

/** What may leave a kernel, from little to much. */
export const PRIVACY_LEVELS = ['names', 'types', 'values', 'samples'] as const;

export type PrivacyLevel = (typeof PRIVACY_LEVELS)[number];

export type ModelState =
  'absent' | 'downloading' | 'loading' | 'ready' | 'unloaded' | 'crashed';

/** A notebook cell as the model may see it; outputs stay in the browser, except for an error. */
export interface ICell {
  id: string;
  type: 'code' | 'markdown' | 'raw';
  source: string;
  execution_count: number | null;
  error?: { name: string; message: string; traceback: string };
}

/** The collector's result. The browser passes it on and reads no more than names, for chips and examples. */
export type Schema = JSONObject;

/** What cells would make, and tables of files that no cell loads, each with `loading`; see docs/reference/protocol.md. */
export interface ILoadable {
  schema: Schema;
  offered: Schema;
}

export interface ILoadableRequest {
  thread: string;
  cells: ICell[];
  privacy: PrivacyLevel | null;
  opened?: string[];
}

/** One thing that the user added to a question by name. A table brings no text: it is in the schema. */
export interface IAttachment {
  kind: 'table' | 'cell' | 'error' | 'file';
  /** For people; a table's dotted reference. */
  name: string;
  /** A cell's id, a file's path. */
  id: string;
  text: string;
}

export interface IAskRequest {
  question: string;
  mode: Mode;
  thread: string;
  language: string;
  cells: ICell[];
  active_cell: string | null;
  schema: Schema | null;
  connection: string | null;
  dialect: string | null;
  privacy: PrivacyLevel | null;
  /** The interface's language, for what is said beside the answer. */
  locale?: string;
  /** A query that a receipt offers for the question: it is proved and told, and no model is asked. */
  offered?: string;
  /** Added by name, in the user's order: first in the prompt. */
  include?: IAttachment[];
  /** Taken out: `cells`, `error`, `cell:<id>`, `table:<reference>`. */
  exclude?: string[];
}

export interface ICompleteRequest {
  prefix: string;
  suffix: string;
  language: string;
  path: string;
  thread: string;
  cells: ICell[];
  active_cell: string | null;
  schema: Schema | null;
  privacy: PrivacyLevel | null;
  multiline: boolean | null;
  /** The user asked: always answered. */
  by_key?: boolean;
  /** Process the prompt and answer nothing. */
  warm?: boolean;
}

/** How to ask for the next completion. */
export interface IAdvice {
  debounce_ms: number;
  /** The machine cannot keep up: requests that nobody made by key are answered empty for a while. */
  quiet: boolean;
  reason: string;
}

export interface IModelInfo {
  id: string;
  label: string;
  file: string;
  size_bytes: number;
  licence: string;
  /** What to accept before downloading, or ''. */
  notice?: string;
  fim: boolean;
}

/** A model that this server could run; see ModelRow in docs/reference/protocol.md. */
export interface IModelRow {
  id: string;
  label: string;
  licence: string;
  notice: string;
  on_disk: boolean;
  size_bytes: number;
  fim: boolean;
  fim_reason: string;
  context_tokens: number;
  need_bytes: number;
  fits: boolean;
  fits_reason: string;
  current: boolean;
}

export interface IProgress {
  done_bytes: number;
  total_bytes: number;
  bytes_per_second: number | null;
  seconds_left: number | null;
  source: string;
}

export interface IStatus {
  state: ModelState;
  message: string;
  hint: string;
  engine: string;
  device: string | null;
  reason: string;
  model: IModelInfo | null;
  progress: IProgress | null;
  tokens_per_second: number | null;
  memory_bytes: number | null;
  context_tokens: number | null;
  remote: boolean;
  inline_completion: boolean;
  /** Why there is none, or ''. */
  inline_completion_reason?: string;
  /** Why nothing is completed by itself at present, or ''. */
  completion_resting?: string;
  /** What `progress` is about, which need not be the model in use. */
  pulling?: { id: string; label: string } | null;
  /** '' or a sentence: whose engine it is. */
  sharing?: string;
  /** False when an administrator has fixed the model. */
  switchable?: boolean;
  version: string;
  /** The administrator's limit. */
  max_privacy?: PrivacyLevel;
}

export interface IUsage {
  prompt_tokens: number;
  cached_tokens: number;
  new_tokens: number;
  prefill_seconds: number;
  decode_seconds: number;
}

export interface IPromptPart {
  label: string;
  tokens: number;
  text?: string;
}

/** One thing of the notebook that is in a prompt. */
export interface IPromptSource {
  ref: string;
  tokens: number;
}

/** What the model would see. */
export interface IPromptView {
  parts: IPromptPart[];
  sources: IPromptSource[];
  notes: string[];
  /** The whole of it, as the model gets it. */
  prompt: string;
  prompt_tokens: number;
}

export type StreamEvent =
  | ({ type: 'status' } & IStatus)
  | {
      type: 'phase';
      phase: string;
      done_tokens?: number | null;
      total_tokens?: number | null;
    }
  | {
      type: 'prompt';
      prompt_tokens: number;
      parts: IPromptPart[];
      notes: string[];
      prompt?: string;
    }
  | { type: 'delta'; text: string }
  | ({ type: 'repair'; round: number } & IRepair)
  | { type: 'block'; block: IBlock }
  | {
      type: 'answer';
      markdown: string;
      blocks: IBlock[];
      usage: IUsage;
      seconds: number;
      ttft_seconds: number | null;
      model: string;
      /** `taught`: a query that the user has found right before; `receipt`: one that a receipt offers. No model was asked. */
      origin?: string | null;
      /** Buttons to offer for an answer that no model wrote. */
      actions?: string[];
      notes?: string[];
    }
  | {
      type: 'completion';
      text: string;
      done: boolean;
      usage?: IUsage | null;
      reason?: string;
      advice?: IAdvice | null;
    }
  | { type: 'error'; message: string; hint: string; code: string };

/** One question and its answer, as kept on disk. */
export interface ITurn {
  question: string;
  markdown: string;
  mode: string;
  asked_at: string;
  model: string;
  blocks: IBlock[];
  /** `cut`: nobody waited for the end. `failed`: `note` says why. */
  state?: 'done' | 'cut' | 'failed';
  note?: string;
  /** The cell that asked. */
  active_cell?: string | null;
  /** The query of the second reading, where the user took that one. */
  taken?: string;
}

/** The query of the reading that the user took of a question. */
export interface ITakenReading {
  thread: string;
  question: string;
  source: string;
}

/** Whose file: the one that goes with the notebook's folder, or the user's own. */
export type Scope = 'project' | 'user';

/** Where something stands: its file, and the line in it, from 1. */
interface IPlace {
  scope: Scope;
  line: number;
}

export interface IKnowledge {
  terms: ({ name: string; meaning: string } & IPlace)[];
  pairs: ({ question: string; sql: string } & IPlace)[];
  /** Lines that look like an entry and are none; line 0 is about the whole file. */
  problems: ({ message: string } & IPlace)[];
  files: { scope: Scope; path: string; exists: boolean }[];
}
