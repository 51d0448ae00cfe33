/**
 * Work that may hold up the page takes turns with it: a few milliseconds at a time, the latest first: in a conversation that is
 * opened that is its end, which is what is read.
 */

/** Half a frame; the page has the other half. */
const SLICE_MS = 8;

type Work = () => Promise<void>;

const waiting: Work[] = [];
let working = false;

/** Have `work` done soon, and not all at once with everything else. It must not throw. */
export function queueRendering(work: Work): void {
  waiting.push(work);
  if (!working) {
    working = true;
    void workThrough();
  }
}

async function workThrough(): Promise<void> {
  let start = performance.now();
  for (let work = waiting.pop(); work; work = waiting.pop()) {
    await work();
    if (performance.now() - start > SLICE_MS) {
      await new Promise(resolve => setTimeout(resolve));
      start = performance.now();
    }
  }
  working = false;
}
