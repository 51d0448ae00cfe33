/** A notebook whose cells have not run: its tables are asked about, and loaded when the answer is inserted. */
import { TABLES } from '../../../tables';
import { expect, test } from '../../../workbench';

test('tables are known before their cells run, and inserting runs these first', async ({
  bench
}) => {
  await bench.chat([TABLES, '1 + 1']);
  await expect(bench.chip('table:orders')).toContainText('not loaded yet');
  await bench.asked('/sql monthly revenue per category');
  await expect(bench.answer.locator('.jp-Qwen-block')).toHaveAttribute(
    'data-verdict',
    'bound'
  );
  await bench.pictureOfPanel('not-loaded');
  expect(await bench.axe()).toEqual([]);
  await bench.press('Insert and run');
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('not loaded yet');
  await expect(dialog).toContainText('import duckdb');
  await bench.picture('not-loaded-dialog');
  await dialog
    .getByRole('button', { name: 'Run the cell, then insert' })
    .click();
  await expect(bench.answer).toContainText('and run.');
  await expect(bench.chip('table:orders')).not.toContainText('not loaded yet');
});

test('a file that no cell loads is offered, and its line comes with the answer', async ({
  bench
}) => {
  await bench.makeFolder('offered');
  await bench.writeFile(
    'offered/orders.csv',
    'order_id,ordered_at\n1,2024-01-01\n'
  );
  await bench.chat(['1 + 1'], { name: 'offered/test.ipynb' });
  await bench.panel
    .getByRole('button', { name: /^orders\.csv, 2 columns/ })
    .click();
  await expect(bench.chip('table:orders')).toContainText('not loaded yet');
});
