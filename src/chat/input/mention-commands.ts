/**
 * Lists what can be added by name while a word that begins with @ is being typed.
 */
import { ChatCommand, IChatCommandProvider, IInputModel } from '@jupyter/chat';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ICandidate, findCandidate, mentionOf } from '../../context/mentions';

/** More are found by typing on. */
const LISTED = 12;

export class MentionCommands implements IChatCommandProvider {
  constructor(
    private readonly _candidates: () => Promise<ICandidate[]>,
    private readonly _trans: TranslationBundle
  ) {}

  readonly id = 'jupyter_qwen:mentions';

  async listCommandCompletions(input: IInputModel): Promise<ChatCommand[]> {
    const word = input.currentWord ?? '';
    if (!word.startsWith('@')) {
      return [];
    }
    const typed = word.slice(1).replace(/^"/, '').toLowerCase();
    const candidates = await this._candidates();
    if (input.currentWord !== word) {
      return []; // typed on meanwhile: another call answers
    }
    // A name that is complete needs no menu, and an open menu would keep Enter from sending.
    if (typed && candidates.some(({ name }) => name === word.slice(1))) {
      return [];
    }
    return (
      candidates
        // The second of two that share a name cannot be named.
        .filter(item => findCandidate(item.name, candidates) === item)
        .map(item => ({ item, rank: rank(item, typed) }))
        .filter(({ rank }) => rank > 0)
        .sort((a, b) => b.rank - a.rank)
        .slice(0, LISTED)
        .map(({ item }) => ({
          name: `@${item.name}`,
          providerId: this.id,
          description: this._describe(item),
          replaceWith: mentionOf(item.name),
          spaceOnAccept: true
        }))
    );
  }

  async onSubmit(): Promise<void> {
    // The question names them when it is asked.
  }

  private _describe({ detail, source }: ICandidate): string {
    const trans = this._trans;
    switch (source.kind) {
      case 'table':
        return detail === 'dataframe'
          ? trans.__('DataFrame')
          : detail === 'view'
            ? trans.__('view')
            : trans.__('table');
      case 'file':
        return trans.__('file');
      case 'error':
        return trans.__('the last error, with its traceback');
      case 'cell':
        return detail;
    }
  }
}

/** How well a candidate fits what was typed; 0 does not. Cells are found by their first line, too. */
function rank({ detail, name, source }: ICandidate, typed: string): number {
  const folded = name.toLowerCase();
  if (folded.startsWith(typed)) {
    return 3;
  }
  if (folded.includes(typed)) {
    return 2;
  }
  return source.kind === 'cell' && detail.toLowerCase().includes(typed) ? 1 : 0;
}
