/** The sidebar's context and commands in Notebook 7, in the dark. */
import { TABLES } from '../../tables';
import { expect, test } from '../../workbench';

test('Notebook 7: chips, @ and the button of a failing cell, in the dark', async ({
  bench
}) => {
  await bench.theme('dark');
  try {
    await bench.chat([TABLES, 'targts.head(1)'], {
      app: 'notebook',
      run: [0, 1],
      select: 1
    });
    await expect(bench.chip('table:orders')).toBeVisible();
    await bench.input.pressSequentially('why does @err');
    await expect(
      bench.page.locator('[role="listbox"] [role="option"]')
    ).toHaveCount(1);
    await bench.page.keyboard.press('Enter');
    await expect(bench.chip('error:cell-1')).toHaveAttribute(
      'data-added',
      'true'
    );
    await expect(
      bench.chip('error:cell-1').locator('.jp-Qwen-chipTokens')
    ).toHaveText(/^\d+$/);
    await bench.picture('notebook7-context-dark');
    expect(await bench.axe()).toEqual([]);
    await bench.input.fill('');
    await bench.page
      .locator('.jp-Cell')
      .getByRole('button', { name: 'Fix with Qwen' })
      .click();
    await bench.answered();
    await expect(bench.panel).toContainText('NameError');
    await bench.picture('notebook7-fix-dark');
  } finally {
    await bench.theme('light');
  }
});
