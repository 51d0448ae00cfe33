/**
 * Run, read the error, propose, replace: the rounds of *Run and fix*, without the notebook.
 */
import type { ICell } from '../../wire';

export const MOST_ROUNDS = 3;

export type CellError = NonNullable<ICell['error']>;

/** A repair that was proposed. `safe`: it may go without a question once the user has allowed the rounds that are left. */
export interface IProposal {
  source: string;
  safe: boolean;
}

export interface ISteps {
  source(): string;
  /** Run the cell; the error that it left, null where it ran, 'not run' where no kernel ran it. */
  run(): Promise<CellError | null | 'not run'>;
  /** Ask for a repair; null where none came, 'stopped' where the user stopped the answer. */
  propose(
    error: CellError,
    round: number
  ): Promise<IProposal | null | 'stopped'>;
  /** Show the repair and ask. */
  approve(
    proposal: IProposal,
    error: CellError,
    round: number
  ): Promise<'no' | 'this round' | 'all rounds'>;
  /** Replace the cell's text, which must still read `expected`; false where it does not. */
  replace(proposal: IProposal, expected: string): boolean;
}

/** How it ended, after how many repairs that went into the cell. */
export interface IEnd {
  how:
    | 'ran'
    | 'fails'
    | 'declined'
    | 'stopped'
    | 'no repair'
    | 'changed'
    | 'not run';
  repairs: number;
  error: CellError | null;
}

/**
 * At most three rounds. What was asked about is what is replaced: an edit in between ends it.
 *
 * @param first What the first run left, where the cell has run already.
 */
export async function runAndFix(
  steps: ISteps,
  first?: CellError | null | 'not run'
): Promise<IEnd> {
  let allowed = false;
  let left = first === undefined ? await steps.run() : first;
  for (let round = 1; ; round++) {
    const end = (how: IEnd['how'], repairs = round - 1): IEnd => ({
      how,
      repairs,
      error: left === 'not run' ? null : left
    });
    if (left === null) {
      return end('ran');
    }
    if (left === 'not run') {
      return end('not run');
    }
    if (left.name === 'KeyboardInterrupt') {
      return end('stopped');
    }
    if (round > MOST_ROUNDS) {
      return end('fails');
    }
    const asked = steps.source();
    const proposal = await steps.propose(left, round);
    if (proposal === 'stopped') {
      return end('stopped');
    }
    if (!proposal || proposal.source.trim() === asked.trim()) {
      return end('no repair');
    }
    if (!allowed || !proposal.safe) {
      const answer = await steps.approve(proposal, left, round);
      if (answer === 'no') {
        return end('declined');
      }
      allowed = allowed || answer === 'all rounds';
    }
    if (!steps.replace(proposal, asked)) {
      return end('changed');
    }
    left = await steps.run();
  }
}
