import { expect, it } from 'vitest';
import { csvOf } from './csv.ts';

it('quotes what needs quotes, marks the encoding and ends lines as RFC 4180 says', () => {
  expect(
    csvOf([
      ['a', 'b,c'],
      ['say "x"', 'two\nlines'],
    ]),
  ).toBe('\uFEFFa,"b,c"\r\n"say ""x""","two\nlines"\r\n');
});

it.each(['=1+1', '+cmd', '@sum', '\tx', '-cmd|calc', '-1+1|cmd', '＝1+1', "'=1"])(
  'keeps %j text in a spreadsheet',
  (cell) => {
    expect(csvOf([[cell]])).toContain(`'${cell}`);
  },
);

it('leaves negative numbers alone', () => expect(csvOf([['-3.5']])).toBe('\uFEFF-3.5\r\n'));
