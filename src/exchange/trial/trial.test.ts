import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openLocalExecutor, type SqlSession } from '../../kernel/isolation/index.ts';
import { TEST_LIMITS, testFolder } from '../../kernel/isolation/testing.ts';
import { secureBits } from '../sandbox/index.ts';
import { numbersAt } from './parameters.ts';
import { type Behind, neutralOf, type OwnCounts, scoreFor } from './score.ts';
import { blocksStatement, type Columns, countsStatement, OWN, ownStatement, PRODUCT } from './statements.ts';

const NUMBERS = numbersAt(new Date('2026-11-27'));
/** So much ε that no noise is left: what a score would be without. */
const EXACT = { ...NUMBERS, epsilon: 1_000_000_000 };
const own = (keys: number, positive = 0, negative = 0): OwnCounts => ({ keys, positive, negative });
const behind = (matched: number, usable: number, each = 0): Behind => ({
  counts: async () => ({ matched, usable }),
  blocks: async (blocks) => ({ sum: blocks * each, blocks }),
});
const score = (measure: Parameters<typeof scoreFor>[0], counts: OwnCounts, b: Behind, numbers = EXACT) =>
  scoreFor(measure, counts, b, numbers, (keys) => keys >= numbers.matchedLeast, secureBits());

describe('a score', () => {
  it('is told in coarse steps, within its bounds, with what it may be off', async () => {
    expect(await score('match-rate', own(1_000), behind(737, 0))).toEqual({ outcome: 'told', score: 750, within: 30 });
    expect(await score('coverage', own(2_000), behind(1_000, 333))).toMatchObject({ score: 350 });
    expect(await score('auc', own(1_000, 500, 500), behind(1_000, 1_000, 812))).toMatchObject({ score: 800 });
    expect(await score('correlation', own(1_000), behind(1_000, 1_000, -640))).toMatchObject({ score: -650 });
    // Nought has no sign.
    expect(await score('correlation', own(1_000), behind(1_000, 1_000, -10))).toMatchObject({ score: 0 });
  });

  it('is not told of few keys, nor of few of a label', async () => {
    expect(await score('match-rate', own(1_000), behind(499, 0))).toEqual({ outcome: 'too-few' });
    expect(await score('match-rate', own(1_000), behind(500, 0))).toMatchObject({ outcome: 'told' });
    expect(await score('auc', own(1_000, 159, 841), behind(1_000, 1_000))).toEqual({ outcome: 'too-few' });
    expect(await score('auc', own(1_000, 160, 840), behind(1_000, 1_000))).toMatchObject({ outcome: 'told' });
  });

  it('carries noise: the same numbers give different scores, near the right one', async () => {
    const scores: number[] = [];
    for (let i = 0; i < 60; i++) {
      const told = await score('correlation', own(600), behind(600, 600, 500), NUMBERS);
      if (told.outcome === 'told') scores.push(told.score);
    }
    expect(new Set(scores).size).toBeGreaterThan(2);
    const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
    expect(Math.abs(mean - 500)).toBeLessThan(150);
  });
});

const place = testFolder();
const executor = await openLocalExecutor({ folder: join(place.folder, 'sandbox') });
const here = await executor.availability();
afterAll(async () => {
  await executor.stop();
  place.remove();
});

const COLUMNS: Columns = { productKey: 'id', productColumn: 'x', ownKey: 'who', ownColumn: 'y' };
interface Row {
  readonly k: number;
  readonly x: number | null;
  readonly y: number;
}

const BLOCKS = 4;
let files = 0;
/** A process with both tables; keys of the own one are written with blanks. */
async function withTables<T>(rows: readonly Row[], use: (session: SqlSession) => Promise<T>): Promise<T> {
  const values = (of: readonly string[]) => `select * from (values ${of.join(', ')})`;
  const lend = (name: string, sql: string) => place.database(`${name}${files++}`, sql);
  const product = await lend('p', `${values(rows.map((r) => `(${r.k}, ${r.x ?? 'null'}::double)`))} t(id, x)`);
  const mine = await lend('o', `${values(rows.map((r) => `(' ${r.k} ', ${r.y})`))} t(who, y)`);
  const session = await executor.openSql(
    [
      { name: PRODUCT, path: product.path },
      { name: OWN, path: mine.path },
    ],
    TEST_LIMITS,
  );
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** Elsewhere the executor says that it is not available. */
describe.runIf(here.sql)('the statements', { timeout: 60_000 }, () => {
  const rows: Row[] = Array.from({ length: 400 }, (_, k) => ({
    k,
    x: k % 10 === 0 ? null : (k * 37) % 101,
    y: (k * 37) % 101 > 50 ? 1 : 0,
  }));

  it('count keys once each, and join them whatever their type and blanks', async () => {
    const [[matched], [keys]] = await withTables([...rows, { k: 5, x: 7, y: 0 }], async (s) => [
      (await s.rows(countsStatement('auc', COLUMNS), 1)).rows,
      (await s.rows(ownStatement('auc', COLUMNS), 1)).rows,
    ]);
    // Key 5 stands twice and is labelled both ways: it has no label.
    expect(matched).toEqual([400, 359]);
    expect(keys?.slice(0, 4)).toEqual([400, 196, 203, 0]);
    expect(keys?.[4]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('score a label that the product tells exactly, and one turned round', async () => {
    const sums = await withTables(rows, async (s) => {
      const one = async (sql: string) => (await s.rows(sql, 1)).rows[0];
      return [
        await one(blocksStatement('auc', COLUMNS, { blocks: 10, salt: 'a' })),
        await one(blocksStatement('correlation', { ...COLUMNS, ownColumn: 'y' }, { blocks: 1, salt: 'a' })),
      ];
    });
    expect(sums[0]).toEqual([10_000, 10]);
    const used = rows.filter((r) => r.x !== null).map((r) => [r.x ?? 0, r.y] as const);
    const mean = (i: 0 | 1) => used.reduce((a, r) => a + r[i], 0) / used.length;
    const [mx, my] = [mean(0), mean(1)];
    const product = (f: (r: readonly [number, number]) => number) => used.reduce((a, r) => a + f(r), 0);
    const r =
      product(([x, y]) => (x - mx) * (y - my)) /
      Math.sqrt(product(([x]) => (x - mx) ** 2) * product(([, y]) => (y - my) ** 2));
    expect(sums[1]).toEqual([Math.round(r * 1_000), 1]);
  });

  it('change by one block at most when one key leaves the product, as the noise supposes', async () => {
    const someRow = fc.record({
      k: fc.integer({ min: 0, max: 40 }),
      x: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(null, 1e300, -1e99)),
      y: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(someRow, { minLength: 12, maxLength: 40 }), async (some) => {
        const gone = some[0]?.k;
        // All sums of one version of the product, whatever blocks its keys are put into.
        const sums = (of: readonly Row[]) =>
          withTables(of, async (s) => {
            const found: number[] = [];
            for (const salt of ['a', 'b', 'c'])
              for (const measure of ['auc', 'correlation'] as const) {
                const { rows: told } = await s.rows(blocksStatement(measure, COLUMNS, { blocks: BLOCKS, salt }), 1);
                const [sum, blocks] = told[0] ?? [];
                found.push(Number(sum) + (BLOCKS - Number(blocks)) * neutralOf(measure));
              }
            return found;
          });
        const all = await sums(some);
        const less = await sums(some.map((r) => (r.k === gone ? { ...r, x: null } : r)));
        for (const [i, sum] of all.entries())
          expect(Math.abs(sum - (less[i] ?? Number.NaN))).toBeLessThanOrEqual(i % 2 === 0 ? 1_000 : 2_000);
      }),
      { numRuns: 3 },
    );
  });
});
