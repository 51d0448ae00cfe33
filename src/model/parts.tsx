/**
 * What the views of the model's state are made of.
 */
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

export function Line(props: {
  text: string;
  busy?: boolean;
  children?: React.ReactNode;
}): JSX.Element {
  return (
    <div className="jp-Qwen-statusLine">
      <span
        className={`jp-Qwen-dot${props.busy ? ' jp-mod-busy' : ''}`}
        aria-hidden="true"
      />
      <span className="jp-Qwen-statusText">{props.text}</span>
      {props.children}
    </div>
  );
}

export function Card(props: {
  title: string;
  text: string;
  facts?: string[];
  alert?: boolean;
  children?: React.ReactNode;
}): JSX.Element {
  const facts = (props.facts ?? []).filter(Boolean);
  return (
    <div
      className="jp-Qwen-statusCard"
      role={props.alert ? 'alert' : undefined}
    >
      <div className="jp-Qwen-statusTitle">{props.title}</div>
      {facts.length > 0 && (
        <div className="jp-Qwen-statusFacts">{facts.join(' · ')}</div>
      )}
      {props.text && <div>{props.text}</div>}
      <div className="jp-Qwen-statusActions">{props.children}</div>
    </div>
  );
}

export function Action(props: {
  label: string;
  /** What the label is about, for those who do not see what stands beside it. */
  describe?: string;
  run: () => Promise<void>;
  primary?: boolean;
  quiet?: boolean;
}): JSX.Element {
  const [busy, setBusy] = React.useState(false);
  const kind = props.primary
    ? ' jp-mod-primary'
    : props.quiet
      ? ' jp-mod-quiet'
      : '';
  return (
    <Button
      className={`jp-Qwen-button${kind}`}
      aria-disabled={busy} // a button that is disabled for real loses the focus
      aria-label={
        props.describe ? `${props.label}: ${props.describe}` : undefined
      }
      onClick={() => {
        if (!busy) {
          setBusy(true);
          void props.run().finally(() => setBusy(false));
        }
      }}
    >
      {props.label}
    </Button>
  );
}
