/**
 * The panel: the model's state on top, the conversation below.
 */
import {
  ChatCommandRegistry,
  ChatWidget,
  InputToolbarRegistry,
  MessagePreambleRegistry
} from '@jupyter/chat';
import { IThemeManager, ReactWidget } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import * as React from 'react';

import { qwenIcon } from '../icons';
import type { ModelStatus } from '../model/status';
import { StatusView } from '../model/view';
import { Announcer } from './announcer';
import type { QwenChatModel } from './model';
import { SlashCommands } from './slash';

/** Nearer to the end than this counts as reading the end, so that the list follows. */
const FOLLOW_PIXELS = 80;

/** What a sidebar of JupyterLab is wide before anyone drags it. */
const DEFAULT_SIDEBAR_PIXELS = 250;
const COMFORTABLE_PIXELS = 360;

export class QwenPanel extends Panel {
  constructor(options: {
    model: QwenChatModel;
    status: ModelStatus;
    rendermime: IRenderMimeRegistry;
    themes: IThemeManager | null;
    toolbar: InputToolbarRegistry;
    /** What stands in the list for a message: an answer, or the welcome. */
    render: (messageId: string) => JSX.Element | null;
    trans: TranslationBundle;
  }) {
    super();
    const { model, trans } = options;
    this.id = 'jupyter_qwen-chat';
    this.addClass('jp-Qwen-panel');
    this.title.icon = qwenIcon;
    this.title.caption = trans.__('Qwen Assistant');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Qwen Assistant'));
    this._trans = trans;
    this._model = model;
    this.announcer = new Announcer(trans);

    const preambles = new MessagePreambleRegistry();
    preambles.addComponent(({ message }) => options.render(message.id));
    const commands = new ChatCommandRegistry();
    commands.addProvider(new SlashCommands(trans));

    const header = ReactWidget.create(
      <StatusView status={options.status} trans={trans} />
    );
    header.addClass('jp-Qwen-header');
    this._chat = new ChatWidget({
      model,
      rmRegistry: options.rendermime,
      themeManager: options.themes,
      chatCommandRegistry: commands,
      inputToolbarRegistry: options.toolbar,
      messagePreambleRegistry: preambles,
      area: 'sidebar'
    });
    this._chat.id = 'jupyter_qwen-chat-body';
    this.addWidget(header);
    this.addWidget(this._chat);
    this.addWidget(new Widget({ node: this.announcer.node }));

    this._grown = new ResizeObserver(() => this._followEnd());
    this._drawn = new MutationObserver(() => this._adopt());
    model.messagesUpdated.connect(() => {
      this._follow = true; // something was asked, or another notebook is shown
      this._followEnd();
    });
  }

  readonly announcer: Announcer;

  override dispose(): void {
    this._drawn.disconnect();
    this._grown.disconnect();
    super.dispose();
  }

  /** The chat draws itself anew whenever it is attached, also when the panel moves to the other side. */
  protected override onBeforeAttach(msg: Message): void {
    super.onBeforeAttach(msg);
    this._drawn.observe(this._chat.node, { childList: true, subtree: true });
  }

  /** Put the cursor into the input. */
  focusInput(): void {
    this._model.input.focus();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    if (!this._seen && this.isVisible && this.node.offsetWidth > 0) {
      this._seen = true;
      this._makeRoom();
    }
  }

  /** Code needs more width than sidebars start with; whoever chose a width of their own keeps it. */
  private _makeRoom(): void {
    if (Math.abs(this.node.offsetWidth - DEFAULT_SIDEBAR_PIXELS) > 2) {
      return;
    }
    this.node.style.minWidth = `${COMFORTABLE_PIXELS}px`;
    this.parent?.fit();
    setTimeout(() => {
      this.node.style.minWidth = '';
      this.parent?.fit();
    });
  }

  /** Once the chat has drawn itself: our words for its input, and following its list. */
  private _adopt(): void {
    if (this._list && this._chat.node.contains(this._list)) {
      return;
    }
    const input = this._chat.node.querySelector<HTMLTextAreaElement>(
      '.jp-chat-input-textfield textarea:not([aria-hidden])'
    );
    const list = this._chat.node.querySelector<HTMLElement>(
      '[id^="jupyter-chat-scroll-container"]'
    );
    if (!input || !list || list === this._list) {
      return;
    }
    this._list = list;
    input.placeholder = this._trans.__('Ask about your data, or type /');
    input.setAttribute('aria-label', this._trans.__('Question'));
    list.tabIndex = 0; // scrolls by keyboard
    list.setAttribute('role', 'group');
    list.setAttribute('aria-label', this._trans.__('Conversation'));
    list.addEventListener('scroll', () => {
      this._follow =
        list.scrollHeight - list.scrollTop - list.clientHeight < FOLLOW_PIXELS;
    });
    if (list.firstElementChild) {
      this._grown.observe(list.firstElementChild);
    }
    this._followEnd();
  }

  private _followEnd(): void {
    if (this._follow && this._list) {
      this._list.scrollTop = this._list.scrollHeight;
    }
  }

  private readonly _chat: ChatWidget;
  private readonly _model: QwenChatModel;
  private readonly _trans: TranslationBundle;
  private readonly _drawn: MutationObserver;
  private readonly _grown: ResizeObserver;
  private _list: HTMLElement | null = null;
  private _follow = true;
  private _seen = false;
}
