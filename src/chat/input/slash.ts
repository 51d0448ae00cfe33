/**
 * Slash commands: a word that sets the mode of a question, or acts at once.
 */
import { ChatCommand, IChatCommandProvider, IInputModel } from '@jupyter/chat';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Mode } from '../../wire';

const COMMAND_MODES = {
  '/sql': 'sql',
  '/python': 'python',
  '/explain': 'explain',
  '/fix': 'fix',
  '/plot': 'plot',
  '/chat': 'chat'
} as const satisfies Record<string, Mode>;

export type SlashAction = 'clear' | 'model';

export interface IParsed {
  mode: Mode;
  question: string;
  action: SlashAction | null;
}

/** Read the leading slash command; a text without one, or with an unknown one, is a plain question. */
export function parseInput(text: string): IParsed {
  const trimmed = text.trim();
  const [word] = trimmed.split(/\s/, 1);
  const rest = trimmed.slice(word.length).trim();
  if (word === '/clear' || word === '/model') {
    return {
      mode: 'auto',
      question: rest,
      action: word === '/clear' ? 'clear' : 'model'
    };
  }
  const mode = Object.prototype.hasOwnProperty.call(COMMAND_MODES, word)
    ? COMMAND_MODES[word as keyof typeof COMMAND_MODES]
    : null;
  return mode
    ? { mode, question: rest, action: null }
    : { mode: 'auto', question: trimmed, action: null };
}

/** Lists the commands while the first word of the input is being typed. */
export class SlashCommands implements IChatCommandProvider {
  constructor(trans: TranslationBundle) {
    const describe: [string, string][] = [
      ['/sql', trans.__('answer with SQL for your tables')],
      ['/python', trans.__('answer with Python')],
      ['/explain', trans.__('explain the active cell')],
      ['/fix', trans.__('fix the cell that failed')],
      ['/plot', trans.__('draw the last result, or a table')],
      ['/clear', trans.__('forget this conversation')],
      ['/model', trans.__('choose another model')]
    ];
    this._commands = describe.map(([name, description]) => ({
      name,
      description,
      providerId: this.id,
      spaceOnAccept: true
    }));
  }

  readonly id = 'jupyter_qwen:slash-commands';

  async listCommandCompletions(input: IInputModel): Promise<ChatCommand[]> {
    const word = input.currentWord ?? '';
    if (!word.startsWith('/') || input.value.trimStart() !== word) {
      return [];
    }
    // A word that is complete needs no menu, and an open menu would keep Enter from sending.
    return this._commands.some(command => command.name === word)
      ? []
      : this._commands.filter(command => command.name.startsWith(word));
  }

  async onSubmit(): Promise<void> {
    // The model reads the command when it sends.
  }

  private readonly _commands: ChatCommand[];
}
