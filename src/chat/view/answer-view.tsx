/**
 * An answer: phases, prose, code blocks, what it cost, what the model saw.
 */
import { UseSignal } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { formatDuration } from '../../model/format';
import type { BlockReceipts } from '../../receipt/block-receipts';
import type { QwenClient } from '../../request';
import type { IPromptPart } from '../../wire';
import type { Answer } from '../answer';
import type { IExchange } from '../history/conversation';
import type { BlockActions } from './block-actions';
import { BlockView } from './block-view';
import { withoutControls } from './controls';
import { Prose } from './prose';
import { splitProse, splitSegments } from './segments';
import { WaysOut } from './ways-out';

export interface IAnswerServices {
  actions: BlockActions;
  client: QwenClient;
  receipts: BlockReceipts;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  /** Ask the exchange's question again. */
  retry: (exchange: IExchange) => void;
  /** Ask for a data file: '' when one can be asked about, why not, or null when none was chosen. */
  openFile: () => Promise<string | null>;
  /** Show the other reading of a block in the place of its query, and remember that. */
  chooseOther: (exchange: IExchange, index: number) => void;
  /** Put the exchange's question back into the input. */
  reword: (exchange: IExchange) => void;
}

interface IAnswerViewProps extends IAnswerServices {
  exchange: IExchange;
}

export function AnswerView(props: IAnswerViewProps): JSX.Element {
  const { answer } = props.exchange;
  return (
    <UseSignal signal={answer.changed}>
      {() => (
        <div className="jp-Qwen-answer" data-state={answer.state}>
          <Body {...props} />
        </div>
      )}
    </UseSignal>
  );
}

function Body(props: IAnswerViewProps): JSX.Element {
  const { exchange, trans, rendermime } = props;
  const { answer } = exchange;
  return (
    <>
      {answer.notes.length > 0 && (
        <ul className="jp-Qwen-notes">
          {answer.notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </ul>
      )}
      {splitSegments(answer.markdown).map((segment, position) =>
        segment.kind === 'prose' ? (
          <div key={position} className="jp-Qwen-passage">
            {splitProse(withoutControls(segment.text)).map((piece, index) => (
              <Prose
                key={index}
                markdown={piece}
                rendermime={rendermime}
                trans={trans}
                onRendered={milliseconds => answer.rendered(milliseconds)}
              />
            ))}
          </div>
        ) : (
          <BlockView
            key={position}
            {...props}
            segment={segment}
            block={answer.block(segment.index)}
          />
        )
      )}
      {answer.running && (
        <div className="jp-Qwen-phase">
          <span className="jp-Qwen-dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {phaseText(answer, trans)}
        </div>
      )}
      {answer.state === 'stopped' && (
        <div className="jp-Qwen-phase">{trans.__('Stopped.')}</div>
      )}
      {answer.failure && (
        <div className="jp-Qwen-failure" role="alert">
          <div>{answer.failure.message}</div>
          {answer.failure.hint && (
            <div className="jp-Qwen-hint">{answer.failure.hint}</div>
          )}
        </div>
      )}
      {(answer.state === 'failed' || answer.state === 'stopped') && (
        <Button
          className="jp-Qwen-button"
          onClick={() => props.retry(exchange)}
        >
          {trans.__('Ask again')}
        </Button>
      )}
      {answer.actions.length > 0 && <WaysOut {...props} />}
      {answer.state === 'done' && <Footer {...props} />}
    </>
  );
}

function phaseText(answer: Answer, trans: TranslationBundle): string {
  if (answer.modelStatus) {
    return answer.modelStatus.message || trans.__('Waiting for the model…');
  }
  switch (answer.phase) {
    case 'linking':
      return trans.__('Finding the tables that matter…');
    case 'waiting':
      return trans.__('Waiting for another answer to end…');
    case 'prefill':
      if (answer.promptTokens && answer.readTokens !== null) {
        return trans.__(
          'Reading: %1 of %2 tokens…',
          answer.readTokens,
          answer.promptTokens
        );
      }
      return answer.promptTokens
        ? trans._n(
            'Reading %1 token…',
            'Reading %1 tokens…',
            answer.promptTokens
          )
        : trans.__('Reading…');
    case 'decode':
      return trans.__('Writing…');
    case 'proof':
      return trans.__('Checking the SQL against your tables…');
    case 'repair': {
      const last = answer.repairs[answer.repairs.length - 1];
      return last
        ? trans.__(
            'Repair %1: %2…',
            answer.repairs.length,
            last.reason || last.name
          )
        : trans.__('Repairing the SQL…');
    }
    case 'trial':
      return trans.__('Trying it on sample rows…');
    case 'choice':
      return trans.__('Choosing between answers…');
    default:
      return trans.__('Looking at your notebook…');
  }
}

function Footer(props: IAnswerViewProps): JSX.Element | null {
  const { exchange, trans } = props;
  const { answer } = exchange;
  const facts: string[] = [];
  if (answer.seconds !== null) {
    facts.push(formatDuration(answer.seconds, trans));
  }
  if (answer.ttftSeconds !== null) {
    facts.push(
      trans.__('first word after %1', formatDuration(answer.ttftSeconds, trans))
    );
  }
  if (answer.usage && answer.usage.decode_seconds > 0) {
    facts.push(
      trans.__(
        '%1 tok/s',
        (answer.usage.new_tokens / answer.usage.decode_seconds).toFixed(0)
      )
    );
  }
  if (!facts.length && !answer.parts.length) {
    return null;
  }
  return (
    <div className="jp-Qwen-footer">
      {facts.length > 0 && (
        <details className="jp-Qwen-took">
          <summary>{trans.__('Details')}</summary>
          {facts.join(' · ')}
        </details>
      )}
      {answer.request && answer.parts.length > 0 && (
        <WhatTheModelSaw {...props} />
      )}
    </div>
  );
}

/** The prompt's sources with their tokens; the texts are fetched when it is opened. */
function WhatTheModelSaw(props: IAnswerViewProps): JSX.Element {
  const { exchange, client, trans } = props;
  const { answer } = exchange;
  const [texts, setTexts] = React.useState<IPromptPart[] | null>(null);
  const [failed, setFailed] = React.useState('');
  const open = (event: React.SyntheticEvent<HTMLDetailsElement>) => {
    if (!event.currentTarget.open || texts || !answer.request) {
      return;
    }
    if (answer.parts.some(part => part.text)) {
      return; // the server told them with the answer: this very prompt, and none that was built anew
    }
    client
      .context(answer.request)
      .then(context => setTexts(context.parts))
      .catch(error => setFailed(String(error.message ?? error)));
  };
  return (
    <details className="jp-Qwen-saw" onToggle={open}>
      <summary>
        {trans.__('What the model saw (%1 tokens)', answer.promptTokens)}
      </summary>
      {failed && <div className="jp-Qwen-hint">{failed}</div>}
      {(texts ?? answer.parts).map((part, index) => (
        <div key={index} className="jp-Qwen-part">
          <div className="jp-Qwen-partHead">
            <span>{part.label}</span>
            <span>{trans._n('%1 token', '%1 tokens', part.tokens)}</span>
          </div>
          {part.text && <pre tabIndex={0}>{part.text}</pre>}
        </div>
      ))}
    </details>
  );
}
