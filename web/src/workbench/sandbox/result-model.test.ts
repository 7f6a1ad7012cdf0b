import { describe, expect, it } from 'vitest';
import { chartable, countMarks, csvRows, figureOf, isTrend, type ResultTable } from './result-model.ts';

const table: ResultTable = {
  columns: [
    { name: 'month', type: 'DATE' },
    { name: 'n', type: 'BIGINT' },
  ],
  rows: [
    ['2001-01-01', 12],
    ['2001-02-01', null],
    ['2001-03-01', null],
  ],
  marks: [
    [null, null],
    [null, 'protected'],
    [null, null],
  ],
};

describe('results', () => {
  it('writes a withheld figure as a word and a missing one as nothing', () => {
    expect(csvRows(table)).toEqual([
      ['month', 'n'],
      ['2001-01-01', '12'],
      ['2001-02-01', 'withheld:protected'],
      ['2001-03-01', ''],
    ]);
  });

  it('heads a column by its title and unit where it has them', () => {
    const mean = { name: 'mean', type: 'double', titleZh: '平均延误', titleEn: 'Mean delay', unit: '分钟' };
    const titled = { columns: [{ name: 'n', type: 'integer' }, mean], rows: [] };
    expect(csvRows(titled)).toEqual([['n', '平均延误（分钟）']]);
    expect(csvRows(titled, 'en')).toEqual([['n', 'Mean delay (分钟)']]);
  });

  it('counts marks by class', () => {
    expect(countMarks(table.marks ?? [])).toEqual({ protected: 1, complementary: 0, history: 0 });
  });

  it('finds what a chart can show', () => {
    expect(chartable(table)).toEqual({ categories: [0], figures: [1] });
    expect(isTrend(table, [0])).toBe(true);
    const years: ResultTable = { columns: table.columns.map((c) => ({ ...c, type: 'INTEGER' })), rows: [] };
    expect(chartable(years)).toEqual({ categories: [0], figures: [1] });
  });

  it('reads figures that came as text and nothing else', () => {
    expect([figureOf(3), figureOf('9007199254740993'), figureOf('SEA'), figureOf(''), figureOf(null)]).toEqual([
      3,
      9007199254740992,
      null,
      null,
      null,
    ]);
  });
});
