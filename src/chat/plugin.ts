/**
 * The assistant's panel, its commands, and the conversation of the current notebook.
 */
import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  ISanitizer,
  IThemeManager,
  Sanitizer
} from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { codePlaceOf } from '../completion/cursor';
import type { CompletionManners } from '../completion/manners';
import { ContextModel } from '../context/context-model';
import { NotebookFiles } from '../context/files';
import type { ContextGatherer } from '../context/gather';
import { qwenIcon } from '../icons';
import { addKnowledgeCommand } from '../knowledge/command';
import { Lessons } from '../knowledge/lessons';
import type { ModelStatus } from '../model/status';
import type { Anchor } from '../notebook/anchor';
import { addReceiptCommand } from '../receipt/command';
import { Receipts } from '../receipt/receipts';
import type { QwenClient } from '../request';
import { QwenSettings, opensOnStart } from '../settings';
import {
  CommandIDs,
  ICompletionManners,
  IContextGatherer,
  IModelStatus,
  IQwenClient,
  IQwenSettings,
  NAMESPACE,
  NO_ARGUMENTS
} from '../tokens';
import { Asker, IQuestion } from './ask';
import { addCellCommands } from './cell-commands';
import type { IExchange } from './history/conversation';
import { Conversations } from './history/conversations';
import { addHistoryCommands } from './history/history-commands';
import { IParsed, parseInput } from './input/slash';
import { QwenPanel } from './panel';
import { RunAndFix } from './rounds/run-and-fix';
import { AnswerSanitizer } from './view/sanitizer';

export const chatPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:chat',
  description: 'The panel to ask questions in.',
  autoStart: true,
  requires: [
    IQwenClient,
    IQwenSettings,
    IModelStatus,
    IContextGatherer,
    ICompletionManners,
    IRenderMimeRegistry
  ],
  optional: [
    INotebookTracker,
    ILayoutRestorer,
    ICommandPalette,
    IThemeManager,
    ISanitizer,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    client: QwenClient,
    settings: QwenSettings,
    status: ModelStatus,
    gatherer: ContextGatherer,
    manners: CompletionManners,
    rendermimeRegistry: IRenderMimeRegistry,
    tracker: INotebookTracker | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    sanitizer: ISanitizer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const { commands } = app;
    const conversations = new Conversations(client, tracker, trans);
    const context = new ContextModel(
      client,
      gatherer,
      status,
      conversations,
      tracker,
      new NotebookFiles(app.serviceManager.contents),
      parseInput
    );
    const asker = new Asker(
      client,
      gatherer,
      status,
      tracker,
      context,
      trans,
      translator?.languageCode
    );
    const thread = () => conversations.current.thread;
    const lessons = new Lessons(client, gatherer, tracker, thread);
    addKnowledgeCommand(commands, lessons, trans);
    const receipts = Receipts.through(
      client,
      gatherer,
      translator?.languageCode
    );
    addReceiptCommand(commands, tracker, receipts, trans);
    const history = addHistoryCommands({
      app,
      context,
      conversations,
      tracker,
      trans
    });
    app.serviceManager.contents.fileChanged.connect(
      (_, { type, oldValue, newValue }) => {
        if (type === 'rename' && oldValue?.path && newValue?.path) {
          conversations.renamed(oldValue.path, newValue.path);
        }
      }
    );

    const rounds = new RunAndFix(ask, trans);
    const panel = new QwenPanel({
      completion: {
        manners,
        manner: () => manners.at(codePlaceOf(app.shell.currentWidget)),
        moved: app.shell.currentChanged
      },
      status,
      trans,
      load: async () => {
        // A megabyte of components that nobody needs before the panel is open.
        const { ChatBody } = await import('./body');
        return new ChatBody({
          client,
          context,
          conversations,
          gatherer,
          lessons,
          receipts,
          rounds,
          rendermime: rendermimeRegistry.clone({
            sanitizer: new AnswerSanitizer(sanitizer ?? new Sanitizer())
          }),
          settings,
          status,
          themes,
          tracker,
          trans,
          submit,
          ask,
          openFile: () => commands.execute(CommandIDs.openFile),
          look: () => void history.look(),
          openMenu: history.openMenu,
          retry: ({ answer, shown, anchor, mode }) =>
            ask(
              {
                text: answer.question,
                mode: answer.request?.mode ?? mode ?? 'auto',
                shown
              },
              anchor ?? undefined
            )
        });
      }
    });

    /** Null while another answer is coming. */
    function ask(question: IQuestion, anchor?: Anchor): IExchange | null {
      const conversation = conversations.current;
      if (conversation.running) {
        return null;
      }
      const exchange = asker.ask(question, conversation, anchor);
      panel.announcer.follow(exchange.answer);
      return exchange;
    }

    function submit(input: IParsed): void {
      const { action, mode, question } = input;
      if (action === 'clear') {
        void history.clear();
      } else if (action === 'model') {
        chooseModel();
      } else if (mode === 'fix' || mode === 'explain') {
        aboutCell(mode, question);
      } else {
        // A bare command is a question, too: /plot draws the last result, the others say what they need.
        ask(
          question
            ? { text: question, mode }
            : { text: `/${mode}`, mode: 'auto' }
        );
      }
    }

    /** Open the menu of models where there is one; without it, load what is there. */
    function chooseModel(): void {
      if (commands.hasCommand(CommandIDs.chooseModel)) {
        void commands.execute(CommandIDs.chooseModel);
      } else {
        void (status.current?.state === 'absent'
          ? status.refresh()
          : status.load());
      }
    }

    if (tracker) {
      tracker.currentChanged.connect((_, notebook) => {
        if (notebook && status.problem === null) {
          void notebook.sessionContext.ready.then(() =>
            notebook.isDisposed ? undefined : gatherer.refresh(notebook)
          );
        }
      });
    }

    function open(): void {
      if (!panel.isAttached) {
        app.shell.add(panel, 'right', { rank: 500, type: 'Qwen' });
      }
      app.shell.activateById(panel.id);
      void panel.focusInput();
    }

    app.shell.add(panel, 'right', { rank: 500, type: 'Qwen' });
    restorer?.add(panel, panel.id);
    void Promise.all([app.restored, settings.ready]).then(() => {
      if (opensOnStart(settings)) {
        app.shell.activateById(panel.id);
      }
    });

    commands.addCommand(CommandIDs.openChat, {
      label: trans.__('Open the Qwen Assistant'),
      caption: trans.__('Open the assistant and put the cursor into its input'),
      icon: qwenIcon,
      describedBy: NO_ARGUMENTS,
      execute: open
    });
    commands.addCommand(CommandIDs.stop, {
      label: trans.__('Stop the Answer'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => conversations.current.running !== null,
      execute: () => conversations.current.stop()
    });
    const aboutCell = addCellCommands({
      app,
      ask,
      open,
      rounds,
      tracker,
      trans
    });
    conversations.currentChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.stop)
    );
    for (const command of [
      CommandIDs.openChat,
      CommandIDs.clearChat,
      CommandIDs.exportMarkdown,
      CommandIDs.exportNotebook,
      CommandIDs.showPrompt,
      CommandIDs.showKnowledge,
      CommandIDs.stop,
      CommandIDs.explainCell,
      CommandIDs.receipt,
      CommandIDs.fixCell,
      CommandIDs.runAndFix
    ]) {
      palette?.addItem({ command, category: trans.__('Qwen Assistant') });
    }
  }
};
