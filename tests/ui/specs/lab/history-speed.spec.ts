/** A long conversation opens at once. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

import { expect, test } from '../../workbench';

/** Exchanges; each is two messages. */
const EXCHANGES = 100;
const LIMIT_MS = 1000;

const digest = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** A conversation on disk, as the server keeps it (assistant/threads.py). */
function keep(notebook: string, turns: object[]): void {
  const folder = path.join(process.env.QWEN_UI_FOLDER!, 'scripted');
  const scope = path.join(
    folder,
    'threads',
    digest(path.join(folder, 'root'), 16)
  );
  mkdirSync(scope, { recursive: true });
  writeFileSync(
    path.join(scope, `${digest(notebook, 32)}.json`),
    JSON.stringify({ version: 1, id: notebook, turns })
  );
}

function turn(number: number): object {
  const sql = `SELECT date_trunc('month', ordered_at) AS month, sum(price) AS revenue_${number}\nFROM orders\nGROUP BY ALL\nORDER BY ALL`;
  const block = {
    index: 0,
    language: 'sql',
    source: sql,
    verdict: 'bound',
    kind: 'query',
    needs_consent: false,
    diagnostics: [],
    repairs: [],
    cell: { source: `con.sql("""\n${sql}\n""").df()`, type: 'code' }
  };
  return {
    question: `question ${number}: revenue per month`,
    markdown: `Revenue rose in **most** months, see \`orders\`:\n\n- first point\n- second point with *emphasis*\n\n\`\`\`sql\n${sql}\n\`\`\`\n\nThat was answer ${number}.`,
    mode: 'sql',
    asked_at: '2026-01-01T00:00:00+00:00',
    model: 'scripted',
    sql,
    blocks: [block]
  };
}

test(`a conversation of ${2 * EXCHANGES} messages opens in less than a second`, async ({
  bench
}) => {
  const first = await bench.open(['1 + 1']);
  const long = `long-${first}`;
  keep(
    long,
    Array.from({ length: EXCHANGES }, (_, index) => turn(index + 1))
  );
  await bench.write(long, ['2 + 2']);
  await bench.openPanel();
  await expect(bench.panel.locator('.jp-Qwen-welcome')).toBeVisible();
  await bench.page
    .getByRole('button', { name: 'Refresh the file browser.' })
    .first()
    .click();
  await bench.page.evaluate(last => {
    const look = () => {
      const answers = document.querySelectorAll(
        '#jupyter_qwen-chat .jp-Qwen-answer'
      );
      const end = answers[answers.length - 1];
      const list = end?.closest('[id^="jupyter-chat-scroll-container"]');
      if (
        end?.textContent?.includes(last) &&
        list &&
        end.getBoundingClientRect().bottom <=
          list.getBoundingClientRect().bottom + 1
      ) {
        // What is drawn counts once the frame after it has come.
        requestAnimationFrame(end => Reflect.set(window, 'opened_at', end));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  }, `That was answer ${EXCHANGES}.`);
  await bench.page.locator('.jp-DirListing-item', { hasText: long }).dblclick();
  await bench.page.waitForFunction(() => Reflect.has(window, 'opened_at'));
  // The conversation is asked for when its notebook becomes the current one.
  const { answered, opened } = await bench.page.evaluate(() => {
    const request = performance
      .getEntriesByType('resource')
      .find(({ name }) => /jupyter-qwen\/thread\?.*long-/.test(name))!;
    const at = Reflect.get(window, 'opened_at') as number;
    const { startTime, responseEnd } = request as PerformanceResourceTiming;
    return { answered: responseEnd - startTime, opened: at - startTime };
  });
  console.log(
    `${2 * EXCHANGES} messages: ${opened.toFixed(0)} ms from the request to the last answer on the screen, ${answered.toFixed(0)} ms of them the server`
  );
  await bench.picture('history-long');
  expect(opened).toBeLessThan(LIMIT_MS);
  // All of it is there: the first one too, once it is asked for.
  const list = bench.panel.locator('[id^="jupyter-chat-scroll-container"]');
  for (const left of [20, 0]) {
    await list.evaluate(element => (element.scrollTop = 0));
    await bench.panel.locator('.jp-Qwen-earlier').click();
    await expect(bench.answers).toHaveCount(EXCHANGES - left);
  }
  await expect(bench.panel.locator('.jp-Qwen-earlier')).toHaveCount(0);
  await expect(bench.answers.first()).toContainText('That was answer 1.');
  // A new question leaves what is drawn as it is.
  await bench.ask('/python mean of the targets in pandas');
  await expect(bench.answers).toHaveCount(EXCHANGES + 1);
  await bench.answered();
});
