/**
 * The conversation as it is drawn: @jupyter/chat's list and input, our answers within.
 */
import {
  ChatCommandRegistry,
  ChatWidget,
  MessagePreambleRegistry
} from '@jupyter/chat';
import { IThemeManager, UseSignal } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ContextModel } from '../context/context-model';
import type { ContextGatherer } from '../context/gather';
import type { Lessons } from '../knowledge/lessons';
import type { ModelStatus } from '../model/status';
import { proposedQuestions } from '../notebook/demo';
import { TableLoader } from '../notebook/load-first';
import type { QwenClient } from '../request';
import { BlockReceipts } from '../receipt/block-receipts';
import type { Receipts } from '../receipt/receipts';
import type { QwenSettings } from '../settings';
import { QuestionWarmer } from '../warm/question-warmer';
import type { AskQuestion } from './ask';
import type { IExchange } from './history/conversation';
import type { Conversations } from './history/conversations';
import { Earlier } from './history/earlier';
import { acceptHighlighted } from './input/completion-keys';
import { MentionCommands } from './input/mention-commands';
import { IParsed, SlashCommands } from './input/slash';
import { buildToolbar } from './input/toolbar';
import { QwenChatModel } from './model';
import type { IPanelBody } from './panel';
import type { RunAndFix } from './rounds/run-and-fix';
import { AnswerView } from './view/answer-view';
import { BlockActions } from './view/block-actions';
import { Welcome } from './view/welcome';

/** Nearer to the end than this counts as reading the end, so that the list follows. */
const FOLLOW_PIXELS = 80;

export interface IBodyOptions {
  client: QwenClient;
  context: ContextModel;
  conversations: Conversations;
  gatherer: ContextGatherer;
  lessons: Lessons;
  receipts: Receipts;
  rounds: RunAndFix;
  /** Sanitises what the model writes. */
  rendermime: IRenderMimeRegistry;
  settings: QwenSettings;
  status: ModelStatus;
  themes: IThemeManager | null;
  tracker: INotebookTracker | null;
  trans: TranslationBundle;
  submit: (input: IParsed) => void;
  retry: (exchange: IExchange) => void;
  ask: AskQuestion;
  /** Ask for a data file, see CommandIDs.openFile. */
  openFile: () => Promise<string | null>;
  /** Show the exact prompt. */
  look: () => void;
  /** Open the menu of the conversation below a button. */
  openMenu: (button: HTMLElement) => void;
}

export class ChatBody implements IPanelBody {
  constructor(private readonly _options: IBodyOptions) {
    const { conversations, settings, tracker, trans } = _options;
    this._actions = new BlockActions(
      tracker,
      settings,
      trans,
      _options.lessons,
      new TableLoader(panel => _options.gatherer.isWarm(panel), trans),
      _options.rounds
    );
    this._receipts = new BlockReceipts(this._actions, _options);
    this._model = new QwenChatModel(trans, _options.submit);

    const preambles = new MessagePreambleRegistry();
    preambles.addComponent(({ message }) => this._render(message.id));
    const commands = new ChatCommandRegistry();
    commands.addProvider(new SlashCommands(trans));
    commands.addProvider(
      new MentionCommands(() => _options.context.candidates(), trans)
    );
    this.widget = new ChatWidget({
      model: this._model,
      rmRegistry: _options.rendermime,
      themeManager: _options.themes,
      chatCommandRegistry: commands,
      inputToolbarRegistry: buildToolbar({
        model: this._model,
        context: _options.context,
        look: _options.look,
        openMenu: _options.openMenu,
        gatherer: _options.gatherer,
        settings,
        status: _options.status,
        trans
      }),
      messagePreambleRegistry: preambles,
      area: 'sidebar'
    });
    this.widget.id = 'jupyter_qwen-chat-body';

    this._grown = new ResizeObserver(() => this._followEnd());
    // The chat draws itself anew whenever it is attached, also when the panel moves to the other side.
    this._drawn = new MutationObserver(() => this._adopt());
    this._drawn.observe(this.widget.node, { childList: true, subtree: true });
    this.widget.disposed.connect(() => {
      this._drawn.disconnect();
      this._grown.disconnect();
    });
    this._model.messagesUpdated.connect(() => {
      this._follow = true; // something was asked, or another notebook is shown
      this._followEnd();
    });
    const warmer = new QuestionWarmer(
      _options.client,
      _options.gatherer,
      _options.status,
      conversations,
      tracker,
      _options.context,
      settings
    );
    this._model.input.valueChanged.connect((_, text) => {
      warmer.typed(text);
      _options.context.typed(text);
    });
    this.widget.node.addEventListener('keydown', acceptHighlighted, true);
    this.widget.disposed.connect(() => warmer.dispose());
    const show = () => this._model.show(conversations.current);
    conversations.currentChanged.connect(show);
    show();
  }

  readonly widget: ChatWidget;

  focusInput(): void {
    this._focusWhenDrawn = !this._list;
    this._model.input.focus();
  }

  /** What stands in the list for a message: an answer, the welcome, or nothing beside the text itself. */
  private _render(messageId: string): JSX.Element | null {
    const { client, openFile, rendermime, retry, trans } = this._options;
    if (this._model.isWelcome(messageId)) {
      return this._renderWelcome();
    }
    if (this._model.isEarlier(messageId)) {
      return (
        <Earlier
          count={this._model.hidden}
          trans={trans}
          show={() => this._showEarlier()}
        />
      );
    }
    const exchange = messageId.endsWith(':answer')
      ? this._model.exchangeOf(messageId)
      : null;
    return exchange ? (
      <AnswerView
        exchange={exchange}
        actions={this._actions}
        receipts={this._receipts}
        client={client}
        rendermime={rendermime}
        trans={trans}
        openFile={openFile}
        retry={retry}
        chooseOther={(each, index) => {
          each.answer.chooseOther(index);
          const shown = each.answer.block(index);
          if (shown) {
            this._options.conversations.took(each, shown.source);
          }
        }}
        reword={({ shown }) => this._putIntoInput(shown)}
      />
    ) : null;
  }

  /** A question to be reworded; what is being typed is not thrown away for it. */
  private _putIntoInput(question: string): void {
    const { input } = this._model;
    input.value = input.value.trim() ? `${input.value}\n${question}` : question;
    input.focus();
  }

  /** Draw earlier exchanges above, and leave what is being read where it is. */
  private _showEarlier(): void {
    const list = this._list;
    const fromEnd = list ? list.scrollHeight - list.scrollTop : 0;
    this._model.showEarlier();
    this._follow = false; // new messages make the list follow its end; these stand before what is read
    requestAnimationFrame(() => {
      if (list) {
        list.scrollTop = list.scrollHeight - fromEnd;
      }
    });
  }

  private _renderWelcome(): JSX.Element {
    const { gatherer, status, tracker, trans } = this._options;
    return (
      <UseSignal signal={status.changed}>
        {() => (
          <UseSignal signal={gatherer.tablesChanged}>
            {() => {
              const current = tracker?.currentWidget ?? null;
              return (
                <Welcome
                  schema={gatherer.glance(current, null).schema}
                  hasNotebook={current !== null}
                  proposed={proposedQuestions(current)}
                  remote={status.current?.remote ?? false}
                  trans={trans}
                  ask={question => {
                    this._model.sendMessage({ body: question });
                  }}
                />
              );
            }}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  /** Once the chat has drawn itself: our words for its input, and following its list. */
  private _adopt(): void {
    const { node } = this.widget;
    const jumps = node.querySelectorAll(
      '.jp-chat-navigation[title]:not([aria-label])'
    );
    for (const jump of jumps) {
      // the title stays outside of its shadow; the button inside would have no name
      jump.setAttribute('aria-label', jump.getAttribute('title')!);
    }
    if (this._list && node.contains(this._list)) {
      return;
    }
    const input = node.querySelector<HTMLTextAreaElement>(
      '.jp-chat-input-textfield textarea:not([aria-hidden])'
    );
    const list = node.querySelector<HTMLElement>(
      '[id^="jupyter-chat-scroll-container"]'
    );
    if (!input || !list) {
      return;
    }
    const { trans } = this._options;
    this._list = list;
    input.placeholder = trans.__('Ask; / for commands, @ to add');
    input.setAttribute('aria-label', trans.__('Question'));
    list.tabIndex = 0; // scrolls by keyboard
    list.setAttribute('role', 'group');
    list.setAttribute('aria-label', trans.__('Conversation'));
    list.addEventListener('scroll', () => {
      this._follow =
        list.scrollHeight - list.scrollTop - list.clientHeight < FOLLOW_PIXELS;
      node.classList.toggle('jp-mod-atEnd', this._follow);
    });
    if (list.firstElementChild) {
      this._grown.observe(list.firstElementChild);
    }
    this._followEnd();
    if (this._focusWhenDrawn) {
      this._focusWhenDrawn = false;
      input.focus();
    }
  }

  private _followEnd(): void {
    if (this._follow && this._list) {
      this._list.scrollTop = this._list.scrollHeight;
      this.widget.node.classList.add('jp-mod-atEnd');
    }
  }

  private readonly _actions: BlockActions;
  private readonly _receipts: BlockReceipts;
  private readonly _model: QwenChatModel;
  private readonly _drawn: MutationObserver;
  private readonly _grown: ResizeObserver;
  private _list: HTMLElement | null = null;
  private _follow = true;
  private _focusWhenDrawn = false;
}
