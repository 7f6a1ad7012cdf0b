import { z } from 'zod';
import { canonical, sha256Hex } from '../../../kernel/evidence/index.ts';
import { type Text, text } from '../../../kernel/text.ts';
import type { GrantedTable } from '../policy.ts';

/** What one output may hold at most; a person can look through it (OpenSAFELY: 5,000 rows, 16 MiB). */
export const OUTPUT_MAX = {
  rows: 5_000,
  columns: 50,
  names: 100,
  domain: 1_000,
  features: 200,
  classes: 50,
  bytes: 4 * 1024 ** 2,
} as const;
export const CODE_CHARS_MAX = 200_000;
const CHART_ROWS_MAX = 1_000;
const DECIMALS_MAX = 9;
const DECIMALS_DEFAULT = 3;

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** Letters, digits and underscores of any script: nothing that a spreadsheet or a terminal would act on. */
const OutputName = z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,59}$/u);
/** A word that a spreadsheet shows and never runs. */
const Word = z
  .string()
  .max(100)
  .regex(/^[^=+\-@\t\r\n|%\p{Cc}\p{Cf}][^\t\r\n\p{Cc}\p{Cf}]*$/u);

export const OUTPUT_TYPES = ['integer', 'decimal', 'text', 'date', 'boolean'] as const;
export const OUTPUT_ROLES = ['group', 'count', 'measure'] as const;

export const OutputColumn = z.object({
  name: OutputName.meta(field('名称', 'Name')),
  type: z.enum(OUTPUT_TYPES).meta(field('类型', 'Type')),
  /** A count says how many entities stand behind the row; a group column names the group; anything else is measured. */
  role: z.enum(OUTPUT_ROLES).default('measure').meta(field('用途', 'Role')),
  /** Digits behind the point that come out. */
  decimals: z.number().int().min(0).max(DECIMALS_MAX).default(DECIMALS_DEFAULT).meta(field('小数位数', 'Decimals')),
  /** The only words that may come out. */
  domain: z.array(Word).min(1).max(OUTPUT_MAX.domain).optional().meta(field('取值范围', 'Domain')),
  /** Column of an input of which the values may come out, those of enough entities each. */
  from: z
    .object({ alias: z.string().min(1).max(60), column: z.string().min(1).max(200) })
    .optional()
    .meta(field('来自字段', 'From column')),
});
export type OutputColumn = z.output<typeof OutputColumn>;

const Columns = z.array(OutputColumn).min(1).max(OUTPUT_MAX.columns).meta(field('字段', 'Columns'));
export const MODEL_FAMILIES = ['linear', 'tree', 'centres'] as const;

/** What a reader of a model must know; the numbers follow from the program. */
export const ModelCard = z.object({
  /** How its numbers are laid out: coefficients, a decision tree, or centres of clusters. */
  family: z.enum(MODEL_FAMILIES).meta(field('模型类型', 'Family')),
  algorithm: z.string().trim().min(1).max(100).meta(field('算法', 'Algorithm')),
  target: OutputName.optional().meta(field('目标变量', 'Target')),
  features: z.array(OutputName).min(1).max(OUTPUT_MAX.features).meta(field('特征', 'Features')),
  classes: z.array(Word).max(OUTPUT_MAX.classes).optional().meta(field('类别', 'Classes')),
  intendedUse: z.string().trim().min(1).max(500).meta(field('用途', 'Intended use')),
});
export type ModelCard = z.output<typeof ModelCard>;

/** 成果声明: what may come out of a program. Everything else it leaves behind stays inside. */
export const OutputDeclaration = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('table'),
      columns: Columns,
      rowsMax: z.number().int().min(1).max(OUTPUT_MAX.rows).meta(field('最多行数', 'Most rows')),
    }),
    z.object({
      kind: z.literal('metrics'),
      names: z.array(OutputName).min(1).max(OUTPUT_MAX.names).meta(field('指标', 'Metrics')),
      decimals: z.number().int().min(0).max(DECIMALS_MAX).default(DECIMALS_DEFAULT).meta(field('小数位数', 'Decimals')),
    }),
    z.object({
      kind: z.literal('chart'),
      chart: z.enum(['bar', 'line']).default('bar').meta(field('图形', 'Chart')),
      columns: Columns,
      rowsMax: z.number().int().min(1).max(CHART_ROWS_MAX).default(CHART_ROWS_MAX).meta(field('最多行数', 'Most rows')),
    }),
    z.object({
      kind: z.literal('model'),
      format: z.literal('json'),
      card: ModelCard.meta(field('模型卡', 'Model card')),
      decimals: z.number().int().min(0).max(DECIMALS_MAX).default(6).meta(field('小数位数', 'Decimals')),
    }),
  ])
  .meta(field('成果声明', 'Output'));
export type OutputDeclaration = z.output<typeof OutputDeclaration>;

/** The columns of the table that an output is, whatever its kind. */
export function declaredColumns(output: OutputDeclaration): readonly OutputColumn[] {
  return output.kind === 'table' || output.kind === 'chart' ? output.columns : [];
}

/** Every way a declaration would let rows out, or cannot be checked; empty when it is sound. */
export function declarationProblems(output: OutputDeclaration, tables: readonly GrantedTable[]): Text[] {
  const problems: Text[] = [];
  const columns = declaredColumns(output);
  const names = output.kind === 'metrics' ? output.names : columns.map((c) => c.name);
  for (const name of twice(names.map((n) => n.toLowerCase())))
    problems.push(text(`“${name}”出现两次`, `“${name}” stands twice`));
  for (const c of columns) {
    if ((c.type === 'text' || c.type === 'date') && c.domain === undefined && c.from === undefined)
      problems.push(
        text(
          `字段“${c.name}”须声明取值范围或来自哪个分组字段`,
          `column “${c.name}” must declare its domain or the group column it comes from`,
        ),
      );
    if (c.role === 'count' && c.type !== 'integer')
      problems.push(text(`计数字段“${c.name}”须为整数`, `the count “${c.name}” must be an integer`));
    if (c.from) problems.push(...fromProblems(c.name, c.from, tables));
  }
  if (columns.length > 0 && columns.every((c) => c.role === 'group'))
    problems.push(text('没有计数或者度量字段', 'there is neither a count nor a measure'));
  return problems;
}

function fromProblems(name: string, from: { alias: string; column: string }, tables: readonly GrantedTable[]): Text[] {
  const table = tables.find((t) => t.alias === from.alias);
  if (!table)
    return [
      text(
        `字段“${name}”来自未使用的表“${from.alias}”`,
        `column “${name}” comes from “${from.alias}”, which does not go in`,
      ),
    ];
  const column = table.policy.columns.find((c) => c.name === from.column);
  return column?.uses.includes('group')
    ? []
    : [text(`“${from.alias}.${from.column}”不可分组`, `“${from.alias}.${from.column}” may not be grouped by`)];
}

const twice = (names: readonly string[]): string[] => [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];

/** Aliases that the code names: those tables go in, no others. */
export function namedAliases(code: string, aliases: readonly string[]): string[] {
  const words = new Set(code.match(/[\p{L}\p{N}_]+/gu) ?? []);
  return aliases.filter((a) => words.has(a));
}

/** A program as an approval binds it: another line of code, input or column is another program. */
export interface Program {
  readonly language: 'sql' | 'python';
  readonly code: string;
  readonly output: OutputDeclaration;
  /** Aliases of the tables that go in, with what each is of. */
  readonly inputs: readonly { readonly alias: string; readonly resourceId: string }[];
}

/** SHA-256 over the program, its inputs and what it may put out; what `codeHashes` of a grant name. */
export function programHash({ language, code, output, inputs }: Program): string {
  const sorted = [...inputs]
    .map(({ alias, resourceId }) => ({ alias, resourceId }))
    .sort((a, b) => (a.alias < b.alias ? -1 : 1));
  return sha256Hex(canonical({ form: 'shuheng/program/1', language, code, output, inputs: sorted }));
}
