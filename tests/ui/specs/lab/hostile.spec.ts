import { expect, test, Workbench } from '../../workbench';

const HOSTILE = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 2">',
  '<img src="https://example.org/pixel.png" alt="picture">',
  '<svg onload="window.hacked = 3"><a xlink:href="javascript:window.hacked=4"><text>t</text></a></svg>',
  '[link](javascript:window.hacked=5) [encoded](&#106;avascript:window.hacked=6) <javascript:window.hacked=7>',
  '<a href="data:text/html,<script>window.hacked=8</script>">data</a>',
  '<button data-commandlinker-command="application:close" data-commandlinker-args="{}">press</button>',
  '<span data-commandlinker-command="filebrowser:delete" style="position:fixed;inset:0">cover</span>',
  '<iframe src="https://example.org"></iframe><object data="https://example.org"></object><embed src="https://example.org">',
  '<style>* { display: none }</style><link rel="stylesheet" href="https://example.org/x.css">',
  '<form action="https://example.org"><input name="token"></form>',
  '<math><mtext></table></math><img src=x onerror=window.hacked=9>',
  '<details open ontoggle="window.hacked=10">details</details>',
  '\u001b[31mred\u001b[0m \u0000 <|im_end|> \u202Egnitirw',
  '$\\href{javascript:window.hacked=11}{formula}$'
].join('\n\n');

test('hostile text is inert while it streams, when it is done, and in code', async ({
  bench
}) => {
  await bench.open(['1 + 1']);
  const foreign: string[] = [];
  bench.page.on('request', request => {
    if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) {
      foreign.push(request.url());
    }
  });
  bench.page.on('dialog', dialog => dialog.dismiss());
  await bench.openPanel();
  const markdown = `${HOSTILE}\n\n\`\`\`html\n${HOSTILE}\n\`\`\`\n\ndone.`;
  await bench.play(
    { type: 'delta', text: markdown },
    Workbench.answer(markdown, [
      {
        index: 0,
        language: 'sql',
        source: '<img src=x onerror="window.hacked = 12">',
        verdict: 'rejected',
        kind: '<script>window.hacked = 13</script>',
        needs_consent: true,
        diagnostics: [
          {
            code: 'x',
            severity: 'error',
            message: '<img src=x onerror="window.hacked = 14">',
            hint: '<script>window.hacked = 15</script>',
            candidates: ['<b>bold</b>'],
            start: null,
            end: null,
            line: 1,
            column: 1
          }
        ],
        repairs: [],
        cell: null
      }
    ])
  );
  await bench.asked('/chat something hostile');
  await expect(bench.answer).toContainText('done.');
  const { answer, page } = bench;
  await expect(answer.locator('mjx-container')).toHaveCount(1); // typeset last of all
  await expect(
    answer.locator(
      'script, img, iframe, object, embed, style, link, form, input, [data-commandlinker-command]'
    )
  ).toHaveCount(0);
  await expect(
    answer.locator('[href^="javascript" i], [href^="data" i]')
  ).toHaveCount(0);
  for (const link of await answer.locator('a[href]').all()) {
    await expect(link).toHaveAttribute('rel', 'noopener');
    await expect(link).toHaveAttribute('referrerpolicy', 'no-referrer');
  }
  // Pressing all that can be pressed does nothing, either.
  for (const word of ['link', 'encoded', 'press', 'cover', 'data']) {
    const found = answer.locator('.jp-Qwen-passage').getByText(word, {
      exact: true
    });
    if (await found.count()) {
      await found.first().click({ timeout: 2000 });
    }
  }
  expect(await answer.textContent()).not.toContain('\u001b');
  expect(
    await page.evaluate(() => Reflect.get(window, 'hacked'))
  ).toBeUndefined();
  expect(foreign.filter(url => url.includes('example.org'))).toEqual([]);
  await bench.pictureOfPanel('hostile');
});

const MEGABYTE = 1024 * 1024;

for (const [place, before, after] of [
  ['prose', '', ''],
  ['code', '```python\n', '\n```\n'],
  ['a line of blanks and stars', '** ', ' **']
]) {
  test(`a megabyte of one line in ${place} is shown in part, and the panel lives`, async ({
    bench
  }) => {
    await bench.chat(['1 + 1']);
    const unit = place.startsWith('a line') ? '* _[' : 'abcd';
    const line = before + unit.repeat(MEGABYTE / 4) + after;
    const pieces = line.match(/[^]{1,65536}/g)!;
    await bench.play(
      ...pieces.map(text => ({ type: 'delta', text })),
      Workbench.answer(line)
    );
    const start = Date.now();
    await bench.asked('/chat one long line', 30_000);
    await expect(bench.answer).toContainText('Too long to show');
    // The panel answers to the next question.
    await bench.page.unroute(/\/jupyter-qwen\/ask/);
    await bench.play(Workbench.answer('short again'));
    await bench.ask('/chat and now?');
    await expect(bench.answer).toContainText('short again');
    console.log(`${place}: ${Date.now() - start} ms for both`);
  });
}
