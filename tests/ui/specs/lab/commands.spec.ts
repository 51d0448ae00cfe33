/** Slash commands, and the cell that they are about. */
import { TABLES } from '../../tables';
import { expect, test } from '../../workbench';

test('Enter and Tab take the highlighted command, and a bare command says what it needs', async ({
  bench
}) => {
  await bench.chat([TABLES], { run: [0] });
  const list = bench.page.locator('[role="listbox"] [role="option"]');
  await bench.input.pressSequentially('/');
  await expect(list).toHaveCount(7);
  await bench.picture('commands-list');
  await bench.input.pressSequentially('py');
  await expect(list).toHaveCount(1);
  await bench.page.keyboard.press('Enter');
  await expect(bench.input).toHaveValue('/python ');
  await bench.input.pressSequentially('mean of the targets in pandas');
  await bench.page.keyboard.press('Enter');
  await bench.answered();
  await expect(bench.answer).toContainText('mean()');

  await bench.input.pressSequentially('/sq');
  await expect(list).toHaveCount(1);
  await bench.page.keyboard.press('Tab');
  await expect(bench.input).toHaveValue('/sql ');
  await bench.page.keyboard.press('Enter');
  await expect(bench.answer.getByRole('alert')).toContainText(
    '/sql needs a question'
  );
  await expect(bench.answer).toContainText('/sql revenue per month');
});

test('/fix is about the cell that failed, though running it moved on', async ({
  bench
}) => {
  await bench.open([TABLES, 'targts.head(1)', '1 + 1']);
  await bench.run(0);
  await bench.select(1);
  await bench.page.keyboard.press('Shift+Enter');
  await expect(bench.cell(1)).toContainText('NameError');
  await expect(bench.cell(2)).toHaveClass(/jp-mod-active/);
  await bench.openPanel();
  const sent = bench.nextQuestion();
  await bench.ask('/fix');
  const request = (await sent) as {
    active_cell: string;
    mode: string;
    cells: { id: string; error?: { traceback: string } }[];
  };
  expect(request.mode).toBe('fix');
  expect(request.active_cell).toBe('cell-1');
  expect(
    request.cells.find(({ id }) => id === 'cell-1')?.error?.traceback
  ).toContain('NameError');
  await bench.answered();
});

test('a failing cell has a button, and only a failing one, wherever the focus is', async ({
  bench
}) => {
  await bench.open([TABLES, 'targts.head(1)', '1 + 1']);
  await bench.run(0, 2);
  const buttons = bench.page
    .locator('.jp-Cell')
    .getByRole('button', { name: 'Fix with Qwen' });
  await expect(buttons).toHaveCount(0);
  await bench.select(1);
  await bench.page.keyboard.press('Shift+Enter');
  await expect(bench.cell(2)).toHaveClass(/jp-mod-active/);
  await expect(buttons).toHaveCount(1);
  await bench.picture('commands-fix-button');
  const sent = bench.nextQuestion();
  await buttons.click();
  expect(await sent).toMatchObject({ mode: 'fix', active_cell: 'cell-1' });
  await bench.answered();
  await expect(bench.panel).toContainText('NameError');
  await bench.edit(1);
  await bench.page.keyboard.press('Control+A');
  await bench.page.keyboard.type('targets.head(1)');
  await bench.page.keyboard.press('Control+Enter');
  await expect(bench.cell(1)).not.toContainText('NameError');
  await expect(buttons).toHaveCount(0);
});

test('follow-ups keep the query: a filter, then a chart of the result', async ({
  bench
}) => {
  await bench.chat([TABLES, '1 + 1'], { run: [0], select: 1 });
  await bench.asked('monthly revenue per category');
  await bench.ask('as a bar chart');
  await expect(bench.answers).toHaveCount(2);
  await bench.answered();
  await bench.press('Insert');
  await expect(bench.cell(2)).toContainText('import matplotlib');
  await expect(bench.cell(2)).toContainText('data = con.sql(');
  await expect(bench.cell(2)).toContainText('GROUP BY ALL');
  await expect(bench.cell(2)).toContainText('ax.bar');
  await bench.picture('commands-plot');
});
