/** Notebook 7 has no status bar: what it would say of completion is told elsewhere. */
import { ghostOf, tooSlow } from '../../ghost';
import { expect, test } from '../../workbench';

for (const theme of ['light', 'dark'] as const) {
  test(`Notebook 7 says that completion rests on a slow machine: ${theme}`, async ({
    bench
  }) => {
    const { page } = bench;
    const words = /too slow for suggestions right now/;
    const told = page.locator('.Toastify__toast', { hasText: words });
    const note = bench.panel.locator('.jp-Qwen-statusNote', { hasText: words });
    await bench.theme(theme);
    try {
      await tooSlow(bench);
      await bench.open([''], { app: 'notebook' });
      await bench.edit(0);
      await page.keyboard.type('print(');
      await expect(told).toHaveCount(1);
      // Not with animations at their end: the notification would end with them.
      await page.screenshot({
        path: `test-results/screenshots/notebook7-resting-told-${theme}.png`
      });
      await told.getByRole('button', { name: 'Hide' }).click();
      await expect(told).toHaveCount(0);

      await bench.openPanel();
      await expect(note).toBeVisible();
      await bench.picture(`notebook7-resting-panel-${theme}`);
      expect(await bench.axe()).toEqual([]);

      await page.unroute('**/jupyter-qwen/complete*');
      await bench.edit(0);
      await page.keyboard.press('Alt+\\');
      await expect(ghostOf(bench)).toHaveText('targets.head())');
      await expect(note).toHaveCount(0);

      await tooSlow(bench);
      await page.keyboard.press('Escape');
      await page.keyboard.type('x');
      await expect(note).toBeVisible();
      await expect(told).toHaveCount(0); // once is enough
    } finally {
      await bench.theme('light');
    }
  });
}
