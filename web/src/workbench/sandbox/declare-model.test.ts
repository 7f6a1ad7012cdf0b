import { describe, expect, it } from 'vitest';
import { declarationFaults, declarationOf, FIRST_DECLARATION, sourcesFirst } from './declare-model.ts';

const group = {
  key: 1,
  name: 'origin',
  type: 'text' as const,
  role: 'group' as const,
  from: 'flights.origin',
  domain: '',
};
const count = { key: 2, name: 'n', type: 'integer' as const, role: 'count' as const, from: '', domain: '' };

it('offers first what the code names', () => {
  const sources = ['flights.date', 'flights.origin', 'weather.origin'];
  expect(sourcesFirst(sources, 'select origin, count(*) as n from flights group by origin')).toEqual([
    'flights.origin',
    'flights.date',
    'weather.origin',
  ]);
});

describe('declarations', () => {
  it('says where words come from, or which they are', () => {
    const table = declarationOf({
      ...FIRST_DECLARATION,
      columns: [group, count, { ...group, key: 3, name: 'size', from: '', domain: 'small，large' }],
    });
    expect(table).toEqual({
      kind: 'table',
      rowsMax: 1000,
      columns: [
        { name: 'origin', type: 'text', role: 'group', decimals: 3, from: { alias: 'flights', column: 'origin' } },
        { name: 'n', type: 'integer', role: 'count', decimals: 3 },
        { name: 'size', type: 'text', role: 'group', decimals: 3, domain: ['small', 'large'] },
      ],
    });
  });

  it('finds what cannot be sent', () => {
    expect(declarationFaults(FIRST_DECLARATION)).toEqual(['columns']);
    expect(declarationFaults({ ...FIRST_DECLARATION, columns: [{ ...count, name: '=cmd' }] })).toEqual(['columns']);
    expect(declarationFaults({ ...FIRST_DECLARATION, kind: 'metrics', names: 'r2, rows' })).toEqual([]);
    expect(declarationFaults({ ...FIRST_DECLARATION, kind: 'model' })).toEqual([
      'algorithm',
      'features',
      'intendedUse',
    ]);
  });
});
