import { normalizeBlock } from '../../../received';
import type { IBlock } from '../../../wire';
import { Answer } from '../../answer';
import { otherReading, withCode } from '../readings';

const BLOCK: IBlock = normalizeBlock({
  language: 'sql',
  source: 'SELECT count(*) FROM orders',
  verdict: 'bound',
  grade: 'check',
  reasons: ['another query of the model gave other rows'],
  cell: { source: 'con.sql("a")', type: 'code' },
  alternative: {
    source: 'SELECT count(*) FROM order_items',
    does: 'reads `orders`',
    instead: 'reads `order_items`',
    words: 'counts order items',
    rows: null,
    cell: { source: 'con.sql("b")', type: 'code' }
  }
});

describe('otherReading', () => {
  it('swaps the two queries and what is said of each', () => {
    const other = otherReading(BLOCK)!;
    expect(other.source).toBe('SELECT count(*) FROM order_items');
    expect(other.cell!.source).toBe('con.sql("b")');
    expect(other.verdict).toBe('bound');
    expect(other.alternative!.does).toBe('reads `order_items`');
    expect(other.alternative!.instead).toBe('reads `orders`');
  });

  it('says nothing of the other query that was found out about the first', () => {
    const other = otherReading(BLOCK)!;
    expect(other.grade).toBeNull();
    expect(other.reasons).toEqual([]);
  });

  it('gives the very block back when it is chosen again', () => {
    expect(otherReading(otherReading(BLOCK)!)).toBe(BLOCK);
  });

  it('is nothing where there is one reading', () => {
    expect(otherReading({ ...BLOCK, alternative: null })).toBeNull();
  });
});

describe('withCode', () => {
  it('replaces one block and keeps the rest', () => {
    const text = 'First:\n\n```sql\nSELECT 1\n```\n\n```python\nx\n```';
    expect(withCode(text, 0, 'SELECT 2')).toBe(
      'First:\n\n```sql\nSELECT 2\n```\n\n```python\nx\n```'
    );
  });
});

describe('Answer.chooseOther', () => {
  it('changes block and text together, and tells the view', () => {
    const answer = new Answer('how many orders?');
    answer.take({
      type: 'answer',
      markdown: '```sql\nSELECT count(*) FROM orders\n```',
      blocks: [BLOCK],
      usage: null as never,
      seconds: 1,
      ttft_seconds: 1,
      model: 'm'
    });
    const changed = jest.fn();
    answer.changed.connect(changed);
    answer.chooseOther(0);
    expect(answer.block(0)!.source).toBe('SELECT count(*) FROM order_items');
    expect(answer.markdown).toContain('FROM order_items');
    expect(changed).toHaveBeenCalledTimes(1);
    answer.chooseOther(0);
    expect(answer.block(0)!.grade).toBe('check');
    expect(answer.markdown).toContain('FROM orders\n');
  });
});

describe('A turn from disk', () => {
  const turn = {
    question: 'how many orders?',
    markdown: '```sql\nSELECT count(*) FROM orders\n```',
    mode: 'sql',
    asked_at: '2026-01-01T00:00:00+00:00',
    model: 'm',
    blocks: [BLOCK]
  };

  it('shows the reading that was taken, and can go back', () => {
    const answer = Answer.fromTurn({
      ...turn,
      taken: 'SELECT count(*) FROM order_items'
    });
    expect(answer.block(0)!.source).toBe('SELECT count(*) FROM order_items');
    expect(answer.markdown).toContain('FROM order_items');
    answer.chooseOther(0);
    expect(answer.block(0)!.grade).toBe('check');
  });

  it('shows its own query where none was taken, or another one', () => {
    for (const taken of [undefined, '', 'SELECT 3']) {
      const answer = Answer.fromTurn({ ...turn, taken });
      expect(answer.block(0)!.source).toBe('SELECT count(*) FROM orders');
    }
  });
});
