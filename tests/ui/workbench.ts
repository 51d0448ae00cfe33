/**
 * What a person does in the tests: open a notebook, run cells, ask, look.
 */
import {
  APIRequestContext,
  Locator,
  Page,
  expect,
  test as base
} from '@playwright/test';

import { Desk, ICellText } from './desk';
import { TOKEN } from './server';

export type App = 'lab' | 'notebook';

let created = 0;

export class Workbench extends Desk {
  constructor(
    readonly page: Page,
    request: APIRequestContext
  ) {
    super(request);
    page.on('console', message => {
      if (message.type() === 'error') {
        this._note(message.text());
      }
    });
    page.on('pageerror', error => this._note(error.stack ?? String(error)));
  }

  /** Errors whose innermost frame is JupySQL's plugin are its own: 0.4.5 throws where a notebook panel has no toolbar yet. */
  private _note(text: string): void {
    const innermost = text.split('\n').find(line => /^\s+at /.test(line)) ?? '';
    if (!innermost.includes('/extensions/jupysql-plugin/')) {
      this.consoleErrors.push(text);
    }
  }

  readonly consoleErrors: string[] = [];

  /** Write a notebook and open it; its kernel is idle when this returns. */
  async open(
    cells: (string | ICellText)[],
    options: {
      app?: App;
      name?: string;
      outputs?: string[];
      kernel?: string;
    } = {}
  ): Promise<string> {
    const name = options.name ?? `test-${process.pid}-${created++}.ipynb`;
    await this.write(name, cells, options.outputs, options.kernel);
    await this.visit(name, options.app);
    return name;
  }

  async visit(name: string, app: App = 'lab'): Promise<void> {
    await this.page.goto(
      app === 'lab'
        ? `/lab/tree/${name}?token=${TOKEN}&reset`
        : `/notebooks/${name}?token=${TOKEN}`
    );
    await this.idle(name);
  }

  /** Restart the notebook's kernel, as the toolbar's button does after its question. */
  async restart(name: string): Promise<void> {
    await this.restartKernel(name);
    await this.idle(name);
  }

  /** The application without a notebook. */
  async openEmpty(): Promise<void> {
    await this.page.goto(`/lab?token=${TOKEN}&reset`);
    await expect(this.page.locator('.jp-Launcher')).toBeVisible({
      timeout: 40_000
    });
  }

  /** Wait until cells are there and the notebook's kernel is idle. */
  async idle(name: string): Promise<void> {
    await expect(this.cells().first()).toBeVisible({ timeout: 40_000 });
    await expect
      .poll(() => this.kernelState(name), { timeout: 40_000 })
      .toBe('idle');
  }

  cells(): Locator {
    return this.page.locator('.jp-NotebookPanel:visible .jp-Notebook .jp-Cell');
  }

  cell(index: number): Locator {
    return this.cells().nth(index);
  }

  async select(index: number): Promise<void> {
    await this.cell(index)
      .locator('.jp-InputPrompt, .jp-InputArea-prompt')
      .first()
      .click({ position: { x: 5, y: 5 } });
    await expect(this.cell(index)).toHaveClass(/jp-mod-active/);
  }

  /** Put the cursor into a cell. */
  async edit(index: number): Promise<void> {
    await this.cell(index).locator('.cm-content').click();
    await expect(this.cell(index).locator('.cm-content')).toBeFocused();
  }

  /** Run cells and wait for the last one's number. A key that comes before the kernel is connected is pressed again. */
  async run(...indices: number[]): Promise<void> {
    for (const index of indices) {
      const prompt = this.cell(index).locator('.jp-InputPrompt').first();
      await expect(async () => {
        await this.select(index);
        await this.page.keyboard.press('Control+Enter');
        await expect(prompt).not.toHaveText('[ ]:', { timeout: 2000 });
      }).toPass({ timeout: 20_000 });
      await expect(prompt).toHaveText(/\[\d+\]/, { timeout: 40_000 });
    }
  }

  get panel(): Locator {
    return this.page.locator('#jupyter_qwen-chat');
  }

  get input(): Locator {
    return this.panel.locator(
      '.jp-chat-input-textfield textarea:not([aria-hidden])'
    );
  }

  /** Open a notebook, run some of its cells, select one, and open the panel; the notebook's name. */
  async chat(
    cells: (string | ICellText)[],
    options: Parameters<Workbench['open']>[1] & {
      run?: number[];
      select?: number;
    } = {}
  ): Promise<string> {
    const name = await this.open(cells, options);
    await this.run(...(options.run ?? []));
    if (options.select !== undefined) {
      await this.select(options.select);
    }
    await this.openPanel();
    return name;
  }

  async openPanel(): Promise<void> {
    await this.page.keyboard.press('Control+Shift+Y');
    await expect(this.panel).toBeVisible();
    await expect(this.input).toBeFocused();
  }

  async ask(question: string): Promise<void> {
    await this.input.click();
    await this.input.pressSequentially(question);
    await this.page.keyboard.press('Enter');
  }

  /** Ask, and wait for the whole answer. */
  async asked(question: string, timeout?: number): Promise<void> {
    await this.ask(question);
    await this.answered(timeout);
  }

  /** Press a button of the last answer, named in full or by a pattern. */
  async press(name: string | RegExp): Promise<void> {
    await this.answer.getByRole('button', { name, exact: true }).click();
  }

  /** Let the next answers be these events, whatever the model would say. */
  async play(...events: object[]): Promise<void> {
    await this.page.route(/\/jupyter-qwen\/ask/, route =>
      route.fulfill({
        contentType: 'application/x-ndjson',
        body: events.map(event => `${JSON.stringify(event)}\n`).join('')
      })
    );
  }

  /** An answer's last event, with its fenced blocks as the server would send them. */
  static answer(markdown: string, blocks: object[] = []): object {
    return {
      type: 'answer',
      markdown,
      blocks,
      usage: null,
      seconds: 1,
      ttft_seconds: 0.1,
      model: 'played'
    };
  }

  /** Save the notebook in view, and read it from disk. */
  async notebook(name: string): Promise<{
    cells: { source: string; metadata: Record<string, unknown> }[];
  }> {
    const saved = this.page.waitForResponse(
      response =>
        response.request().method() === 'PUT' &&
        response.url().includes(`/api/contents/${name}`)
    );
    await this.page.keyboard.press('Control+s');
    await saved;
    return (await this.readFile(name)) as {
      cells: { source: string; metadata: Record<string, unknown> }[];
    };
  }

  get answers(): Locator {
    return this.panel.locator('.jp-Qwen-answer');
  }

  get answer(): Locator {
    return this.answers.last();
  }

  async answered(timeout = 20_000): Promise<void> {
    await expect(this.answer).toHaveAttribute('data-state', 'done', {
      timeout
    });
  }

  /** What axe-core finds wrong with the panel, or with another part of the page. */
  async axe(within = '#jupyter_qwen-chat'): Promise<string[]> {
    await this.page.addScriptTag({ path: require.resolve('axe-core/axe.js') });
    return this.page.evaluate(async selector => {
      const axe = Reflect.get(window, 'axe') as typeof import('axe-core');
      const { violations } = await axe.run(selector);
      return (
        violations
          .flatMap(violation =>
            violation.nodes.map(
              node => `${violation.id}: ${node.html.slice(0, 160)}`
            )
          )
          // MUI's Autocomplete gives the role to a textarea, where ARIA wants an input; @jupyter/chat decides that.
          .filter(found => !found.startsWith('aria-allowed-role: <textarea'))
      );
    }, within);
  }

  async pictureOfPanel(name: string): Promise<void> {
    await this.panel.screenshot({
      path: `test-results/screenshots/${name}.png`,
      animations: 'disabled'
    });
  }

  /** A chip above the input. */
  chip(ref: string): Locator {
    return this.panel.locator(`.jp-Qwen-chip[data-ref="${ref}"]`);
  }

  /** The body of the next question that is sent; ask after calling this, then await it. */
  async nextQuestion(): Promise<Record<string, unknown>> {
    const request = await this.page.waitForRequest(/\/jupyter-qwen\/ask/);
    return request.postDataJSON() as Record<string, unknown>;
  }

  /** Keep a picture for the eye under test-results. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({
      path: `test-results/screenshots/${name}.png`,
      animations: 'disabled'
    });
  }
}

export const test = base.extend<{ bench: Workbench }>({
  bench: async ({ page, request }, use) => {
    const bench = new Workbench(page, request);
    await use(bench);
    await bench.endKernels();
  }
});

export { expect };
