import type { INotebookTracker } from '@jupyterlab/notebook';

import type { ContextGatherer } from '../../context/gather';
import { ContextSelection } from '../../context/selection';
import type { ModelStatus } from '../../model/status';
import type { QwenClient } from '../../request';
import { DEFAULT_SETTINGS } from '../../settings';
import type { ICell } from '../../wire';
import { QuestionWarmer } from '../question-warmer';

const PAUSE_MS = 5;

function setUp(
  options: { state?: string; failing?: boolean; off?: boolean } = {}
) {
  const cells: ICell[] = [];
  const context = () => ({
    language: 'python',
    cells: [...cells],
    active_cell: 'a',
    schema: { tables: [] },
    privacy: 'types' as const,
    note: 'fresh' as const
  });
  const warm = jest.fn(async (_: unknown) => {
    if (options.failing) {
      throw new Error('the server is gone');
    }
    return true;
  });
  const gather = jest.fn(async () => context());
  const conversation = {
    thread: 'a.ipynb',
    selection: new ContextSelection(),
    running: null as object | null
  };
  const panel = {
    content: { activeCell: { model: { id: 'a' } } }
  };
  const warmer = new QuestionWarmer(
    { warm } as unknown as QwenClient,
    {
      refresh: async () => undefined,
      glance: context,
      gather
    } as unknown as ContextGatherer,
    {
      current: { state: options.state ?? 'ready' }
    } as unknown as ModelStatus,
    { current: conversation },
    { currentWidget: panel } as unknown as INotebookTracker,
    { chosen: async () => ({ include: [], exclude: ['table:a'] }) },
    { values: { ...DEFAULT_SETTINGS, prepareWhileIdle: !options.off } },
    PAUSE_MS
  );
  return { warmer, warm, gather, cells, conversation };
}

async function settle(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 8 * PAUSE_MS));
}

describe('QuestionWarmer', () => {
  it('sends the context of a question without the question, once for many keys', async () => {
    const { warmer, warm } = setUp();
    warmer.typed('mon');
    warmer.typed('mont');
    await settle();
    warmer.typed('monthly revenue');
    await settle();
    expect(warm).toHaveBeenCalledTimes(1);
    expect(warm.mock.calls[0][0]).toEqual({
      mode: 'auto',
      thread: 'a.ipynb',
      language: 'python',
      cells: [],
      active_cell: 'a',
      schema: { tables: [] },
      connection: null,
      dialect: null,
      privacy: 'types',
      include: [],
      exclude: ['table:a']
    });
  });

  it('tells the server again when a cell has changed', async () => {
    const { warmer, warm, cells } = setUp();
    warmer.typed('a');
    await settle();
    cells.push({ id: 'b', type: 'code', source: 'x', execution_count: 1 });
    warmer.typed('ab');
    await settle();
    expect(warm).toHaveBeenCalledTimes(2);
  });

  it('says nothing when the question was sent before the pause', async () => {
    const { warmer, gather } = setUp();
    warmer.typed('count');
    warmer.typed('');
    await settle();
    expect(gather).not.toHaveBeenCalled();
  });

  it('leaves an engine alone that is loading or answering', async () => {
    const loading = setUp({ state: 'loading' });
    loading.warmer.typed('a');
    const answering = setUp();
    answering.conversation.running = {};
    answering.warmer.typed('a');
    await settle();
    expect(loading.warm).not.toHaveBeenCalled();
    expect(answering.warm).not.toHaveBeenCalled();
  });

  it('keeps a failure to itself, and does not try the same again', async () => {
    const { warmer, warm } = setUp({ failing: true });
    warmer.typed('a');
    await settle();
    warmer.typed('ab');
    await settle();
    expect(warm).toHaveBeenCalledTimes(1);
  });
});
