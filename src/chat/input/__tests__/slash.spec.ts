import type { IInputModel } from '@jupyter/chat';
import { nullTranslator } from '@jupyterlab/translation';

import { SlashCommands, parseInput } from '../slash';

const trans = nullTranslator.load('jupyter_qwen');

function input(value: string, currentWord: string): IInputModel {
  return { value, currentWord } as unknown as IInputModel;
}

describe('parseInput', () => {
  it.each([
    ['monthly revenue', 'auto', 'monthly revenue', null],
    ['/sql  revenue\nper month', 'sql', 'revenue\nper month', null],
    ['/fix', 'fix', '', null],
    [' /clear ', 'auto', '', 'clear'],
    ['/toString x', 'auto', '/toString x', null],
    ['/unknown x', 'auto', '/unknown x', null],
    ['a /sql b', 'auto', 'a /sql b', null]
  ])('reads %j', (text, mode, question, action) => {
    expect(parseInput(text)).toEqual({ mode, question, action });
  });
});

describe('SlashCommands', () => {
  const commands = new SlashCommands(trans);

  it('lists what the first word may become', async () => {
    const found = await commands.listCommandCompletions(input('/p', '/p'));
    expect(found.map(command => command.name)).toEqual(['/python', '/plot']);
  });

  it('opens no menu for a complete command, so that Enter sends it', async () => {
    expect(
      await commands.listCommandCompletions(input('/clear', '/clear'))
    ).toEqual([]);
  });

  it('opens no menu within a sentence', async () => {
    expect(await commands.listCommandCompletions(input('a /p', '/p'))).toEqual(
      []
    );
  });
});
