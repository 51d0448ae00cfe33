/**
 * That completion rests because the machine cannot keep up, told where it is seen: in the panel, and in shells without a status
 * bar once as a notification, too.
 */
import { Notification, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { CompletionManners, Manner } from '../completion/manners';

/** Long enough to be read twice. */
const TOLD_MILLISECONDS = 12_000;

export interface ICompletionManner {
  manners: CompletionManners;
  /** What completion does where the user is now. */
  manner: () => Manner;
  /** The user went elsewhere. */
  moved?: ISignal<unknown, unknown>;
}

export function whyResting(trans: TranslationBundle): string {
  return trans.__(
    'This machine is too slow for suggestions right now. They come back by themselves; Alt+\\ asks for one.'
  );
}

export function RestingNote(props: {
  completion: ICompletionManner;
  trans: TranslationBundle;
}): JSX.Element {
  const { manner, manners, moved } = props.completion;
  const note = () =>
    manner() === 'resting' && (
      <div className="jp-Qwen-statusNote">{whyResting(props.trans)}</div>
    );
  return (
    <UseSignal signal={manners.changed}>
      {() => (moved ? <UseSignal signal={moved}>{note}</UseSignal> : note())}
    </UseSignal>
  );
}

/** Say it in a notification the first time: ghost text that stays away looks broken where nothing says why. */
export function tellOfResting(
  { manners, manner }: ICompletionManner,
  trans: TranslationBundle
): void {
  const look = () => {
    if (manner() === 'resting') {
      manners.changed.disconnect(look);
      Notification.info(whyResting(trans), { autoClose: TOLD_MILLISECONDS });
    }
  };
  manners.changed.connect(look);
}
