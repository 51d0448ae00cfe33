import { READY } from '../../status';
import { widenPanel } from '../../panel-width';
import { TABLES } from '../../tables';
import { expect, test, Workbench } from '../../workbench';

const STATES: Record<string, object> = {
  absent: {
    state: 'absent',
    message: 'It is not on this machine: 1.1 GB.',
    hint: 'Download it once.'
  },
  downloading: {
    state: 'downloading',
    progress: {
      done_bytes: 402_000_000,
      total_bytes: 1_117_320_736,
      bytes_per_second: 9_500_000,
      seconds_left: 75,
      source: 'a mirror'
    }
  },
  loading: { state: 'loading' },
  ready: {},
  remote: { remote: true, engine: 'https://models.example.org' },
  'no completion': {
    inline_completion: false,
    inline_completion_reason: 'It was not trained to fill in the middle.'
  },
  unloaded: { state: 'unloaded' },
  crashed: {
    state: 'crashed',
    message: 'The engine was killed: out of memory.',
    hint: 'Choose a smaller model.'
  }
};

const REJECTED = {
  index: 0,
  language: 'sql',
  source: 'SELECT totl FROM orders',
  verdict: 'rejected',
  kind: 'query',
  needs_consent: true,
  diagnostics: [
    {
      code: 'column',
      severity: 'error',
      message: 'column "totl" not found',
      hint: 'Name a column that is there.',
      candidates: ['total', 'tax'],
      start: 7,
      end: 11,
      line: 1,
      column: 8
    },
    {
      code: 'w',
      severity: 'warning',
      message: 'No LIMIT.',
      hint: '',
      candidates: [],
      start: null,
      end: null,
      line: null,
      column: null
    }
  ],
  repairs: [
    {
      name: 'qualify',
      reason: 'the table was missing',
      before: 'SELECT totl',
      after: 'SELECT o.totl'
    }
  ],
  cell: { source: 'con.sql("SELECT totl FROM orders")', type: 'code' }
};

const ANSWER = Workbench.answer(
  'Some **prose** with `code`, a [link](https://example.org) and\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```sql\nSELECT totl FROM orders\n```\n\n```html\n<h1>Title</h1><script>1</script>\n```\n',
  [
    REJECTED,
    {
      ...REJECTED,
      index: 1,
      language: 'html',
      source: '<h1>Title</h1><script>1</script>',
      verdict: null,
      diagnostics: [],
      repairs: [],
      cell: null
    }
  ]
);

const THEMES = ['light', 'dark', 'contrast', 'forced colours'] as const;

for (const theme of THEMES) {
  test(`axe finds nothing in any state: ${theme}`, async ({ bench }) => {
    test.setTimeout(120_000);
    const { page } = bench;
    if (theme === 'forced colours') {
      await page.emulateMedia({ forcedColors: 'active' });
    }
    await bench.theme(theme === 'forced colours' ? 'light' : theme);
    try {
      await bench.chat([TABLES]);
      const found: string[] = [];
      const look = async (state: string) => {
        found.push(...(await bench.axe()).map(line => `${state}: ${line}`));
      };
      await look('welcome');
      const header = bench.panel.locator('.jp-Qwen-status');
      for (const [name, status] of Object.entries(STATES)) {
        const told = { ...READY, ...status };
        await bench.tellStatus(told);
        await expect(header).toHaveAttribute('data-state', told.state);
        await look(name);
      }
      await bench.pictureOfPanel(`access-crashed-${theme}`);
      await bench.tellStatus(READY);

      await bench.ask('/chat a long story');
      await expect(bench.answer).toContainText('Once upon');
      await look('streaming');
      await bench.panel.getByRole('button', { name: 'Stop' }).click();
      await expect(bench.answer).toHaveAttribute('data-state', 'stopped');
      await look('stopped');

      await bench.play(ANSWER);
      await bench.asked('/sql how many?');
      await bench.answer.locator('summary').first().click();
      await bench.press('Preview');
      await expect(bench.answer.locator('iframe')).toHaveCount(1);
      await look('answered');
      await bench.pictureOfPanel(`access-answer-${theme}`);
      await bench.answer
        .getByRole('button', { name: 'Insert', exact: true })
        .first()
        .click();
      await expect(page.locator('.jp-Dialog')).toBeVisible();
      found.push(
        ...(await bench.axe('.jp-Dialog')).map(line => `consent: ${line}`)
      );
      await page
        .locator('.jp-Dialog')
        .getByRole('button', { name: 'Cancel' })
        .click();

      await page.unroute(/\/jupyter-qwen\/ask/);
      await bench.play({
        type: 'error',
        message: 'The engine stopped.',
        hint: 'Ask again.',
        code: 'crashed'
      });
      await bench.ask('/chat once more');
      await expect(bench.answer).toHaveAttribute('data-state', 'failed');
      await look('failed');
      expect(found).toEqual([]);
    } finally {
      await bench.theme('light');
    }
  });
}

test('at 250 pixels everything is within reach', async ({ bench }) => {
  await bench.chat([TABLES]);
  await bench.play(ANSWER);
  await bench.asked('/sql how many?');
  await widenPanel(bench, 250);
  await bench.press('Preview');
  const outside = await bench.panel.evaluate(panel => {
    const right = panel.getBoundingClientRect().right + 1;
    return Array.from(panel.querySelectorAll('button, select, textarea, a, p'))
      .filter(element => !element.closest('pre, .jp-Qwen-code, [aria-hidden]'))
      .filter(element => element.getBoundingClientRect().right > right)
      .map(element => element.outerHTML.slice(0, 120));
  });
  expect(outside).toEqual([]);
  await bench.pictureOfPanel('narrow');
});

test('the focus stays where it is while an answer streams and ends', async ({
  bench
}) => {
  await bench.chat([TABLES]);
  await bench.play(ANSWER);
  await bench.asked('/sql how many?');
  await bench.page.unroute(/\/jupyter-qwen\/ask/);
  const copy = bench.answers
    .first()
    .getByRole('button', { name: 'Copy' })
    .first();
  await bench.ask('/python mean of the targets in pandas');
  await copy.focus();
  await expect(bench.answers).toHaveCount(2);
  await bench.answered();
  await expect(copy).toBeFocused();

  // Streamed text is told in sentences, and the outcome at the end.
  await expect(bench.panel.locator('[aria-live="polite"]')).toContainText(
    'Answer complete.'
  );
});

test('nothing moves for those who want no motion', async ({ bench }) => {
  await bench.page.emulateMedia({ reducedMotion: 'reduce' });
  await bench.chat([TABLES]);
  await bench.tellStatus({ ...READY, state: 'loading' });
  await bench.ask('/chat a long story');
  await expect(bench.answer).toHaveAttribute('data-state', /waiting|streaming/);
  const moving = await bench.panel.evaluate(panel =>
    panel
      .getAnimations({ subtree: true })
      .map(animation => (animation.effect as KeyframeEffect).target?.className)
  );
  expect(moving).toEqual([]);
  await bench.panel.getByRole('button', { name: 'Stop', exact: true }).click();
});

test('a server that is gone is named, nothing typed is lost, and it is found again', async ({
  bench
}) => {
  await bench.chat([TABLES]);
  let gone = true;
  await bench.page.route(/\/jupyter-qwen\//, route =>
    gone ? route.abort('connectionrefused') : route.fallback()
  );
  await bench.ask('/chat mean of the targets in pandas');
  await expect(bench.answer.getByRole('alert')).toContainText(
    'The Jupyter server does not answer.'
  );
  await expect(bench.panel).toContainText('mean of the targets in pandas');
  await expect(bench.panel.getByRole('button', { name: 'Stop' })).toHaveCount(
    0
  );
  const header = bench.panel.locator('.jp-Qwen-status');
  await expect(header).toHaveAttribute('data-state', 'offline');
  expect(await bench.axe()).toEqual([]);
  await bench.pictureOfPanel('state-offline');
  gone = false;
  await expect(header).toHaveAttribute('data-state', 'ready');
  await bench.press('Ask again');
  await bench.answered();
});
