import { describe, expect, it } from 'vitest';
import { type CheckName, checkOutput, failedSoftly, rejectedByMachine } from './checks.ts';
import { OutputDeclaration } from './declaration.ts';
import { differencesTo } from './differences.ts';
import type { TypedOutput } from './result.ts';
import type { SourceFindings } from './source.ts';

const LIMITS = { k: 10, freedomMin: 10, parametersPercent: 33, rarePermille: 300, copiedPermille: 800 };
const CLEAN: SourceFindings = {
  entities: 1_000,
  strangers: 0,
  smallGroups: 0,
  copiedRows: 0,
  compared: 9,
  rare: 0,
  telling: { compared: 9, rare: 0 },
  left: 0,
};
const declaration = OutputDeclaration.parse({
  kind: 'table',
  columns: [
    { name: 'g', type: 'text', role: 'group', domain: ['a', 'b'] },
    { name: 'n', type: 'integer', role: 'count' },
  ],
  rowsMax: 10,
}) as Extract<OutputDeclaration, { kind: 'table' }>;
const table = (rows: TypedOutput['rows']): TypedOutput => ({
  columns: [
    { name: 'g', type: 'text' },
    { name: 'n', type: 'integer' },
  ],
  rows,
  model: null,
});
const two = table([
  ['a', 40],
  ['b', 10],
]);
const said = (check: CheckName, output: TypedOutput = two, found: Partial<SourceFindings> = {}, d: never[] = []) => {
  const checks = checkOutput(declaration, output, { ...CLEAN, ...found }, d, LIMITS);
  const one = checks.find((c) => c.check === check);
  return `${one?.result}${one?.hard ? '!' : ''}`;
};

describe('the checks', () => {
  it('pass what is large enough', () => {
    const checks = checkOutput(declaration, two, CLEAN, [], LIMITS);
    expect(checks.every((c) => c.result === 'pass')).toBe(true);
    expect(rejectedByMachine(checks)).toBe(false);
  });

  it('hold the least count to the one', () => {
    expect(said('least-count', table([['a', 10]]))).toBe('pass');
    expect(said('least-count', table([['a', 9]]))).toBe('fail!');
    expect(said('least-count', table([['a', 0]]))).toBe('review');
  });

  it('reject what stands in the data as it is', () => {
    expect(said('group-size', two, { strangers: 1 })).toBe('fail!');
    expect(said('group-size', two, { smallGroups: 1 })).toBe('fail!');
    expect(said('copied-rows', two, { copiedRows: 1 })).toBe('fail!');
    expect(said('copied-values', two, { rare: 2 })).toBe('review');
    expect(said('copied-values', two, { rare: 3 })).toBe('fail');
    expect(said('copied-values', two, { left: 1 })).toBe('review');
    expect(said('copied-values', two, { rare: 8, telling: { compared: 10, rare: 8 } })).toBe('fail!');
  });

  it('ask a person about rows that are nearly as many as entities', () => {
    expect(said('population', two, { entities: 20 })).toBe('pass');
    expect(said('population', two, { entities: 19 })).toBe('review');
    expect(said('population', two, { entities: 3 })).toBe('fail');
    expect(failedSoftly(checkOutput(declaration, two, { ...CLEAN, entities: 3 }, [], LIMITS))).toBe(true);
  });

  it('reckon with the observations there are, not those a model claims', () => {
    const model = (observations: number, features: number): TypedOutput => ({
      columns: [],
      rows: [],
      model: {
        observations,
        measures: {},
        coefficients: Object.fromEntries(Array.from({ length: features }, (_, i) => [`f${i}`, 1])),
        intercept: 0,
      },
    });
    expect(said('freedom', model(100, 5))).toBe('pass');
    expect(said('freedom', model(1_000_000, 5), { entities: 15 })).toBe('fail!');
    expect(said('freedom', model(100, 33))).toBe('fail!');
    expect(
      said('least-count', {
        ...model(100, 1),
        model: { observations: 90, measures: {}, centres: [{ size: 9, values: {} }] },
      }),
    ).toBe('fail!');
  });
});

describe('differences to what was released', () => {
  const releasedOf = (rows: TypedOutput['rows']) => [{ outputId: 'sbo_1', ...table(rows) }];
  it('are found by key; a count that differs by a few is a failure', () => {
    const [found] = differencesTo(releasedOf([['a', 41]]), two, declaration.columns, 10);
    expect(found).toMatchObject({ outputId: 'sbo_1', changed: 1, small: 1, examples: [{ before: 41, now: 40 }] });
    expect(said('differences', two, {}, [found] as never[])).toBe('fail');
    const [large] = differencesTo(releasedOf([['a', 50]]), two, declaration.columns, 10);
    expect(large).toMatchObject({ changed: 1, small: 0 });
    expect(said('differences', two, {}, [large] as never[])).toBe('review');
    expect(differencesTo(releasedOf([['a', 40]]), two, declaration.columns, 10)).toEqual([]);
  });
  it('are not looked for in another breakdown', () => {
    const other = [
      {
        outputId: 'sbo_2',
        columns: [
          { name: 'month', type: 'text' as const },
          { name: 'n', type: 'integer' as const },
        ],
        rows: [['1', 41]],
      },
    ];
    expect(differencesTo(other, two, declaration.columns, 10)).toEqual([]);
  });
});
