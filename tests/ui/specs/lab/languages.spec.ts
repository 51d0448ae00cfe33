/** In a kernel of another language, answers and insertions are in that language. */
import { expect, test } from '../../workbench';

const KERNELS = [
  {
    kernel: 'fake-r',
    name: 'R',
    code: 'table(trips$mode)',
    cell: 'trips <- read.csv("trips.csv")'
  },
  {
    kernel: 'fake-julia',
    name: 'julia',
    code: 'combine(groupby(trips, :mode), nrow)',
    cell: 'using DataFrames'
  },
  {
    kernel: 'fake-sql',
    name: 'sql',
    code: 'SELECT mode, count(*) FROM trips GROUP BY mode;',
    cell: "CREATE TABLE trips AS FROM read_csv('trips.csv');"
  }
];

for (const { kernel, name, code, cell } of KERNELS) {
  test(`a kernel that runs ${name} gets ${name}`, async ({ bench }) => {
    await bench.chat([cell, '1'], { kernel, select: 0 });
    const sent = bench.nextQuestion();
    await bench.ask('how many per mode?');
    const request = (await sent) as {
      language: string;
      cells: { source: string }[];
    };
    expect(request.language).toBe(name);
    expect(request.cells[0].source).toBe(cell);
    await bench.answered();
    await bench.picture(`language-${name.toLowerCase()}`);
    await bench.press('Insert');
    const dialog = bench.page.locator('.jp-Dialog');
    if (name === 'sql') {
      // Nothing could be read from this kernel, so the query was not checked.
      await expect(bench.answer.locator('.jp-Qwen-block')).toHaveAttribute(
        'data-verdict',
        'unchecked'
      );
      await dialog.getByRole('button', { name: 'Insert' }).click();
    }
    await expect(bench.cells()).toHaveCount(3);
    await expect(bench.cell(1).locator('.cm-content')).toHaveText(code);
    await bench.run(1);
    await expect(bench.cell(1).locator('.jp-OutputArea')).toContainText(
      `${name}: `
    );
  });
}
