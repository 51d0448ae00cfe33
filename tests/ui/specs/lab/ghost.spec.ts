import {
  aWhile,
  ghostOf,
  lines,
  watch,
  watchAborted,
  typed,
  typedInside
} from '../../ghost';
import { expect, test } from '../../workbench';

/** JupyterLab's own mark: while it stands, Tab accepts. */
const ACTIVE = '.jp-mod-inline-completer-active';

test('ghost text is taken by word, then by line, and undone', async ({
  bench
}) => {
  const asked = watch(bench);
  await typed(bench, 'print(');
  const { keyboard } = bench.page;
  const ghost = ghostOf(bench);
  await expect(ghost).toHaveText('targets.head())');
  const before = asked.length;
  await aWhile(bench); // JupyterLab undoes within half a second as one

  await keyboard.press('Control+ArrowRight');
  await expect(ghost).toHaveText('.head())');
  expect(await lines(bench.cell(0))).toEqual(['print(targets']);
  await keyboard.press('Control+ArrowRight');
  await keyboard.press('Control+ArrowRight');
  await expect(ghost).toHaveText('())');
  expect(await lines(bench.cell(0))).toEqual(['print(targets.head']);
  await keyboard.press('End');
  await expect
    .poll(() => lines(bench.cell(0)))
    .toEqual(['print(targets.head())']);
  await expect(bench.page.locator(ACTIVE)).toHaveCount(0);
  // What was left of the suggestion was known: nothing was asked until it had been taken whole.
  expect(asked.slice(before).map(({ prefix }) => prefix)).not.toContainEqual(
    expect.stringMatching(/^print\((targets\.?|targets\.head)$/)
  );

  // What was accepted and undone is not suggested again.
  await aWhile(bench);
  const whole = asked.length;
  await keyboard.press('Control+z');
  await expect.poll(() => lines(bench.cell(0))).toEqual(['print(']);
  await aWhile(bench);
  expect((await ghost.allTextContents()).join('')).toBe('');
  expect(asked).toHaveLength(whole);
});

test('a suggestion of several lines is taken line by line', async ({
  bench
}) => {
  await typed(bench, 'def area(radius):');
  const { keyboard } = bench.page;
  await expect(ghostOf(bench)).toContainText('return factor * radius ** 2');
  await bench.picture('ghost-text-of-several-lines');
  await keyboard.press('End');
  await expect
    .poll(() => lines(bench.cell(0)))
    .toEqual(['def area(radius):', '    factor = 3.14159']);
  await expect(ghostOf(bench)).toContainText('return factor * radius ** 2');
  await keyboard.press('Tab');
  await expect
    .poll(() => lines(bench.cell(0)))
    .toEqual([
      'def area(radius):',
      '    factor = 3.14159',
      '    return factor * radius ** 2'
    ]);
});

test('a colon that opens a block, typed key by key, brings the block', async ({
  bench
}) => {
  await bench.open(['rows = [1, 2]', '']);
  await bench.edit(1);
  await bench.page.keyboard.type('for row in rows:', { delay: 60 });
  await expect(ghostOf(bench)).toHaveText(
    /^\s*total = total \+ row\s+print\(total\)$/
  );
});

test('Escape takes ghost text away and stays in the cell', async ({
  bench
}) => {
  await typed(bench, 'print(');
  const { keyboard } = bench.page;
  await expect(ghostOf(bench)).toHaveText('targets.head())');
  await keyboard.press('Escape');
  await expect(ghostOf(bench)).toHaveText('');
  await expect(bench.cell(0).locator('.cm-content')).toBeFocused();
  await expect(bench.page.locator(ACTIVE)).toHaveCount(0);
  await keyboard.press('Escape');
  await expect(bench.cell(0).locator('.cm-content')).not.toBeFocused();
});

test('text that disagrees takes ghost text away at once, and Tab indents', async ({
  bench
}) => {
  await bench.open(['']);
  await bench.edit(0);
  const { keyboard } = bench.page;
  await keyboard.type('import os');
  await keyboard.press('Enter');
  await keyboard.press('Alt+\\');
  await expect(ghostOf(bench)).toHaveText('import sys');
  await keyboard.press('Space');
  expect(await ghostOf(bench).allTextContents()).toEqual([]);
  await expect(bench.page.locator(ACTIVE)).toHaveCount(0);
  await keyboard.press('Tab');
  await keyboard.type('x');
  await expect
    .poll(() => lines(bench.cell(0)))
    .toEqual(['import os', expect.stringMatching(/^ {4,5}x$/)]);
});

test('text that disagrees ends the request while it still streams', async ({
  bench
}) => {
  const aborted = watchAborted(bench);
  await typed(bench, 'wait(');
  const { keyboard } = bench.page;
  await expect(ghostOf(bench)).toContainText('one');
  await keyboard.type('one');
  expect(aborted).toEqual([]); // it agrees: the generation goes on
  await keyboard.type('!');
  expect(await ghostOf(bench).allTextContents()).toEqual([]);
  await expect.poll(() => aborted.map(body => body.prefix)).toEqual(['wait(']);
});

test('a cursor that moves on leaves the ghost text behind, and no text is lost', async ({
  bench
}) => {
  await typedInside(bench);
  const { keyboard } = bench.page;
  await keyboard.press('ArrowRight');
  await expect(ghostOf(bench)).toHaveText('');
  await expect(bench.page.locator(ACTIVE)).toHaveCount(0);
  await keyboard.press('ArrowRight');
  await keyboard.press('Tab');
  await aWhile(bench);
  expect((await lines(bench.cell(0))).join('')).toContain('n = len(t) ');
});

test('ghost text comes while the chat answers', async ({ bench }) => {
  await bench.chat(['']);
  await bench.ask('Tell me a long story');
  await expect(bench.answer).toContainText('Once upon a time');
  await bench.edit(0);
  await bench.page.keyboard.type('print(', { delay: 40 });
  await expect(ghostOf(bench)).toHaveText('targets.head())', { timeout: 3000 });
  await expect(bench.answer).not.toHaveAttribute('data-state', 'done');
  await bench.page.keyboard.press('Tab');
  expect(await lines(bench.cell(0))).toEqual(['print(targets.head())']);
  await bench.answered();
});

test('a Markdown cell is left alone, and answered by key', async ({
  bench
}) => {
  const asked = watch(bench);
  await bench.open([{ type: 'markdown', source: '' }, 'x = 1']);
  await bench.cell(0).dblclick();
  await bench.edit(0);
  await bench.page.keyboard.type('Sales grew by ');
  await aWhile(bench);
  expect(asked).toEqual([]);
  await bench.page.keyboard.press('Alt+\\');
  await expect.poll(() => asked.length).toBe(1);
  expect(asked[0]).toMatchObject({ language: 'markdown', by_key: true });
});

test("Tab opens JupyterLab's list where ghost text was dismissed, and the list keeps its keys", async ({
  bench
}) => {
  await bench.open(['alpha_one = 1\nalpha_two = 2', '']);
  await bench.run(0);
  await bench.edit(1);
  const { keyboard } = bench.page;
  const list = bench.page.locator('.jp-Completer');
  await keyboard.type('print(alpha_', { delay: 40 });
  await expect(ghostOf(bench)).not.toHaveText('');
  await keyboard.press('Escape');
  await expect(ghostOf(bench)).toHaveText('');
  // The kernel's first answer takes longer than JupyterLab waits for it.
  await expect(async () => {
    await keyboard.press('Tab');
    await expect(list).toBeVisible({ timeout: 1500 });
  }).toPass({ timeout: 20_000 });
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(list).toBeHidden();
  expect((await lines(bench.cell(1)))[0]).toContain('print(alpha_two');
});
