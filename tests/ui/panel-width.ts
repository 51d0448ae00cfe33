import { expect, Workbench } from './workbench';

/** Drag the edge of the panel until it is so many pixels wide. */
export async function widenPanel(
  bench: Workbench,
  pixels: number
): Promise<void> {
  const { mouse } = bench.page;
  const box = (await bench.panel.boundingBox())!;
  await mouse.move(box.x - 2, 400);
  await mouse.down();
  await mouse.move(box.x + box.width - pixels, 400, { steps: 5 });
  await mouse.up();
  await expect
    .poll(async () => {
      const { width } = (await bench.panel.boundingBox())!;
      return Math.abs(width - pixels);
    })
    .toBeLessThanOrEqual(2);
}
