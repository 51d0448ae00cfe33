/**
 * What can be done with a code block, and what came of it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Remember, canBeRemembered } from '../../knowledge/remember';
import type { IBlock } from '../../wire';
import type { IExchange } from '../history/conversation';
import type { BlockActions, IOutcome } from './block-actions';

const PYTHON = /^(python|py|python3|ipython)$/;

interface IBlockButtonsProps {
  block: IBlock;
  /** Whether the server has judged the block. */
  complete: boolean;
  exchange: IExchange;
  actions: BlockActions;
  /** Put the exchange's question back into the input. */
  reword: (exchange: IExchange) => void;
  /** For what can be looked at. */
  preview: { shown: boolean; toggle: () => void } | null;
  trans: TranslationBundle;
}

export function BlockButtons(props: IBlockButtonsProps): JSX.Element {
  const { actions, block, exchange, preview, trans, complete } = props;
  const [outcome, setOutcome] = React.useState<IOutcome>({ said: '' });
  const say = (said: string) => setOutcome({ said });
  const rejected = block.verdict === 'rejected';
  const insertable = complete && actions.cellOf(block, exchange) !== null;
  const follow = (work: Promise<IOutcome>) => {
    work.then(setOutcome).catch(error => {
      console.error('jupyter_qwen: changing the notebook failed', error);
      say(trans.__('That did not work: %1', String(error)));
    });
  };
  const insert = (run: boolean) =>
    follow(actions.insert(block, exchange, { run }).then(said => ({ said })));
  const fix = (rounds: BlockActions['rounds']) => {
    if (rounds) {
      follow(rounds.ofBlock(block, exchange, actions));
    }
  };
  const { undo } = outcome;
  const { lessons } = actions;
  const { answer, mode } = exchange;
  return (
    <div className="jp-Qwen-blockActions">
      {preview && (
        <Button
          className="jp-Qwen-button"
          aria-expanded={preview.shown}
          onClick={preview.toggle}
        >
          {preview.shown ? trans.__('Hide preview') : trans.__('Preview')}
        </Button>
      )}
      {rejected && (
        <Button
          className="jp-Qwen-button jp-mod-primary"
          title={trans.__(
            'Put the question back into the input, to ask it in other words'
          )}
          onClick={() => props.reword(exchange)}
        >
          {trans.__('Reword the question')}
        </Button>
      )}
      {insertable && (
        <>
          <Button
            className={`jp-Qwen-button${rejected ? '' : ' jp-mod-primary'}`}
            title={trans.__('Insert below the cell that asked')}
            onClick={() => insert(false)}
          >
            {trans.__('Insert')}
          </Button>
          <Button
            className="jp-Qwen-button"
            title={trans.__('Insert below the cell that asked, and run it')}
            onClick={() => insert(true)}
          >
            {trans.__('Insert and run')}
          </Button>
          {actions.rounds && PYTHON.test(block.language) && (
            <Button
              className="jp-Qwen-button"
              title={trans.__(
                'Insert and run it; where it fails, up to three repairs are proposed, and you see each one first'
              )}
              onClick={() => fix(actions.rounds)}
            >
              {trans.__('Run and fix…')}
            </Button>
          )}
          <Button
            className="jp-Qwen-button"
            title={trans.__(
              'Replace the text of the cell that asked; you see the changes first'
            )}
            onClick={() => follow(actions.replace(block, exchange))}
          >
            {trans.__('Replace…')}
          </Button>
        </>
      )}
      <Button
        className="jp-Qwen-button"
        onClick={() => say(actions.copy(block))}
      >
        {trans.__('Copy')}
      </Button>
      {lessons &&
        complete &&
        canBeRemembered(
          block,
          answer.request?.mode ?? mode ?? 'auto',
          actions.takenInto(block) !== null
        ) && (
          <Remember
            key={block.source} // the other reading is another query
            block={block}
            question={answer.request?.question ?? answer.question}
            taught={answer.taught}
            cell={() => actions.takenInto(block)}
            lessons={lessons}
            trans={trans}
            say={say}
          />
        )}
      <span className="jp-Qwen-said" role="status">
        {outcome.said}
      </span>
      {undo && (
        <Button
          className="jp-Qwen-button jp-mod-quiet"
          onClick={() => say(undo())}
        >
          {trans.__('Undo')}
        </Button>
      )}
    </div>
  );
}
