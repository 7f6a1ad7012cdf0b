import { z } from 'zod';
import { type Text, text } from '../../../kernel/text.ts';
import { SaidColumn } from './columns.ts';

/** What templates and their parameters are called. */
export const TEMPLATE_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const VALUE_CHARS_MAX = 200;
const SQL_CHARS_MAX = 20_000;
const PARAMETERS_MAX = 20;
const COLUMNS_MAX = 100;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

export const PARAMETER_TYPES = ['text', 'number', 'date', 'boolean'] as const;
export const ParameterValue = z.union([z.string().max(VALUE_CHARS_MAX), z.number(), z.boolean()]);
export type ParameterValue = z.output<typeof ParameterValue>;

export const Parameter = z.object({
  name: z.string().regex(TEMPLATE_NAME).meta(field('参数名', 'Name')),
  type: z.enum(PARAMETER_TYPES).meta(field('类型', 'Type')),
  title: z.string().trim().min(1).max(100).meta(field('参数说明', 'What it is')),
  /** With which the template is checked when it is proposed; shown to buyers. */
  example: ParameterValue.meta(field('示例值', 'Example')),
});
export type Parameter = z.output<typeof Parameter>;

/** A query with `:name` where a buyer's value goes. */
export const Template = z.object({
  name: z.string().regex(TEMPLATE_NAME).meta(field('模板名', 'Name')),
  title: z.string().trim().min(1).max(100).meta(field('模板说明', 'What it answers')),
  sql: z.string().trim().min(1).max(SQL_CHARS_MAX).meta(field('查询（SQL）', 'Query (SQL)')),
  parameters: z.array(Parameter).max(PARAMETERS_MAX).meta(field('参数', 'Parameters')),
  columns: z
    .array(SaidColumn)
    .max(COLUMNS_MAX)
    .optional()
    .meta(field('结果列的名称和单位', 'Titles and units of the answer')),
});
export type Template = z.output<typeof Template>;

/** Text in quotes, what could hide a placeholder from us, and placeholders; all else is passed over. */
const PIECES = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--|\/\*|\$|::|:([a-z][a-z0-9_]*)/gi;
const FILTER_BEGINS = /\bwhere\b/i;
const FILTER_ENDS = /\b(?:group\s+by|having|order\s+by|limit|offset|union|intersect|except|window|qualify)\b/i;

interface Placeholder {
  readonly name: string;
  readonly at: number;
  readonly length: number;
}

function read(sql: string): {
  readonly placeholders: readonly Placeholder[];
  readonly hidden: boolean;
  readonly bare: string;
} {
  const placeholders: Placeholder[] = [];
  let hidden = false;
  // As long as the text, with every quoted piece blank: words in it are words of the query.
  const bare = sql.replace(PIECES, (piece: string, name: string | undefined, at: number) => {
    if (name !== undefined) placeholders.push({ name, at, length: piece.length });
    if (piece === '--' || piece === '/*' || piece === '$') hidden = true;
    return ' '.repeat(piece.length);
  });
  return { placeholders, hidden, bare };
}

/** What is wrong with the parameters of a template; whether the query itself may be asked is checked with its examples. */
export function templateProblems({ name, sql, parameters }: Template): Text[] {
  const { placeholders, hidden, bare } = read(sql);
  const problems: Text[] = [];
  const say = (zh: string, en: string) => problems.push(text(`模板“${name}”：${zh}`, `Template “${name}”: ${en}`));
  if (hidden) say('不能含注释和 $。', 'comments and $ have no place in it.');
  const declared = parameters.map((p) => p.name);
  if (new Set(declared).size < declared.length) say('参数重名。', 'two parameters share a name.');
  const used = new Set(placeholders.map((p) => p.name));
  for (const p of used) if (!declared.includes(p)) say(`参数 :${p} 没有声明。`, `the parameter :${p} is not declared.`);
  for (const p of declared) if (!used.has(p)) say(`参数 :${p} 没有使用。`, `the parameter :${p} is not used.`);
  for (const p of parameters)
    if (literalOf(p, p.example) === undefined)
      say(`参数 :${p.name} 的示例值类型不符。`, `the example of :${p.name} is not of its type.`);
  const begins = bare.search(FILTER_BEGINS);
  const ends = begins < 0 ? -1 : begins + bare.slice(begins).search(FILTER_ENDS);
  const isFilter = (at: number) => begins >= 0 && at > begins && (ends < begins || at < ends);
  for (const p of placeholders)
    if (!isFilter(p.at)) say(`参数 :${p.name} 只能用在 WHERE 条件中。`, `:${p.name} may stand in WHERE only.`);
  return problems;
}

/** A value as a literal of SQL; undefined when it is not of the parameter's type. */
export function literalOf({ type }: Pick<Parameter, 'type'>, value: unknown): string | undefined {
  switch (type) {
    case 'text':
      return typeof value === 'string' && value.length <= VALUE_CHARS_MAX && !/[\p{Cc}\p{Cs}]/u.test(value)
        ? `'${value.replaceAll("'", "''")}'`
        : undefined;
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? `'${value}'` : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
  }
}

/**
 * The query with every placeholder replaced by a literal; it goes through the closed grammar like any other. Null where a
 * value is missing, left over, or not of its type.
 */
export function bind(
  template: Pick<Template, 'sql' | 'parameters'>,
  values: Readonly<Record<string, unknown>>,
): string | null {
  const literals = new Map(template.parameters.map((p) => [p.name, literalOf(p, values[p.name])]));
  if (Object.keys(values).some((name) => !literals.has(name))) return null;
  if ([...literals.values()].includes(undefined)) return null;
  return template.sql.replace(PIECES, (piece: string, name: string | undefined) =>
    name === undefined ? piece : (literals.get(name) ?? piece),
  );
}

export const examplesOf = (template: Pick<Template, 'parameters'>): Record<string, ParameterValue> =>
  Object.fromEntries(template.parameters.map((p) => [p.name, p.example]));
