/**
 * Draws a component into the page of a test, and presses what is there.
 */

// Neither brings types for these.
const { createRoot } = jest.requireActual<{
  createRoot(node: HTMLElement): { render(element: JSX.Element): void };
}>('react-dom/client');
const { act } = jest.requireActual<{
  act(work: () => Promise<void>): Promise<void>;
}>('react');

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

export interface IDrawn {
  node: HTMLElement;
  /** The button with this accessible name. */
  button(name: string): HTMLButtonElement;
  press(name: string): Promise<void>;
}

export async function draw(element: JSX.Element): Promise<IDrawn> {
  const node = document.createElement('div');
  document.body.replaceChildren(node);
  await act(async () => createRoot(node).render(element));
  const button = (name: string) => {
    const found = Array.from(node.querySelectorAll('button')).find(
      each => (each.getAttribute('aria-label') ?? each.textContent) === name
    );
    if (!found) {
      throw new Error(`There is no button "${name}" in: ${node.textContent}`);
    }
    return found;
  };
  return {
    node,
    button,
    press: name => act(async () => button(name).click())
  };
}

export async function type(
  field: HTMLTextAreaElement,
  text: string
): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(
      HTMLTextAreaElement.prototype,
      'value'
    )!.set!.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

/** Let what was promised come, and be drawn. */
export async function settled(): Promise<void> {
  await act(() => new Promise(resolve => setTimeout(resolve)));
}
