import { TABLES } from '../../tables';
import { expect, test, Workbench } from '../../workbench';

test('Notebook 7: ask, insert, run, and ghost text', async ({ bench }) => {
  await bench.chat([TABLES, '', '1 + 1'], {
    app: 'notebook',
    run: [0],
    select: 0
  });
  await bench.asked('monthly revenue per category');
  const block = bench.answer.locator('.jp-Qwen-block');
  await expect(block).toHaveAttribute('data-verdict', 'bound');
  await block.getByRole('button', { name: 'Insert', exact: true }).click();
  await expect(bench.cell(1)).toContainText('GROUP BY ALL');
  await bench.run(1);
  await expect(bench.cell(1).locator('.jp-OutputArea')).toContainText(
    'Camping'
  );
  await bench.picture('notebook7');

  await bench.edit(2);
  await bench.page.keyboard.type('print(', { delay: 40 });
  await expect(bench.page.locator('.jp-GhostText')).toContainText(
    'targets.head()'
  );
  await bench.page.keyboard.press('Tab');
  await expect(bench.cell(2).locator('.cm-content')).toContainText(
    'print(targets.head())'
  );
  expect(
    bench.consoleErrors.filter(text => text.includes('jupyter_qwen'))
  ).toEqual([]);
});

test("Notebook 7: %%qwen streams, stops, and its answer's buttons run and explain", async ({
  bench
}) => {
  await bench.open(
    [
      '%load_ext jupyter_qwen',
      '%%qwen chat\na long story',
      TABLES,
      '%%qwen sql --insert none\nmonthly revenue per category'
    ],
    { app: 'notebook' }
  );
  await bench.run(0);
  await bench.select(1);
  await bench.page.keyboard.press('Control+Enter');
  const progress = bench.cell(1).locator('.jp-Qwen-progress');
  await expect(progress).toContainText(/writing · \d+ \+ \d+ tokens/);
  await bench.select(1);
  await bench.page.keyboard.press('i');
  await bench.page.keyboard.press('i');
  await expect(progress).toContainText('stopped');

  await bench.run(2, 3);
  const answer = bench.cell(3).locator('.jp-OutputArea');
  await expect(answer).toContainText('bound');
  await answer.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(bench.cells()).toHaveCount(5);
  await expect(bench.cell(4).locator('.jp-OutputArea')).toContainText(
    'Camping'
  );
  await answer.getByRole('button', { name: 'Explain', exact: true }).click();
  await bench.answered();
  await expect(bench.answer).toContainText('revenue of each month');
  await bench.picture('notebook7-magic');
});

test('Notebook 7: the answer replaces its cell, is previewed, and models are listed', async ({
  bench
}) => {
  await bench.chat(['targets.mean()', '1 + 1'], { app: 'notebook', select: 0 });
  await bench.asked('/python mean of the targets in pandas');
  await bench.press('Replace…');
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog.locator('del')).toHaveText('targets.mean()');
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await expect(bench.cell(0)).toContainText('targets["target"].mean()');
  await expect(bench.cells()).toHaveCount(2);

  await bench.play(
    Workbench.answer('```svg\n<svg><rect width="9" height="9"/></svg>\n```\n')
  );
  await bench.asked('/chat draw');
  await bench.press('Preview');
  await expect(
    bench.answer.frameLocator('iframe').frameLocator('iframe').locator('rect')
  ).toBeVisible();

  await bench.panel.getByRole('button', { name: 'Models…' }).click();
  await expect(dialog.locator('.jp-Qwen-model')).not.toHaveCount(0);
  expect(await bench.axe('.jp-Dialog')).toEqual([]);
  await bench.picture('notebook7-models');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await bench.axe()).toEqual([]);
});
