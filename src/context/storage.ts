/**
 * Keeps what was taken out of a context: after a refresh it must not be sent again.
 */
import { ContextSelection } from './selection';

const PREFIX = 'jupyter_qwen:context:';

export class SelectionStorage {
  constructor(private readonly _storage: Storage = window.localStorage) {}

  load(thread: string): ContextSelection {
    try {
      return ContextSelection.fromJSON(
        JSON.parse(this._storage.getItem(PREFIX + thread) ?? 'null')
      );
    } catch (error) {
      console.warn('jupyter_qwen: a selection could not be read', error);
      return new ContextSelection();
    }
  }

  save(thread: string, selection: ContextSelection): void {
    try {
      if (selection.added.length || selection.excluded.size) {
        this._storage.setItem(PREFIX + thread, JSON.stringify(selection));
      } else {
        this._storage.removeItem(PREFIX + thread);
      }
    } catch (error) {
      // Full or forbidden: the selection holds until the page is closed.
      console.warn('jupyter_qwen: a selection could not be kept', error);
    }
  }

  move(from: string, to: string): void {
    const kept = this._storage.getItem(PREFIX + from);
    if (kept !== null) {
      this._storage.removeItem(PREFIX + from);
      this._storage.setItem(PREFIX + to, kept);
    }
  }
}
