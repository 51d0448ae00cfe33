import { NotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';

import list from '../../jupyter_qwen/settings/plugin.json';
import { Answer } from '../chat/answer';
import { BlockActions } from '../chat/view/block-actions';
import { CompletionManners } from '../completion/manners';
import { Questions } from '../completion/question';
import { ContextGatherer } from '../context/gather';
import { ContextSelection } from '../context/selection';
import type { ModelStatus } from '../model/status';
import { Anchor } from '../notebook/anchor';
import { normalizeBlock } from '../received';
import type { QwenClient } from '../request';
import { ISettingValues, QwenSettings, opensOnStart } from '../settings';
import { NotebookWarmer } from '../warm/notebook-warmer';
import { QuestionWarmer } from '../warm/question-warmer';

const PLACE = { path: 'a.ipynb', language: 'python' };
const NOTHING_TO_LOAD = { schema: { tables: [] }, offered: { tables: [] } };
const STATUS = { current: { state: 'ready' } } as unknown as ModelStatus;

/** A notebook of three cells, without the widgets around it. */
function openNotebook() {
  const model = new NotebookModel();
  while (model.sharedModel.cells.length) {
    model.sharedModel.deleteCell(0);
  }
  for (const source of ['a = 1', 'b = 2', 'c = 3']) {
    model.sharedModel.addCell({ cell_type: 'code', source });
  }
  const panel = {
    isDisposed: false,
    context: { path: 'a.ipynb' },
    sessionContext: { session: null },
    content: {
      model,
      activeCell: { model: { id: model.cells.get(2).id } },
      activeCellIndex: 2,
      deselectAll: () => undefined,
      notebookConfig: { defaultCell: 'code' },
      scrollToItem: async () => undefined,
      get widgets() {
        return Array.from(model.cells, cell => ({ model: cell }));
      }
    }
  } as unknown as NotebookPanel;
  return { model, panel };
}

function gathererOf(settings: QwenSettings): ContextGatherer {
  const client = { loadable: async () => NOTHING_TO_LOAD };
  return new ContextGatherer(client as unknown as QwenClient, settings, STATUS);
}

/** What the server is told by those who prepare the next question. */
async function prepared(settings: QwenSettings): Promise<unknown[]> {
  const told: unknown[] = [];
  const client = {
    warm: async (body: unknown) => told.push(body)
  } as unknown as QwenClient;
  const { panel } = openNotebook();
  const tracker = { currentWidget: panel } as never;
  const gatherer = gathererOf(settings);
  const notebook = new NotebookWarmer(
    client,
    gatherer,
    STATUS,
    settings,
    tracker,
    1
  );
  const current = {
    thread: 'a.ipynb',
    selection: new ContextSelection(),
    running: null
  };
  const question = new QuestionWarmer(
    client,
    gatherer,
    STATUS,
    { current },
    tracker,
    { chosen: async () => ({ include: [], exclude: [] }) },
    settings,
    1
  );
  notebook.changed();
  question.typed('how many');
  await new Promise(resolve => setTimeout(resolve, 20));
  notebook.dispose();
  question.dispose();
  const cursor = new CompletionManners(settings).preparesAt(PLACE);
  return cursor ? [...told, 'cursor'] : told;
}

/** The metadata of a cell that was inserted. */
async function inserted(settings: QwenSettings): Promise<unknown> {
  const { model, panel } = openNotebook();
  const actions = new BlockActions(
    null,
    settings,
    nullTranslator.load('jupyter_qwen')
  );
  await actions.insert(
    normalizeBlock({ language: 'python', source: '1 + 1' }),
    {
      id: 'x',
      shown: 'q',
      time: 0,
      answer: new Answer('q'),
      anchor: new Anchor(panel, model.cells.get(2).id),
      controller: null
    },
    { run: false }
  );
  return model.cells.get(3).sharedModel.getMetadata('jupyter_qwen');
}

function manner(settings: QwenSettings) {
  return new CompletionManners(settings).at(PLACE);
}

function cellsSent(settings: QwenSettings) {
  return gathererOf(settings).glance(openNotebook().panel, null).cells.length;
}

/** Where each setting can be seen, and a value that must make a difference where the list does not tell one. */
const OBSERVED: {
  [K in keyof ISettingValues]: [
    (settings: QwenSettings) => unknown,
    ISettingValues[K]?
  ];
} = {
  privacy: [settings => gathererOf(settings).privacy, 'types'],
  sendCells: [cellsSent],
  maxCells: [cellsSent, 2],
  cellMetadata: [inserted],
  openOnStart: [opensOnStart],
  prepareWhileIdle: [async settings => (await prepared(settings)).length],
  inlineCompletion: [manner],
  inlineCompletionManualOnly: [manner],
  inlineCompletionDisabledLanguages: [manner, ['python']],
  inlineCompletionDisabledDocuments: [manner, ['a.ipynb']],
  inlineMultiline: [
    settings =>
      new Questions(gathererOf(settings), settings).at(
        openNotebook().panel as never,
        { prefix: '', suffix: '', mimeType: undefined }
      ).multiline,
    'always'
  ],
  inlineDebounce: [settings => new CompletionManners(settings).pause, 900]
};

describe('the list of settings', () => {
  it('is what can be observed', () => {
    expect(Object.keys(list.properties)).toEqual(Object.keys(OBSERVED));
  });

  it.each(Object.entries(list.properties))(
    '%s changes something',
    async (name, listed) => {
      const key = name as keyof ISettingValues;
      const [observe, told] = OBSERVED[key];
      const other = listed.type === 'boolean' ? !listed.default : told;
      expect(other).not.toEqual(listed.default);
      const settings = new QwenSettings();
      const before = await observe(settings);
      await settings.set(key, other as never);
      expect(await observe(settings)).not.toEqual(before);
    }
  );

  it('stops all three who prepare, each by itself', async () => {
    const settings = new QwenSettings();
    expect(await prepared(settings)).toHaveLength(3);
    await settings.set('prepareWhileIdle', false);
    expect(await prepared(settings)).toHaveLength(0);
  });
});
