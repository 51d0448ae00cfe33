import { Widget } from '@lumino/widgets';

import { WorkDialog } from '../dialog';

/** Whether the dialog leaves a key that is pressed on `element` to it. */
function leaves(element: HTMLElement, key: string): boolean {
  const event = new KeyboardEvent('keydown', {
    key,
    bubbles: true,
    cancelable: true
  });
  element.dispatchEvent(event);
  return !event.defaultPrevented;
}

describe('WorkDialog', () => {
  it('leaves Enter to its body, and Escape to a text field; else Escape closes', async () => {
    const body = new Widget();
    const button = document.createElement('button');
    const field = document.createElement('textarea');
    body.node.append(button, field);
    const dialog = new WorkDialog({ body, hasClose: true });
    const closed = dialog.launch();
    await new Promise(resolve => setTimeout(resolve));
    expect(leaves(button, 'Enter')).toBe(true);
    expect(leaves(field, 'Enter')).toBe(true);
    expect(leaves(field, 'Escape')).toBe(true);
    expect(leaves(button, 'Escape')).toBe(false);
    expect((await closed).button.accept).toBe(false);
  });
});
