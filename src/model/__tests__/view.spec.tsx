import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { IDrawn, draw } from '../../__tests__/drawn';
import { CompletionManners } from '../../completion/manners';
import type { QwenClient } from '../../request';
import { QwenSettings } from '../../settings';
import type { IStatus } from '../../wire';
import { ModelStatus } from '../status';
import { StatusView } from '../view';

const trans = nullTranslator.load('jupyter_qwen');

function told(state: IStatus['state'], remote = false): IStatus {
  return { state, remote, message: '', hint: '', model: null } as IStatus;
}

describe('StatusView', () => {
  const unload = jest.fn(async () => told('unloaded'));

  async function show(status: IStatus): Promise<IDrawn> {
    const model = new ModelStatus({ unload } as unknown as QwenClient);
    model.apply(status);
    const manners = new CompletionManners(new QwenSettings());
    return draw(
      <StatusView
        status={model}
        completion={{ manners, manner: () => 'off' }}
        trans={trans}
      />
    );
  }

  it('stops a load, and leaves the focus on the way back', async () => {
    const drawn = await show(told('loading'));
    drawn.button('Stop loading').focus();
    await drawn.press('Stop loading');
    expect(unload).toHaveBeenCalledTimes(1);
    expect(document.activeElement).toBe(drawn.button('Load'));
  });

  it('offers to stop no engine that is elsewhere', async () => {
    const { node } = await show(told('loading', true));
    expect(node.textContent).toContain('oading');
    expect(node.querySelector('button')).toBeNull();
  });
});
