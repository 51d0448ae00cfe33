/** A cell of Python says how far it can be trusted: trial, grade, deciding lines, first rows; by keyboard, narrow, in both themes. */
import { outside, tabTo } from '../../../keyboard';
import { widenPanel } from '../../../panel-width';
import { expect, test, Workbench } from '../../../workbench';

const SOURCE =
  "late = rides[rides['km'] > 3]\nper_mode = late.groupby('mode')['km'].sum()\nper_mode.sort_values(ascending=False)";

const BLOCK = {
  index: 0,
  language: 'python',
  source: SOURCE,
  verdict: null,
  kind: null,
  needs_consent: false,
  diagnostics: [],
  repairs: [],
  cell: { source: SOURCE, type: 'code' },
  trial: {
    status: 'ran',
    complete: true,
    same_in_sql: true,
    result: {
      type: 'pandas.Series',
      shape: [2],
      columns: [
        { name: 'mode', dtype: 'index: str' },
        { name: 'km', dtype: 'float64' }
      ]
    }
  },
  words: 'sums km per mode, only where km is more than 3, most first',
  rows: {
    columns: ['mode', 'km'],
    rows: [
      ['train', '40'],
      ['bike', '9.5']
    ],
    complete: true,
    row_count: 2,
    read: [{ table: 'rides', rows: 60, of: 60 }],
    hidden: [],
    more: false
  },
  grade: 'likely',
  reasons: [
    'a query in SQL gave the same result',
    'it ran on copies of all rows'
  ],
  alternative: null,
  loads: [],
  deciding_lines: [1, 2]
};

for (const theme of ['light', 'dark'] as const) {
  test(`a cell of Python says how far it can be trusted, at 250 pixels and by keyboard: ${theme}`, async ({
    bench
  }) => {
    test.setTimeout(180_000);
    const { answer, page } = bench;
    await bench.theme(theme);
    try {
      await bench.chat(['rides = None'], { run: [0] });
      await widenPanel(bench, 250);
      await bench.play(
        Workbench.answer(`\`\`\`python\n${SOURCE}\n\`\`\``, [BLOCK])
      );
      await bench.asked('/python km per mode');

      await expect(answer.locator('.jp-Qwen-badge')).toHaveText([
        /ran/,
        /● likely right/
      ]);
      await expect(answer.locator('.jp-Qwen-words')).toHaveText(BLOCK.words);
      await answer.locator('.jp-Qwen-blockHead').scrollIntoViewIfNeeded();
      await bench.pictureOfPanel(`trust-python-${theme}`);
      expect(await outside(bench)).toEqual([]);
      expect(await bench.axe()).toEqual([]);

      // what decides, what it gave and why are folded, and open by keyboard
      const lines = answer.locator('.jp-Qwen-lines');
      await expect(lines.locator('summary')).toHaveText('Decided by lines 1–2');
      await answer.getByRole('group', { name: 'Code', exact: true }).focus();
      await tabTo(bench, lines.locator('summary'));
      await page.keyboard.press('Enter');
      await expect(lines.getByRole('listitem').first()).toHaveText(
        "late = rides[rides['km'] > 3]"
      );
      const rows = answer.locator('.jp-Qwen-rows');
      await tabTo(bench, rows.locator('summary'));
      await page.keyboard.press('Enter');
      await expect(rows.getByRole('row')).toHaveText([
        'modekm',
        'train40',
        'bike9.5'
      ]);
      const reasons = answer.locator('.jp-Qwen-reasons');
      await tabTo(bench, reasons.locator('summary'));
      await page.keyboard.press('Enter');
      await expect(reasons.getByRole('listitem')).toHaveText(BLOCK.reasons);
      await bench.pictureOfPanel(`trust-python-unfolded-${theme}`);
      expect(await outside(bench)).toEqual([]);
      expect(await bench.axe()).toEqual([]);
      expect(bench.consoleErrors).toEqual([]);
    } finally {
      await bench.theme('light');
    }
  });
}
