/**
 * What the tests of inline completion look at.
 */
import { Locator, Request, expect } from '@playwright/test';

import type { Workbench } from './workbench';

export type Body = Record<string, unknown>;

/** The completions that were asked for. */
export function watch(bench: Workbench): Body[] {
  const bodies: Body[] = [];
  bench.page.on('request', request => keep(bodies, request));
  return bodies;
}

/** The completions that ended before their time. */
export function watchAborted(bench: Workbench): Body[] {
  const bodies: Body[] = [];
  bench.page.on('requestfailed', request => keep(bodies, request));
  return bodies;
}

/** What only prepares a completion does not count: any key may begin it, and breaks it off. */
function keep(bodies: Body[], request: Request): void {
  if (request.url().includes('/jupyter-qwen/complete')) {
    const body = request.postDataJSON() as Body;
    if (!body.warm) {
      bodies.push(body);
    }
  }
}

/**
 * Resolves when the page has told the server of a table of the kernel. On a busy machine that is later than the first key, and
 * a completion does not wait for it. Call it before the cell runs.
 */
export async function tableTold(bench: Workbench, name: string): Promise<void> {
  await bench.page.waitForRequest(
    request => {
      if (!/\/jupyter-qwen\/(warm|complete)/.test(request.url())) {
        return false;
      }
      const body = request.postDataJSON() as Body | null;
      return JSON.stringify(body?.schema ?? null).includes(`"${name}"`);
    },
    { timeout: 30_000 }
  );
}

/** A notebook of one cell, in which a person types this. */
export async function typed(bench: Workbench, text: string): Promise<void> {
  await bench.open(['']);
  await bench.edit(0);
  await bench.page.keyboard.type(text, { delay: 40 });
}

/** Code behind the cursor, and ghost text between: `n = len(t|) + 1`. */
export async function typedInside(bench: Workbench): Promise<void> {
  await bench.open(['n = len() + 1']);
  await bench.edit(0);
  await bench.page.keyboard.press('End');
  for (let step = 0; step < ') + 1'.length; step++) {
    await bench.page.keyboard.press('ArrowLeft');
  }
  await bench.page.keyboard.type('t');
  await expect(ghostOf(bench)).toHaveText('argets');
}

/** Ghost text that can be read. Spacers, which keep an editor's height for a second after it has gone, are none. */
export function ghostOf(bench: Workbench): Locator {
  return bench.page.locator(
    '.jp-GhostText[data-provided-by]:not(.jp-GhostText-lineSpacer):not(.jp-GhostText-letterSpacer)'
  );
}

/** The lines of an editor without the ghost text. */
export function lines(editor: Locator): Promise<string[]> {
  return editor.locator('.cm-line').evaluateAll(found =>
    found.map(line => {
      const copy = line.cloneNode(true) as HTMLElement;
      copy
        .querySelectorAll('[class*="jp-GhostText"]')
        .forEach(ghost => ghost.remove());
      return copy.textContent ?? '';
    })
  );
}

/** Let completions rest, as on a machine that cannot keep up. */
export async function tooSlow(bench: Workbench): Promise<void> {
  const told = {
    type: 'completion',
    text: '',
    done: true,
    reason: 'slow',
    advice: { debounce_ms: 200, quiet: true, reason: 'slow' }
  };
  await bench.page.route('**/jupyter-qwen/complete*', route =>
    route.fulfill({
      contentType: 'application/x-ndjson',
      body: `${JSON.stringify(told)}\n`
    })
  );
}

/** Long enough for a pause, a request and its answer, had there been any. */
export async function aWhile(bench: Workbench): Promise<void> {
  await bench.page.waitForTimeout(900);
}
