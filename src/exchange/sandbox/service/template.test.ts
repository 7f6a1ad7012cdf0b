import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bind, literalOf, type Template, templateProblems } from './template.ts';

const template = (sql: string, parameters: Template['parameters'] = []): Template => ({
  ...{ name: 'by_line', title: '按线路', sql, parameters },
});
const line = { name: 'line', type: 'text' as const, title: '线路', example: 'L1' };
const fare = { name: 'fare', type: 'number' as const, title: '票价', example: 2 };
const problems = (t: Template) => templateProblems(t).map((p) => p.en);

describe('a template', () => {
  it('has its parameters in conditions, each declared and used', () => {
    const good = "select count(*) from trips where line = :line and note <> ':x' group by fare";
    expect(problems(template(good, [line]))).toEqual([]);
    expect(problems(template('select count(*) from trips where line = :line', []))).toHaveLength(1);
    expect(problems(template('select count(*) from trips', [line]))).toHaveLength(1);
    for (const elsewhere of [
      'select floor(fare / :fare) * :fare as f, count(*) from trips group by f',
      'select line, count(*) as n from trips group by line having n > :fare',
      'select line, count(*) from trips where fare > 1 group by line limit :fare',
      "select ':fare where', sum(:fare) from trips",
    ])
      expect(problems(template(elsewhere, [fare]))).not.toEqual([]);
    for (const hidden of ['-- :line', '/* :line */', '$$ :line $$'])
      expect(problems(template(`select count(*) from trips where line = :line ${hidden}`, [line]))).not.toEqual([]);
  });

  it('takes values of the declared types alone, all of them and no others', () => {
    const t = template('select count(*) from trips where line = :line and fare = :fare', [line, fare]);
    expect(bind(t, { line: "L'1", fare: 2.5 })).toBe("select count(*) from trips where line = 'L''1' and fare = 2.5");
    for (const values of [
      { line: 'L1' },
      { line: 'L1', fare: '2' },
      { line: 'L1', fare: 2, more: 1 },
      { line: 1, fare: 2 },
    ])
      expect(bind(t, values)).toBeNull();
    expect(literalOf({ type: 'date' }, "2026-01-01' or true")).toBeUndefined();
    expect(literalOf({ type: 'number' }, Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(literalOf({ type: 'boolean' }, 'true')).toBeUndefined();
  });

  it('keeps whatever text a buyer sends inside one literal', () => {
    const t = template('select count(*) from trips where line = :line', [line]);
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom("' or 1=1 --", ':line', "''; select 1", '$1', "\\'")),
        (value) => {
          const bound = bind(t, { line: value });
          if (bound === null) return;
          const literal = bound.slice('select count(*) from trips where line = '.length);
          expect(literal).toMatch(/^'(?:[^']|'')*'$/);
          expect(literal.slice(1, -1).replaceAll("''", "'")).toBe(value);
        },
      ),
    );
  });
});
