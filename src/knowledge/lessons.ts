/**
 * What the user teaches about the current notebook's data, and what was taught.
 */
import type { INotebookTracker } from '@jupyterlab/notebook';

import type { ContextGatherer } from '../context/gather';
import { tablesOf } from '../context/gather';
import type { QwenClient } from '../request';
import type { IKnowledge, Schema, Scope } from '../wire';

/** A term with its meaning, or a question with its query, as they are shown alike. */
export interface IEntry {
  kind: 'term' | 'pair';
  /** The term, or the question. */
  name: string;
  /** The meaning, or the query. */
  text: string;
  scope: Scope;
  line: number;
}

export class Lessons {
  constructor(
    private readonly _client: Pick<
      QwenClient,
      'knowledge' | 'teach' | 'forget'
    >,
    private readonly _gatherer: Pick<ContextGatherer, 'gather'>,
    private readonly _tracker: INotebookTracker | null,
    /** Of the conversation that is shown: a notebook's path. */
    private readonly _thread: () => string
  ) {}

  async all(): Promise<IKnowledge> {
    return this._client.knowledge(this._thread());
  }

  /**
   * Keep a question with its query in the project's file. A query that is not proved yet is proved against the tables as they are.
   *
   * @returns the file's path, null when the query is not proved and no tables are known.
   */
  async remember(
    question: string,
    sql: string,
    proved: boolean
  ): Promise<string | null> {
    const schema = proved ? null : await this._tables();
    if (!proved && !schema) {
      return null;
    }
    const { files } = await this._client.teach({
      thread: this._thread(),
      scope: 'project',
      pair: { question, sql },
      schema
    });
    return files.find(({ scope }) => scope === 'project')?.path ?? '';
  }

  /** Give an entry another text. A query is proved where tables are known. */
  async change(entry: IEntry, text: string): Promise<IKnowledge> {
    const { kind, name, scope } = entry;
    const where = { thread: this._thread(), scope };
    return this._client.teach(
      kind === 'term'
        ? { ...where, term: { name, meaning: text } }
        : {
            ...where,
            pair: { question: name, sql: text },
            schema: await this._tables()
          }
    );
  }

  async forget({ kind, name, scope }: IEntry): Promise<IKnowledge> {
    return this._client.forget({ thread: this._thread(), scope, kind, name });
  }

  private async _tables(): Promise<Schema | null> {
    const panel = this._tracker?.currentWidget ?? null;
    const { schema } = await this._gatherer.gather(panel, null);
    return tablesOf(schema).length ? schema : null;
  }
}

/** Terms and questions, each the project's before the user's. */
export function entriesOf(knowledge: IKnowledge): {
  terms: IEntry[];
  pairs: IEntry[];
} {
  return {
    terms: knowledge.terms.map(({ name, meaning, scope, line }) => ({
      kind: 'term',
      name,
      text: meaning,
      scope,
      line
    })),
    pairs: knowledge.pairs.map(({ question, sql, scope, line }) => ({
      kind: 'pair',
      name: question,
      text: sql,
      scope,
      line
    }))
  };
}
