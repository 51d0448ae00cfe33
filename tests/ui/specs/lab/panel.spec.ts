import { READY } from '../../status';
import { HIDDEN_TABLES, TABLES } from '../../tables';
import { expect, test } from '../../workbench';

const STATES = [
  [
    'absent',
    {
      state: 'absent',
      message: 'The model is not on this machine.',
      hint: 'Download it once; afterwards no network is needed.'
    },
    ['is not downloaded', '1.1 GB', 'Download']
  ],
  [
    'downloading',
    {
      state: 'downloading',
      progress: {
        done_bytes: 402000000,
        total_bytes: 1117320736,
        bytes_per_second: 9_500_000,
        seconds_left: 75,
        source: 'Hugging Face'
      }
    },
    ['35 %', '9.5 MB/s', '75 s left', 'Cancel']
  ],
  ['loading', { state: 'loading' }, ['Loading']],
  ['ready', {}, ['Qwen2.5-Coder-1.5B', 'CPU', '1.4 GB', 'Unload']],
  ['unloaded', { state: 'unloaded' }, ['not loaded', 'Load']],
  [
    'crashed',
    {
      state: 'crashed',
      message: 'The engine was killed: out of memory.',
      hint: 'Close other programs, or choose a smaller model.'
    },
    ['The model stopped', 'out of memory', 'Restart']
  ]
] as const;

test('the panel follows the model through its states', async ({ bench }) => {
  await bench.openEmpty();
  await bench.openPanel();
  const header = bench.panel.locator('.jp-Qwen-status');
  await expect(header).toHaveAttribute('data-state', 'ready');
  for (const [name, status, words] of STATES) {
    await bench.tellStatus({ ...READY, ...status });
    await expect(header).toHaveAttribute('data-state', name);
    for (const word of words) {
      await expect(header).toContainText(word);
    }
    await bench.pictureOfPanel(`state-${name}`);
  }
});

test('at 300 pixels the header says all of what it says, and the rest when pointed at', async ({
  bench
}) => {
  await bench.openEmpty();
  await bench.openPanel();
  const box = (await bench.panel.boundingBox())!;
  await bench.page.mouse.move(box.x - 2, 400);
  await bench.page.mouse.down();
  await bench.page.mouse.move(box.x + box.width - 300, 400, { steps: 5 });
  await bench.page.mouse.up();
  await bench.tellStatus({
    ...READY,
    device: 'CPU: AMD EPYC 7R13 Processor, 2 threads',
    model: { ...READY.model, label: 'Qwen2.5-Coder 1.5B Instruct Q4_K_M' }
  });
  const text = bench.panel.locator('.jp-Qwen-statusText');
  await expect(text).toHaveText('Qwen2.5-Coder 1.5BCPU · 1.4 GB');
  await expect(text).toHaveAttribute(
    'title',
    /Instruct Q4_K_M[^]*2 threads[^]*28 tok\/s/
  );
  // In two lines or three, as the fonts of the machine have it.
  expect(
    await text.evaluate(
      ({ clientWidth, scrollWidth }) => scrollWidth > clientWidth
    )
  ).toBe(false);
  await bench.pictureOfPanel('header-300');
});

test('without the server extension the panel says what to do', async ({
  bench
}) => {
  await bench.page.route('**/jupyter-qwen/**', route =>
    route.fulfill({ status: 404, body: '<html>404</html>' })
  );
  await bench.openEmpty();
  await bench.openPanel();
  await expect(bench.panel.locator('.jp-Qwen-status')).toContainText(
    'The server extension is not running'
  );
  await bench.ask('anything');
  await expect(bench.answer.getByRole('alert')).toContainText(
    'The server extension is not running'
  );
  await bench.pictureOfPanel('state-missing-extension');
});

test('the empty panel proposes questions about the tables that are there', async ({
  bench
}) => {
  await bench.chat([HIDDEN_TABLES]);
  await expect(bench.panel.locator('.jp-Qwen-welcome')).toContainText(
    'no tables yet'
  );
  await bench.run(0);
  const examples = bench.panel.locator('.jp-Qwen-example');
  await expect(examples.filter({ hasText: 'orders' })).toHaveCount(1);
  await expect(examples).toHaveCount(3);
  await bench.pictureOfPanel('welcome');
});

test('every control can be reached by keyboard, and axe finds nothing', async ({
  bench
}) => {
  const name = await bench.chat([TABLES], { run: [0] });
  await bench.asked('monthly revenue per category');
  await expect(bench.input).toBeFocused();
  const reached = new Set<string>();
  for (let step = 0; step < 24; step++) {
    await bench.page.keyboard.press('Shift+Tab');
    reached.add(
      await bench.page.evaluate(
        () => document.activeElement?.textContent?.trim() ?? ''
      )
    );
  }
  for (const label of [
    'Insert',
    'Insert and run',
    'Replace…',
    'Copy',
    'Models…',
    'Unload'
  ]) {
    expect([...reached]).toContain(label);
  }
  expect(await bench.axe()).toEqual([]);

  await bench.theme('dark');
  await bench.visit(name);
  await expect(
    bench.page.locator('body[data-jp-theme-light="false"]')
  ).toHaveCount(1);
  await bench.openPanel();
  await expect(bench.answer.locator('.jp-Qwen-badge').first()).toHaveText(
    /bound/
  );
  await bench.picture('chat-bound-dark');
  const inTheDark = await bench.axe();
  await bench.theme('light');
  expect(inTheDark).toEqual([]);
});

test('a failing cell is fixed and explained from its context menu', async ({
  bench
}) => {
  await bench.open([TABLES, 'targts.head(1)']);
  await bench.run(0, 1);
  await bench.cell(1).locator('.jp-InputArea-editor').click({
    button: 'right'
  });
  await bench.page
    .locator('.lm-Menu-item', { hasText: 'Fix with Qwen' })
    .click();
  await bench.answered();
  await expect(bench.panel).toContainText('NameError');
  await bench.press('Insert');
  await expect(bench.cell(2)).toContainText('targets.head(1)');
});
