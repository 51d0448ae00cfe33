import { HIDDEN_TABLES } from '../../../tables';
import { expect, test } from '../../../workbench';

test('where there is no table, the cells that make some are run at a press, and the question is asked again', async ({
  bench
}) => {
  await bench.chat([HIDDEN_TABLES, '1 + 1']);
  await bench.asked('/sql monthly revenue per category');
  await expect(bench.answer).toContainText('There is no table to ask yet');
  await expect(bench.answer.locator('.jp-Qwen-block')).toHaveCount(0);
  await bench.pictureOfPanel('no-tables');
  expect(await bench.axe()).toEqual([]);
  await bench.press('Run the cells above');
  await expect(bench.answers).toHaveCount(2);
  await bench.answered();
  await expect(bench.answer.locator('.jp-Qwen-block')).toHaveAttribute(
    'data-verdict',
    'bound'
  );
  await expect(bench.answers.first().getByRole('button')).toHaveCount(0);
});

test("the demo's tables are there at a press, in a cell that says where they come from", async ({
  bench
}) => {
  await bench.chat(['1 + 1']);
  await bench.asked('/sql how many orders were there');
  await bench.press(/Use the demo's tables/);
  await expect(bench.answers).toHaveCount(2);
  await bench.answered();
  await expect(bench.answer).not.toContainText('no table to ask');
  await expect(bench.cell(1)).toContainText('demo.connect()');
});

test('a cell that fails on the way is told, and nothing is asked', async ({
  bench
}) => {
  await bench.chat(['1 / 0']);
  await bench.asked('/sql how many orders were there');
  await bench.press('Run the cells above');
  await expect(bench.answer).toContainText('A cell failed');
  await expect(bench.answers).toHaveCount(1);
});

test('a data file is opened in the dialog, and the question is asked about it', async ({
  bench
}) => {
  const { page } = bench;
  await bench.makeFolder('opening');
  await bench.makeFolder('opening/data');
  await bench.writeFile('opening/data/notes.txt', 'no data');
  await bench.writeFile(
    'opening/data/orders.csv',
    'order_id,ordered_at\n1,2024-01-01\n'
  );
  await bench.chat(['1 + 1'], { name: 'opening/test.ipynb', run: [0] });
  await bench.asked('/sql how many orders were there');
  const button = bench.answer.getByRole('button', { name: 'Open a file…' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.locator('.jp-Dialog');
  await expect(dialog).toContainText('Open a data file');
  await expect(dialog.getByText('data', { exact: true })).toBeVisible();
  await expect(dialog).not.toContainText('test.ipynb');
  await page.keyboard.press('Escape');
  await expect(bench.answer).toContainText('Nothing was opened');

  await button.focus();
  await page.keyboard.press('Enter');
  await dialog.getByText('data', { exact: true }).dblclick();
  await expect(dialog.getByText('orders.csv')).toBeVisible();
  await expect(dialog).not.toContainText('notes.txt');
  await bench.picture('open-a-file');
  await dialog.getByText('orders.csv').click();
  await page.keyboard.press('Enter');
  await expect(bench.answers).toHaveCount(2);
  await bench.answered();
  await expect(bench.chip('table:orders')).toContainText('not loaded yet');
  await expect(bench.answer).not.toContainText('no table to ask');
});

test('what is missing is said without the model', async ({ bench }) => {
  await bench.chat(['1 + 1']);
  await bench.input.pressSequentially('/sql how many orders were there');
  const sent = Date.now();
  await bench.page.keyboard.press('Enter');
  await bench.answered();
  const server = await bench.answer.locator('.jp-Qwen-took').textContent();
  console.log(
    `no table: the answer stood there ${Date.now() - sent} ms after Send; ${server}`
  );
  await expect(bench.answer.getByRole('button')).not.toHaveCount(0);
});
