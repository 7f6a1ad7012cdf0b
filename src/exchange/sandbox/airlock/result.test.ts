import { describe, expect, it } from 'vitest';
import { declarationProblems, namedAliases, OutputDeclaration, programHash } from './declaration.ts';
import { parametersOf } from './model-document.ts';
import { typedOutput } from './result.ts';
import { Unfit } from './unfit.ts';

const outcome = (files: Record<string, string | Buffer>, table: unknown = null) =>
  ({
    table,
    files: new Map(Object.entries(files).map(([n, c]) => [n, Buffer.from(c)])),
    log: '',
    cpuMs: 1,
    memoryPeakBytes: 1,
  }) as never;
const table = OutputDeclaration.parse({
  kind: 'table',
  columns: [
    { name: 'carrier', type: 'text', role: 'group', domain: ['AA', 'UA'] },
    { name: 'n', type: 'integer', role: 'count' },
    { name: 'delay', type: 'decimal', decimals: 1 },
  ],
  rowsMax: 3,
});
const csv = (body: string) => typedOutput(table, outcome({ 'result.csv': `carrier,n,delay\n${body}` }));
const unfit = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof Unfit) return error.kind;
    throw error;
  }
  return 'it was read';
};

describe('a table', () => {
  it('comes out as declared, rounded', () => {
    expect(csv('AA,120,7.2568\r\n"UA",30,-0.04\n').rows).toEqual([
      ['AA', 120, 7.3],
      ['UA', 30, 0],
    ]);
    const json = JSON.stringify({ columns: ['carrier', 'n', 'delay'], rows: [['AA', 11, null]] });
    expect(typedOutput(table, outcome({ 'result.json': json })).rows).toEqual([['AA', 11, null]]);
    const sql = { columns: [{ name: 'carrier' }, { name: 'n' }, { name: 'delay' }], rows: [['UA', 12, '3.1415']] };
    expect(typedOutput(table, outcome({}, sql)).rows).toEqual([['UA', 12, 3.1]]);
  });

  it.each([
    ['a formula', '=1+1,12,1', 'domain'],
    ['a word outside', 'Alice,12,1', 'domain'],
    ['NaN', 'AA,12,NaN', 'type'],
    ['infinity', 'AA,12,1e999', 'type'],
    ['a number that carries a row', 'AA,12,123456789012345678', 'type'],
    ['a broken count', 'AA,12.5,1', 'type'],
    ['no count', 'AA,,1', 'type'],
    ['hexadecimal', 'AA,0x10,1', 'type'],
    ['a hidden column', 'AA,12,1,secret', 'columns'],
    ['too many rows', 'AA,12,1\n'.repeat(4), 'rows'],
    ['a million rows', 'AA,12,1\n'.repeat(1_000_000), 'size'],
    ['a stray quote', 'AA"x,12,1', 'form'],
    ['an open quote', '"AA,12,1', 'form'],
  ])('refuses %s by its class alone', (_, body, kind) => {
    expect(unfit(() => csv(body))).toBe(kind);
  });

  it.each([
    ['another header', { 'result.csv': 'carrier,n,name\nAA,12,1' }, 'columns'],
    ['NaN in JSON', { 'result.json': '{"columns":["carrier","n","delay"],"rows":[["AA",12,NaN]]}' }, 'form'],
    ['a field beside', { 'result.json': '{"columns":["carrier","n","delay"],"rows":[],"note":"x"}' }, 'form'],
    [
      'an object for a cell',
      { 'result.json': '{"columns":["carrier","n","delay"],"rows":[["AA",{"x":1},1]]}' },
      'type',
    ],
    ['no file', { 'model.pkl': 'x' }, 'missing'],
    ['two files', { 'result.csv': 'x', 'result.json': '{}' }, 'missing'],
    ['bytes that are no text', { 'result.csv': Buffer.from([0xff, 0xfe, 0x00]) }, 'form'],
  ])('refuses %s', (_, files, kind) => {
    expect(unfit(() => typedOutput(table, outcome(files as Record<string, string>)))).toBe(kind);
  });
});

describe('metrics and models', () => {
  const metrics = OutputDeclaration.parse({ kind: 'metrics', names: ['auc', 'n'], decimals: 2 });
  it('hold exactly the declared numbers', () => {
    expect(typedOutput(metrics, outcome({ 'result.json': '{"auc":0.71828,"n":900}' })).rows).toEqual([
      ['auc', 0.72],
      ['n', 900],
    ]);
    for (const bad of [
      '{"auc":0.7}',
      '{"auc":0.7,"n":1,"x":2}',
      '[1,2]',
      '{"auc":"Alice","n":1}',
      '{"auc":true,"n":1}',
    ])
      expect(unfit(() => typedOutput(metrics, outcome({ 'result.json': bad })))).not.toBe('it was read');
  });

  const model = OutputDeclaration.parse({
    kind: 'model',
    format: 'json',
    card: { family: 'linear', algorithm: 'OLS', features: ['distance', 'hour'], intendedUse: '预测延误' },
  });
  it('a model is numbers under the features of its card', () => {
    const good = '{"observations":1000,"coefficients":{"distance":0.12345678,"hour":2},"intercept":1}';
    const read = typedOutput(model, outcome({ 'result.json': good }));
    expect(read.rows).toContainEqual(['coefficients.distance', 0.123457]);
    expect(read.model && parametersOf(read.model)).toBe(3);
    for (const bad of [
      '{"observations":1000,"coefficients":{"name":1}}',
      '{"observations":1000,"coefficients":{"hour":[1,2,3]}}',
      '{"observations":1000,"coefficients":{"hour":1},"notes":"Alice"}',
      '{"observations":1000,"coefficients":{"hour":1},"measures":{"Alice Smith":1}}',
    ])
      expect(unfit(() => typedOutput(model, outcome({ 'result.json': bad })))).toBe('model');
  });

  it('a tree leads downwards only', () => {
    const tree = OutputDeclaration.parse({ ...model, card: { ...(model as { card: object }).card, family: 'tree' } });
    const nodes = (left: number) =>
      `{"observations":90,"nodes":[{"feature":"hour","threshold":7,"left":${left},"right":2,"samples":90},{"value":1,"samples":50},{"value":2,"samples":40}]}`;
    expect(typedOutput(tree, outcome({ 'result.json': nodes(1) })).model).toBeTruthy();
    expect(unfit(() => typedOutput(tree, outcome({ 'result.json': nodes(0) })))).toBe('model');
  });
});

describe('a declaration', () => {
  const flights = {
    grantId: 'sbg_1',
    alias: 'flights',
    columns: [{ name: 'carrier', type: 'text' }],
    policy: {
      columns: [
        { name: 'carrier', uses: ['group'] },
        { name: 'tail', uses: ['aggregate'] },
      ],
    },
  } as never;
  const problems = (columns: unknown[]) =>
    declarationProblems(OutputDeclaration.parse({ kind: 'table', columns, rowsMax: 10 }), [flights]).length;
  const n = { name: 'n', type: 'integer', role: 'count' };

  it('lets words out only from a domain or a group column', () => {
    expect(
      problems([{ name: 'c', type: 'text', role: 'group', from: { alias: 'flights', column: 'carrier' } }, n]),
    ).toBe(0);
    expect(problems([{ name: 'c', type: 'text' }, n])).toBe(1);
    expect(problems([{ name: 'c', type: 'date' }, n])).toBe(1);
    expect(problems([{ name: 'c', type: 'text', from: { alias: 'flights', column: 'tail' } }, n])).toBe(1);
    expect(problems([{ name: 'c', type: 'text', from: { alias: 'weather', column: 'carrier' } }, n])).toBe(1);
    expect(problems([n, { ...n, name: 'N' }])).toBe(1);
    expect(problems([{ ...n, type: 'decimal' }])).toBe(1);
    expect(problems([{ name: 'c', type: 'boolean', role: 'group' }])).toBe(1);
  });

  it('has no name or word that a spreadsheet would run', () => {
    for (const name of ['=x', 'a b', '', 'x\n', '@sum', '1x'])
      expect(OutputDeclaration.safeParse({ kind: 'metrics', names: [name] }).success).toBe(false);
    for (const word of ['=1+1', '+1', '-1', '@x', '|x', 'a\tb', '\u202eabc'])
      expect(
        OutputDeclaration.safeParse({
          kind: 'table',
          columns: [{ name: 'c', type: 'text', domain: [word] }],
          rowsMax: 1,
        }).success,
      ).toBe(false);
  });

  it('is bound with code and inputs by one hash', () => {
    const program = {
      language: 'sql' as const,
      code: 'select 1',
      output: table,
      inputs: [{ alias: 'a', resourceId: 'r' }],
    };
    const hash = programHash(program);
    expect(programHash({ ...program, inputs: [...program.inputs] })).toBe(hash);
    expect(programHash({ ...program, code: 'select 2' })).not.toBe(hash);
    expect(programHash({ ...program, inputs: [{ alias: 'a', resourceId: 's' }] })).not.toBe(hash);
    expect(programHash({ ...program, output: { ...table, rowsMax: 2 } as typeof table })).not.toBe(hash);
  });

  it('takes the tables that the code names', () => {
    expect(namedAliases("pd.read_parquet('/in/flights.parquet')", ['flights', 'flight', 'weather'])).toEqual([
      'flights',
    ]);
    expect(namedAliases('select * from 客流 join weather using (d)', ['客流', 'weather', 'x'])).toEqual([
      '客流',
      'weather',
    ]);
  });
});
