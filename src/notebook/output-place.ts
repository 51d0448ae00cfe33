/**
 * Which cell an output's button belongs to.
 */
import type { INotebookTracker } from '@jupyterlab/notebook';

import { Anchor } from './anchor';

export interface IOutputPlace {
  /** Below the cell that has the button. */
  anchor: Anchor;
  /** Whether that cell's output was made by this user's kernel, or its notebook is trusted. */
  trusted: boolean;
}

/** The cell whose output holds `button`, else the active cell of the current notebook; null when no notebook is open. */
export function outputPlaceOf(
  tracker: INotebookTracker | null,
  button: Element | null
): IOutputPlace | null {
  const owner = button
    ? tracker?.find(panel => panel.content.node.contains(button))
    : undefined;
  const cell = owner?.content.widgets.find(({ node }) => node.contains(button));
  if (owner && cell) {
    return {
      anchor: new Anchor(owner, cell.model.id),
      trusted: cell.model.trusted
    };
  }
  const anchor = Anchor.of(tracker);
  return anchor && { anchor, trusted: false };
}
