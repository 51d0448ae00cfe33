import type { INotebookTracker } from '@jupyterlab/notebook';

import type { ContextGatherer } from '../../context/gather';
import { ContextSelection } from '../../context/selection';
import { SelectionStorage } from '../../context/storage';
import type { ModelStatus } from '../../model/status';
import type { QwenClient } from '../../request';
import { DEFAULT_SETTINGS, QwenSettings } from '../../settings';
import type { ICell } from '../../wire';
import { NotebookWarmer } from '../notebook-warmer';

const PAUSE_MS = 5;

function setUp(
  options: { state?: string; remote?: boolean; off?: boolean } = {}
) {
  const cells: ICell[] = [
    { id: 'a', type: 'code', source: 'x = 1', execution_count: 1 }
  ];
  const panel = {
    isDisposed: false,
    context: { path: 'a.ipynb' },
    content: { activeCell: { model: { id: 'a' } } }
  };
  const tracker = { currentWidget: panel as typeof panel | null };
  let failing = false;
  const warm = jest.fn(async (_: unknown) => {
    if (failing) {
      throw new Error('the server is gone');
    }
    return true;
  });
  const warmer = new NotebookWarmer(
    { warm } as unknown as QwenClient,
    {
      glance: () => ({
        language: 'python',
        cells: cells.map(cell => ({ ...cell })),
        schema: { tables: [] },
        privacy: 'types'
      })
    } as unknown as ContextGatherer,
    {
      current: {
        state: options.state ?? 'ready',
        remote: options.remote ?? false
      }
    } as unknown as ModelStatus,
    {
      values: { ...DEFAULT_SETTINGS, prepareWhileIdle: !options.off }
    } as unknown as QwenSettings,
    tracker as unknown as INotebookTracker,
    PAUSE_MS
  );
  return {
    warmer,
    warm,
    cells,
    tracker,
    fail: (value: boolean) => (failing = value)
  };
}

async function settle(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 8 * PAUSE_MS));
}

describe('NotebookWarmer', () => {
  it('tells the server once for many changes in a row', async () => {
    const { warmer, warm } = setUp();
    warmer.changed();
    warmer.changed();
    warmer.changed();
    await settle();
    expect(warm).toHaveBeenCalledTimes(1);
    expect(warm.mock.calls[0][0]).toMatchObject({
      mode: 'auto',
      thread: 'a.ipynb',
      active_cell: 'a',
      privacy: 'types'
    });
  });

  it('leaves out what was taken out of the context of a question', async () => {
    const selection = new ContextSelection();
    selection.remove('table:orders');
    new SelectionStorage().save('a.ipynb', selection);
    const { warmer, warm } = setUp();
    warmer.changed();
    await settle();
    expect(warm.mock.calls[0][0]).toMatchObject({ exclude: ['table:orders'] });
    window.localStorage.clear();
  });

  it('tells it again only when cells or tables differ', async () => {
    const { warmer, warm, cells } = setUp();
    warmer.changed();
    await settle();
    warmer.changed();
    await settle();
    expect(warm).toHaveBeenCalledTimes(1);
    cells.push({ id: 'b', type: 'code', source: 'y', execution_count: 2 });
    warmer.changed();
    await settle();
    expect(warm).toHaveBeenCalledTimes(2);
  });

  it('tells it again to a model that was just loaded', async () => {
    const { warmer, warm } = setUp();
    warmer.changed();
    await settle();
    warmer.loaded();
    await settle();
    expect(warm).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['the model is not ready', { state: 'loading' }],
    ['the model runs elsewhere', { remote: true }],
    ['the user has switched it off', { off: true }]
  ])('does nothing while %s', async (_, options) => {
    const { warmer, warm } = setUp(options);
    warmer.changed();
    await settle();
    expect(warm).not.toHaveBeenCalled();
  });

  it('does nothing without a notebook', async () => {
    const { warmer, warm, tracker } = setUp();
    tracker.currentWidget = null;
    warmer.changed();
    await settle();
    expect(warm).not.toHaveBeenCalled();
  });

  it('tries again after a failure, quietly', async () => {
    const { warmer, warm, fail } = setUp();
    fail(true);
    warmer.changed();
    await settle();
    fail(false);
    warmer.changed();
    await settle();
    expect(warm).toHaveBeenCalledTimes(2);
  });
});
