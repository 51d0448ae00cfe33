/** What says whether an answer is to be trusted: badge, grade, words, rows, readings, receipt; by keyboard, narrow, in both themes. */
import { outside, tabTo } from '../../../keyboard';
import { widenPanel } from '../../../panel-width';
import { expect, test, Workbench } from '../../../workbench';

const LEDGER = `import duckdb
con = duckdb.connect()
con.execute("""
CREATE TABLE orders(order_id INTEGER PRIMARY KEY, customer VARCHAR, amount DECIMAL(10,2));
CREATE TABLE order_lines(line_id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(order_id), product VARCHAR, quantity INTEGER);
INSERT INTO orders VALUES (1, 'Ada', 100), (2, 'Ben', 40), (3, 'Ada', 60), (4, NULL, 120);
INSERT INTO order_lines VALUES (1, 1, 'Tent', 1), (2, 1, 'Boot', 2), (3, 2, 'Rope', 1), (4, 3, 'Lamp', 1), (5, 3, 'Rope', 3), (6, 4, 'Tent', 1);
""");`;

const BY_LINES =
  'SELECT o.customer, sum(o.amount) AS revenue\nFROM orders AS o\nJOIN order_lines AS l ON l.order_id = o.order_id\nGROUP BY ALL\nORDER BY revenue DESC';
const BY_ORDERS =
  'SELECT customer, sum(amount) AS revenue\nFROM orders\nGROUP BY ALL\nORDER BY revenue DESC';

const cellOf = (sql: string) => ({
  source: `con.sql("""\n${sql}\n""")`,
  type: 'code'
});
const read = [
  { table: 'orders', rows: 4, of: 4 },
  { table: 'order_lines', rows: 6, of: 6 }
];
const rowsOf = (complete: boolean, ...rows: (string | null)[][]) => ({
  columns: ['customer', 'revenue'],
  rows,
  complete,
  row_count: complete ? rows.length : null,
  read,
  hidden: complete ? [] : [1],
  more: false
});

const BLOCK = {
  index: 0,
  language: 'sql',
  source: BY_LINES,
  verdict: 'bound',
  kind: 'query',
  needs_consent: false,
  diagnostics: [],
  repairs: [],
  cell: cellOf(BY_LINES),
  words:
    'sums amount per customer, most first; orders without order_lines are left out',
  rows: rowsOf(true, ['Ada', '320.00'], [null, '120.00'], ['Ben', '40.00']),
  grade: 'doubtful',
  reasons: [
    'another query of the model gave other rows',
    'it joins `orders` to `order_lines` by their key'
  ],
  alternative: {
    source: BY_ORDERS,
    does: 'reads `order_lines`',
    instead: 'reads nothing else',
    words: 'sums amount per customer, most first',
    rows: rowsOf(true, ['Ada', '160.00'], [null, '120.00'], ['Ben', '40.00']),
    cell: cellOf(BY_ORDERS)
  }
};

/** The mend of the receipt, as the server tells it. */
const OFFERED = {
  ...BLOCK,
  source: BY_ORDERS,
  cell: cellOf(BY_ORDERS),
  words: 'sums amount per customer, most first',
  rows: null,
  grade: null,
  reasons: [
    'a receipt offered this query in the place of one that it warned about'
  ],
  alternative: null
};

const ANSWER = Workbench.answer(`\`\`\`sql\n${BY_LINES}\n\`\`\``, [BLOCK]);

for (const theme of ['light', 'dark'] as const) {
  test(`an answer says how far it can be trusted, at 250 pixels and by keyboard: ${theme}`, async ({
    bench
  }) => {
    test.setTimeout(240_000);
    const { page } = bench;
    const answer = bench.answers.first();
    await bench.theme(theme);
    try {
      await bench.chat([LEDGER], { run: [0] });
      await widenPanel(bench, 250);
      await bench.play(ANSWER);
      await bench.asked('/sql revenue per customer');

      // words and shapes, not colours alone
      await expect(answer.locator('.jp-Qwen-badge')).toHaveText([
        /bound/,
        /○ doubtful/
      ]);
      await expect(answer.locator('.jp-Qwen-words')).toHaveText(BLOCK.words);
      await answer.locator('.jp-Qwen-blockHead').scrollIntoViewIfNeeded();
      await bench.pictureOfPanel(`trust-answer-${theme}`);
      expect(await outside(bench)).toEqual([]);
      expect(await bench.axe()).toEqual([]);

      // the rows are folded, open by keyboard, and scroll by arrow keys
      const rows = answer.locator('.jp-Qwen-rows').first();
      const summary = rows.locator('summary');
      await expect(summary).toHaveText(
        'First rows, on all rows of orders, order_lines'
      );
      await expect(rows.getByRole('table')).toBeHidden();
      await answer.getByRole('group', { name: 'Code' }).focus();
      await tabTo(bench, summary);
      await page.keyboard.press('Enter');
      await expect(rows.getByRole('row')).toHaveText([
        'customerrevenue',
        'Ada320.00',
        'NULL120.00',
        'Ben40.00'
      ]);
      await tabTo(bench, rows.getByRole('group', { name: 'First rows' }));

      // a doubtful grade has its reasons open
      const reasons = answer.locator('.jp-Qwen-reasons');
      await expect(reasons).toHaveAttribute('open');
      await expect(reasons.getByRole('listitem')).toHaveText([
        'another query of the model gave other rows',
        'it joins orders to order_lines by their key'
      ]);
      await tabTo(bench, reasons.locator('summary'));
      await page.keyboard.press('Enter');
      await expect(reasons.getByRole('list')).toBeHidden();
      await page.keyboard.press('Enter');
      await bench.pictureOfPanel(`trust-unfolded-${theme}`);

      // two readings: the other one by keyboard, and back
      const reading = answer.getByRole('region', {
        name: 'Another reading of the question'
      });
      await expect(reading.getByRole('definition')).toHaveText([
        'reads order_lines',
        'reads nothing else'
      ]);
      await tabTo(bench, reading.locator('summary').first());
      await page.keyboard.press('Enter');
      await reading.locator('.jp-Qwen-rows summary').press('Enter');
      await expect(reading.getByRole('row')).toContainText([
        'revenue',
        '160.00'
      ]);
      await reading.scrollIntoViewIfNeeded();
      await bench.pictureOfPanel(`trust-readings-${theme}`);
      expect(await outside(bench)).toEqual([]);
      expect(await bench.axe()).toEqual([]);
      const take = reading.getByRole('button', {
        name: 'Take the other query'
      });
      await tabTo(bench, take);
      await page.keyboard.press('Enter');
      await expect(answer.locator('.jp-Qwen-words')).toHaveText(
        'sums amount per customer, most first'
      );
      await expect(take).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(answer.locator('.jp-Qwen-words')).toHaveText(BLOCK.words);

      // the receipt, counted by the kernel after the query has run
      await tabTo(
        bench,
        answer.getByRole('button', { name: 'Insert and run', exact: true })
      );
      await page.keyboard.press('Enter');
      const receipt = answer.getByRole('region', { name: 'Receipt' });
      await expect(receipt.getByRole('status').first()).toHaveText(
        'Receipt 1 warning',
        { timeout: 40_000 }
      );
      await expect(receipt).toContainText('each row once gives 320');
      await tabTo(bench, receipt.locator('summary'));
      await page.keyboard.press('Enter');
      await receipt.locator('.jp-Qwen-receiptHead').scrollIntoViewIfNeeded();
      await bench.pictureOfPanel(`trust-receipt-${theme}`);
      const mend = receipt.locator('pre');
      await tabTo(bench, mend);
      await page.keyboard.press('ArrowRight');
      await expect
        .poll(() => mend.evaluate(node => node.scrollLeft))
        .toBeGreaterThan(0);
      await tabTo(
        bench,
        receipt.getByRole('button', { name: 'Show it as an answer' })
      );
      await bench.play(
        Workbench.answer(`\`\`\`sql\n${BY_ORDERS}\n\`\`\``, [OFFERED])
      );
      const asked = bench.nextQuestion();
      await page.keyboard.press('Enter');
      const { offered, question } = await asked;
      expect(String(offered)).toContain('DISTINCT');
      expect(question).toBe('revenue per customer');
      const mended = bench.answers.nth(1);
      await expect(mended.locator('.jp-Qwen-badge')).toHaveText([
        /bound/,
        'from a receipt'
      ]);
      await expect(mended.locator('.jp-Qwen-words')).toHaveText(OFFERED.words);
      await expect(bench.panel).toContainText(
        'From the receipt: Take each row of orders once'
      );
      await mended.scrollIntoViewIfNeeded();
      await bench.pictureOfPanel(`trust-mended-${theme}`);
      expect(await outside(bench)).toEqual([]);
      await expect(bench.cells()).toHaveCount(2);
      await receipt
        .getByRole('button', { name: 'Show it as an answer' })
        .focus();
      await tabTo(bench, receipt.getByRole('group', { name: 'Joins' }));
      await expect(receipt.getByRole('rowheader')).toHaveText(
        'join order_lines on l.order_id = o.order_id'
      );
      await expect(receipt.getByRole('columnheader')).toHaveText([
        'Rows before',
        'Joined',
        'After',
        'Left key',
        'Right key'
      ]);
      await expect(receipt.getByRole('cell')).toHaveText([
        '4',
        '6',
        '6',
        'unique',
        'repeats'
      ]);
      await bench.pictureOfPanel(`trust-joins-${theme}`);
      expect(await outside(bench)).toEqual([]);
      expect(await bench.axe()).toEqual([]);
      expect(bench.consoleErrors).toEqual([]);
    } finally {
      await bench.theme('light');
    }
  });
}
