import { TABLES } from '../tables';
import { expect, test } from '../workbench';

test('ghost text streams in, is typed along, and Tab accepts it', async ({
  bench
}) => {
  const requests: Record<string, unknown>[] = [];
  bench.page.on('request', request => {
    if (request.url().includes('/jupyter-qwen/complete')) {
      requests.push(request.postDataJSON());
    }
  });
  await bench.open([TABLES, '', '# after']);
  await bench.run(0);
  await bench.edit(1);
  await bench.page.keyboard.type('print(', { delay: 40 });
  const ghost = bench.page.locator('.jp-GhostText');
  await expect(ghost).toContainText('targets.head()');
  await expect(ghost).toHaveAttribute(
    'data-provided-by',
    'jupyter_qwen:inline'
  );
  await bench.picture('ghost-text');
  const asked = requests.length;

  await bench.page.keyboard.type('tar');
  await expect(ghost).toContainText('gets.head()');
  expect(requests).toHaveLength(asked);

  await bench.page.keyboard.press('Tab');
  await expect(bench.cell(1).locator('.cm-content')).toContainText(
    'print(targets.head())'
  );
  const last = requests[asked - 1];
  expect(last).toMatchObject({
    prefix: 'print(',
    suffix: '',
    language: 'python'
  });
  expect(JSON.stringify(last.cells)).toContain('CREATE TABLE products');
  expect(JSON.stringify(last.schema)).toContain('targets');
});

test('completion can be switched off, and Tab still indents', async ({
  bench
}) => {
  let asked = 0;
  bench.page.on('request', request => {
    asked += Number(request.url().includes('/jupyter-qwen/complete'));
  });
  const name = await bench.open(['']);
  await bench.setting('jupyter_qwen:plugin', { inlineCompletion: false });
  await bench.visit(name);
  await bench.edit(0);
  await bench.page.keyboard.type('print(');
  await bench.page.keyboard.press('Enter');
  await bench.page.keyboard.press('Tab');
  await bench.page.keyboard.type('x');
  await expect(bench.cell(0).locator('.cm-line').last()).toHaveText(/^\s{4,}x/);
  expect(asked).toBe(0);
  await bench.setting('jupyter_qwen:plugin', {});
});
