import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

import { defineConfig } from '@playwright/test';

import { MODEL_PORT, SCRIPTED_PORT, TOKEN } from './server';

/** A Chromium of the system; without one, Playwright's own is taken. */
const chromium = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome'
].find(candidate => candidate && existsSync(candidate));

// Workers read this file again: the folder is made once and handed on.
process.env.QWEN_UI_FOLDER ??= mkdtempSync(path.join(tmpdir(), 'qwen-ui-'));

function server(engine: 'scripted' | 'llama', port: number) {
  const folder = path.join(process.env.QWEN_UI_FOLDER!, engine);
  for (const name of ['root', 'settings', 'workspaces', 'threads']) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  // Without an answer in the settings, JupyterLab asks whether to fetch news, over the panel's input.
  const extension = path.join(
    folder,
    'settings/@jupyterlab/apputils-extension'
  );
  mkdirSync(extension, { recursive: true });
  writeFileSync(
    path.join(extension, 'notification.jupyterlab-settings'),
    '{"fetchNews": "false", "checkForUpdates": false}'
  );
  return {
    command: `jupyter lab --config=${path.join(__dirname, 'jupyter_server_config.py')}`,
    url: `http://127.0.0.1:${port}/lab/api/settings?token=${TOKEN}`,
    timeout: 60_000,
    reuseExistingServer: false,
    stdout: 'ignore' as const,
    stderr: process.env.QWEN_UI_LOG ? ('pipe' as const) : ('ignore' as const),
    env: {
      // Kernels that call themselves R, Julia and SQL.
      JUPYTER_PATH: [
        process.env.JUPYTER_PATH,
        path.join(__dirname, '../fixtures/jupyter')
      ]
        .filter(Boolean)
        .join(path.delimiter),
      QWEN_UI_FOLDER: folder,
      QWEN_UI_PORT: String(port),
      QWEN_UI_TOKEN: TOKEN,
      QWEN_UI_ENGINE: engine,
      JUPYTERLAB_SETTINGS_DIR: path.join(folder, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: path.join(folder, 'workspaces'),
      IPYTHONDIR: path.join(folder, 'ipython')
    }
  };
}

const projects = process.argv.flatMap((argument, index, all) =>
  argument.startsWith('--project=')
    ? [argument.slice('--project='.length)]
    : argument === '--project'
      ? [all[index + 1]]
      : []
);
const wanted = (...names: string[]) =>
  projects.length === 0 || names.some(name => projects.includes(name));

export default defineConfig({
  outputDir: 'test-results',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 10_000,
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    video: 'off',
    trace: 'off',
    launchOptions: {
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
    }
  },
  projects: [
    {
      name: 'lab',
      testDir: 'specs/lab',
      use: { baseURL: `http://127.0.0.1:${SCRIPTED_PORT}` }
    },
    {
      name: 'notebook',
      testDir: 'specs/notebook7',
      use: { baseURL: `http://127.0.0.1:${SCRIPTED_PORT}` }
    },
    {
      name: 'model',
      testDir: 'specs/model',
      timeout: 150_000,
      use: { baseURL: `http://127.0.0.1:${MODEL_PORT}` }
    }
  ],
  webServer: [
    ...(wanted('lab', 'notebook') ? [server('scripted', SCRIPTED_PORT)] : []),
    ...(wanted('model') ? [server('llama', MODEL_PORT)] : [])
  ]
});
