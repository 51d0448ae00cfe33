/** Run and fix: a cell that fails is repaired in rounds, each shown before it replaces the cell. */
import type { Locator } from '@playwright/test';

import { TABLES } from '../../tables';
import { Workbench, expect, test } from '../../workbench';

/** A cell that fails, run and fixed by the command until the first repair is shown. */
async function firstRound(bench: Workbench): Promise<Locator> {
  await bench.open([TABLES, 'targts.head(1)']);
  await bench.run(0);
  await bench.select(1);
  await bench.page.keyboard.press('Control+Shift+C');
  await bench.page.keyboard.type('Run and Fix with Qwen');
  await bench.page.keyboard.press('Enter');
  const dialog = bench.page.getByRole('dialog');
  await expect(dialog).toContainText('Round 1 of 3', { timeout: 30_000 });
  return dialog;
}

test('a repair is shown, replaces the cell when allowed, runs, and can be taken back', async ({
  bench
}) => {
  const dialog = await firstRound(bench);
  await expect(dialog).toContainText('NameError');
  await expect(dialog.locator('del')).toHaveText('targts.head(1)');
  await expect(bench.cell(1).locator('.cm-content')).toHaveText(
    'targts.head(1)'
  );
  await bench.picture('rounds-approval');
  await dialog.getByRole('button', { name: 'Replace and run' }).click();
  await expect(bench.cell(1)).toContainText('Camping');
  await expect(bench.cell(1).locator('.cm-content')).toHaveText(
    'targets.head(1)'
  );
  const said = bench.page.getByRole('alert').filter({ hasText: '1 repair' });
  await expect(said).toContainText('The cell ran after 1 repair.');
  await said.getByRole('button', { name: 'Undo' }).click();
  await expect(bench.cell(1).locator('.cm-content')).toHaveText(
    'targts.head(1)'
  );
  expect(bench.consoleErrors).toEqual([]);
});

test('whoever stops keeps the cell as it was, and no further round is asked for', async ({
  bench
}) => {
  const dialog = await firstRound(bench);
  // Its text stands a moment before it listens to keys.
  await expect(dialog.getByRole('button', { name: 'Stop here' })).toBeFocused();
  await bench.page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(bench.cell(1).locator('.cm-content')).toHaveText(
    'targts.head(1)'
  );
  await expect(bench.answers).toHaveCount(1);
});

test('a block is inserted, run and fixed from the panel', async ({ bench }) => {
  await bench.chat([TABLES, '1 + 1'], { run: [0], select: 1 });
  await bench.asked('/python mean of the targets in pandas');
  await bench.press('Run and fix…');
  await bench.page
    .getByRole('dialog')
    .getByRole('button', { name: 'Insert and run' })
    .click();
  await expect(bench.cell(2)).toContainText('1500');
  await expect(bench.answer.locator('.jp-Qwen-said')).toContainText('and run');
  await expect(bench.answers).toHaveCount(1);
});
