/**
 * A code block with its verdict, what DuckDB said about it, and what can be done with it.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBlock, IDiagnostic, IRepair, Verdict } from '../wire';
import type { BlockActions } from './actions';
import type { IExchange } from './conversation';
import { Prose } from './prose';
import { ICode, fence } from './segments';

interface IBlockViewProps {
  segment: ICode;
  /** What the server found; null while the block streams, or for an answer that was stopped. */
  block: IBlock | null;
  exchange: IExchange;
  actions: BlockActions;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

export function BlockView(props: IBlockViewProps): JSX.Element {
  const { segment, block, exchange, trans } = props;
  const finished = block !== null;
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
        {block?.needs_consent && (
          <span
            className="jp-Qwen-badge jp-mod-consent"
            title={trans.__(
              'It changes something or reaches outside the kernel: you are asked first'
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
      {segment.closed ? (
        <Prose
          markdown={fence(segment.source, segment.language)}
          rendermime={props.rendermime}
        />
      ) : (
        <pre className="jp-Qwen-streaming" tabIndex={0}>
          {segment.source}
        </pre>
      )}
      {block && block.diagnostics.length > 0 && (
        <Diagnostics diagnostics={block.diagnostics} trans={trans} />
      )}
      {block && block.repairs.length > 0 && (
        <Repairs repairs={block.repairs} trans={trans} />
      )}
      {(finished || !exchange.answer.running) && (
        <Buttons
          {...props}
          block={
            block ?? {
              index: segment.index,
              language: segment.language,
              source: segment.source,
              verdict: null,
              kind: null,
              needs_consent: false,
              diagnostics: [],
              repairs: [],
              cell: null
            }
          }
          complete={finished}
        />
      )}
    </div>
  );
}

function Badge(props: {
  verdict: Verdict;
  trans: TranslationBundle;
}): JSX.Element {
  const { verdict, trans } = props;
  const [label, title] = {
    bound: [
      trans.__('bound'),
      trans.__('Proved: DuckDB accepts this query for the tables you have')
    ],
    unchecked: [
      trans.__('unchecked'),
      trans.__(
        'Not proved: it reads a file, an address or a table that is not known here'
      )
    ],
    rejected: [
      trans.__('rejected'),
      trans.__('DuckDB does not accept this query for the tables you have')
    ]
  }[verdict];
  const mark = { bound: '✓', unchecked: '?', rejected: '✕' }[verdict];
  return (
    <span className={`jp-Qwen-badge jp-mod-${verdict}`} title={title}>
      <span aria-hidden="true">{mark}</span> {label}
    </span>
  );
}

function Diagnostics(props: {
  diagnostics: IDiagnostic[];
  trans: TranslationBundle;
}): JSX.Element {
  const { diagnostics, trans } = props;
  return (
    <ul className="jp-Qwen-diagnostics">
      {diagnostics.map((diagnostic, index) => (
        <li key={index} data-severity={diagnostic.severity}>
          {diagnostic.line !== null && (
            <span className="jp-Qwen-position">
              {diagnostic.column !== null
                ? trans.__(
                    'Line %1, column %2',
                    diagnostic.line,
                    diagnostic.column
                  )
                : trans.__('Line %1', diagnostic.line)}
            </span>
          )}
          <span>{diagnostic.message}</span>
          {!namesAll(diagnostic) && (
            <div className="jp-Qwen-candidates">
              {trans.__('Did you mean:')}{' '}
              {diagnostic.candidates.map((candidate, position) => (
                <React.Fragment key={position}>
                  {position > 0 && ', '}
                  <code>{candidate}</code>
                </React.Fragment>
              ))}
            </div>
          )}
          {diagnostic.hint && (
            <div className="jp-Qwen-hint">{diagnostic.hint}</div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Whether the message, often DuckDB's own, names every candidate already. */
function namesAll({ message, candidates }: IDiagnostic): boolean {
  return candidates.every(candidate => message.includes(candidate));
}

function Repairs(props: {
  repairs: IRepair[];
  trans: TranslationBundle;
}): JSX.Element {
  const { repairs, trans } = props;
  return (
    <details className="jp-Qwen-repairs">
      <summary>
        {trans._n('%1 repair made', '%1 repairs made', repairs.length)}
      </summary>
      <ol>
        {repairs.map((repair, index) => (
          <li key={index}>
            {repair.reason || repair.name}
            {repair.before && (
              <pre>
                <del>{repair.before}</del>
                {'\n'}
                <ins>{repair.after}</ins>
              </pre>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Buttons(
  props: Omit<IBlockViewProps, 'block'> & { block: IBlock; complete: boolean }
): JSX.Element {
  const { actions, block, exchange, trans, complete } = props;
  const [said, setSaid] = React.useState('');
  const insertable = complete && actions.cellOf(block, exchange) !== null;
  const insert = (run: boolean) => {
    actions
      .insert(block, exchange, { run })
      .then(setSaid)
      .catch(error => {
        console.error('jupyter_qwen: insertion failed', error);
        setSaid(trans.__('That did not work: %1', String(error)));
      });
  };
  return (
    <div className="jp-Qwen-blockActions">
      {insertable && (
        <>
          <button
            type="button"
            className="jp-Qwen-button jp-mod-primary"
            title={trans.__('Insert below the cell that asked')}
            onClick={() => insert(false)}
          >
            {trans.__('Insert')}
          </button>
          <button
            type="button"
            className="jp-Qwen-button"
            title={trans.__('Insert below the cell that asked, and run it')}
            onClick={() => insert(true)}
          >
            {trans.__('Insert and run')}
          </button>
        </>
      )}
      <button
        type="button"
        className="jp-Qwen-button"
        onClick={() => setSaid(actions.copy(block))}
      >
        {trans.__('Copy')}
      </button>
      <span className="jp-Qwen-said" role="status">
        {said}
      </span>
    </div>
  );
}
