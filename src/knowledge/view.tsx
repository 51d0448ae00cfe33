/**
 * What was taught for the current notebook: terms and remembered queries, to see, edit and delete.
 */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { WorkDialog } from '../dialog';
import { wordsOf } from '../failures';
import type { IKnowledge } from '../wire';
import { EntryItem, placeOf } from './entry';
import { IEntry, Lessons, entriesOf } from './lessons';

/** Open the dialog; resolves when it is closed. */
export async function showKnowledge(
  lessons: Lessons,
  trans: TranslationBundle
): Promise<void> {
  const dialog = new WorkDialog({
    title: trans.__('What was taught'),
    body: ReactWidget.create(<KnowledgeView lessons={lessons} trans={trans} />),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })],
    hasClose: true
  });
  await dialog.launch();
}

export function KnowledgeView(props: {
  lessons: Lessons;
  trans: TranslationBundle;
}): JSX.Element {
  const { lessons, trans } = props;
  const [knowledge, setKnowledge] = React.useState<IKnowledge | null>(null);
  const [problem, setProblem] = React.useState('');
  const frame = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    lessons.all().then(setKnowledge, error => setProblem(wordsOf(error)));
  }, []);

  /** Whether it was done; what went wrong is shown above the list. */
  const follow = async (work: Promise<IKnowledge>): Promise<boolean> => {
    try {
      setKnowledge(await work);
      setProblem('');
      return true;
    } catch (error) {
      setProblem(wordsOf(error));
      return false;
    }
  };
  const { terms, pairs } = knowledge
    ? entriesOf(knowledge)
    : { terms: [], pairs: [] };
  const list = (title: string, entries: IEntry[]) =>
    entries.length > 0 && (
      <section aria-label={title}>
        <h3>{title}</h3>
        <ul className="jp-Qwen-models">
          {entries.map(entry => (
            <EntryItem
              key={`${entry.scope} ${entry.name}`}
              entry={entry}
              file={
                knowledge?.files.find(({ scope }) => scope === entry.scope)
                  ?.path ?? ''
              }
              change={text => follow(lessons.change(entry, text))}
              forget={async () => {
                if (await follow(lessons.forget(entry))) {
                  frame.current?.focus(); // the button that had it is gone
                }
              }}
              trans={trans}
            />
          ))}
        </ul>
      </section>
    );
  return (
    <div ref={frame} tabIndex={-1} className="jp-Qwen-chooser">
      {problem && (
        <div className="jp-Qwen-failure" role="alert">
          {problem}
        </div>
      )}
      {!knowledge && !problem && (
        <p role="status">{trans.__('Reading what was taught…')}</p>
      )}
      {knowledge?.problems.map(({ line, message, scope }) => (
        <div key={`${scope} ${line}`} className="jp-Qwen-doubts">
          {line > 0
            ? trans.__('Line %1 (%2): %3', line, placeOf(scope, trans), message)
            : message}
        </div>
      ))}
      {list(trans.__('Terms'), terms)}
      {list(trans.__('Questions'), pairs)}
      {knowledge && !terms.length && !pairs.length && (
        <p>
          {trans.__(
            'Nothing yet: press Remember this below an answer, or run %qwen teach revenue: quantity times unit price.'
          )}
        </p>
      )}
    </div>
  );
}
