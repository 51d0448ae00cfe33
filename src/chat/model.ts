/**
 * The chat's model: shows one conversation at a time and hands questions to the asker.
 */
import {
  AbstractChatContext,
  AbstractChatModel,
  IChatContext,
  IMessageContent,
  INewMessage,
  IUser
} from '@jupyter/chat';
import { ISignal, Signal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import { Conversation, IExchange } from './history/conversation';
import { IParsed, parseInput } from './input/slash';

/** A longer question is shown cut; it is sent whole. */
const SHOWN_CHARACTERS = 2000;

const WELCOME_ID = 'jupyter_qwen:welcome';
const EARLIER_ID = 'jupyter_qwen:earlier';

/** Of a long conversation this many exchanges are drawn at once; 100 took 0.7 s, and who opens it reads the end. */
const DRAWN_AT_ONCE = 40;

class Context extends AbstractChatContext {
  get users(): IUser[] {
    return [];
  }
}

export class QwenChatModel extends AbstractChatModel {
  constructor(
    trans: TranslationBundle,
    private readonly _submit: (input: IParsed) => void
  ) {
    super({
      config: {
        enableCodeToolbar: false,
        sendTypingNotification: false,
        unreadNotifications: false,
        stackMessages: false
      }
    });
    this._you = {
      username: 'you',
      display_name: trans.__('You')
    };
    this._assistant = {
      username: 'qwen',
      display_name: trans.__('Qwen'),
      initials: 'Q',
      color: 'var(--jp-brand-color1)',
      bot: true
    };
    this.name = 'Qwen';
    this.setReady();
    this._sync();
  }

  get user(): IUser {
    return this._you;
  }

  get conversation(): Conversation {
    return this._conversation;
  }

  /** Another conversation is shown, or the one shown got or lost a running answer. */
  get conversationChanged(): ISignal<this, void> {
    return this._conversationChanged;
  }

  show(conversation: Conversation): void {
    if (conversation === this._conversation) {
      return;
    }
    this._conversation.changed.disconnect(this._sync, this);
    this._conversation = conversation;
    conversation.changed.connect(this._sync, this);
    this._count = 0;
    this._hidden = 0;
    this._sync();
  }

  /** The exchange that a message of the list belongs to; null for the welcome. */
  exchangeOf(messageId: string): IExchange | null {
    const id = messageId.replace(/:(question|answer)$/, '');
    return (
      this._conversation.exchanges.find(exchange => exchange.id === id) ?? null
    );
  }

  /** How many exchanges stand before the first that is drawn. */
  get hidden(): number {
    return this._hidden;
  }

  isEarlier(messageId: string): boolean {
    return messageId === EARLIER_ID;
  }

  /** Draw some more of the exchanges before the first one. */
  showEarlier(): void {
    this._hidden = Math.max(0, this._hidden - DRAWN_AT_ONCE);
    this._sync();
  }

  isWelcome(messageId: string): boolean {
    return messageId === WELCOME_ID;
  }

  sendMessage(message: INewMessage): boolean {
    const text = message.body;
    if (this._conversation.running) {
      // The input clears itself after this call; a question that cannot be asked yet must not be lost.
      queueMicrotask(() => {
        this.input.value = text;
      });
      return false;
    }
    this._submit(parseInput(text));
    return true;
  }

  createChatContext(): IChatContext {
    return new Context({ model: this });
  }

  /** Make the list of messages that of the conversation, touching as little as possible. */
  private _sync(): void {
    const count = this._conversation.exchanges.length;
    if (count < this._count || count > this._count + 1) {
      // Read from disk or cleared. A question that is asked leaves what is drawn as it is.
      this._hidden = Math.max(0, count - DRAWN_AT_ONCE);
    }
    this._count = count;
    const wanted = this._wanted();
    const present = this.messages;
    let same = 0;
    while (
      same < wanted.length &&
      same < present.length &&
      wanted[same].id === present[same].id
    ) {
      same++;
    }
    if (same < present.length) {
      this.messagesDeleted(same, present.length - same);
    }
    if (same < wanted.length) {
      this.messagesInserted(same, wanted.slice(same));
    }
    this._conversationChanged.emit();
  }

  private _wanted(): IMessageContent[] {
    const messages: IMessageContent[] = [];
    const { exchanges } = this._conversation;
    if (exchanges.length === 0 || this._hidden > 0) {
      messages.push({
        type: 'msg',
        id: this._hidden > 0 ? EARLIER_ID : WELCOME_ID,
        body: '',
        time: exchanges[this._hidden]?.time ?? Date.now() / 1000,
        sender: this._assistant
      });
    }
    for (const exchange of exchanges.slice(this._hidden)) {
      messages.push(
        {
          type: 'msg',
          id: `${exchange.id}:question`,
          body: shorten(exchange.shown),
          time: exchange.time,
          sender: this._you
        },
        {
          type: 'msg',
          id: `${exchange.id}:answer`,
          body: '', // the answer view shows it, see answer-view.tsx
          time: exchange.time,
          sender: this._assistant
        }
      );
    }
    return messages;
  }

  private readonly _you: IUser;
  private readonly _assistant: IUser;
  private _conversation = new Conversation('');
  private _count = 0;
  private _hidden = 0;
  private _conversationChanged = new Signal<this, void>(this);
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS
    ? `${text.slice(0, SHOWN_CHARACTERS)}…`
    : text;
}
