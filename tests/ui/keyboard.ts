/** Walking the panel by keyboard, and what of it does not fit. */
import type { Locator } from '@playwright/test';

import { expect, Workbench } from './workbench';

/** Go on by Tab until `target` has the focus, and see that this shows. */
export async function tabTo(bench: Workbench, target: Locator): Promise<void> {
  for (let step = 0; step < 40; step++) {
    await bench.page.keyboard.press('Tab');
    if (await target.evaluate(node => node === document.activeElement)) {
      break;
    }
  }
  await expect(target).toBeFocused();
  const ring = await target.evaluate(node => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
    return (
      (outlineStyle !== 'none' && outlineWidth !== '0px') ||
      boxShadow !== 'none'
    );
  });
  expect(ring, 'the focus is visible').toBe(true);
}

/** What reaches out of the panel without a place of its own that scrolls. */
export async function outside(bench: Workbench): Promise<string[]> {
  return bench.panel.evaluate(panel => {
    const right = panel.getBoundingClientRect().right + 1;
    const scrolls =
      '.jp-Qwen-rowsTable, .jp-Qwen-receiptJoins, .jp-Qwen-linesList';
    return Array.from(
      panel.querySelectorAll('.jp-Qwen-answer *, textarea, button')
    )
      .filter(node => !node.closest('pre, .jp-Qwen-code, [aria-hidden]'))
      .filter(node => !node.parentElement?.closest(scrolls))
      .filter(node => node.getBoundingClientRect().right > right)
      .map(node => node.outerHTML.slice(0, 120));
  });
}
