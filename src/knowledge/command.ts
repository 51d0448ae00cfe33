/**
 * The command that shows what was taught.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs, NO_ARGUMENTS } from '../tokens';
import type { Lessons } from './lessons';

export function addKnowledgeCommand(
  commands: CommandRegistry,
  lessons: Lessons,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.showKnowledge, {
    label: trans.__('Show What Was Taught'),
    caption: trans.__('Terms and remembered queries: see, edit, delete'),
    describedBy: NO_ARGUMENTS,
    execute: async () => {
      const { showKnowledge } = await import('./view');
      await showKnowledge(lessons, trans);
    }
  });
}
