/**
 * A look at an HTML, SVG or Markdown answer, in the panel.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ArtifactKind, hasScripts, outerDocument, sandbox } from './artifact';
import { Prose } from './prose';

interface IPreviewProps {
  kind: ArtifactKind;
  source: string;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

export function Preview(props: IPreviewProps): JSX.Element {
  const { kind, source, rendermime, trans } = props;
  return (
    <div
      className="jp-Qwen-preview"
      role="group"
      aria-label={trans.__('Preview')}
    >
      {kind === 'markdown' ? (
        <Prose markdown={source} rendermime={rendermime} trans={trans} />
      ) : (
        <Frame source={source} trans={trans} />
      )}
    </div>
  );
}

function Frame(props: {
  source: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { source, trans } = props;
  const [scripts, setScripts] = React.useState(false);
  const scripted = React.useMemo(() => hasScripts(source), [source]);
  const page = React.useMemo(
    () =>
      outerDocument(source, {
        scripts,
        title: trans.__('What the model wrote')
      }),
    [source, scripts, trans]
  );
  return (
    <>
      <iframe
        key={String(scripts)} // permissions hold from the moment a frame is loaded
        className="jp-Qwen-previewFrame"
        title={trans.__('Preview of the answer')}
        sandbox={sandbox(scripts)}
        referrerPolicy="no-referrer"
        srcDoc={page}
      />
      {scripted && (
        <div className="jp-Qwen-previewNote">
          <span>
            {scripts
              ? trans.__(
                  'Its scripts run apart from JupyterLab and can load nothing.'
                )
              : trans.__(
                  'Its scripts are off. Run, they could have the browser look up a name, which tells its owner that they ran.'
                )}
          </span>
          <Button
            className="jp-Qwen-button"
            onClick={() => setScripts(!scripts)}
          >
            {scripts ? trans.__('Stop scripts') : trans.__('Run scripts')}
          </Button>
        </div>
      )}
    </>
  );
}
