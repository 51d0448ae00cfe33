/**
 * How likely a query is right, why, and what another reading of the question would do.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Grade, IAlternative, IBlock } from '../../wire';
import { FirstRows } from '../view/first-rows';

/** A grade's word and its shape, which say the same: neither needs a colour. */
const SHAPES: { [grade in Grade]: string } = {
  likely: '●',
  check: '◐',
  doubtful: '○'
};

export function GradeBadge(props: {
  grade: Grade;
  trans: TranslationBundle;
}): JSX.Element {
  const { grade, trans } = props;
  const [label, title] = {
    likely: [
      trans.__('likely right'),
      trans.__('Nine of ten such answers were right where that was measured')
    ],
    check: [
      trans.__('check'),
      trans.__('It may be right or wrong: look at what it does')
    ],
    doubtful: [
      trans.__('doubtful'),
      trans.__('Most such answers were wrong where that was measured')
    ]
  }[grade];
  return (
    <span className={`jp-Qwen-badge jp-mod-${grade}`} title={title}>
      <span aria-hidden="true">{SHAPES[grade]}</span> {label}
    </span>
  );
}

/** Why the grade was given; open where it speaks against the answer. */
export function Reasons(props: {
  block: IBlock;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { block, trans } = props;
  if (!block.reasons.length) {
    return null;
  }
  return (
    <details
      className="jp-Qwen-reasons"
      open={block.grade === 'doubtful' || block.grade === null}
    >
      <summary>
        {block.grade ? trans.__('Why this grade') : trans.__('About it')}
      </summary>
      <ul>
        {block.reasons.map((reason, index) => (
          <li key={index}>{withCode(reason)}</li>
        ))}
      </ul>
    </details>
  );
}

/** The other query, in what it differs, and the way to take it. */
export function SecondReading(props: {
  alternative: IAlternative;
  choose: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { alternative, choose, trans } = props;
  const { does, instead, words } = alternative;
  return (
    <section
      className="jp-Qwen-reading"
      aria-label={trans.__('Another reading of the question')}
    >
      <div className="jp-Qwen-readingHead">
        {trans.__('Your question can be read in two ways.')}
      </div>
      <dl>
        <dt>{trans.__('This query')}</dt>
        <dd>{does ? withCode(does) : trans.__('is the one above')}</dd>
        <dt>{trans.__('The other')}</dt>
        <dd>
          {instead ? withCode(instead) : (words ?? trans.__('see below'))}
        </dd>
      </dl>
      <details>
        <summary>{trans.__('The other query')}</summary>
        <pre tabIndex={0}>{alternative.source}</pre>
        {alternative.rows && (
          <FirstRows rows={alternative.rows} trans={trans} />
        )}
      </details>
      <Button className="jp-Qwen-button" onClick={choose}>
        {trans.__('Take the other query')}
      </Button>
    </section>
  );
}

/** A sentence whose names stand between backticks, with those as code. */
function withCode(sentence: string): JSX.Element[] {
  return sentence
    .split('`')
    .map((part, index) =>
      index % 2 ? (
        <code key={index}>{part}</code>
      ) : (
        <React.Fragment key={index}>{part}</React.Fragment>
      )
    );
}
