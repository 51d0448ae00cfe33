/**
 * Enter and Tab take the highlighted entry of the input's completion list. The list's own handling of Enter leaves a line break
 * when its entries came late, and it has none of Tab.
 */

export function acceptHighlighted(event: KeyboardEvent): void {
  const input = event.target;
  if (
    !(input instanceof HTMLTextAreaElement) ||
    (event.key !== 'Enter' && event.key !== 'Tab') ||
    event.shiftKey ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.isComposing
  ) {
    return;
  }
  const option = highlighted(input);
  if (option) {
    event.preventDefault();
    event.stopPropagation();
    option.click();
  }
}

/** The entry that the list shows as chosen, else its first; null when no list is open. */
function highlighted(input: HTMLTextAreaElement): HTMLElement | null {
  const list = document.getElementById(
    input.getAttribute('aria-controls') ?? ''
  );
  return (
    list?.querySelector<HTMLElement>('[role="option"].Mui-focused') ??
    list?.querySelector<HTMLElement>('[role="option"]') ??
    null
  );
}
