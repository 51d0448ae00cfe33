import { nullTranslator } from '@jupyterlab/translation';

import type { ITableGlance } from '../../../context/gather';
import { examples } from '../welcome';

const trans = nullTranslator.load('jupyter_qwen');

function table(name: string, columns: Record<string, string>): ITableGlance {
  return {
    name,
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type
    }))
  } as ITableGlance;
}

describe('examples', () => {
  it('ask most of the tables that have most to tell', () => {
    const shop = [
      table('customers', { customer_id: 'INTEGER', country: 'VARCHAR' }),
      table('log', { line_id: 'BIGINT' }),
      table('orders', { order_id: 'INTEGER', order_date: 'DATE' }),
      table('sales', { sold_on: 'TIMESTAMP', amount: 'DECIMAL(10, 2)' }),
      table('targets', { category: 'object', target: 'int64' })
    ];
    expect(examples(shop, trans)).toEqual([
      'amount of sales per month',
      'average target of targets per category',
      'number of customers per country'
    ]);
  });

  it('group by nothing that differs from row to row, and take no key for a measure', () => {
    expect(
      examples(
        [
          table('people', { person_id: 'INTEGER', surname: 'VARCHAR' }),
          table('notes', { title: 'VARCHAR', more: 'STRUCT(a VARCHAR)[]' })
        ],
        trans
      )
    ).toEqual([
      'how many rows has people?',
      'how many rows has notes?',
      '/explain the active cell'
    ]);
  });

  it('are about the notebook where there are no tables', () => {
    expect(examples([], trans)).toHaveLength(3);
  });
});
