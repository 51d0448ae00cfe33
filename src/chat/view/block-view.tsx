/**
 * A code block with its verdict, what DuckDB said about it, and what can be done with it.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { normalizeBlock } from '../../received';
import { BlockReceipt } from '../../receipt/block-receipt';
import type { BlockReceipts } from '../../receipt/block-receipts';
import { IBlock } from '../../wire';
import type { IExchange } from '../history/conversation';
import { TrialBadge, TrialView } from '../trial/trial-view';
import { DecidingLines } from '../trust/deciding-lines';
import { GradeBadge, Reasons, SecondReading } from '../trust/grade';
import { artifactKind } from './artifact';
import type { BlockActions } from './block-actions';
import { BlockButtons } from './block-buttons';
import { withControlsShown } from './controls';
import { Badge, Diagnostics, Repairs } from './findings';
import { LongText, RENDERED_CHARACTERS } from './long-text';
import { Preview } from './preview';
import { Prose } from './prose';
import { FirstRows } from './first-rows';
import { ICode, fence, splitCode } from './segments';

interface IBlockViewProps {
  segment: ICode;
  /** What the server found; null while the block streams, or for an answer that was stopped. */
  block: IBlock | null;
  exchange: IExchange;
  actions: BlockActions;
  receipts: BlockReceipts;
  chooseOther: (exchange: IExchange, index: number) => void;
  reword: (exchange: IExchange) => void;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

export function BlockView(props: IBlockViewProps): JSX.Element {
  const { segment, block, exchange, trans } = props;
  const finished = block !== null;
  const source = React.useMemo(
    () => withControlsShown(segment.source),
    [segment.source]
  );
  const kind = segment.closed
    ? artifactKind(segment.language, segment.source)
    : null;
  const [previewed, setPreviewed] = React.useState(false);
  return (
    <div
      className="jp-Qwen-block"
      data-verdict={block?.verdict ?? undefined}
      data-language={segment.language || undefined}
    >
      <div className="jp-Qwen-blockHead">
        <span className="jp-Qwen-language">
          {segment.language || trans.__('code')}
        </span>
        {block?.verdict && <Badge verdict={block.verdict} trans={trans} />}
        {block?.trial && <TrialBadge trial={block.trial} trans={trans} />}
        {exchange.answer.offered && (
          <span
            className="jp-Qwen-badge jp-mod-offered"
            title={trans.__(
              'A receipt offered this query in the place of one that it warned about; no model was asked'
            )}
          >
            {trans.__('from a receipt')}
          </span>
        )}
        {block?.grade && <GradeBadge grade={block.grade} trans={trans} />}
        {block?.needs_consent && (
          <span
            className="jp-Qwen-badge jp-mod-consent"
            title={trans.__(
              'It does more than read what was proved: you are asked first'
            )}
          >
            {block.kind && block.kind !== 'query'
              ? block.kind.toUpperCase()
              : trans.__('asks first')}
          </span>
        )}
        {!finished && exchange.answer.running && (
          <span className="jp-Qwen-badge jp-mod-pending">
            {segment.closed ? trans.__('checking…') : trans.__('writing…')}
          </span>
        )}
      </div>
      {source.length > RENDERED_CHARACTERS ? (
        <LongText text={source} trans={trans} />
      ) : segment.closed ? (
        <div
          className="jp-Qwen-code"
          role="group"
          aria-label={trans.__('Code')}
          tabIndex={0} // scrolls by keyboard
        >
          {splitCode(source).map((piece, index) => (
            <Prose
              key={index}
              markdown={fence(piece, segment.language)}
              rendermime={props.rendermime}
              trans={trans}
              until={<pre className="jp-Qwen-streaming">{piece}</pre>}
            />
          ))}
        </div>
      ) : (
        <Growing text={source} />
      )}
      {kind && previewed && (
        <Preview
          kind={kind}
          source={segment.source}
          rendermime={props.rendermime}
          trans={trans}
        />
      )}
      {block?.words && (
        <p className="jp-Qwen-words">{withControlsShown(block.words)}</p>
      )}
      {block && block.deciding_lines.length > 0 && (
        <DecidingLines block={block} trans={trans} />
      )}
      {block?.rows && <FirstRows rows={block.rows} trans={trans} />}
      {block && <Reasons block={block} trans={trans} />}
      {block?.alternative && (
        <SecondReading
          alternative={block.alternative}
          choose={() => props.chooseOther(exchange, block.index)}
          trans={trans}
        />
      )}
      {block && block.diagnostics.length > 0 && (
        <Diagnostics diagnostics={block.diagnostics} trans={trans} />
      )}
      {block?.trial && <TrialView trial={block.trial} trans={trans} />}
      {block && block.repairs.length > 0 && (
        <Repairs repairs={block.repairs} trans={trans} />
      )}
      {(finished || !exchange.answer.running) && (
        <BlockButtons
          actions={props.actions}
          exchange={exchange}
          reword={props.reword}
          trans={trans}
          block={
            block ?? normalizeBlock({ ...segment }) // of an answer that was stopped
          }
          complete={finished}
          preview={
            kind && {
              shown: previewed,
              toggle: () => setPreviewed(!previewed)
            }
          }
        />
      )}
      {block && (
        <BlockReceipt
          block={block}
          exchange={exchange}
          receipts={props.receipts}
          trans={trans}
        />
      )}
    </div>
  );
}

/** Code that is still being written, with its end in view unless the user looks at its beginning. */
function Growing({ text }: { text: string }): JSX.Element {
  const pre = React.useRef<HTMLPreElement>(null);
  const follows = React.useRef(true);
  React.useLayoutEffect(() => {
    if (pre.current && follows.current) {
      pre.current.scrollTop = pre.current.scrollHeight;
    }
  }, [text]);
  return (
    <pre
      ref={pre}
      className="jp-Qwen-streaming"
      tabIndex={0}
      onScroll={({
        currentTarget: { scrollHeight, scrollTop, clientHeight }
      }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 20;
      }}
    >
      {text}
    </pre>
  );
}
