/**
 * Stands before the part of a long conversation that is drawn.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

export function Earlier(props: {
  count: number;
  trans: TranslationBundle;
  show: () => void;
}): JSX.Element {
  const { count, show, trans } = props;
  return (
    <Button className="jp-Qwen-button jp-Qwen-earlier" onClick={show}>
      {trans._n(
        'Show %1 earlier question',
        'Show earlier questions (%1)',
        count
      )}
    </Button>
  );
}
