/**
 * Fix and Explain, for the cell that they are about wherever the focus has gone, and for code that others bring.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { lastFailed, readError } from '../context/cells';
import { qwenIcon } from '../icons';
import { Anchor } from '../notebook/anchor';
import { FixButtons } from '../notebook/fix-buttons';
import { CommandIDs, NO_ARGUMENTS } from '../tokens';
import type { IQuestion } from './ask';
import type { RunAndFix } from './rounds/run-and-fix';
import { fence } from './view/segments';

/** Long enough to be read, short enough not to be in the way. */
const SAID_MILLISECONDS = 5000;

export type AboutCell = (mode: 'fix' | 'explain', words?: string) => void;

/** Adds the commands; the result asks about a cell as they do, with `words` of the user where there are any. */
export function addCellCommands(options: {
  app: JupyterFrontEnd;
  tracker: INotebookTracker | null;
  trans: TranslationBundle;
  open: () => void;
  ask: (question: IQuestion, anchor?: Anchor) => unknown;
  rounds: RunAndFix;
}): AboutCell {
  const { app, ask, open, rounds, tracker, trans } = options;
  const { commands } = app;

  const about: AboutCell = (mode, words = '') => {
    const panel = tracker?.currentWidget;
    const failed = mode === 'fix' ? failingCell(tracker) : null;
    const error = failed ? readError(failed) : undefined;
    const anchor = panel && failed ? new Anchor(panel, failed.id) : undefined;
    if (words) {
      ask({ text: words, mode }, anchor);
      return;
    }
    const text =
      mode === 'explain'
        ? trans.__('Explain the active cell.')
        : error
          ? trans.__(
              'Fix the active cell. It fails with %1: %2',
              error.name,
              error.message
            )
          : trans.__('Fix the active cell.');
    ask({ text, mode }, anchor);
  };

  commands.addCommand(CommandIDs.explainCell, {
    label: trans.__('Explain with Qwen'),
    icon: qwenIcon,
    describedBy: NO_ARGUMENTS,
    isEnabled: () => !!tracker?.activeCell,
    execute: () => {
      open();
      about('explain');
    }
  });
  const activeFails = () => failure(tracker?.activeCell) !== undefined;
  commands.addCommand(CommandIDs.fixCell, {
    label: trans.__('Fix with Qwen'),
    caption: trans.__('Ask Qwen to fix the error of this cell'),
    icon: qwenIcon,
    describedBy: NO_ARGUMENTS,
    isEnabled: activeFails,
    isVisible: activeFails,
    execute: () => {
      open();
      about('fix');
    }
  });

  const activeCode = () => codeOf(tracker?.activeCell) !== null;
  commands.addCommand(CommandIDs.runAndFix, {
    label: trans.__('Run and Fix with Qwen'),
    caption: trans.__(
      'Run this cell; where it fails, up to three repairs are proposed, and you see each one first'
    ),
    icon: qwenIcon,
    describedBy: NO_ARGUMENTS,
    isEnabled: activeCode,
    isVisible: activeCode,
    execute: async () => {
      const notebook = tracker?.currentWidget;
      const cell = notebook?.content.activeCell;
      if (notebook && cell && codeOf(cell)) {
        open();
        const { said, undo } = await rounds.ofCell(notebook, cell);
        Notification.info(said, {
          autoClose: undo ? false : SAID_MILLISECONDS,
          actions: undo
            ? [
                {
                  label: trans.__('Undo'),
                  callback: () =>
                    void Notification.info(undo(), {
                      autoClose: SAID_MILLISECONDS
                    })
                }
              ]
            : []
        });
      }
    }
  });

  commands.addCommand(CommandIDs.explainCode, {
    label: trans.__('Explain Code with Qwen'),
    icon: qwenIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          source: { type: 'string', description: 'The code to explain' },
          language: { type: 'string', description: 'Its language' }
        },
        required: ['source']
      }
    },
    execute: ({ source, language }) => {
      if (typeof source !== 'string' || !source.trim()) {
        return;
      }
      open();
      ask({
        text: explanationOf(source, language),
        mode: 'explain'
      });
    }
  });

  if (tracker) {
    new FixButtons(tracker, trans, () => {
      open();
      about('fix');
    });
  }
  return about;
}

/** The cell that /fix is about: the active one when it failed, else the one that failed last; running a cell leaves it. */
function failingCell(tracker: INotebookTracker | null): ICodeCellModel | null {
  const active = codeOf(tracker?.activeCell);
  if (active && readError(active)) {
    return active;
  }
  const notebook = tracker?.currentWidget?.content.model;
  return notebook ? lastFailed(notebook) : null;
}

function failure(cell: Cell | null | undefined) {
  const code = codeOf(cell);
  return code ? readError(code) : undefined;
}

function codeOf(cell: Cell | null | undefined): ICodeCellModel | null {
  return cell?.model.type === 'code' ? (cell.model as ICodeCellModel) : null;
}

/** The question that brings its own code. */
function explanationOf(source: string, language: unknown): string {
  const name =
    typeof language === 'string' && /^[\w+-]{1,20}$/.test(language)
      ? language
      : '';
  return `Explain this code:\n\n${fence(source, name)}`;
}
