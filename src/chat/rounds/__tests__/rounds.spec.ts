import { CellError, IProposal, ISteps, runAndFix } from '../rounds';

const WRONG: CellError = { name: 'NameError', message: 'x', traceback: '' };

interface ITold {
  /** What each run leaves, the last again and again. */
  runs: (CellError | null | 'not run')[];
  repairs?: (IProposal | null | 'stopped')[];
  answers?: ('no' | 'this round' | 'all rounds')[];
  /** Somebody edits the cell while the repair is written. */
  edited?: boolean;
}

function notebook({ runs, repairs = [], answers = [], edited }: ITold) {
  const done: string[] = [];
  let source = 'first';
  const next = <T>(list: T[]): T =>
    list.length > 1 ? (list.shift() as T) : list[0];
  const steps: ISteps = {
    source: () => source,
    run: async () => {
      done.push(`run ${source}`);
      return next(runs);
    },
    propose: async (_, round) => {
      done.push(`propose ${round}`);
      source = edited ? 'edited' : source;
      return next(repairs);
    },
    approve: async (_, __, round) => {
      done.push(`ask ${round}`);
      return next(answers);
    },
    replace: (proposal, expected) => {
      if (source !== expected) {
        return false;
      }
      source = proposal.source;
      return true;
    }
  };
  return { steps, done, text: () => source };
}

const repair = (source: string, safe = true): IProposal => ({ source, safe });

describe('runAndFix', () => {
  it('asks nothing of a cell that runs', async () => {
    const { steps, done } = notebook({ runs: [null] });
    expect(await runAndFix(steps)).toMatchObject({ how: 'ran', repairs: 0 });
    expect(done).toEqual(['run first']);
  });

  it('runs a repair that was approved', async () => {
    const { steps, done, text } = notebook({
      runs: [WRONG, null],
      repairs: [repair('second')],
      answers: ['this round']
    });
    expect(await runAndFix(steps)).toMatchObject({ how: 'ran', repairs: 1 });
    expect(done).toEqual(['run first', 'propose 1', 'ask 1', 'run second']);
    expect(text()).toBe('second');
  });

  it('ends after three rounds, each of them asked about', async () => {
    const { steps, done } = notebook({
      runs: [WRONG],
      repairs: [repair('2'), repair('3'), repair('4')],
      answers: ['this round']
    });
    expect(await runAndFix(steps)).toEqual({
      how: 'fails',
      repairs: 3,
      error: WRONG
    });
    expect(done.filter(step => step.startsWith('ask'))).toHaveLength(3);
    expect(done.filter(step => step.startsWith('run'))).toHaveLength(4);
  });

  it('asks once where the rounds were allowed, and again about a repair that did not run on copies', async () => {
    const { steps, done } = notebook({
      runs: [WRONG],
      repairs: [repair('2'), repair('3'), repair('4', false)],
      answers: ['all rounds', 'no']
    });
    expect(await runAndFix(steps)).toMatchObject({
      how: 'declined',
      repairs: 2
    });
    expect(done.filter(step => step.startsWith('ask'))).toEqual([
      'ask 1',
      'ask 3'
    ]);
  });

  it('leaves a cell alone that was edited meanwhile', async () => {
    const { steps, text } = notebook({
      runs: [WRONG],
      repairs: [repair('second')],
      answers: ['this round'],
      edited: true
    });
    expect(await runAndFix(steps)).toMatchObject({ how: 'changed' });
    expect(text()).toBe('edited');
  });

  it.each<[string, ITold]>([
    ['declined', { runs: [WRONG], repairs: [repair('2')], answers: ['no'] }],
    ['stopped', { runs: [WRONG], repairs: ['stopped'] }],
    ['stopped', { runs: [{ ...WRONG, name: 'KeyboardInterrupt' }] }],
    ['no repair', { runs: [WRONG], repairs: [null] }],
    ['no repair', { runs: [WRONG], repairs: [repair('first\n')] }],
    ['not run', { runs: ['not run'] }]
  ])('ends as %s and keeps the text', async (how, told) => {
    const { steps, text } = notebook(told);
    expect(await runAndFix(steps)).toMatchObject({ how, repairs: 0 });
    expect(text()).toBe('first');
  });

  it('begins with the error of a run that was', async () => {
    const { steps, done } = notebook({ runs: [null], repairs: [null] });
    await runAndFix(steps, WRONG);
    expect(done).toEqual(['propose 1']);
  });
});
