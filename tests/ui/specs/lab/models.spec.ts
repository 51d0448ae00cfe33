import { READY } from '../../status';
import { expect, test } from '../../workbench';

const SMALL = {
  id: 'small',
  label: 'Qwen2.5-Coder-0.5B',
  licence: 'Apache-2.0',
  notice: '',
  on_disk: true,
  size_bytes: 400_000_000,
  fim: true,
  fim_reason: '',
  context_tokens: 8192,
  need_bytes: 700_000_000,
  fits: true,
  fits_reason: 'It needs 0.7 GB of the 8 GB that are free.',
  current: false
};
const ROWS = [
  { ...SMALL, id: READY.model.id, label: READY.model.label, current: true },
  SMALL,
  {
    ...SMALL,
    id: 'research',
    label: 'Qwen2.5-Coder-3B',
    on_disk: false,
    size_bytes: 1_900_000_000,
    licence: 'Qwen Research',
    notice: 'Not for commercial use.'
  },
  {
    ...SMALL,
    id: 'chat-only',
    label: 'Old-Chat-7B',
    fits: false,
    fits_reason: 'It needs 30 GB, and 8 GB are free.',
    fim: false,
    fim_reason:
      'Old-Chat-7B was not trained to fill in the middle, so there is no inline completion.'
  }
];

test('models are chosen in a dialog that says what each one costs', async ({
  bench
}) => {
  await bench.openEmpty();
  await bench.openPanel();
  await bench.tellStatus(READY);
  await bench.page.route(/\/jupyter-qwen\/models(\?|$)/, route =>
    route.fulfill({ json: { models: ROWS } })
  );
  let refused = true;
  await bench.page.route(/\/jupyter-qwen\/engine\/switch/, route =>
    refused
      ? route.fulfill({
          status: 409,
          json: {
            message: 'It does not fit any more.',
            hint: 'Unload another one.',
            code: 'does-not-fit'
          }
        })
      : route.fulfill({
          json: {
            ...READY,
            state: 'loading',
            model: { ...READY.model, id: 'small', label: SMALL.label }
          }
        })
  );
  const pulls: unknown[] = [];
  await bench.page.route(/\/jupyter-qwen\/models\/pull/, route => {
    pulls.push(route.request().postDataJSON());
    return route.fulfill({
      json: {
        ...READY,
        pulling: { id: 'research', label: 'Qwen2.5-Coder-3B' },
        progress: {
          done_bytes: 190_000_000,
          total_bytes: 1_900_000_000,
          bytes_per_second: 9_500_000,
          seconds_left: 180,
          source: 'a mirror'
        }
      }
    });
  });

  const open = bench.panel.getByRole('button', { name: 'Models…' });
  await open.click();
  const dialog = bench.page.locator('.jp-Dialog');
  const rows = dialog.locator('.jp-Qwen-model');
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(0)).toContainText('in use');
  await expect(rows.nth(1)).toContainText('400 MB · Apache-2.0');
  await expect(rows.nth(2)).toContainText('Not for commercial use.');
  await expect(rows.nth(3)).toContainText('It needs 30 GB');
  await expect(rows.nth(3)).toContainText('no inline completion');
  await expect(rows.nth(3).getByRole('button')).toHaveCount(0);
  await bench.picture('models-light');
  expect(await bench.axe('.jp-Dialog')).toEqual([]);

  // A model with terms is downloaded when they were read; the one in use goes on answering.
  await rows.nth(2).getByRole('button').click();
  await expect(rows.nth(2)).toContainText('10 %');
  expect(pulls).toEqual([{ model: 'research', accept_licence: true }]);
  const header = bench.panel.locator('.jp-Qwen-status');
  await expect(header).toHaveAttribute('data-state', 'ready');
  await expect(header).toContainText('Downloading Qwen2.5-Coder-3B: 10 %');
  await bench.tellStatus(READY);
  await expect(rows.nth(2).getByRole('progressbar')).toHaveCount(0);

  await rows.nth(1).getByRole('button', { name: 'Use' }).click();
  await expect(dialog.getByRole('alert')).toHaveText(
    'It does not fit any more. Unload another one.'
  );
  refused = false;
  await rows.nth(1).getByRole('button', { name: 'Use' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(header).toHaveAttribute('data-state', 'loading');
  await expect(header).toContainText(SMALL.label);
});

test('a model without fill-in-the-middle says why nothing is completed', async ({
  bench
}) => {
  await bench.openEmpty();
  await bench.openPanel();
  await bench.tellStatus({
    ...READY,
    inline_completion: false,
    inline_completion_reason: ROWS[3].fim_reason
  });
  await expect(bench.panel.locator('.jp-Qwen-status')).toContainText(
    'was not trained to fill in the middle'
  );
  await expect(bench.page.locator('.jp-Qwen-statusItemButton')).toHaveAttribute(
    'title',
    /was not trained to fill in the middle/
  );
  await bench.pictureOfPanel('state-no-fim');
});

test('where the administrator fixed the model, nothing offers another one', async ({
  bench
}) => {
  await bench.openEmpty();
  await bench.openPanel();
  await bench.tellStatus({ ...READY, switchable: false });
  await bench.page.route(/\/jupyter-qwen\/models(\?|$)/, route =>
    route.fulfill({ json: { models: ROWS } })
  );
  await bench.panel.getByRole('button', { name: 'Models…' }).click();
  const dialog = bench.page.locator('.jp-Dialog');
  await expect(dialog).toContainText('has fixed the model');
  await expect(dialog.locator('.jp-Qwen-model')).toHaveCount(4);
  await expect(dialog.getByRole('button', { name: /Use|ownload/ })).toHaveCount(
    0
  );
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(
    bench.panel.getByRole('button', { name: 'Models…' })
  ).toBeFocused();
});

test('the focus stays in the header when a button goes with its state', async ({
  bench
}) => {
  await bench.openEmpty();
  await bench.openPanel();
  const header = bench.panel.locator('.jp-Qwen-status');
  await header.getByRole('button', { name: 'Unload' }).focus();
  await bench.page.keyboard.press('Enter');
  await expect(header).toHaveAttribute('data-state', 'unloaded');
  await expect(header.getByRole('button', { name: 'Load' })).toBeFocused();
  await bench.page.keyboard.press('Enter');
  await expect(header).toHaveAttribute('data-state', 'ready');
  await expect(header.locator(':focus')).toHaveCount(1);
});
