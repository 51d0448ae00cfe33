import { DEMO, DEMO_FOR_PANDAS } from '../../../tables';
import { expect, test } from '../../../workbench';

test.describe.configure({ timeout: 150_000 });

test('a demo that was just made opens ready, once', async ({ bench }) => {
  await bench.visit(DEMO);
  await expect(bench.input).toBeFocused({ timeout: 40_000 });
  const numbers = bench.cells().locator('.jp-InputPrompt');
  await expect(numbers.filter({ hasText: /\[\d+\]/ })).toHaveCount(2);
  await expect(bench.panel.locator('.jp-Qwen-example')).toHaveText([
    'monthly revenue per product category in 2024',
    'the three products with the highest revenue in each category',
    'plot the revenue per month in 2024'
  ]);
  await expect(
    bench.panel.locator('.jp-Qwen-chip[data-kind="table"]').first()
  ).toBeVisible();
  await bench.picture('demo-ready');

  // Whoever comes back finds it as it is: what ran does not run again.
  const asked = bench.page.waitForResponse(/\/jupyter-qwen\/demo/);
  await bench.visit(DEMO);
  expect(await (await asked).json()).toEqual({ cells: [] });
});

test('the demo for people of pandas opens ready, too', async ({ bench }) => {
  await bench.visit(DEMO_FOR_PANDAS);
  await expect(bench.input).toBeFocused({ timeout: 40_000 });
  await expect(bench.cell(1).locator('.jp-OutputArea')).toContainText(
    'rider_type'
  );
  await bench.picture('demo-pandas');
});

test("a stranger's notebook that calls itself the demo runs nothing", async ({
  bench
}) => {
  const name = 'stranger.ipynb';
  await bench.write(name, [
    { type: 'markdown', source: '# Ask your data' },
    'import duckdb\nprint("ran")'
  ]);
  const asked = bench.page.waitForResponse(/\/jupyter-qwen\/demo/);
  await bench.claim(name, {
    loads: ['cell-1'],
    questions: ['how many rows?']
  });
  await bench.visit(name);
  expect(await (await asked).json()).toEqual({ cells: [] });
  await bench.openPanel();
  await expect(bench.panel.locator('.jp-Qwen-example')).toHaveText([
    'how many rows?'
  ]);
  await expect(bench.cell(1).locator('.jp-InputPrompt')).toHaveText('[ ]:');
  await expect(bench.cell(1).locator('.jp-OutputArea-output')).toHaveCount(0);
});
