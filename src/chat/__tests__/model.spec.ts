import { nullTranslator } from '@jupyterlab/translation';

import { Answer } from '../answer';
import { Conversation, IExchange } from '../history/conversation';
import { QwenChatModel } from '../model';

const trans = nullTranslator.load('jupyter_qwen');

function exchange(number: number): IExchange {
  const answer = new Answer(`question ${number}`);
  answer.stopped();
  return {
    id: `e${number}`,
    shown: `question ${number}`,
    time: number,
    answer,
    anchor: null,
    controller: null
  };
}

function setUp(count: number) {
  const model = new QwenChatModel(trans, () => undefined);
  const conversation = new Conversation('a.ipynb');
  model.show(conversation);
  conversation.restore(
    Array.from({ length: count }, (_, index) => exchange(index))
  );
  const ids = () => model.messages.map(({ id }) => id);
  return { model, conversation, ids };
}

describe('QwenChatModel', () => {
  it('draws a short conversation whole', () => {
    const { ids, model } = setUp(2);
    expect(ids()).toEqual([
      'e0:question',
      'e0:answer',
      'e1:question',
      'e1:answer'
    ]);
    expect(model.hidden).toBe(0);
  });

  it('draws the end of a long one, and the rest in steps', () => {
    const { ids, model } = setUp(100);
    expect(model.hidden).toBe(60);
    expect(ids()).toHaveLength(81);
    expect(model.isEarlier(ids()[0])).toBe(true);
    expect(ids()[1]).toBe('e60:question');
    model.showEarlier();
    model.showEarlier();
    expect(ids()).toHaveLength(200);
    expect(ids()[0]).toBe('e0:question');
  });

  it('leaves what is drawn as it is when a question is asked', () => {
    const { conversation, ids, model } = setUp(41);
    expect(model.hidden).toBe(1);
    conversation.add(exchange(41));
    expect(model.hidden).toBe(1);
    expect(ids()).toHaveLength(83);
  });

  it('welcomes again after the conversation was cleared', () => {
    const { conversation, ids, model } = setUp(100);
    conversation.clear();
    expect(ids()).toHaveLength(1);
    expect(model.isWelcome(ids()[0])).toBe(true);
    expect(model.hidden).toBe(0);
  });
});
