import { isDataFile } from '../data-files';

test.each([
  ['sales.csv', true],
  ['SALES.CSV', true],
  ['sales.csv.gz', true],
  ['sales.parquet', true],
  ['sales.parquet.gz', false],
  ['shop.duckdb', true],
  ['book.xlsx', true],
  ['notebook.ipynb', false],
  ['csv', false]
])('%s is a data file: %s', (name, expected) => {
  expect(isDataFile(name)).toBe(expected);
});
