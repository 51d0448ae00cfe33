import {
  INotebookTracker,
  NotebookModel,
  NotebookPanel
} from '@jupyterlab/notebook';

import { Anchor } from '../anchor';

class FakePanel {
  constructor(
    readonly model: NotebookModel,
    public path: string
  ) {}
  isDisposed = false;
  get content() {
    return { model: this.isDisposed ? null : this.model };
  }
  get context() {
    return { path: this.path };
  }
}

function open(count: number, path = 'work/a.ipynb') {
  const model = new NotebookModel();
  while (model.sharedModel.cells.length) {
    model.sharedModel.deleteCell(0);
  }
  for (let index = 0; index < count; index++) {
    model.sharedModel.addCell({ cell_type: 'code', source: `${index}` });
  }
  const fake = new FakePanel(model, path);
  return {
    fake,
    panel: fake as unknown as NotebookPanel,
    ids: () => Array.from(model.cells, cell => cell.id),
    shared: model.sharedModel
  };
}

function trackerOf(...panels: NotebookPanel[]): INotebookTracker {
  return {
    find: (test: (panel: NotebookPanel) => boolean) => panels.find(test)
  } as unknown as INotebookTracker;
}

describe('Anchor', () => {
  it('points below the cell that asked, wherever other cells go', () => {
    const notebook = open(3);
    const anchor = new Anchor(notebook.panel, notebook.ids()[1]);
    expect(anchor.indexIn(notebook.panel)).toBe(2);
    notebook.shared.insertCell(0, { cell_type: 'code', source: 'new' });
    expect(anchor.indexIn(notebook.panel)).toBe(3);
    notebook.shared.moveCell(2, 3);
    expect(anchor.indexIn(notebook.panel)).toBe(4);
  });

  it('falls back on the nearest cell above when its own was deleted', () => {
    const notebook = open(4);
    const anchor = new Anchor(notebook.panel, notebook.ids()[2]);
    notebook.shared.deleteCell(2);
    expect(anchor.indexIn(notebook.panel)).toBe(2);
    notebook.shared.deleteCell(1);
    expect(anchor.indexIn(notebook.panel)).toBe(1);
    notebook.shared.deleteCell(0);
    expect(anchor.indexIn(notebook.panel)).toBe(0);
  });

  it('puts a second cell below the first', () => {
    const notebook = open(2);
    const anchor = new Anchor(notebook.panel, notebook.ids()[0]);
    const inserted = notebook.shared.insertCell(
      anchor.indexIn(notebook.panel),
      {
        cell_type: 'code',
        source: 'first'
      }
    );
    anchor.moveTo(inserted.getId());
    expect(anchor.indexIn(notebook.panel)).toBe(2);
  });

  it('goes to the end of a notebook without an active cell', () => {
    const notebook = open(2);
    expect(new Anchor(notebook.panel, null).indexIn(notebook.panel)).toBe(2);
  });

  it('finds the notebook again when it was closed and reopened', () => {
    const first = open(1);
    const anchor = new Anchor(first.panel, first.ids()[0]);
    const tracker = trackerOf(open(1, 'other.ipynb').panel);
    first.fake.isDisposed = true;
    expect(anchor.panel(tracker)).toBeNull();
    expect(anchor.name).toBe('a.ipynb');
    const again = open(1);
    expect(anchor.panel(trackerOf(again.panel))).toBe(again.panel);
  });

  it('is recalled where the cell still is, and not elsewhere', () => {
    const notebook = open(3);
    const tracker = {
      currentWidget: notebook.panel
    } as unknown as INotebookTracker;
    const id = notebook.ids()[1];
    expect(Anchor.recall(tracker, id)?.indexIn(notebook.panel)).toBe(2);
    for (const unknown of ['In[3]', '', null]) {
      expect(Anchor.recall(tracker, unknown)).toBeNull();
    }
    expect(Anchor.recall(null, id)).toBeNull();
  });
});
