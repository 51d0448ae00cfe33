/** A data file is opened in Notebook 7 as in JupyterLab, in the dark. */
import { expect, test } from '../../workbench';

test('Notebook 7: a data file is opened in the dialog, and the question is asked about it', async ({
  bench
}) => {
  const { page } = bench;
  await bench.theme('dark');
  try {
    await bench.makeFolder('opening7');
    await bench.writeFile(
      'opening7/orders.csv',
      'order_id,ordered_at\n1,2024-01-01\n'
    );
    await bench.chat(['1 + 1'], {
      app: 'notebook',
      name: 'opening7/test.ipynb',
      run: [0]
    });
    await bench.asked('/sql how many orders were there');
    await bench.press('Open a file…');
    const dialog = page.locator('.jp-Dialog');
    await expect(dialog).toContainText('Open a data file');
    await expect(dialog.getByText('orders.csv')).toBeVisible();
    await expect(dialog).not.toContainText('test.ipynb');
    await bench.picture('notebook7-open-a-file-dark');
    await dialog.getByText('orders.csv').click();
    await page.keyboard.press('Enter');
    await expect(bench.answers).toHaveCount(2);
    await bench.answered();
    await expect(bench.chip('table:orders')).toContainText('not loaded yet');
    await expect(bench.answer).not.toContainText('no table to ask');
  } finally {
    await bench.theme('light');
  }
});
