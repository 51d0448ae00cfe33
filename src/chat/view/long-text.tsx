/**
 * Text that is too long to be rendered: its beginning as it stands, and a way to have the rest.
 */
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

/** Rendering more than this at once would hold up the page. */
export const RENDERED_CHARACTERS = 60_000;

const SHOWN_CHARACTERS = 10_000;

export function LongText(props: {
  text: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, trans } = props;
  const [said, setSaid] = React.useState('');
  return (
    <div className="jp-Qwen-longText">
      <pre className="jp-Qwen-streaming" tabIndex={0}>
        {text.slice(0, SHOWN_CHARACTERS)}
      </pre>
      <div className="jp-Qwen-previewNote">
        <span>
          {trans.__(
            'Too long to show: the first %1 of %2 characters.',
            SHOWN_CHARACTERS.toLocaleString(),
            text.length.toLocaleString()
          )}
        </span>
        <Button
          className="jp-Qwen-button"
          onClick={() => {
            Clipboard.copyToSystem(text);
            setSaid(trans.__('Copied.'));
          }}
        >
          {trans.__('Copy all')}
        </Button>
        <span role="status">{said}</span>
      </div>
    </div>
  );
}
