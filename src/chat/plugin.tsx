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
  Sanitizer,
  UseSignal
} from '@jupyterlab/apputils';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { readError } from '../context/cells';
import type { ContextGatherer } from '../context/gather';
import { qwenIcon } from '../icons';
import type { ModelStatus } from '../model/status';
import { Anchor } from '../notebook/anchor';
import type { QwenClient } from '../request';
import { QwenSettings, opensOnStart } from '../settings';
import {
  CommandIDs,
  IContextGatherer,
  IModelStatus,
  IQwenClient,
  IQwenSettings,
  NAMESPACE
} from '../tokens';
import { BlockActions } from './actions';
import { AnswerView } from './answer-view';
import { Asker, IQuestion } from './ask';
import { Conversations } from './conversations';
import { QwenChatModel } from './model';
import { QwenPanel } from './panel';
import { AnswerSanitizer } from './sanitizer';
import type { IParsed } from './slash';
import { buildToolbar } from './toolbar';
import { Welcome } from './welcome';

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

export const chatPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:chat',
  description: 'The panel to ask questions in.',
  autoStart: true,
  requires: [
    IQwenClient,
    IQwenSettings,
    IModelStatus,
    IContextGatherer,
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
    rendermimeRegistry: IRenderMimeRegistry,
    tracker: INotebookTracker | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    sanitizer: ISanitizer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const rendermime = rendermimeRegistry.clone({
      sanitizer: new AnswerSanitizer(sanitizer ?? new Sanitizer())
    });
    const conversations = new Conversations(client, tracker);
    const asker = new Asker(client, gatherer, status, tracker, trans);
    const actions = new BlockActions(tracker, settings, trans);

    const model = new QwenChatModel(trans, submit);
    const panel = new QwenPanel({
      model,
      status,
      rendermime,
      themes,
      trans,
      toolbar: buildToolbar({ model: () => model, settings, trans }),
      render: renderMessage
    });

    function ask(question: IQuestion): void {
      const conversation = conversations.current;
      const before = conversation.exchanges.length;
      void asker.ask(question, conversation);
      const exchange = conversation.exchanges[before];
      panel.announcer.follow(exchange.answer);
    }

    function submit(input: IParsed): void {
      if (input.action === 'clear') {
        void clear();
      } else if (input.action === 'model') {
        void (status.current?.state === 'absent'
          ? status.refresh()
          : status.load());
      } else if (input.question) {
        ask({ text: input.question, mode: input.mode });
      } else {
        askAboutCell(input.mode === 'fix' ? 'fix' : 'explain');
      }
    }

    async function clear(): Promise<void> {
      await conversations.clear(conversations.current);
    }

    /** Ask about the active cell, as the commands of its context menu do. */
    function askAboutCell(mode: 'fix' | 'explain'): void {
      const anchor = Anchor.of(tracker);
      const cell = tracker?.activeCell;
      const error =
        mode === 'fix' && cell?.model.type === 'code'
          ? readError(cell.model as ICodeCellModel)
          : undefined;
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
      if (anchor && conversations.current.running === null) {
        ask({ text, mode });
      }
    }

    function renderMessage(messageId: string): JSX.Element | null {
      if (model.isWelcome(messageId)) {
        return (
          <UseSignal signal={gatherer.tablesChanged}>
            {() => {
              const current = tracker?.currentWidget ?? null;
              return (
                <Welcome
                  schema={gatherer.glance(current, null).schema}
                  hasNotebook={current !== null}
                  remote={status.current?.remote ?? false}
                  trans={trans}
                  ask={question => {
                    void model.sendMessage({ body: question });
                  }}
                />
              );
            }}
          </UseSignal>
        );
      }
      const exchange = messageId.endsWith(':answer')
        ? model.exchangeOf(messageId)
        : null;
      return exchange ? (
        <AnswerView
          exchange={exchange}
          actions={actions}
          client={client}
          rendermime={rendermime}
          trans={trans}
          retry={({ answer, shown }) =>
            ask({
              text: answer.question,
              mode: answer.request?.mode ?? 'auto',
              shown
            })
          }
        />
      ) : null;
    }

    conversations.currentChanged.connect(() =>
      model.show(conversations.current)
    );
    model.show(conversations.current);

    if (tracker) {
      const look = (notebook: NotebookPanel | null) => {
        if (notebook && status.problem === null) {
          void notebook.sessionContext.ready.then(() =>
            notebook.isDisposed ? null : gatherer.refresh(notebook)
          );
        }
      };
      tracker.currentChanged.connect((_, notebook) => look(notebook));
    }

    function open(): void {
      if (!panel.isAttached) {
        app.shell.add(panel, 'right', { rank: 500, type: 'Qwen' });
      }
      app.shell.activateById(panel.id);
      panel.focusInput();
    }

    app.shell.add(panel, 'right', { rank: 500, type: 'Qwen' });
    restorer?.add(panel, panel.id);
    void Promise.all([app.restored, settings.ready]).then(() => {
      if (opensOnStart(settings)) {
        app.shell.activateById(panel.id);
      }
    });

    const { commands } = app;
    commands.addCommand(CommandIDs.openChat, {
      label: trans.__('Open the Qwen Assistant'),
      caption: trans.__('Open the assistant and put the cursor into its input'),
      icon: qwenIcon,
      describedBy: NO_ARGUMENTS,
      execute: open
    });
    commands.addCommand(CommandIDs.clearChat, {
      label: trans.__('Clear the Conversation'),
      describedBy: NO_ARGUMENTS,
      execute: clear
    });
    commands.addCommand(CommandIDs.stop, {
      label: trans.__('Stop the Answer'),
      describedBy: NO_ARGUMENTS,
      isEnabled: () => conversations.current.running !== null,
      execute: () => conversations.current.stop()
    });
    commands.addCommand(CommandIDs.explainCell, {
      label: trans.__('Explain with Qwen'),
      icon: qwenIcon,
      describedBy: NO_ARGUMENTS,
      isEnabled: () => !!tracker?.activeCell,
      execute: () => {
        open();
        askAboutCell('explain');
      }
    });
    commands.addCommand(CommandIDs.fixCell, {
      label: trans.__('Fix with Qwen'),
      icon: qwenIcon,
      describedBy: NO_ARGUMENTS,
      isEnabled: () => {
        const cell = tracker?.activeCell?.model;
        return (
          cell?.type === 'code' &&
          readError(cell as ICodeCellModel) !== undefined
        );
      },
      execute: () => {
        open();
        askAboutCell('fix');
      }
    });
    model.conversationChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.stop)
    );
    for (const command of [
      CommandIDs.openChat,
      CommandIDs.clearChat,
      CommandIDs.stop,
      CommandIDs.explainCell,
      CommandIDs.fixCell
    ]) {
      palette?.addItem({ command, category: trans.__('Qwen Assistant') });
    }
  }
};
