import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { draw } from '../../../__tests__/drawn';
import type { ITrial } from '../../../block';
import { readTrial } from '../../../received';
import { TrialBadge, TrialView } from '../trial-view';

const trans = nullTranslator.load('jupyter_qwen');
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

async function text(told: Partial<ITrial>): Promise<HTMLElement> {
  const trial = readTrial(told)!;
  const { node } = await draw(
    <>
      <TrialBadge trial={trial} trans={trans} />
      <TrialView trial={trial} trans={trans} />
    </>
  );
  return node;
}

describe('TrialView', () => {
  it('tells the result and of how many rows the sample was', async () => {
    const node = await text({
      status: 'ran',
      result: {
        type: 'DataFrame',
        shape: [12, 2],
        columns: [
          { name: 'month', dtype: 'datetime64[ns]' },
          { name: 'revenue', dtype: 'float64' }
        ]
      },
      sampled: [{ table: 'orders', rows: 200, of: 60000 }]
    });
    expect(node.textContent).toContain('✓ ran');
    expect(node.textContent).toContain(
      'Result: DataFrame, 12 × 2. Columns: month (datetime64[ns]), revenue (float64)'
    );
    expect(node.textContent).toContain(
      'Tried on a sample: 200 of 60,000 rows of orders. Its numbers are not the answer.'
    );
  });

  it('says when every row was there', async () => {
    const node = await text({ status: 'ran', complete: true });
    expect(node.textContent).toContain('Tried on copies of all rows.');
    expect(node.textContent).not.toContain('sample');
  });

  it('names the line that fails and what it raised', async () => {
    const node = await text({
      status: 'fails',
      error: { kind: 'KeyError', message: "'totl'", line: 3 }
    });
    expect(node.textContent).toContain('✕ fails');
    expect(node.textContent).toContain("Line 3 fails: KeyError: 'totl'");
  });

  it('says why nothing was tried, and nothing of rows', async () => {
    const node = await text({
      status: 'not tried',
      reason: 'It reads a file.'
    });
    expect(node.textContent).toContain('? not tried');
    expect(node.textContent).toContain('Not tried: It reads a file.');
    expect(node.textContent).not.toContain('Tried on');
  });

  it('shows the picture marked as made from a sample, with words for who cannot see it', async () => {
    const node = await text({
      status: 'ran',
      figure: { alt: 'A line chart of revenue.', thumbnail: PNG },
      sampled: [{ table: 'orders', rows: 200, of: null }]
    });
    const image = node.querySelector('img')!;
    expect(image.getAttribute('src')).toBe(PNG);
    expect(image.alt).toContain('A line chart of revenue.');
    expect(image.alt).toContain('Made from a sample');
    expect(node.querySelector('figcaption')!.textContent).toContain(
      'Made from a sample'
    );
  });

  it('tells a chart without a picture in words', async () => {
    const node = await text({
      status: 'ran',
      figure: { alt: 'Two lines.', thumbnail: 'https://example.org/x.png' }
    });
    expect(node.querySelector('img')).toBeNull();
    expect(node.textContent).toContain('Two lines.');
  });

  it('shows what an exception says as text, and not all of a long one', async () => {
    const node = await text({
      status: 'fails',
      error: { kind: 'E', message: '<b>x</b>'.repeat(200), line: null }
    });
    expect(node.querySelector('b')).toBeNull();
    expect(node.textContent!.length).toBeLessThan(700);
  });
});
