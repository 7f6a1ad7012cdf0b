import { describe, expect, it } from 'vitest';
import { type Question, sqlOf } from './builder-model.ts';

const none: Question = { table: 'flights', joined: null, groups: [], measures: [], filters: [] };
const entityOf = (table: string) => (table === 'flights' ? 'tail' : null);

describe('sqlOf', () => {
  it('counts rows when nothing is chosen', () => {
    expect(sqlOf(none, entityOf)).toBe('select count(*) as n\nfrom flights');
  });

  it('writes groups, measures and filters', () => {
    const sql = sqlOf(
      {
        ...none,
        groups: [
          { key: 1, table: 'flights', column: 'origin', taken: { as: 'value' } },
          { key: 2, table: 'flights', column: 'date', taken: { as: 'unit', unit: 'month' } },
          { key: 3, table: 'flights', column: 'distance', taken: { as: 'step', step: '100' } },
        ],
        measures: [
          { key: 1, measure: 'count', table: 'flights', column: '' },
          { key: 2, measure: 'entities', table: 'flights', column: '' },
          { key: 3, measure: 'avg', table: 'flights', column: 'delay' },
        ],
        filters: [
          { key: 1, table: 'flights', column: 'origin', comparison: 'in', value: "SEA，O'HARE", numeric: false },
          { key: 2, table: 'flights', column: 'delay', comparison: '>=', value: '15', numeric: true },
          { key: 3, table: 'flights', column: 'delay', comparison: 'is not null', value: '', numeric: true },
        ],
      },
      entityOf,
    );
    expect(sql).toBe(
      [
        'select origin,',
        "       date_trunc('month', date) as date_month,",
        '       floor(distance / 100) * 100 as distance_step,',
        '       count(*) as n,',
        '       count(distinct tail) as entities,',
        '       avg(delay) as avg_delay',
        'from flights',
        "where origin in ('SEA', 'O''HARE')",
        '  and delay >= 15',
        '  and delay is not null',
        "group by origin, date_trunc('month', date), floor(distance / 100) * 100",
        'order by 1, 2, 3',
      ].join('\n'),
    );
  });

  it('says of each column which table it is of once two are joined', () => {
    const sql = sqlOf(
      {
        ...none,
        joined: { table: 'weather', pairs: [{ key: 1, left: 'origin', right: 'station' }] },
        groups: [{ key: 1, table: 'weather', column: 'kind', taken: { as: 'value' } }],
        measures: [{ key: 1, measure: 'entities', table: 'weather', column: '' }],
      },
      entityOf,
    );
    expect(sql).toContain('join weather on flights.origin = weather.station');
    expect(sql).toContain('select weather.kind,\n       count(*) as entities');
    expect(sql).toContain('group by weather.kind');
  });

  it('takes a value that looks like SQL for a value', () => {
    const filter = { key: 1, table: 'flights', column: 'origin', comparison: '=' as const, numeric: true };
    expect(sqlOf({ ...none, filters: [{ ...filter, value: "1' or 1=1 --" }] }, entityOf)).toContain(
      "where origin = '1'' or 1=1 --'",
    );
  });
});
