import type { Schema } from '../../wire';
import { withoutCopies } from '../gather';

describe('withoutCopies', () => {
  const schema: Schema = {
    version: 1,
    tables: [{ reference: ['orders'] }],
    trial: { frames: [{ name: 'orders', arrow: 'A'.repeat(1000) }] }
  };

  it('keeps the tables and leaves the copies of rows at home', () => {
    expect(withoutCopies(schema)).toEqual({ ...schema, trial: null });
    expect(schema.trial).not.toBeNull();
  });

  it('gives the same object for the same schema', () => {
    expect(withoutCopies(schema)).toBe(withoutCopies(schema));
  });

  it('hands on what has no copies', () => {
    const bare: Schema = { version: 1, tables: [] };
    expect(withoutCopies(bare)).toBe(bare);
    expect(withoutCopies(null)).toBeNull();
  });
});
