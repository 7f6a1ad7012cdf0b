import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../kernel/database/testing.ts';
import type { GrantPolicy } from '../policy.ts';
import { decide } from './decide.ts';
import { AVG, askedQuery, COUNT, type Filters, POLICY, type Row, SmallExchange, SUM } from './testing.ts';
import type { AskedQuery, Released } from './types.ts';

const AT = new Date('2026-11-26T04:00:00Z');
const ROWS: Row[] = Array.from({ length: 60 }, (_, entity) => ({
  entity,
  groups: [entity < 30 ? 'north' : 'south', entity === 59 ? 'rare' : `v${entity % 3}`],
  amount: 10 + (entity % 7),
}));
const FILTERS: Filters = Object.fromEntries(
  [20, 21, 30].map((n) => [`id < ${n}`, (row: Row) => row.entity < n] as const),
);
const exchange = new SmallExchange(ROWS, FILTERS, POLICY);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
    await database.pool.query(
      `insert into party (id, name, uscc, state, state_at, created_at) values ($1, $1, $1, 'admitted', now(), now())`,
      [id],
    );
});
afterAll(() => database?.drop());

let asked = 0;
const ask = (audience: string, query: AskedQuery, policy: GrantPolicy = POLICY, after?: () => never) =>
  database.db.transaction().execute(async (tx): Promise<Released> => {
    const released = await decide({
      tx,
      at: AT,
      query,
      policies: [policy],
      audience,
      queryId: `q${++asked}`,
      ranges: new Map([['amount', { lower: 0, upper: 20 }]]),
      cells: async () => exchange.cells(query),
      compare: exchange.compare,
      classify: exchange.classify,
      spreads: exchange.spreads,
    });
    after?.();
    return released;
  });
const marksOf = ({ rows }: Released) => rows.map((row) => row.marks[0]);

describe('what an audience is told', () => {
  it('is told again at no cost, and only once', async () => {
    const query = askedQuery([0], [COUNT, SUM]);
    const first = await ask('a', query);
    expect(first.rows.map((r) => [r.key, r.values[0]])).toEqual([
      [['north'], 30],
      [['south'], 30],
    ]);
    expect(first).toMatchObject({ cached: false, budget: { cellsLeft: POLICY.cellsMax - 4, epsilonLeftMicro: null } });
    expect(await ask('a', query)).toEqual({ ...first, cached: true });
  });

  it('leaves out the key of a group of one, and what would give it away', async () => {
    const { rows, suppressed } = await ask('a', askedQuery([1], [COUNT]));
    expect(rows.map((r) => r.key[0])).toEqual(['v0', 'v1', 'v2']);
    expect(rows.filter((r) => r.values[0] === null)).toHaveLength(1);
    expect(suppressed).toEqual({ protected: 0, complementary: 1, history: 0 });
  });

  it('is held against all that its people were told before, by whomever', async () => {
    expect(marksOf(await ask('b', askedQuery([], [COUNT], ['id < 20'])))).toEqual([null]);
    expect(marksOf(await ask('b', askedQuery([], [COUNT], ['id < 21'])))).toEqual(['history']);
    // Nobody lies between this and the group of the first query: of people, that is told as little.
    expect(marksOf(await ask('a', askedQuery([], [COUNT], ['id < 30'])))).toEqual(['history']);
    expect(marksOf(await ask('c', askedQuery([], [COUNT], ['id < 21'])))).toEqual([null]);
  });

  it('two questions at once are asked one after the other', async () => {
    const answers = await Promise.all(
      ['id < 20', 'id < 21'].map((filter) => ask('d', askedQuery([], [COUNT], [filter]))),
    );
    expect(answers.map((a) => marksOf(a)[0]).sort()).toEqual(['history', null]);
  });

  it('nothing is kept of an act that fails', async () => {
    const query = askedQuery([0, 1], [COUNT]);
    await expect(
      ask('e', query, POLICY, () => {
        throw new Error('the act fails');
      }),
    ).rejects.toThrow('the act fails');
    const answer = await ask('e', query);
    expect(answer.cached).toBe(false);
    const { rows } = await database.pool.query(`select count(*)::int as n from sandbox_shape where audience = 'e'`);
    expect(rows[0].n).toBe(1);
  });

  it('keeps to the allowance of cells', async () => {
    const answer = await ask('b', askedQuery([0], [SUM]), { ...POLICY, cellsMax: 2 });
    expect(marksOf(answer)).toEqual([null, 'history']);
    expect(answer.budget.cellsLeft).toBe(0);
  });
});

describe('with noise', () => {
  const policy: GrantPolicy = {
    ...POLICY,
    privacy: { kind: 'noise', epsilonTotal: 3_000_000, epsilonQuery: 1_000_000, rowsPerEntity: 1 },
  };
  it('draws once, adds ε up, and lets no lone key through', async () => {
    const query = askedQuery([0], [COUNT, AVG]);
    const first = await ask('f', query, policy);
    expect(first.budget.epsilonLeftMicro).toBe(2_000_000);
    expect(await ask('f', query, policy)).toEqual({ ...first, cached: true });
    const second = await ask('f', askedQuery([1], [COUNT]), policy);
    expect(second.budget.epsilonLeftMicro).toBe(1_000_000);
    expect(second.rows.map((r) => r.key[0])).not.toContain('rare');
  });
});
