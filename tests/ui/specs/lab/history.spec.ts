/** A conversation survives what happens to a page and a notebook, and goes when it is told to. */
import { expect, test } from '../../workbench';

const ASKED = '/python mean of the targets in pandas';

test('clear asks once, and means gone', async ({ bench }) => {
  const name = await bench.chat(['1 + 1']);
  await bench.asked(ASKED);
  await bench.ask('/clear');
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('Delete this conversation?');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await expect(bench.answers).toHaveCount(1);
  await bench.ask('/clear');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(bench.answers).toHaveCount(0);
  expect(await bench.thread(name)).toEqual([]);
  await bench.visit(name);
  await bench.openPanel();
  await expect(bench.panel.locator('.jp-Qwen-welcome')).toBeVisible();
  await expect(bench.answers).toHaveCount(0);
});

test('a renamed notebook keeps its conversation, here and after a refresh', async ({
  bench
}) => {
  const name = await bench.open(['1 + 1']);
  const renamed = `renamed-${name}`;
  await bench.openPanel();
  await bench.asked(ASKED);
  await bench.page
    .locator('.jp-DirListing-item', { hasText: name })
    .first()
    .click();
  await bench.page.keyboard.press('F2');
  await bench.page.locator('.jp-DirListing-editor').fill(renamed);
  await bench.page.keyboard.press('Enter');
  await expect(
    bench.page.getByRole('tab', { name: renamed, exact: true })
  ).toBeVisible();
  await expect(bench.answer).toContainText('mean()');
  await expect.poll(async () => (await bench.thread(renamed)).length).toBe(1);
  expect(await bench.thread(name)).toEqual([]);
  await bench.visit(renamed);
  await bench.openPanel();
  await expect(bench.answer).toContainText('mean()');
});

test('a refresh in mid-answer keeps the question and says that the answer was cut', async ({
  bench
}) => {
  const name = await bench.chat(['1 + 1']);
  await bench.ask('/chat a long story');
  await expect(bench.answer).toContainText('It had many rows');
  await bench.visit(name);
  await bench.openPanel();
  await expect(bench.answer).toContainText('Once upon a time');
  await expect(bench.answer.getByRole('alert')).toContainText('cut off');
  await bench.pictureOfPanel('history-cut');
  const sent = bench.nextQuestion();
  await bench.press('Ask again');
  expect((await sent).mode).toBe('chat');
  await expect(bench.answers).toHaveCount(2);
  await bench.panel.getByRole('button', { name: 'Stop' }).click();
});

test('two notebooks answer at the same time, and each keeps its own', async ({
  bench
}) => {
  const first = await bench.chat(['1 + 1']);
  await bench.ask('/chat a long story');
  await expect(bench.answer).toContainText('Once upon');
  const second = `other-${first}`;
  await bench.write(second, ['2 + 2']);
  await bench.page
    .getByRole('button', { name: 'Refresh the file browser.' })
    .first()
    .click();
  await bench.page
    .locator('.jp-DirListing-item', { hasText: second })
    .dblclick();
  await expect(bench.answers).toHaveCount(0);
  await bench.ask('/chat another tale');
  await expect(bench.answer).toContainText('In another land');
  await expect(bench.answer).toHaveAttribute('data-state', 'streaming');
  const tab = (name: string) =>
    bench.page.getByRole('tab', { name, exact: true });
  await tab(first).click();
  await expect(bench.answer).toHaveAttribute('data-state', 'streaming');
  await expect(bench.answer).not.toContainText('In another land');
  await bench.answered(40_000);
  await tab(second).click();
  await bench.answered(40_000);
  await expect(bench.answer).not.toContainText('Once upon');
  const [one, two] = [await bench.thread(first), await bench.thread(second)];
  expect([one.length, two.length]).toEqual([1, 1]);
  expect(one[0].markdown).not.toContain('In another land');
  expect(two[0].markdown).not.toContain('Once upon');
  expect([one[0].state, two[0].state]).toEqual(['done', 'done']);
});

test('a conversation is exported beside the notebook, and nothing is overwritten', async ({
  bench
}) => {
  const name = await bench.open(['1 + 1']);
  const stem = name.replace('.ipynb', '');
  await bench.writeFile(`${stem}-conversation.md`, 'mine');
  await bench.openPanel();
  await bench.asked(ASKED);
  const choose = async (item: string) => {
    await bench.panel.getByRole('button', { name: 'More' }).click();
    await bench.page.locator('.lm-Menu-item', { hasText: item }).click();
  };
  await bench.panel.getByRole('button', { name: 'More' }).click();
  await expect(bench.page.locator('.lm-Menu')).toBeVisible();
  await bench.picture('history-menu');
  await bench.page.keyboard.press('Escape');

  await choose('as Markdown');
  await expect
    .poll(() => bench.readFile(`${stem}-conversation-2.md`))
    .toContain('mean()');
  expect(await bench.readFile(`${stem}-conversation.md`)).toBe('mine');
  const toast = bench.page.locator('.Toastify__toast', { hasText: 'Saved as' });
  await expect(toast).toContainText(`${stem}-conversation-2.md`);
  await expect(toast).toHaveCount(0); // it goes by itself
  await choose('as a Notebook');
  await expect
    .poll(() => bench.readFile(`${stem}-conversation.ipynb`))
    .toMatchObject({ nbformat: 4 });
  const notebook = (await bench.readFile(`${stem}-conversation.ipynb`)) as {
    cells: { cell_type: string; source: string }[];
  };
  expect(
    notebook.cells
      .filter(cell => cell.cell_type === 'code')
      .map(cell => cell.source)
  ).toEqual(['targets["target"].mean()']);
});
