/**
 * A receipt as it is drawn: counting, a question before large tables, joins, warnings with their mends, notes, an error.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { isAbort, wordsOf } from '../failures';
import type { ICountedJoin, IReceipt, IReceiptWarning } from './receipts';

/** A button for the mend of a warning: `take` says in a sentence what happened. */
export interface ITakeMend {
  label: string;
  title: string;
  take: (warning: IReceiptWarning) => string;
}

export interface IReceiptViewProps {
  /** Count; called again with consent, or to try again. */
  count: (consent: boolean, signal: AbortSignal) => Promise<IReceipt>;
  /** What can be done with a mend; null where there is nothing. */
  mend: ITakeMend | null;
  trans: TranslationBundle;
}

type State =
  | { kind: 'counting' | 'cancelled' }
  | { kind: 'failed'; said: string }
  | { kind: 'told'; receipt: IReceipt };

/** Counts as soon as it is drawn. */
export function ReceiptView(props: IReceiptViewProps): JSX.Element {
  const { count, mend, trans } = props;
  const [state, setState] = React.useState<State>({ kind: 'counting' });
  const running = React.useRef<AbortController | null>(null);
  const start = (consent: boolean) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState({ kind: 'counting' });
    count(consent, controller.signal).then(
      receipt => {
        if (!controller.signal.aborted) {
          setState({ kind: 'told', receipt });
        }
      },
      error => {
        if (controller.signal.aborted || isAbort(error)) {
          return;
        }
        setState({ kind: 'failed', said: wordsOf(error) });
      }
    );
  };
  React.useEffect(() => {
    start(false);
    return () => running.current?.abort();
  }, []);
  const cancel = () => {
    running.current?.abort();
    setState({ kind: 'cancelled' });
  };
  return (
    <section className="jp-Qwen-receipt" aria-label={trans.__('Receipt')}>
      <div className="jp-Qwen-receiptHead" role="status">
        <strong>{trans.__('Receipt')}</strong>{' '}
        <span>{headline(state, trans)}</span>
      </div>
      {state.kind === 'counting' && (
        <Button className="jp-Qwen-button" onClick={cancel}>
          {trans.__('Cancel')}
        </Button>
      )}
      {state.kind === 'told' && state.receipt.state === 'asks' && (
        <Button className="jp-Qwen-button" onClick={() => start(true)}>
          {trans.__('Count them')}
        </Button>
      )}
      {(state.kind === 'cancelled' || state.kind === 'failed') && (
        <Button className="jp-Qwen-button" onClick={() => start(false)}>
          {trans.__('Count again')}
        </Button>
      )}
      {state.kind === 'told' && state.receipt.state === 'done' && (
        <Told receipt={state.receipt} mend={mend} trans={trans} />
      )}
    </section>
  );
}

function headline(state: State, trans: TranslationBundle): string {
  switch (state.kind) {
    case 'counting':
      return trans.__('counting rows…');
    case 'cancelled':
      return trans.__('cancelled');
    case 'failed':
      return state.said;
    case 'told':
      break;
  }
  const { receipt } = state;
  if (receipt.state !== 'done') {
    return receipt.message;
  }
  const { joins, warnings } = receipt;
  if (warnings.length) {
    return trans._n('%1 warning', '%1 warnings', warnings.length);
  }
  const counted = trans._n('%1 join', '%1 joins', joins.length);
  return joins.length && joins.every(isUnique)
    ? trans.__('nothing suspicious: %1, keys unique', counted)
    : trans.__('nothing suspicious: %1', counted);
}

function isUnique({ left_unique, right_unique }: ICountedJoin): boolean {
  return left_unique === true || right_unique === true;
}

function Told(props: {
  receipt: IReceipt;
  mend: ITakeMend | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { receipt, mend, trans } = props;
  const { joins, notes, warnings } = receipt;
  return (
    <>
      {warnings.length > 0 && (
        <ul className="jp-Qwen-receiptWarnings">
          {warnings.map((warning, index) => (
            <Warning key={index} {...{ warning, mend, trans }} />
          ))}
        </ul>
      )}
      {joins.length > 0 && <Joins joins={joins} trans={trans} />}
      {notes.length > 0 && (
        <ul className="jp-Qwen-receiptNotes">
          {notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Warning(props: {
  warning: IReceiptWarning;
  mend: ITakeMend | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { warning, mend, trans } = props;
  const [said, setSaid] = React.useState('');
  return (
    <li>
      <code>{warning.code}</code> {warning.message}
      {warning.mend && (
        <details>
          <summary>{warning.mend_says || trans.__('Another query')}</summary>
          <pre tabIndex={0}>{warning.mend}</pre>
          {mend && (
            <Button
              className="jp-Qwen-button"
              title={mend.title}
              onClick={() => setSaid(mend.take(warning))}
            >
              {mend.label}
            </Button>
          )}
          <span className="jp-Qwen-said" role="status">
            {said}
          </span>
        </details>
      )}
    </li>
  );
}

function Joins(props: {
  joins: ICountedJoin[];
  trans: TranslationBundle;
}): JSX.Element {
  const { joins, trans } = props;
  const key = (unique: boolean | null) =>
    unique === null ? '–' : unique ? trans.__('unique') : trans.__('repeats');
  const headings = [
    trans.__('Rows before'),
    trans.__('Joined'),
    trans.__('After'),
    trans.__('Left key'),
    trans.__('Right key')
  ];
  return (
    <div
      className="jp-Qwen-receiptJoins"
      role="group"
      aria-label={trans.__('Joins')}
      tabIndex={0} // scrolls by keyboard
    >
      <table>
        <thead>
          <tr>
            {headings.map(heading => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        {joins.map((join, index) => (
          <tbody key={index}>
            <tr>
              <th scope="rowgroup" colSpan={headings.length}>
                {join.text}
              </th>
            </tr>
            <tr>
              <td>{join.rows_before.toLocaleString()}</td>
              <td>{join.rows_joined.toLocaleString()}</td>
              <td>{join.rows_after.toLocaleString()}</td>
              <td>{key(join.left_unique)}</td>
              <td>{key(join.right_unique)}</td>
            </tr>
          </tbody>
        ))}
      </table>
    </div>
  );
}
