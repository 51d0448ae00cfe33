import { expect, test, Workbench } from '../../workbench';

/** Let pages be as if the server had put these wishes into them. */
async function administer(bench: Workbench, wishes: object): Promise<void> {
  await bench.page.addInitScript(text => {
    // Interactive comes before JupyterLab's own script, which is deferred.
    document.addEventListener('readystatechange', () => {
      const element = document.getElementById('jupyter-config-data');
      if (document.readyState === 'interactive' && element?.textContent) {
        const config = JSON.parse(element.textContent);
        if (!('qwenSettings' in config)) {
          throw new Error('the server wrote no settings into the page');
        }
        config.qwenSettings = text;
        element.textContent = JSON.stringify(config);
      }
    });
  }, JSON.stringify(wishes));
}

async function openEditor(bench: Workbench) {
  await bench.page.keyboard.press('Control+,');
  const editor = bench.page.locator('#setting-editor');
  await editor.getByRole('searchbox').first().fill('Qwen');
  await editor
    .locator('.jp-PluginList-entry', { hasText: 'Qwen Assistant' })
    .first()
    .click();
  return editor;
}

test('settings are in the settings editor, and hold at once', async ({
  bench
}) => {
  await bench.setting('jupyter_qwen:plugin', {});
  await bench.chat(['1 + 1']);
  const privacy = bench.panel.getByLabel('What the model sees of your tables');
  await expect(privacy).toHaveValue('auto');
  const editor = await openEditor(bench);
  await editor.locator('select').first().selectOption('types');
  await expect(privacy).toHaveValue('types');
  await bench.picture('settings-editor');
  await bench.setting('jupyter_qwen:plugin', {});
});

test('what the administrator locked says so and cannot be changed', async ({
  bench
}) => {
  await bench.setting('jupyter_qwen:plugin', {
    privacy: 'samples',
    maxCells: 9
  });
  try {
    await administer(bench, {
      defaults: { privacy: 'names', sendCells: false },
      locked: ['privacy']
    });
    await bench.chat(['1 + 1']);
    const privacy = bench.panel.getByLabel(
      'What the model sees of your tables'
    );
    await expect(privacy).toHaveValue('names');
    await expect(privacy).toBeDisabled();
    const editor = await openEditor(bench);
    await expect(editor).toContainText(
      'What of your tables the model sees (set by the administrator)'
    );
    await expect(editor.locator('select').first()).toBeDisabled();
    await expect(
      editor.locator('select').first().locator('option:checked')
    ).toHaveText('names');
    await expect(editor).toContainText(
      'The administrator of this server has fixed this.'
    );
    await expect(editor.getByLabel('Send notebook cells')).not.toBeChecked();
    await expect(editor.locator('input[type="number"]').first()).toHaveValue(
      '9'
    );
    await bench.picture('settings-locked');
  } finally {
    await bench.setting('jupyter_qwen:plugin', {});
  }
});
