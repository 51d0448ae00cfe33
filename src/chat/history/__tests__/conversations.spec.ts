import type { INotebookTracker } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { QwenClient } from '../../../request';
import type { ITurn } from '../../../wire';
import { Conversations } from '../conversations';

const trans = nullTranslator.load('jupyter_qwen');

const TURN: ITurn = {
  question: 'q',
  markdown: 'half an ans',
  mode: 'sql',
  asked_at: '2026-01-01T00:00:00+00:00',
  model: 'M',
  blocks: []
};

function setUp(turns: Partial<ITurn>[], options: { failing?: boolean } = {}) {
  const moved: [string, string][] = [];
  const client = {
    thread: async () => turns.map(turn => ({ ...TURN, ...turn })),
    deleteThread: async () => {
      if (options.failing) {
        throw new Error('the disk is full');
      }
    },
    moveThread: async (from: string, to: string) => {
      moved.push([from, to]);
    }
  } as unknown as QwenClient;
  const context = {
    path: 'sub/a.ipynb',
    pathChanged: new Signal<object, string>({})
  };
  const panel = { context };
  const tracker = {
    currentWidget: panel,
    currentChanged: new Signal<object, unknown>({}),
    widgetAdded: new Signal<object, unknown>({})
  };
  const conversations = new Conversations(
    client,
    tracker as unknown as INotebookTracker,
    trans
  );
  return { conversations, context, moved, tracker, panel };
}

const settled = () => new Promise(resolve => setTimeout(resolve));

beforeEach(() => window.localStorage.clear());

describe('Conversations', () => {
  it('shows how each turn on disk ended, and what kind of answer it was', async () => {
    const { conversations } = setUp([
      { state: 'done' },
      { state: 'cut' },
      { state: 'failed', note: 'The engine died.' },
      {}
    ]);
    await settled();
    const { exchanges } = conversations.current;
    expect(exchanges.map(({ answer }) => answer.state)).toEqual([
      'done',
      'failed',
      'failed',
      'done'
    ]);
    expect(exchanges[1].answer.markdown).toBe('half an ans');
    expect(exchanges[1].answer.failure?.message).toContain('cut off');
    expect(exchanges[2].answer.failure?.hint).toBe('The engine died.');
    expect(exchanges[0].mode).toBe('sql');
  });

  it('keeps a conversation, and what was taken out of it, through a rename of its folder', async () => {
    const { conversations, context, moved, tracker, panel } = setUp([{}]);
    tracker.widgetAdded.emit(panel);
    await settled();
    const { current } = conversations;
    current.selection.remove('table:orders');
    conversations.renamed('sub', 'other');
    context.path = 'other/a.ipynb';
    context.pathChanged.emit(context.path);
    expect(conversations.current).toBe(current);
    expect(current.thread).toBe('other/a.ipynb');
    expect(moved).toEqual([['sub', 'other']]);
    expect(Object.keys(window.localStorage)).toEqual([
      'jupyter_qwen:context:other/a.ipynb'
    ]);
  });

  it('begins another conversation when a notebook is saved under another name', async () => {
    const { conversations, context, moved, tracker, panel } = setUp([{}]);
    tracker.widgetAdded.emit(panel);
    await settled();
    const { current } = conversations;
    context.path = 'sub/copy.ipynb';
    context.pathChanged.emit(context.path);
    expect(conversations.current).not.toBe(current);
    expect(moved).toEqual([]);
  });

  it('forgets nothing here that could not be deleted from disk', async () => {
    const { conversations } = setUp([{}], { failing: true });
    await settled();
    await expect(conversations.clear(conversations.current)).rejects.toThrow(
      'the disk is full'
    );
    expect(conversations.current.exchanges).toHaveLength(1);
  });

  it('clears what was deleted', async () => {
    const { conversations } = setUp([{}]);
    await settled();
    await conversations.clear(conversations.current);
    expect(conversations.current.exchanges).toHaveLength(0);
  });
});
