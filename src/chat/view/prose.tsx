/**
 * Markdown through JupyterLab's renderer and our sanitiser.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { LongText, RENDERED_CHARACTERS } from './long-text';
import { queueRendering } from './render-queue';

const MARKDOWN = 'text/markdown';

interface IProseProps {
  markdown: string;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  /** What is shown until the rendering is there. */
  until?: JSX.Element;
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
  const { markdown, rendermime, until, onRendered } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const [shown, setShown] = React.useState(false);

  React.useEffect(() => {
    let current = true;
    queueRendering(async () => {
      if (!current) {
        return; // a longer text, or another answer, has taken its place
      }
      const start = performance.now();
      const renderer = rendermime.createRenderer(MARKDOWN);
      try {
        await renderer.renderModel(
          rendermime.createModel({ data: { [MARKDOWN]: markdown } })
        );
      } catch (error) {
        console.error('jupyter_qwen: Markdown could not be rendered', error);
        renderer.node.textContent = markdown;
      }
      if (!current || !host.current) {
        renderer.dispose();
        return;
      }
      if (!host.current.closest('[tabindex="0"].jp-Qwen-code')) {
        for (const code of renderer.node.querySelectorAll('pre')) {
          code.tabIndex = 0; // long lines scroll by keyboard, too
        }
      }
      host.current.replaceChildren(renderer.node);
      // Only the node is attached, never the widget; formulas are typeset on this message.
      MessageLoop.sendMessage(renderer, Widget.Msg.AfterAttach);
      setShown(true);
      onRendered?.(performance.now() - start);
    });
    return () => {
      current = false;
    };
  }, [markdown, rendermime]);

  return (
    <>
      {!shown && until}
      <div className="jp-Qwen-prose" ref={host} />
    </>
  );
}

/** Rendered again only when its text changes: finished paragraphs stay as they are while the rest streams. */
export const Prose = React.memo(
  ProseBase,
  (before, after) =>
    before.markdown === after.markdown && before.rendermime === after.rendermime
);
