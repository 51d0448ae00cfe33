import { TABLES } from '../../tables';
import { expect, test, Workbench } from '../../workbench';

const PYTHON = {
  index: 0,
  language: 'python',
  source: 'total = 0\nfor value in values:\n    total += value\ntotal',
  verdict: null,
  kind: null,
  needs_consent: false,
  diagnostics: [],
  repairs: [],
  cell: {
    source: 'total = 0\nfor value in values:\n    total += value\ntotal',
    type: 'code'
  }
};
const ANSWER = Workbench.answer(
  `Like this:\n\n\`\`\`python\n${PYTHON.source}\n\`\`\`\n`,
  [PYTHON]
);

test('Replace shows what changes, is one undo step, and takes itself back', async ({
  bench
}) => {
  const before = 'total = 0\nfor value in values:\n    total = value\ntotal';
  await bench.chat([before, '2 + 2', '3 + 3'], { select: 0 });
  await bench.play(ANSWER);
  await bench.asked('why is the total wrong?');
  await bench.select(2); // the focus moves on

  const replace = bench.answer.getByRole('button', { name: 'Replace…' });
  const dialog = bench.page.locator('.jp-Dialog');
  const agree = dialog.getByRole('button', { name: 'Replace' });
  await replace.click();
  await expect(dialog).toContainText('Cell 1 of');
  await expect(dialog).toContainText('1 line goes, 1 line comes');
  await expect(dialog.locator('del')).toHaveText(['    total = value']);
  await expect(dialog.locator('ins')).toHaveText(['    total += value']);
  await bench.picture('replace-diff-light');
  expect(await bench.axe('.jp-Dialog')).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(bench.cell(0)).toContainText('total = value');
  await expect(replace).toBeFocused();

  await replace.click();
  await expect(agree).toBeFocused();
  await bench.page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(bench.cell(0)).toContainText('total += value');
  await expect(bench.cells()).toHaveCount(3);
  await bench.press('Undo');
  await expect(bench.answer).toContainText('Taken back.');
  await expect(bench.cell(0)).toContainText('total = value');

  await replace.click();
  await expect(agree).toBeFocused();
  await bench.page.keyboard.press('Enter');
  await expect(bench.cell(0)).toContainText('total += value');
  await bench.edit(0);
  await bench.page.keyboard.press('Control+z');
  await expect(bench.cell(0)).toContainText('total = value');
  await expect(bench.cell(0)).not.toContainText('+=');

  await replace.click();
  await agree.click();
  await bench.edit(0);
  await bench.page.keyboard.press('End');
  await bench.page.keyboard.type('# mine');
  await bench.press('Undo');
  await expect(bench.answer).toContainText('was edited since');
  await expect(bench.cell(0)).toContainText('# mine');
});

test('the cell goes below the one that asked, however far the notebook was scrolled', async ({
  bench
}) => {
  const name = await bench.chat(
    ['1 + 1', ...Array.from({ length: 40 }, (_, index) => `print(${index})`)],
    { select: 0 }
  );
  await bench.play(ANSWER);
  await bench.asked('sum them');
  const insert = bench.answer.getByRole('button', {
    name: 'Insert',
    exact: true
  });

  // Scrolled far away, another cell active: still below the first.
  await bench.page.locator('.jp-NotebookPanel .jp-WindowedPanel-outer').hover();
  await bench.page.mouse.wheel(0, 5000);
  await bench.cells().last().locator('.cm-content').click();
  await insert.click();
  await expect(bench.answer).toContainText(`Inserted into ${name}.`);
  const { cells } = await bench.notebook(name);
  expect(cells[1].source).toBe(PYTHON.source);
  expect(cells[1].metadata.jupyter_qwen).toEqual({
    model: 'played',
    question: 'sum them',
    verdict: null
  });

  await bench.page
    .getByRole('tab', { name, exact: true })
    .locator('.lm-TabBar-tabCloseIcon')
    .click();
  await expect(bench.page.locator('.jp-NotebookPanel')).toHaveCount(0);
  // No notebook is current any more, so the conversation about it is not in view either.
  await expect(bench.answers).toHaveCount(0);
});

test('inserted cells carry no metadata when the setting says so', async ({
  bench
}) => {
  await bench.setting('jupyter_qwen:plugin', { cellMetadata: false });
  try {
    const name = await bench.chat(['1 + 1']);
    await bench.play(ANSWER);
    await bench.asked('sum them');
    await bench.press('Insert');
    await expect(bench.cells()).toHaveCount(2);
    const { cells } = await bench.notebook(name);
    expect(cells[1].source).toBe(PYTHON.source);
    expect(cells[1].metadata.jupyter_qwen).toBeUndefined();
  } finally {
    await bench.setting('jupyter_qwen:plugin', {});
  }
});

test('after a reload an answer still belongs to the cell that asked', async ({
  bench
}) => {
  const name = await bench.chat(['1 + 1', '2 + 2', '3 + 3'], { select: 1 });
  await bench.asked('/python mean of the targets in pandas');
  await bench.visit(name);
  await bench.select(0);
  await bench.openPanel();
  await bench.press('Insert');
  // no cell makes the frame, so the code failed when it was tried
  await bench.page
    .locator('.jp-Dialog')
    .getByRole('button', { name: 'Insert' })
    .click();
  await expect(bench.cells()).toHaveCount(4);
  await expect(bench.cell(2)).toContainText('mean()');
});

for (const theme of ['light', 'dark'] as const) {
  test(`repairs say whether the model made them, after a reload too: ${theme}`, async ({
    bench
  }) => {
    await bench.theme(theme);
    try {
      const name = await bench.chat([TABLES], { run: [0] });
      await bench.asked('/sql how bright is the sun');
      const repairs = bench.answer.locator('.jp-Qwen-repairs');
      const look = async () => {
        await repairs.locator('summary').click();
        await expect(repairs.locator('.jp-Qwen-mender')).toHaveText([
          'Round 1 of the model:',
          'Mended without the model:'
        ]);
      };
      await look();
      await bench.picture(`repairs-${theme}`);
      expect(await bench.axe()).toEqual([]);
      await bench.visit(name);
      await bench.openPanel();
      await look();
    } finally {
      await bench.theme('light');
    }
  });
}
