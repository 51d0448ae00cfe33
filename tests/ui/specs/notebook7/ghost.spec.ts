import { ghostOf, lines } from '../../ghost';
import { expect, test } from '../../workbench';

test('in Notebook 7 ghost text is taken by word and line, and dismissed', async ({
  bench
}) => {
  await bench.open([''], { app: 'notebook' });
  await bench.edit(0);
  const { keyboard } = bench.page;
  const ghost = ghostOf(bench);
  await keyboard.type('print(', { delay: 40 });
  await expect(ghost).toHaveText('targets.head())');
  await keyboard.press('Control+ArrowRight');
  await expect(ghost).toHaveText('.head())');
  await keyboard.press('End');
  await expect
    .poll(() => lines(bench.cell(0)))
    .toEqual(['print(targets.head())']);

  await keyboard.press('Enter');
  await keyboard.type('print(', { delay: 40 });
  await expect(ghost).toHaveText('targets.head())');
  await keyboard.press('Escape');
  await expect(ghost).toHaveText('');
  await expect(bench.cell(0).locator('.cm-content')).toBeFocused();
});
