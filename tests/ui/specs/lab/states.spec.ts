/** A picture of each state that a newcomer meets, for the eye: `QWEN_UI_PICTURES=1 npx playwright test --project=lab states`. */
import { widenPanel } from '../../panel-width';
import { TABLES } from '../../tables';
import { App, expect, test } from '../../workbench';

const APPS: App[] = ['lab', 'notebook'];
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [250, 300];

for (const app of APPS) {
  for (const theme of THEMES) {
    test(`${app}, ${theme}`, async ({ bench }) => {
      test.skip(!process.env.QWEN_UI_PICTURES, 'for the eye');
      test.setTimeout(400_000);
      await bench.theme(theme);
      const look = async (state: string) => {
        for (const width of WIDTHS) {
          await widenPanel(bench, width);
          await bench.page.mouse.move(400, 300);
          await bench.pictureOfPanel(`state-${state}-${app}-${theme}-${width}`);
        }
      };
      try {
        await bench.chat(['1 + 1', ''], { app });
        await look('welcome');
        await bench.asked('/sql how many orders were there', 60_000);
        await look('no-tables');

        await bench.chat([TABLES, '1 + 1'], { app });
        await expect(bench.chip('table:orders')).toContainText(
          'not loaded yet'
        );
        await bench.asked('monthly revenue per category', 60_000);
        await look('not-loaded');
        await bench.press('Insert and run');
        await bench.picture(`state-load-first-${app}-${theme}`);
        await bench.page
          .locator('.jp-Dialog')
          .getByRole('button', { name: 'Run the cell, then insert' })
          .click();
        await expect(bench.answer).toContainText('and run.', {
          timeout: 60_000
        });
        await look('first-answer');
        await bench.ask('as a bar chart');
        await expect(bench.answers).toHaveCount(2);
        await bench.answered(60_000);
        await look('chart');
        await bench.ask('/sql moon phase');
        await expect(bench.answers).toHaveCount(3);
        await bench.answered(60_000);
        await look('rejected');
        await bench.picture(`state-page-${app}-${theme}`);
      } finally {
        await bench.theme('light');
      }
    });
  }
}
