import { TABLES } from '../../tables';
import { expect, test, Workbench } from '../../workbench';

test('a question becomes a proved query, a new cell, and rows', async ({
  bench
}) => {
  await bench.chat([TABLES, 'con.sql("SELECT 1")', '1 + 1'], {
    run: [0],
    select: 1
  });
  await bench.asked('monthly revenue per category');
  const block = bench.answer.locator('.jp-Qwen-block');
  await expect(block).toHaveAttribute('data-verdict', 'bound');
  await expect(block.locator('.jp-Qwen-badge').first()).toHaveText(/bound/);
  await bench.picture('chat-bound-light');

  // The focus moves on; the cell still goes below the one that asked.
  await bench.select(2);
  await block.getByRole('button', { name: 'Insert', exact: true }).click();
  await expect(bench.cells()).toHaveCount(4);
  await expect(bench.cell(2)).toContainText('con.sql');
  await expect(bench.cell(2)).toContainText('GROUP BY ALL');
  await bench.run(2);
  await expect(bench.cell(2).locator('.jp-OutputArea')).toContainText(
    'Camping'
  );

  // One undo step takes it away.
  await bench.select(2);
  await bench.page.keyboard.press('z');
  await expect(bench.cells()).toHaveCount(3);
});

test('what writes, is rejected or cannot be proved asks first', async ({
  bench
}) => {
  await bench.chat([TABLES], { run: [0] });
  const block = bench.answer.locator('.jp-Qwen-block');
  const insert = block.getByRole('button', { name: 'Insert', exact: true });
  const dialog = bench.page.locator('.jp-Dialog');

  await bench.asked('/sql moon phase');
  await expect(block).toHaveAttribute('data-verdict', 'rejected');
  await expect(block.locator('.jp-Qwen-diagnostics')).toContainText(
    'zodiac_sign_of_moon'
  );
  await expect(block.locator('.jp-mod-primary')).toHaveText(
    'Reword the question'
  );
  await block.getByRole('button', { name: 'Reword the question' }).click();
  await expect(bench.input).toBeFocused();
  await expect(bench.input).toHaveValue(/\S/);
  await bench.picture('chat-rejected');
  await bench.input.fill('');
  await insert.click();
  await expect(dialog).toContainText('DuckDB rejects this query');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(bench.cells()).toHaveCount(1);

  await bench.asked('/sql read the survey file');
  await expect(block).toHaveAttribute('data-verdict', 'unchecked');

  await bench.asked('/sql throw away old orders');
  await expect(block.locator('.jp-mod-consent')).toHaveText('DELETE');
  await block.getByRole('button', { name: 'Insert and run' }).click();
  await expect(dialog).toContainText('changes something');
  await bench.picture('chat-asks-first');
  await dialog.getByRole('button', { name: 'Insert and run' }).click();
  await expect(bench.cells()).toHaveCount(2);
  await expect(bench.cell(1).locator('.jp-InputPrompt').first()).toHaveText(
    /\[\d+\]/
  );
});

test('a mended cell that holds more than the proved query has no badge, and asks', async ({
  bench
}) => {
  await bench.chat(['1 + 1']);
  const source = "import os\nos.remove('a.txt')\ncon.sql('SELECT 1')";
  await bench.play(
    Workbench.answer(`\`\`\`python\n${source}\n\`\`\``, [
      {
        index: 0,
        language: 'python',
        source,
        verdict: null,
        kind: 'query',
        needs_consent: true,
        diagnostics: [
          {
            code: 'other-code',
            severity: 'warning',
            message: 'The cell holds more than this query.',
            hint: 'Read the rest before you run it.',
            candidates: [],
            start: 0,
            end: 0,
            line: null,
            column: null
          }
        ],
        repairs: [],
        cell: { source, type: 'code' }
      }
    ])
  );
  await bench.asked('/fix');
  const block = bench.answer.locator('.jp-Qwen-block');
  await expect(block.locator('.jp-Qwen-badge')).toHaveText(['asks first']);
  await block.getByRole('button', { name: 'Insert and run' }).click();
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('Read the rest before you run it');
  await expect(dialog.locator('pre')).toHaveText(source);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(bench.cells()).toHaveCount(1);
});

test('Stop ends the answer, and a crash costs one answer only', async ({
  bench
}) => {
  await bench.chat(['1 + 1']);
  await bench.ask('/chat a long story');
  await expect(bench.answer).toContainText('Once upon a time');
  await bench.panel.getByRole('button', { name: 'Stop' }).click();
  await expect(bench.answer).toHaveAttribute('data-state', 'stopped');
  await expect(bench.panel.getByRole('button', { name: 'Stop' })).toHaveCount(
    0
  );

  await bench.ask('/chat crash now');
  await expect(bench.answer).toHaveAttribute('data-state', 'failed', {
    timeout: 20_000
  });
  await expect(bench.answer.getByRole('alert')).toBeVisible();
  await expect(bench.panel).not.toContainText('Traceback');
  await bench.picture('chat-crashed');

  await bench.asked('/python mean of the targets in pandas', 30_000);
  await expect(bench.answer.locator('.jp-Qwen-block')).toContainText('mean()');
});

test('the conversation survives a reload', async ({ bench }) => {
  const name = await bench.chat(['1 + 1']);
  await bench.asked('/python mean of the targets in pandas');
  await bench.visit(name);
  await bench.openPanel();
  await expect(bench.answer).toContainText('mean()');
});
