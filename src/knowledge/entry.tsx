/**
 * One entry of what was taught: read, edited, or about to be deleted.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Action } from '../model/parts';
import type { IEntry } from './lessons';

export function EntryItem(props: {
  entry: IEntry;
  /** The path of its file. */
  file: string;
  /** Give it another text; whether that was done. */
  change: (text: string) => Promise<boolean>;
  forget: () => Promise<void>;
  trans: TranslationBundle;
}): JSX.Element {
  const { change, entry, file, forget, trans } = props;
  const { kind, line, name, scope } = entry;
  const [mode, setMode] = React.useState<'read' | 'edit' | 'delete'>('read');
  const [text, setText] = React.useState(entry.text);
  const item = React.useRef<HTMLLIElement>(null);
  const begun = React.useRef(false);
  React.useLayoutEffect(() => {
    if (begun.current) {
      // The button that was pressed is gone: on to what stands in its place.
      item.current
        ?.querySelector<HTMLElement>('textarea, .jp-Qwen-button')
        ?.focus();
    }
    begun.current = true;
  }, [mode]);
  const to = (next: typeof mode) => async () => setMode(next);
  return (
    <li ref={item} className="jp-Qwen-model">
      <div className="jp-Qwen-modelHead">
        <strong>{name}</strong>
        <span
          className="jp-Qwen-badge"
          title={trans.__('%1, line %2', file, line)}
        >
          {placeOf(scope, trans)}
        </span>
      </div>
      {mode === 'edit' ? (
        <textarea
          className="jp-Qwen-entryText"
          aria-label={
            kind === 'term'
              ? trans.__('Meaning of %1', name)
              : trans.__('Query of %1', name)
          }
          rows={kind === 'term' ? 2 : 6}
          spellCheck={kind === 'term'}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              setMode('read');
            }
          }}
        />
      ) : kind === 'term' ? (
        <div>{entry.text}</div>
      ) : (
        <pre className="jp-Qwen-entryText" tabIndex={0}>
          {entry.text}
        </pre>
      )}
      <div className="jp-Qwen-statusActions">
        {mode === 'read' && (
          <>
            <Action
              key="edit"
              label={trans.__('Edit')}
              describe={name}
              run={async () => {
                setText(entry.text);
                setMode('edit');
              }}
            />
            <Action
              key="delete"
              label={trans.__('Delete')}
              describe={name}
              run={to('delete')}
            />
          </>
        )}
        {mode === 'edit' && (
          <>
            <Action
              key="save"
              label={trans.__('Save')}
              describe={name}
              primary
              run={async () => {
                if (text === entry.text || (await change(text))) {
                  setMode('read');
                }
              }}
            />
            <Action
              key="cancel"
              label={trans.__('Cancel')}
              describe={name}
              run={to('read')}
            />
          </>
        )}
        {mode === 'delete' && (
          <>
            <span role="status">
              {trans.__('Delete this from %1? It cannot be undone.', file)}
            </span>
            <Action
              key="keep"
              label={trans.__('Keep')}
              describe={name}
              run={to('read')}
            />
            <Action
              key="forget"
              label={trans.__('Delete')}
              describe={trans.__('%1, for good', name)}
              run={forget}
            />
          </>
        )}
      </div>
    </li>
  );
}

/** Whose file an entry stands in. */
export function placeOf(
  scope: IEntry['scope'],
  trans: TranslationBundle
): string {
  return scope === 'project' ? trans.__('project') : trans.__('yours');
}
