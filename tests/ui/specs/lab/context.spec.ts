/** What goes along with a question: seen, taken out, added by name. */
import { widenPanel } from '../../panel-width';
import { TABLES } from '../../tables';
import { expect, test } from '../../workbench';

test('chips show what goes along, and what is taken out is not sent', async ({
  bench
}) => {
  const name = await bench.chat([TABLES, '# second\nx = 1', 'targts'], {
    run: [0, 1, 2]
  });
  const tokens = (ref: string) =>
    bench.chip(ref).locator('.jp-Qwen-chipTokens');
  await expect(bench.chip('table:targets')).toBeVisible();
  await expect(bench.chip('cells')).toContainText('3 cells');
  await expect(bench.panel.locator('[data-kind="error"]')).toContainText(
    'NameError'
  );
  // A question about rows is answered with a query, which is written from the tables alone.
  await expect(bench.chip('cells')).toContainText('not sent');
  await expect(tokens('table:orders')).toHaveText(/^\d+$/);
  await bench.pictureOfPanel('context-chips-sql');

  await bench.input.fill('why does this fail?');
  await expect(bench.chip('cells')).toHaveAttribute('data-sent', 'true');
  await expect(tokens('cells')).toHaveText(/^\d+$/);
  await bench.chip('cells').locator('.jp-Qwen-chipLabel').click();
  await expect(bench.chip('cell:cell-1')).toContainText('cell[2]');
  await bench.pictureOfPanel('context-chips-chat');

  // Taken out with a click, and with the Delete key; the focus goes to the neighbour.
  await bench
    .chip('table:orders')
    .getByRole('button', { name: /Take out/ })
    .click();
  await expect(bench.chip('table:orders')).toHaveCount(0);
  await bench.chip('table:products').locator('.jp-Qwen-chipLabel').focus();
  await bench.page.keyboard.press('Delete');
  await expect(bench.chip('table:products')).toHaveCount(0);
  await expect(bench.panel.locator('.jp-Qwen-chipLabel:focus')).toHaveCount(1);
  expect(await bench.axe()).toEqual([]);
  await bench.panel
    .getByRole('button', { name: /What the model sees/ })
    .click();
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('This is all that the model gets');
  await expect(dialog).toContainText('DataFrames in memory');
  await expect(dialog).not.toContainText('DuckDB tables, queried by');
  await bench.picture('context-prompt');
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  const sent = bench.nextQuestion();
  await bench.input.press('Enter');
  expect((await sent).exclude).toEqual(['table:orders', 'table:products']);
  await bench.answered();

  // It stays out after a refresh, until it is let in again.
  await bench.visit(name);
  await bench.openPanel();
  await expect(bench.chip('table:targets')).toBeVisible();
  await expect(bench.chip('table:orders')).toHaveCount(0);
  await bench.panel.locator('.jp-Qwen-restore').click();
  await expect(bench.chip('table:orders')).toBeVisible();
});

test('@ adds tables, cells, files and the last error, by keyboard alone', async ({
  bench
}) => {
  await bench.writeFile('notes on revenue.md', 'Revenue never includes tax.');
  await bench.writeFile('big.txt', 'x'.repeat(150_000));
  await bench.writeFile(
    'raw.bin',
    Buffer.from([0, 255, 254, 1]).toString('base64'),
    'base64'
  );
  await bench.chat([TABLES, 'answer = 42', 'targts', '1 + 1'], {
    run: [0, 1, 2],
    select: 3
  });
  const list = bench.page.locator('[role="listbox"] [role="option"]');

  await bench.input.pressSequentially('explain tax with @notes');
  await expect(list).toHaveCount(1);
  await bench.picture('context-mention-list');
  await bench.page.keyboard.press('Enter');
  await expect(bench.input).toHaveValue(
    'explain tax with @"notes on revenue.md" '
  );
  await expect(bench.chip('file:notes on revenue.md')).toHaveAttribute(
    'data-added',
    'true'
  );
  await bench.input.pressSequentially('and @targ');
  await expect(list.first()).toContainText('@targets');
  await bench.page.keyboard.press('Tab');
  await expect(bench.chip('table:targets')).toHaveAttribute(
    'data-added',
    'true'
  );
  await bench.input.pressSequentially('@error @cell[2] and @nothing ');
  await expect(bench.chip('error:cell-2')).toHaveAttribute(
    'data-added',
    'true'
  );
  await expect(bench.chip('cell:cell-1')).toHaveAttribute('data-added', 'true');
  await bench.pictureOfPanel('context-added');

  await bench.input.pressSequentially('@big.txt ');
  await expect(bench.panel.locator('.jp-Qwen-refused')).toContainText(
    'big.txt has 150 kB; files up to 100 kB can be sent'
  );
  await bench.pictureOfPanel('context-refused');
  await bench.input.pressSequentially('@raw.bin ');
  await expect(bench.panel.locator('.jp-Qwen-refused')).toContainText(
    'raw.bin is no text'
  );

  const sent = bench.nextQuestion();
  await bench.input.press('Enter');
  const { include, question } = (await sent) as {
    include: { kind: string; name: string; text: string }[];
    question: string;
  };
  expect(question).toContain(
    'explain tax with notes on revenue.md and targets error cell[2] and @nothing'
  );
  expect(include.map(({ kind }) => kind)).toEqual([
    'file',
    'table',
    'error',
    'cell'
  ]);
  expect(include[0].text).toBe('Revenue never includes tax.');
  expect(include[2].text).toContain('NameError');
  expect(include[3].text).toBe('answer = 42');
  await bench.answered();
});

test('the privacy level is in view, limited by the administrator, and a remote engine says so', async ({
  bench
}) => {
  await bench.chat([TABLES]);
  const header = bench.panel.locator('.jp-Qwen-status');
  await expect(header).toHaveAttribute('data-state', 'ready');
  await bench.tellStatus({
    ...(await bench.status()),
    remote: true,
    max_privacy: 'types',
    reason: 'The administrator set an endpoint.'
  });
  const menu = bench.panel.locator('.jp-Qwen-privacy select');
  await expect(menu.locator('option:checked')).toHaveText(
    'Tables: auto (types)'
  );
  await expect(menu.locator('option:disabled')).toHaveCount(2);
  await expect(bench.panel.locator('.jp-Qwen-privacyRemote')).toHaveText(
    'Remote'
  );
  await bench.pictureOfPanel('context-remote');
  await menu.selectOption('names');
  await expect(menu.locator('option:checked')).toHaveText('Tables: names only');
  const sent = bench.nextQuestion();
  await bench.ask('monthly revenue per category');
  expect((await sent).privacy).toBe('names');
  await bench.answered();
  await menu.selectOption('auto');
  await expect(menu.locator('option:checked')).toContainText('auto');
});

test('at 250 pixels everything is still there', async ({ bench }) => {
  await bench.chat([TABLES, 'x = 1', 'targts'], { run: [0, 1, 2] });
  await bench.input.fill('why does this fail?');
  await expect(bench.chip('cells')).toHaveAttribute('data-sent', 'true');
  await widenPanel(bench, 250);
  for (const control of [
    bench.panel.locator('.jp-Qwen-send'),
    bench.panel.locator('.jp-Qwen-more'),
    bench.panel.locator('.jp-Qwen-privacy select'),
    bench.chip('cells'),
    bench.panel.getByRole('button', { name: /What the model sees/ })
  ]) {
    const { x, width } = (await control.boundingBox())!;
    const panel = (await bench.panel.boundingBox())!;
    expect(x).toBeGreaterThanOrEqual(panel.x);
    expect(x + width).toBeLessThanOrEqual(panel.x + panel.width + 1);
  }
  await bench.pictureOfPanel('context-250');
});
