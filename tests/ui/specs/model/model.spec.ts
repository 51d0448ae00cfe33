/** The real model: what it writes is its own, so the tests look at what must hold for any answer. */
import { SHOP, TABLES } from '../../tables';
import { expect, test } from '../../workbench';

test('the real model: ask, bound badge, insert, run, rows', async ({
  bench
}) => {
  await bench.chat([SHOP], { run: [0] });
  await expect(bench.panel.locator('.jp-Qwen-status')).toHaveAttribute(
    'data-state',
    'ready',
    { timeout: 90_000 }
  );
  await bench.asked('monthly revenue per product category in 2024', 90_000);
  const block = bench.answer.locator('.jp-Qwen-block').first();
  await expect(block).toHaveAttribute('data-verdict', 'bound');
  await bench.picture('model-bound');
  await block.getByRole('button', { name: 'Insert', exact: true }).click();
  await bench.run(1);
  await expect(
    bench.cell(1).locator('.jp-OutputArea tbody tr')
  ).not.toHaveCount(0);
  await bench.picture('model-rows');
});

test('the real model: %%qwen sql writes the next cell', async ({ bench }) => {
  await bench.open([
    TABLES,
    '%load_ext jupyter_qwen',
    '%%qwen sql\nnumber of products per category'
  ]);
  await bench.run(0, 1);
  await bench.run(2);
  await expect(bench.cells()).toHaveCount(4, { timeout: 90_000 });
  await expect(bench.cell(3)).toContainText(/SELECT/i);
  await bench.run(3);
  await expect(bench.cell(3).locator('.jp-OutputArea')).toContainText(
    'Camping'
  );
  await bench.picture('model-magic');
});

test('the real model: ghost text, accepted with Tab', async ({ bench }) => {
  await bench.open([TABLES, '']);
  await bench.run(0);
  await expect(bench.page.locator('.jp-Qwen-statusItemButton')).toHaveText(
    'Qwen: ready',
    { timeout: 90_000 }
  );
  await bench.edit(1);
  await bench.page.keyboard.type('import numpy as ', { delay: 40 });
  await expect(bench.page.locator('.jp-GhostText')).toContainText('np', {
    timeout: 30_000
  });
  await bench.picture('model-ghost');
  await bench.page.keyboard.press('Tab');
  await expect(bench.cell(1).locator('.cm-content')).toContainText(
    'import numpy as np'
  );
});
