import { TABLES } from '../../tables';
import { Workbench, expect, test } from '../../workbench';

const ASK = '%%qwen sql --insert none\nmonthly revenue per category';

function output(bench: Workbench, index: number) {
  return bench.cell(index).locator('.jp-OutputArea');
}

function button(bench: Workbench, index: number, label: string) {
  return output(bench, index).getByRole('button', { name: label, exact: true });
}

test('%%qwen answers in place, and Insert puts the cell below its own', async ({
  bench
}) => {
  await bench.open([TABLES, '%load_ext jupyter_qwen', ASK, '1 + 1']);
  await bench.run(0, 1, 2);
  await expect(output(bench, 2)).toContainText('GROUP BY ALL');
  await expect(output(bench, 2)).toContainText('bound');
  await expect(output(bench, 2)).toContainText('tokens');
  await bench.select(3);
  await button(bench, 2, 'Insert').click();
  await expect(bench.cells()).toHaveCount(5);
  await expect(bench.cell(3)).toContainText('GROUP BY ALL');
  await bench.picture('magic-inserted');
  await bench.run(3);
  await expect(output(bench, 3)).toContainText('Camping');
});

test('Run runs a proved query at once, Copy copies, Explain asks the sidebar', async ({
  bench
}) => {
  await bench.page
    .context()
    .grantPermissions(['clipboard-read', 'clipboard-write']);
  await bench.open([TABLES, '%load_ext jupyter_qwen', ASK, '1 + 1']);
  await bench.run(0, 1, 2);
  await bench.select(3);
  await button(bench, 2, 'Run').click();
  await expect(bench.cells()).toHaveCount(5);
  await expect(output(bench, 3)).toContainText('Camping');
  await expect(bench.page.locator('.jp-Dialog')).toHaveCount(0);

  await button(bench, 2, 'Copy').click();
  await expect
    .poll(() => bench.page.evaluate(() => navigator.clipboard.readText()))
    .toContain('GROUP BY ALL');

  await button(bench, 2, 'Explain').click();
  await expect(bench.panel).toBeVisible();
  await bench.answered();
  await expect(bench.panel).toContainText('Explain this code');
  await expect(bench.answer).toContainText('revenue of each month');
});

test("cells of the magic's buttons carry the metadata that the sidebar's carry", async ({
  bench
}) => {
  const name = await bench.open([TABLES, '%load_ext jupyter_qwen', ASK]);
  await bench.run(0, 1, 2);
  await button(bench, 2, 'Insert').click();
  await expect(bench.cells()).toHaveCount(4);
  await bench.openPanel();
  await bench.asked('/sql monthly revenue per category');
  await bench.press('Insert');
  await expect(bench.cells()).toHaveCount(5);
  const { cells } = await bench.notebook(name);
  const told = cells.map(({ metadata }) => metadata.jupyter_qwen);
  expect(told.filter(Boolean)).toHaveLength(2);
  expect(told[3]).toMatchObject({
    model: expect.any(String),
    question: 'monthly revenue per category',
    verdict: 'bound'
  });
  expect(told[4]).toEqual(told[3]);
});

test("cells of the magic's buttons carry no metadata when the setting says so", async ({
  bench
}) => {
  const name = await bench.open([TABLES, '%load_ext jupyter_qwen', ASK]);
  await bench.run(0, 1, 2);
  await expect(output(bench, 2)).toContainText('bound');
  await bench.page.keyboard.press('Control+s');
  await expect(bench.page.locator('.jp-mod-dirty')).toHaveCount(0);
  await bench.setting('jupyter_qwen:plugin', { cellMetadata: false });
  try {
    await bench.visit(name); // the answer was given before, its buttons bring what they brought then
    await button(bench, 2, 'Insert').click();
    await expect(bench.cells()).toHaveCount(4);
    const { cells } = await bench.notebook(name);
    expect(cells[3].source).toContain('GROUP BY ALL');
    expect(cells[3].metadata.jupyter_qwen).toBeUndefined();
  } finally {
    await bench.setting('jupyter_qwen:plugin', {});
  }
});

test('Run asks before anything that writes, and runs nothing when refused', async ({
  bench
}) => {
  await bench.open([
    TABLES,
    '%load_ext jupyter_qwen',
    '%%qwen sql\nthrow away old orders',
    "con.sql('SELECT count(*) AS left_over FROM orders')"
  ]);
  await bench.run(0, 1, 2);
  await expect(bench.cells()).toHaveCount(4); // nothing was placed
  await button(bench, 2, 'Run').click();
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('DELETE FROM orders');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(bench.cells()).toHaveCount(4);
  await bench.run(3);
  await expect(output(bench, 3)).toContainText('90');

  await button(bench, 2, 'Run').click();
  await dialog.getByRole('button', { name: 'Insert and run' }).click();
  await expect(bench.cells()).toHaveCount(5);
  await expect(bench.cell(3)).toContainText('DELETE FROM orders');
  await bench.run(4);
  await expect(output(bench, 4)).toContainText('59');
});

test('an answer appears while it is written, stops in the middle, and the cell can be run again', async ({
  bench
}) => {
  await bench.open(['%load_ext jupyter_qwen', '%%qwen chat\na long story']);
  await bench.run(0);
  await bench.select(1);
  await bench.page.keyboard.press('Control+Enter');
  const progress = output(bench, 1).locator('.jp-Qwen-progress');
  await expect(progress).toContainText(/writing · \d+ \+ \d+ tokens · \d/);
  const early = (await output(bench, 1).innerText()).length;
  await expect
    .poll(async () => (await output(bench, 1).innerText()).length)
    .toBeGreaterThan(early + 20);
  await bench.select(1);
  await bench.page.keyboard.press('i');
  await bench.page.keyboard.press('i');
  await expect(progress).toContainText('stopped');
  await expect(output(bench, 1)).toContainText('UsageError: %%qwen: stopped');
  await expect(output(bench, 1)).not.toContainText('Traceback');
  const stopped = await output(bench, 1).locator('.jp-Qwen-answer').innerText();
  expect(stopped).toContain('Once upon a time');
  expect(stopped.match(/Once upon/g)!.length).toBeLessThan(4);

  await bench.edit(1);
  await bench.page.keyboard.press('Control+a');
  await bench.page.keyboard.type('%%qwen chat\nsomething hostile');
  await bench.page.keyboard.press('Control+Enter');
  await expect(output(bench, 1)).toContainText('done.');
  await expect(output(bench, 1)).not.toContainText('Once upon');
  await expect(output(bench, 1).locator('.jp-Qwen-answer')).toHaveCount(1);
  expect(await bench.page.evaluate(() => Reflect.get(window, 'hacked'))).toBe(
    undefined
  );
  await expect(
    output(bench, 1).locator('[data-commandlinker-command], script, img')
  ).toHaveCount(0);
});

test('answers and buttons outlive the kernel and a reload', async ({
  bench
}) => {
  const name = await bench.open([
    TABLES,
    '%load_ext jupyter_qwen',
    ASK,
    '1 + 1'
  ]);
  await bench.run(0, 1, 2);
  await expect(output(bench, 2)).toContainText('bound');
  await bench.page.keyboard.press('Control+s');
  await expect(bench.page.locator('.jp-mod-dirty')).toHaveCount(0);

  await bench.restart(name);
  await expect(output(bench, 2)).toContainText('GROUP BY ALL');
  await bench.visit(name);
  await expect(output(bench, 2)).toContainText('bound');
  await button(bench, 2, 'Insert').click();
  await expect(bench.cells()).toHaveCount(5);
  await bench.run(0, 1, 2); // the new kernel answers as the old one did
  await expect(output(bench, 2)).toContainText('bound');
  await button(bench, 2, 'Run').click();
  await expect(output(bench, 3)).toContainText('Camping');
});

test('in a notebook from elsewhere, Run and Insert ask whatever their buttons say', async ({
  bench
}) => {
  const link = (label: string, args: object) =>
    `<button data-commandlinker-command="jupyter_qwen:insert-cell" data-commandlinker-args="${JSON.stringify(
      args
    ).replace(/"/g, '&quot;')}">${label}</button>`;
  const name = await bench.open(['', '1 + 1'], {
    outputs: [
      link('look', {
        source: "open('stolen', 'w')",
        run: true,
        verdict: 'bound',
        needs_consent: false
      }) +
        link('place', {
          source: '2 + 2',
          origin: { model: 'm', question: 'q', verdict: 'bound' }
        })
    ]
  });
  expect(name).toContain('.ipynb');
  await output(bench, 0).getByRole('button', { name: 'look' }).click();
  // JupyterLab asks whether the output is trusted, then we ask, because its arguments cannot be.
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('stolen');
  await dialog.getByRole('button', { name: 'Run Once' }).click();
  await expect(dialog).toContainText('not trusted');
  await expect(dialog.locator('pre')).toHaveText("open('stolen', 'w')");
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(bench.cells()).toHaveCount(2);

  await output(bench, 0).getByRole('button', { name: 'place' }).click();
  await dialog.getByRole('button', { name: 'Run Once' }).click();
  await expect(dialog.locator('pre')).toHaveText('2 + 2');
  await dialog.getByRole('button', { name: 'Insert', exact: true }).click();
  await expect(bench.cells()).toHaveCount(3);
  const { cells } = await bench.notebook(name);
  expect(cells[1].source).toBe('2 + 2');
  expect(cells[1].metadata.jupyter_qwen).toBeUndefined(); // who says that it was bound?
});
