import { ContextSelection } from '../selection';
import { SelectionStorage } from '../storage';

const FILE = { kind: 'file' as const, name: 'a.md', id: 'sub/a.md', text: 'A' };
const TABLE = { kind: 'table' as const, name: 'orders', id: '', text: '' };
const ERROR = { kind: 'error' as const, name: 'cell[1]', id: 'c', text: 'E' };

describe('ContextSelection', () => {
  it('keeps what was added in order, and takes it out again', () => {
    const selection = new ContextSelection();
    selection.add(FILE);
    selection.add(TABLE);
    selection.add({ ...FILE, text: 'newer' });
    expect(selection.added.map(({ text }) => text)).toEqual(['newer', '']);
    selection.remove('file:sub/a.md');
    expect(selection.added).toEqual([TABLE]);
    expect([...selection.excluded]).toEqual([]); // a file never comes by itself
  });

  it('does not send an added table by itself once it was taken out', () => {
    const selection = new ContextSelection();
    selection.add(TABLE);
    selection.remove('table:orders');
    expect(selection.added).toEqual([]);
    expect([...selection.excluded]).toEqual(['table:orders']);
    selection.add(TABLE);
    expect([...selection.excluded]).toEqual([]);
  });

  it('takes out the last error, whichever cell has it', () => {
    const selection = new ContextSelection();
    selection.remove('error:c');
    expect([...selection.excluded]).toEqual(['error']);
    selection.add(ERROR);
    expect([...selection.excluded]).toEqual([]);
  });

  it('says when it changed', () => {
    const selection = new ContextSelection();
    let changes = 0;
    selection.changed.connect(() => changes++);
    selection.remove('cells');
    selection.restore();
    selection.restore();
    expect(changes).toBe(2);
  });
});

describe('SelectionStorage', () => {
  beforeEach(() => window.localStorage.clear());

  it('brings a selection back without the texts, also under another name', () => {
    const storage = new SelectionStorage();
    const selection = new ContextSelection();
    selection.add(FILE);
    selection.remove('table:orders');
    storage.save('a.ipynb', selection);
    storage.move('a.ipynb', 'b.ipynb');
    const restored = storage.load('b.ipynb');
    expect(restored.added).toEqual([{ ...FILE, text: '' }]);
    expect([...restored.excluded]).toEqual(['table:orders']);
    expect(storage.load('a.ipynb').added).toEqual([]);
  });

  it.each(['{"added": 3', '{"added":[{"kind":"poem"}],"excluded":[1]}', '7'])(
    'starts empty from %j',
    text => {
      const warn = jest.spyOn(console, 'warn').mockImplementation();
      window.localStorage.setItem('jupyter_qwen:context:a', text);
      const selection = new SelectionStorage().load('a');
      expect(selection.added).toEqual([]);
      expect(selection.excluded.size).toBe(0);
      warn.mockRestore();
    }
  );

  it('leaves nothing behind when nothing is chosen', () => {
    const storage = new SelectionStorage();
    const selection = new ContextSelection();
    selection.remove('cells');
    storage.save('a', selection);
    selection.restore();
    storage.save('a', selection);
    expect(window.localStorage.length).toBe(0);
  });
});
