import { APIRequestContext, Locator } from '@playwright/test';

import {
  Body,
  aWhile,
  ghostOf,
  lines,
  tableTold,
  tooSlow,
  watch,
  typedInside
} from '../../ghost';
import { TOKEN } from '../../server';
import { TABLES } from '../../tables';
import { Workbench, expect, test } from '../../workbench';

async function openFile(
  bench: Workbench,
  request: APIRequestContext,
  name: string,
  content: string
): Promise<Locator> {
  const reply = await request.put(`/api/contents/${name}`, {
    headers: { Authorization: `token ${TOKEN}` },
    data: { type: 'file', format: 'text', content }
  });
  expect(reply.ok()).toBe(true);
  await bench.page.goto(`/lab/tree/${name}?token=${TOKEN}&reset`);
  const editor = bench.page.locator('.jp-FileEditor .cm-content');
  await editor.click({ timeout: 40_000 });
  await bench.page.keyboard.press('Control+End');
  return editor;
}

async function menu(bench: Workbench, item: string): Promise<void> {
  await bench.page.locator('.jp-Qwen-statusItemButton').click();
  await bench.page.locator('.lm-Menu-item', { hasText: item }).click();
}

const state = (bench: Workbench) =>
  bench.page.locator('.jp-Qwen-statusItemButton');

test.afterEach(({ bench }) => bench.setting('jupyter_qwen:plugin', {}));

test('ghost text streams in, is typed along, and Tab accepts it', async ({
  bench
}) => {
  const asked = watch(bench);
  await bench.open([TABLES, '', '# after']);
  const told = tableTold(bench, 'targets');
  await bench.run(0);
  await told;
  await bench.edit(1);
  await bench.page.keyboard.type('print(', { delay: 40 });
  const ghost = ghostOf(bench);
  await expect(ghost).toContainText('targets.head()');
  await expect(ghost).toHaveAttribute(
    'data-provided-by',
    'jupyter_qwen:inline'
  );
  await bench.picture('ghost-text');
  const before = asked.length;

  await bench.page.keyboard.type('tar');
  await expect(ghost).toContainText('gets.head()');
  expect(asked).toHaveLength(before);

  await bench.page.keyboard.press('Tab');
  await expect(bench.cell(1).locator('.cm-content')).toContainText(
    'print(targets.head())'
  );
  const last = asked[before - 1];
  expect(last).toMatchObject({
    prefix: 'print(',
    suffix: '',
    language: 'python'
  });
  expect(JSON.stringify(last.cells)).toContain('CREATE TABLE products');
  expect(JSON.stringify(last.schema)).toContain('targets');
});

test('in the middle of a line the text behind the cursor stays', async ({
  bench
}) => {
  await typedInside(bench);
  const { keyboard } = bench.page;
  await keyboard.press('Tab');
  expect(await lines(bench.cell(0))).toEqual(['n = len(targets) + 1']);
});

test('SQL in a string is completed with the tables of the kernel', async ({
  bench
}) => {
  const asked = watch(bench);
  await bench.open([TABLES, '']);
  const told = tableTold(bench, 'products');
  await bench.run(0);
  await told;
  await bench.edit(1);
  await bench.page.keyboard.type('con.sql("SELECT name FROM ', { delay: 20 });
  await expect(ghostOf(bench)).toHaveText(
    "products WHERE category = 'Camping'\")"
  );
  expect(JSON.stringify(asked[asked.length - 1].schema)).toContain('products');
});

test('completion can be switched off, and Tab still indents', async ({
  bench
}) => {
  const name = await bench.open(['']);
  await bench.setting('jupyter_qwen:plugin', { inlineCompletion: false });
  await bench.visit(name);
  const asked = watch(bench);
  await expect(state(bench)).toHaveText('Qwen: ready, completion off');
  await bench.edit(0);
  await bench.page.keyboard.type('print(');
  await bench.page.keyboard.press('Enter');
  await bench.page.keyboard.press('Tab');
  await bench.page.keyboard.type('x');
  await expect(bench.cell(0).locator('.cm-line').last()).toHaveText(/^\s{4,}x/);
  expect(asked).toEqual([]);
});

test('the menu of the status bar: off here, off for Python, only by key', async ({
  bench
}) => {
  const name = await bench.open(['']);
  const asked = watch(bench);
  const { keyboard } = bench.page;
  await expect(state(bench)).toHaveText('Qwen: ready');

  for (const item of [`No Completion in ${name}`, 'No Completion in Python']) {
    await menu(bench, item);
    await expect(state(bench)).toHaveText('Qwen: ready, completion off here');
    await bench.edit(0);
    await keyboard.type('print(');
    await aWhile(bench);
    expect(asked).toEqual([]);
    await keyboard.press('Control+a');
    await keyboard.press('Delete');
    await menu(bench, item);
    await expect(state(bench)).toHaveText('Qwen: ready');
  }

  await menu(bench, 'Complete Only When Asked');
  await expect(state(bench)).toHaveText('Qwen: ready, completion by key');
  await bench.picture('completion-by-key');
  await bench.edit(0);
  await keyboard.type('import os');
  await keyboard.press('Enter');
  await aWhile(bench);
  expect(asked).toEqual([]);
  await keyboard.press('Alt+\\'); // on a blank line
  await expect(ghostOf(bench)).toHaveText('import sys');
  expect(asked).toMatchObject([{ by_key: true, prefix: 'import os\n' }]);
});

test('a machine that cannot keep up says so, and is asked by key', async ({
  bench
}) => {
  await tooSlow(bench);
  await bench.open(['']);
  await bench.edit(0);
  await bench.page.keyboard.type('print(');
  await expect(state(bench)).toHaveText('Qwen: ready, completion resting');
  await expect(state(bench)).toHaveAttribute('title', /too slow/);
  await bench.page.unroute('**/jupyter-qwen/complete*');
  await bench.page.keyboard.press('Alt+\\');
  await expect(ghostOf(bench)).toHaveText('targets.head())');
  await expect(state(bench)).toHaveText('Qwen: ready');
});

test('Python and SQL files are completed as well', async ({
  bench,
  request
}) => {
  const asked = watch(bench);
  await openFile(bench, request, 'module.py', '');
  await bench.page.keyboard.type('print(', { delay: 40 });
  await expect(ghostOf(bench)).toHaveText('targets.head())');
  expect(asked[asked.length - 1]).toMatchObject({
    language: 'python',
    path: 'module.py',
    cells: []
  });

  const editor = await openFile(bench, request, 'query.sql', '');
  await bench.page.keyboard.type('SELECT count(', { delay: 40 });
  await expect(ghostOf(bench)).toHaveText('*) FROM orders');
  expect(asked[asked.length - 1]).toMatchObject({
    language: 'sql',
    path: 'query.sql'
  });
  await bench.page.keyboard.press('Tab');
  expect(await lines(editor)).toEqual(['SELECT count(*) FROM orders']);
});

test('work is prepared: where the cursor is, and while a question is typed', async ({
  bench
}) => {
  const prepared: Body[] = [];
  bench.page.on('request', request => {
    const body = request.postDataJSON() as Body | null;
    if (
      request.url().includes('/jupyter-qwen/warm') ||
      (request.url().includes('/jupyter-qwen/complete') && body?.warm)
    ) {
      prepared.push(body!);
    }
  });
  await bench.open([TABLES, 'x = 1']);
  await bench.run(0);
  await bench.edit(1);
  await expect
    .poll(() => prepared[prepared.length - 1])
    .toMatchObject({ warm: true, active_cell: 'cell-1' });
  await bench.openPanel();
  await bench.input.pressSequentially('monthly revenue', { delay: 30 });
  await expect
    .poll(() => prepared[prepared.length - 1])
    .toMatchObject({ thread: expect.stringContaining('.ipynb'), mode: 'auto' });
  const last = prepared[prepared.length - 1];
  expect(last).not.toHaveProperty('question');
  expect(JSON.stringify(last.schema)).toContain('products');
});
