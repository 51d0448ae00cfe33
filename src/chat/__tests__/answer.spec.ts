import { normalizeBlock } from '../../received';
import { Answer } from '../answer';

const ANSWER = {
  type: 'answer' as const,
  markdown: 'final',
  blocks: [],
  usage: {
    prompt_tokens: 10,
    cached_tokens: 0,
    new_tokens: 2,
    prefill_seconds: 1,
    decode_seconds: 1
  },
  seconds: 2,
  ttft_seconds: 1,
  model: 'm'
};

describe('Answer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('shows many pieces of text with few updates', () => {
    const answer = new Answer('q');
    const shown = jest.fn();
    answer.changed.connect(shown);
    for (let index = 0; index < 50; index++) {
      answer.take({ type: 'delta', text: 'x' });
    }
    expect(shown).toHaveBeenCalledTimes(0);
    jest.advanceTimersByTime(100);
    expect(shown).toHaveBeenCalledTimes(1);
    expect(answer.markdown).toHaveLength(50);
  });

  it('replaces what was streamed by the final answer, at once', () => {
    const answer = new Answer('q');
    const shown = jest.fn();
    answer.changed.connect(shown);
    answer.take({ type: 'delta', text: 'draft' });
    answer.take(ANSWER);
    expect(answer.markdown).toBe('final');
    expect(answer.state).toBe('done');
    jest.advanceTimersByTime(1000);
    expect(shown).toHaveBeenCalledTimes(1);
  });

  it('keeps the last judgement of a block', () => {
    const answer = new Answer('q');
    const block = normalizeBlock({ index: 0, source: 'a' });
    answer.take({ type: 'block', block });
    answer.take({ type: 'block', block: { ...block, verdict: 'bound' } });
    expect(answer.blocks).toHaveLength(1);
    expect(answer.block(0)?.verdict).toBe('bound');
  });

  it('keeps the text of a failed answer', () => {
    const answer = new Answer('q');
    answer.take({ type: 'delta', text: 'half' });
    answer.take({ type: 'error', message: 'died', hint: 'again', code: 'c' });
    expect(answer.state).toBe('failed');
    expect(answer.markdown).toBe('half');
    expect(answer.failure).toEqual({ message: 'died', hint: 'again' });
  });

  it('follows the reading of a long prompt', () => {
    const answer = new Answer('q');
    const phase = 'prefill';
    answer.take({ type: 'phase', phase, done_tokens: 24, total_tokens: 90 });
    expect(answer.readTokens).toBe(24);
    answer.take({ type: 'phase', phase: 'decode' });
    expect(answer.readTokens).toBeNull();
  });

  it('waits longer between updates when rendering is slow', () => {
    const answer = new Answer('q');
    const shown = jest.fn();
    answer.changed.connect(shown);
    answer.rendered(100);
    answer.take({ type: 'delta', text: 'x' });
    jest.advanceTimersByTime(250);
    expect(shown).toHaveBeenCalledTimes(0);
    jest.advanceTimersByTime(60);
    expect(shown).toHaveBeenCalledTimes(1);
  });
});
