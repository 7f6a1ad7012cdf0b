import { expect, it } from 'vitest';
import { COUNT, POLICY, type Row, SmallExchange, SUM, seeded } from './testing.ts';

const GROUPS = [
  ['w', 'x', 'y', 'z'],
  ['r', 's', 't'],
] as const;
const QUESTIONS: readonly (readonly number[])[] = [[0], [1], [0, 1]];

it('hides the same cells of the same question in whatever order the engine counts them', async () => {
  const pick = seeded(7);
  let hidden = 0;
  for (let round = 0; round < 60; round++) {
    const rows: Row[] = Array.from({ length: 40 }, (_, entity) => ({
      entity,
      groups: GROUPS.map((values) => values[pick(values.length)] ?? ''),
      amount: 1 + pick(200),
    }));
    const marksOf = async (order: readonly Row[]) => {
      const exchange = new SmallExchange(order, { all: () => true, notZ: (row) => row.groups[0] !== 'z' }, POLICY);
      const marks: string[] = [];
      for (const groups of QUESTIONS) {
        const answer = await exchange.ask(groups, [COUNT, SUM], [round % 2 === 0 ? 'all' : 'notZ']);
        marks.push(...answer.map(({ key, marks }) => JSON.stringify([groups, key, marks])).sort());
      }
      return marks;
    };
    const marks = await marksOf(rows);
    expect(await marksOf(rows.toReversed())).toEqual(marks);
    hidden += marks.filter((mark) => /history|complementary/.test(mark)).length;
  }
  expect(hidden).toBeGreaterThan(60);
});
