/**
 * "What the model sees": the exact prompt of the question as it stands, with the tokens of each part.
 */
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IPromptPart, IPromptView } from '../../wire';

/** Ask for the prompt and show it; what goes wrong is shown in its place. */
export async function showPrompt(
  look: () => Promise<IPromptView>,
  trans: TranslationBundle
): Promise<void> {
  const body = ReactWidget.create(<PromptView look={look} trans={trans} />);
  body.addClass('jp-Qwen-prompt');
  await showDialog({
    title: trans.__('What the model sees'),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })],
    hasClose: true
  });
}

function PromptView(props: {
  look: () => Promise<IPromptView>;
  trans: TranslationBundle;
}): JSX.Element {
  const { look, trans } = props;
  const [view, setView] = React.useState<IPromptView | null>(null);
  const [failure, setFailure] = React.useState('');
  React.useEffect(() => {
    look().then(setView, error =>
      setFailure(error instanceof Error ? error.message : String(error))
    );
  }, []);
  if (failure) {
    return <p role="alert">{failure}</p>;
  }
  if (!view) {
    return (
      <p role="status">
        {trans.__('The prompt is built; a model that is not loaded is loaded.')}
      </p>
    );
  }
  return (
    <>
      <p>
        {trans._n(
          'This is all that the model gets, %1 token in all.',
          'This is all that the model gets, %1 tokens in all.',
          view.prompt_tokens
        )}
      </p>
      {view.notes.map(note => (
        <p key={note} className="jp-Qwen-hint">
          {note}
        </p>
      ))}
      <PromptParts parts={view.parts} trans={trans} />
      {view.prompt && (
        <details>
          <summary>{trans.__('The whole text, as it is sent')}</summary>
          <pre tabIndex={0}>{view.prompt}</pre>
        </details>
      )}
    </>
  );
}

/** The sources of a prompt, each with its tokens and its text. */
export function PromptParts(props: {
  parts: readonly IPromptPart[];
  trans: TranslationBundle;
}): JSX.Element {
  const { parts, trans } = props;
  return (
    <>
      {parts.map((part, index) => (
        <div key={index} className="jp-Qwen-part">
          <div className="jp-Qwen-partHead">
            <span>{partName(part.label, trans)}</span>
            <span>{trans._n('%1 token', '%1 tokens', part.tokens)}</span>
          </div>
          {part.text && <pre tabIndex={0}>{part.text}</pre>}
        </div>
      ))}
    </>
  );
}

function partName(label: string, trans: TranslationBundle): string {
  switch (label) {
    case 'rules':
      return trans.__('Rules');
    case 'added by name':
      return trans.__('Added by name');
    case 'schema':
      return trans.__('Tables');
    case 'cells':
      return trans.__('Cells');
    case 'definitions':
      return trans.__('Definitions further above');
    case 'earlier turns':
    case 'earlier questions':
      return trans.__('Earlier in this conversation');
    case 'values':
      return trans.__('Values in the data');
    case 'question':
      return trans.__('Question');
    default:
      return label;
  }
}
