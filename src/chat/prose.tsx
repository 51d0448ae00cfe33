/**
 * Markdown through JupyterLab's renderer and our sanitiser.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LongText, RENDERED_CHARACTERS } from './long-text';

const MARKDOWN = 'text/markdown';

interface IProseProps {
  markdown: string;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  /** Told how long the rendering took, in milliseconds. */
  onRendered?: (milliseconds: number) => void;
}

function ProseBase(props: IProseProps): JSX.Element {
  return props.markdown.length > RENDERED_CHARACTERS ? (
    <LongText text={props.markdown} trans={props.trans} />
  ) : (
    <Rendered {...props} />
  );
}

function Rendered(props: IProseProps): JSX.Element {
  const { markdown, rendermime, onRendered } = props;
  const host = React.useRef<HTMLDivElement>(null);

  React.useEffect(() => {
    let current = true;
    const start = performance.now();
    const renderer = rendermime.createRenderer(MARKDOWN);
    void renderer
      .renderModel(rendermime.createModel({ data: { [MARKDOWN]: markdown } }))
      .then(() => {
        if (!current) {
          renderer.dispose();
          return;
        }
        for (const code of renderer.node.querySelectorAll('pre')) {
          code.tabIndex = 0; // long lines scroll by keyboard, too
        }
        host.current?.replaceChildren(renderer.node);
        // Only the node is attached, never the widget; formulas are typeset on this message.
        MessageLoop.sendMessage(renderer, Widget.Msg.AfterAttach);
        onRendered?.(performance.now() - start);
      });
    return () => {
      current = false;
    };
  }, [markdown, rendermime]);

  return <div className="jp-Qwen-prose" ref={host} />;
}

/** Rendered again only when its text changes: finished paragraphs stay as they are while the rest streams. */
export const Prose = React.memo(
  ProseBase,
  (before, after) =>
    before.markdown === after.markdown && before.rendermime === after.rendermime
);
