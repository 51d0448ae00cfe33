/**
 * Commands about a whole conversation: clear, export, what the model sees; and the menu that offers them.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';

import type { ContextModel } from '../../context/context-model';
import { CommandIDs, NO_ARGUMENTS } from '../../tokens';
import type { Conversations } from './conversations';
import type { ExportFormat } from './export';

/** Long enough to press the button in it. */
const SAID_MILLISECONDS = 5000;

export interface IHistory {
  /** Forget the current conversation, after a question. */
  clear(): Promise<void>;
  /** Show the exact prompt of the question as it stands. */
  look(): Promise<void>;
  /** Open the conversation's menu below a button. */
  openMenu(button: HTMLElement): void;
}

export function addHistoryCommands(options: {
  app: JupyterFrontEnd;
  context: ContextModel;
  conversations: Conversations;
  tracker: INotebookTracker | null;
  trans: TranslationBundle;
}): IHistory {
  const { app, context, conversations, tracker, trans } = options;
  const { commands } = app;
  const isEmpty = () => conversations.current.exchanges.length === 0;

  async function clear(): Promise<void> {
    const conversation = conversations.current;
    const count = conversation.exchanges.length;
    if (!count) {
      return;
    }
    const { button } = await showDialog({
      title: trans.__('Delete this conversation?'),
      body: trans._n(
        '%1 question and its answer are deleted here and from disk. This cannot be undone.',
        '%1 questions and their answers are deleted here and from disk. This cannot be undone.',
        count
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ],
      defaultButton: 1
    });
    if (!button.accept) {
      return;
    }
    try {
      await conversations.clear(conversation);
    } catch (error) {
      Notification.error(
        trans.__(
          'The conversation could not be deleted: %1 It is kept as it was.',
          error instanceof Error ? error.message : String(error)
        )
      );
    }
  }

  async function exportTo(format: ExportFormat): Promise<void> {
    const { exchanges, thread } = conversations.current;
    const notebook = tracker?.currentWidget?.content.model;
    const { saveBeside, toMarkdown, toNotebook } = await import('./export');
    try {
      const path = await saveBeside(
        app.serviceManager.contents,
        thread,
        format,
        format === 'markdown'
          ? toMarkdown(exchanges, thread, trans)
          : toNotebook(
              exchanges,
              thread,
              notebook
                ? {
                    kernelspec: notebook.getMetadata('kernelspec'),
                    language_info: notebook.getMetadata('language_info')
                  }
                : {},
              trans
            ),
        trans.__('conversation')
      );
      Notification.success(trans.__('Saved as %1.', path), {
        autoClose: SAID_MILLISECONDS,
        actions: [
          {
            label: trans.__('Open'),
            callback: () => void commands.execute('docmanager:open', { path })
          }
        ]
      });
    } catch (error) {
      Notification.error(
        trans.__(
          'The conversation could not be saved: %1',
          error instanceof Error ? error.message : String(error)
        )
      );
    }
  }

  async function look(): Promise<void> {
    const { showPrompt } = await import('../input/prompt-dialog');
    await showPrompt(() => context.look(), trans);
  }

  commands.addCommand(CommandIDs.clearChat, {
    label: trans.__('Clear the Conversation…'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => !isEmpty(),
    execute: clear
  });
  commands.addCommand(CommandIDs.exportMarkdown, {
    label: trans.__('Export the Conversation as Markdown'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => !isEmpty(),
    execute: () => exportTo('markdown')
  });
  commands.addCommand(CommandIDs.exportNotebook, {
    label: trans.__('Export the Conversation as a Notebook'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => !isEmpty(),
    execute: () => exportTo('notebook')
  });
  commands.addCommand(CommandIDs.showPrompt, {
    label: trans.__('Show What the Model Sees'),
    describedBy: NO_ARGUMENTS,
    execute: look
  });
  const shown = [
    CommandIDs.showPrompt,
    CommandIDs.exportMarkdown,
    CommandIDs.exportNotebook,
    CommandIDs.clearChat
  ];
  conversations.currentChanged.connect(() =>
    shown.forEach(id => commands.notifyCommandChanged(id))
  );

  const menu = new Menu({ commands });
  menu.title.label = trans.__('Conversation');
  shown.forEach(command => menu.addItem({ command }));
  menu.insertItem(1, { command: CommandIDs.showKnowledge });

  return {
    clear,
    look,
    openMenu: button => {
      const { left, top } = button.getBoundingClientRect();
      menu.open(left, top);
    }
  };
}
