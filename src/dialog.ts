/**
 * A dialog in which one works, rather than answers a question.
 */
import { Dialog } from '@jupyterlab/apputils';

/**
 * Lab's dialog takes Enter for itself, so that buttons of its body could not be pressed by it and no line be begun in a text
 * field. Here what is pressed within the body is the body's; Escape in a text field, too.
 */
export class WorkDialog<T> extends Dialog<T> {
  protected override _evtKeydown(event: KeyboardEvent): void {
    const { target, key } = event;
    const own =
      target instanceof Element &&
      target.closest('.jp-Dialog-body') !== null &&
      (key === 'Enter' ||
        (key === 'Escape' && target instanceof HTMLTextAreaElement));
    if (!own) {
      super._evtKeydown(event);
    }
  }
}
