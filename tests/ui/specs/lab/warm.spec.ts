import { expect, test } from '../../workbench';

interface IWarm {
  thread: string;
  cells: { source: string }[];
  schema: { tables: { reference: string[] }[] } | null;
}

test('a notebook is prepared when it is opened and when a cell made a table, and nobody notices', async ({
  bench
}) => {
  const told: IWarm[] = [];
  const states: string[] = [];
  bench.page.on('response', async response => {
    if (response.url().includes('/jupyter-qwen/warm')) {
      told.push(response.request().postDataJSON());
      states.push((await response.json()).state);
    }
  });
  const name = await bench.open([
    'import pandas as pd\nsales = pd.DataFrame({"city": ["Gent"], "amount": [1]})'
  ]);
  await expect.poll(() => told.length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(told[0].thread).toBe(name);
  expect(told[0].cells[0].source).toContain('import pandas');
  await bench.run(0);
  await expect
    .poll(
      () =>
        told.some(body =>
          body.schema?.tables.some(table => table.reference[0] === 'sales')
        ),
      { timeout: 30_000 }
    )
    .toBe(true);
  expect(states.every(state => state !== 'failed')).toBe(true);
  expect(bench.consoleErrors).toEqual([]);
});
