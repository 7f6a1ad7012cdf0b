import { type Text, text } from '../../../kernel/text.ts';
import type { OutputDeclaration } from './declaration.ts';
import type { Difference } from './differences.ts';
import { parametersOf, smallestGroup } from './model-document.ts';
import type { TypedOutput } from './result.ts';
import type { SourceFindings } from './source.ts';

export const CHECKS = [
  'least-count',
  'group-size',
  'copied-rows',
  'copied-values',
  'population',
  'freedom',
  'capacity',
  'differences',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** What a check says: `review` where a person must judge what no machine can know. */
export interface Check {
  readonly check: CheckName;
  readonly result: 'pass' | 'review' | 'fail';
  /** A failure nobody may overrule: the machine rejects. */
  readonly hard: boolean;
  /** For the reviewer; may hold numbers of the data. */
  readonly text: Text;
}

/** Limits of the checks, from the rulebook and the strictest grant. */
export interface CheckLimits {
  /** Entities behind a cell at least. */
  readonly k: number;
  /** Residual degrees of freedom at least (ACRO: 10). */
  readonly freedomMin: number;
  /** Parameters of a model for each hundred observations at most (DataSHIELD: 33). */
  readonly parametersPercent: number;
  /** Share of values, per mille, that may be values of a few before it is a copy. */
  readonly rarePermille: number;
  /** Share of words and fractions, per mille, from which on nothing but a copy explains it. */
  readonly copiedPermille: number;
}

const pass = (check: CheckName, zh: string, en: string): Check => ({
  check,
  result: 'pass',
  hard: false,
  text: text(zh, en),
});
const review = (check: CheckName, zh: string, en: string): Check => ({
  check,
  result: 'review',
  hard: false,
  text: text(zh, en),
});
const fail = (check: CheckName, hard: boolean, zh: string, en: string): Check => ({
  check,
  result: 'fail',
  hard,
  text: text(zh, en),
});

/** Everything a machine can tell of an output before a person looks at it. */
export function checkOutput(
  declaration: OutputDeclaration,
  output: TypedOutput,
  found: SourceFindings,
  differences: readonly Difference[],
  limits: CheckLimits,
): Check[] {
  return [
    leastCount(declaration, output, limits),
    groupSize(found, limits),
    copiedRows(found, limits),
    copiedValues(found, limits),
    population(declaration, output, found, limits),
    ...(output.model ? [freedom(output, found, limits)] : []),
    capacity(output, found, limits),
    differing(differences, limits),
  ];
}

function leastCount(declaration: OutputDeclaration, output: TypedOutput, { k }: CheckLimits): Check {
  if (output.model) {
    const least = smallestGroup(output.model);
    if (least === null)
      return pass('least-count', '模型的每个数都基于全部观测', 'All observations stand behind each number');
    return least < k
      ? fail(
          'least-count',
          true,
          `最小的叶或簇只有 ${least} 个观测，少于 ${k}`,
          `The smallest leaf or cluster has ${least} observations, fewer than ${k}`,
        )
      : pass('least-count', `最小的叶或簇有 ${least} 个观测`, `The smallest leaf or cluster has ${least} observations`);
  }
  const counts =
    declaration.kind === 'table' || declaration.kind === 'chart'
      ? declaration.columns.flatMap((c, i) => (c.role === 'count' ? [i] : []))
      : [];
  if (counts.length === 0)
    return review(
      'least-count',
      '没有声明计数字段，无法核对每行背后的主体数',
      'No count is declared, so who stands behind a row cannot be told',
    );
  const values = output.rows.flatMap((row) => counts.map((i) => Number(row[i] ?? 0)));
  const small = values.filter((v) => v !== 0 && v < k).length;
  if (small > 0) return fail('least-count', true, `${small} 个计数少于 ${k}`, `${small} counts are below ${k}`);
  return values.includes(0)
    ? review(
        'least-count',
        '有计数为零的行，可能说明某类主体必然如此',
        'Some counts are zero, which may tell something of everybody in a class',
      )
    : pass('least-count', `所有计数不少于 ${k}`, `Every count is at least ${k}`);
}

function groupSize({ strangers, smallGroups }: SourceFindings, { k }: CheckLimits): Check {
  if (strangers > 0)
    return fail(
      'group-size',
      true,
      `${strangers} 个分组在源表中不存在`,
      `${strangers} groups do not exist in the table they are said to come from`,
    );
  return smallGroups > 0
    ? fail(
        'group-size',
        true,
        `${smallGroups} 个分组的主体少于 ${k}`,
        `${smallGroups} groups have fewer than ${k} entities`,
      )
    : pass('group-size', '来自源表的分组都有足够的主体', 'Every group that comes from a table has entities enough');
}

function copiedRows({ copiedRows: copied }: SourceFindings, { k }: CheckLimits): Check {
  return copied > 0
    ? fail(
        'copied-rows',
        true,
        `${copied} 行与源表中少于 ${k} 个主体的记录相同`,
        `${copied} rows are records of fewer than ${k} entities`,
      )
    : pass('copied-rows', '没有与源表记录相同的行', 'No row is a record of a table');
}

function copiedValues(
  { compared, rare, telling, left }: SourceFindings,
  { k, rarePermille, copiedPermille }: CheckLimits,
): Check {
  if (telling.rare > 2 && telling.rare * 1_000 >= telling.compared * copiedPermille)
    return fail(
      'copied-values',
      true,
      `${telling.compared} 个文字和小数中有 ${telling.rare} 个是源表中少于 ${k} 个主体的原值`,
      `${telling.rare} of ${telling.compared} words and fractions are values of fewer than ${k} entities`,
    );
  if (rare > 2 && rare * 1_000 >= compared * rarePermille)
    return fail(
      'copied-values',
      false,
      `${compared} 个取值中有 ${rare} 个是源表中少于 ${k} 个主体的原值`,
      `${rare} of ${compared} values are values of fewer than ${k} entities`,
    );
  if (rare > 0 || left > 0)
    return review(
      'copied-values',
      `${rare} 个取值是少数主体的原值（可能是最值或巧合）；${left} 项未比较`,
      `${rare} values are values of a few (an extreme, or chance); ${left} comparisons were left out`,
    );
  return pass('copied-values', '没有少数主体的原值', 'No value is a value of a few');
}

function population(
  declaration: OutputDeclaration,
  output: TypedOutput,
  { entities }: SourceFindings,
  { k }: CheckLimits,
): Check {
  const rows = output.rows.length;
  if (declaration.kind === 'metrics' || declaration.kind === 'model')
    return pass('population', `${rows} 个数`, `${rows} numbers`);
  if (rows * 2 > entities)
    return fail(
      'population',
      false,
      `${rows} 行对 ${entities} 个主体：接近逐条记录`,
      `${rows} rows of ${entities} entities: close to one a record`,
    );
  return rows * k > entities
    ? review(
        'population',
        `${rows} 行对 ${entities} 个主体，平均每行不足 ${k} 个`,
        `${rows} rows of ${entities} entities, fewer than ${k} a row on average`,
      )
    : pass('population', `${rows} 行对 ${entities} 个主体`, `${rows} rows of ${entities} entities`);
}

function freedom(
  output: TypedOutput,
  { entities }: SourceFindings,
  { freedomMin, parametersPercent }: CheckLimits,
): Check {
  if (!output.model) return pass('freedom', '', '');
  const parameters = parametersOf(output.model);
  const { observations } = output.model;
  // The program says how many rows it saw; the data know how many there are at most.
  const seen = Math.min(observations, entities);
  if (seen - parameters < freedomMin)
    return fail(
      'freedom',
      true,
      `${seen} 个观测、${parameters} 个参数：自由度不足 ${freedomMin}`,
      `${parameters} parameters on ${seen} observations leave fewer than ${freedomMin} degrees of freedom`,
    );
  return parameters * 100 > seen * parametersPercent
    ? fail(
        'freedom',
        true,
        `${parameters} 个参数超过 ${seen} 个观测的 ${parametersPercent}%`,
        `${parameters} parameters are more than ${parametersPercent}% of ${seen} observations`,
      )
    : pass('freedom', `${seen} 个观测、${parameters} 个参数`, `${parameters} parameters on ${seen} observations`);
}

function capacity(output: TypedOutput, { entities }: SourceFindings, { k }: CheckLimits): Check {
  const numbers = output.rows.reduce((n, row) => n + row.filter((v) => typeof v === 'number').length, 0);
  return numbers * k > entities
    ? review(
        'capacity',
        `共 ${numbers} 个数，主体 ${entities} 个：请核对是否夹带明细`,
        `${numbers} numbers of ${entities} entities: look whether records hide in them`,
      )
    : pass('capacity', `共 ${numbers} 个数`, `${numbers} numbers`);
}

function differing(differences: readonly Difference[], { k }: CheckLimits): Check {
  const small = differences.reduce((n, d) => n + d.small, 0);
  if (small > 0)
    return fail(
      'differences',
      false,
      `与已放行成果相比，${small} 个计数只差 1 至 ${k - 1}`,
      `${small} counts differ from released ones by 1 to ${k - 1}`,
    );
  const changed = differences.reduce((n, d) => n + d.changed, 0);
  return changed > 0
    ? review('differences', `与已放行成果相比，${changed} 个数不同`, `${changed} numbers differ from released ones`)
    : pass('differences', '与已放行成果没有可比的不同', 'Nothing differs from what was released');
}

/** What the operator is told: which check said what, no numbers. */
export const withoutNumbers = (checks: readonly Check[]): { check: CheckName; result: Check['result'] }[] =>
  checks.map(({ check, result }) => ({ check, result }));

export const rejectedByMachine = (checks: readonly Check[]): boolean =>
  checks.some((c) => c.hard && c.result === 'fail');
export const failedSoftly = (checks: readonly Check[]): boolean => checks.some((c) => !c.hard && c.result === 'fail');
