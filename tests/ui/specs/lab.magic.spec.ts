import { TABLES } from '../tables';
import { expect, test } from '../workbench';

test('%%qwen answers in place, and its button inserts below its own cell', async ({
  bench
}) => {
  await bench.open([
    TABLES,
    '%load_ext jupyter_qwen',
    '%%qwen sql --insert none\nmonthly revenue per category',
    '1 + 1'
  ]);
  await bench.run(0, 1, 2);
  const output = bench.cell(2).locator('.jp-OutputArea');
  await expect(output).toContainText('GROUP BY ALL');
  await expect(output).toContainText('bound');
  await bench.select(3);
  const button = output.locator(
    '[data-commandlinker-command="jupyter_qwen:insert-cell"]'
  );
  await button.first().click();
  await expect(bench.cells()).toHaveCount(5);
  await expect(bench.cell(3)).toContainText('GROUP BY ALL');
  await bench.picture('magic-inserted');
  await bench.run(3);
  await expect(bench.cell(3).locator('.jp-OutputArea')).toContainText(
    'Camping'
  );
});
