import { HIDDEN_TABLES } from '../../../tables';
import { expect, test } from '../../../workbench';

test('where there is no table, the cells that make some are run at a press, and the question is asked again', async ({
  bench
}) => {
  await bench.open([HIDDEN_TABLES, '1 + 1']);
  await bench.openPanel();
  await bench.ask('/sql monthly revenue per category');
  await bench.answered();
  await expect(bench.answer).toContainText('There is no table to ask yet');
  await expect(bench.answer.locator('.jp-Qwen-block')).toHaveCount(0);
  await bench.pictureOfPanel('no-tables');
  expect(await bench.axe()).toEqual([]);
  await bench.answer
    .getByRole('button', { name: 'Run the cells above' })
    .click();
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
  await bench.open(['1 + 1']);
  await bench.openPanel();
  await bench.ask('/sql how many orders were there');
  await bench.answered();
  await bench.answer
    .getByRole('button', { name: "Use the demo's tables" })
    .click();
  await expect(bench.answers).toHaveCount(2);
  await bench.answered();
  await expect(bench.answer).not.toContainText('no table to ask');
  await expect(bench.cell(1)).toContainText('demo.connect()');
});

test('a cell that fails on the way is told, and nothing is asked', async ({
  bench
}) => {
  await bench.open(['1 / 0']);
  await bench.openPanel();
  await bench.ask('/sql how many orders were there');
  await bench.answered();
  await bench.answer
    .getByRole('button', { name: 'Run the cells above' })
    .click();
  await expect(bench.answer).toContainText('A cell failed');
  await expect(bench.answers).toHaveCount(1);
});
