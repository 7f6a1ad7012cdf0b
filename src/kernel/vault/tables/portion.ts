import type { Engine } from './engine.ts';
import { failures } from './failures.ts';
import { columnsOf } from './parquet.ts';
import { type Compiled, columnNamed, comparisonType, parquetOf, pathOf, quoteName } from './sql.ts';
import type { Column, Condition, Consented, Portion } from './types.ts';

/** The closed grammar of a condition, and its words in the engine's language. */
const OPERATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=', 'in']);
const CONDITIONS_MAX = 20;
const LIST_MAX = 200;

/** What a recipe reads from: files as they are, or the granted part of each. */
export interface Source extends Compiled {
  /** What a recipe may name. */
  readonly columns: readonly Column[];
}

/** @throws TableFailure `unknown-column` or `invalid-recipe` when a condition does not fit the table */
export async function sourceOf(engine: Engine, inputs: readonly (string | Portion)[]): Promise<Source> {
  const whole = parquetOf(inputs.map(pathOf));
  const all = await columnsOf(engine, whole);
  const portions: Portion[] = inputs.map((input) =>
    typeof input === 'string' ? { path: input, columns: null, rows: [] } : input,
  );
  if (portions.every((p) => p.columns === null && p.rows.length === 0 && !p.consented))
    return { sql: whole, values: [], columns: all };
  const columns = all.filter((c) => portions.every((p) => p.columns === null || p.columns.includes(c.name)));
  if (columns.length === 0) throw failures.recipe('没有可用的字段。', 'No column may be read.');
  const select = columns.map((c) => quoteName(c.name)).join(', ');
  const values: string[] = [];
  const parts: string[] = [];
  for (const portion of portions) {
    const terms = await conditionsOf(engine, portion.rows, all, values);
    if (portion.consented)
      terms.push(`(${portion.consented.map((c) => consentOf(c, all, values)).join(' or ') || 'false'})`);
    const where = terms.length > 0 ? ` where ${terms.join(' and ')}` : '';
    parts.push(`select ${select} from ${parquetOf([portion.path])}${where}`);
  }
  return { sql: `(${parts.join(' union all ')})`, values, columns };
}

export async function countIn(engine: Engine, portion: Portion): Promise<{ rows: number }> {
  const { sql, values } = await sourceOf(engine, [portion]);
  const [row] = await engine.rows(`select count(*) from ${sql}`, values);
  return { rows: Number(row?.[0] ?? 0) };
}

/** Terms of our own making; every value is bound as text, cast to its column's type, and added to `values`. */
async function conditionsOf(
  engine: Engine,
  conditions: readonly Condition[],
  columns: readonly Column[],
  values: string[],
): Promise<string[]> {
  if (conditions.length > CONDITIONS_MAX)
    throw failures.recipe(`行范围最多 ${CONDITIONS_MAX} 个条件。`, `At most ${CONDITIONS_MAX} conditions on rows.`);
  const terms: string[] = [];
  for (const { column, operator, value } of conditions) {
    const source = columnNamed(columns, column);
    if (!OPERATORS.has(operator)) throw failures.recipe('不支持的比较方式。', 'This comparison is not known.');
    const list: readonly (string | number | boolean)[] = Array.isArray(value) ? value : [value];
    if (Array.isArray(value) !== (operator === 'in') || list.length === 0 || list.length > LIST_MAX)
      throw failures.recipe('取值个数与比较方式不符。', 'The number of values does not fit the comparison.');
    const bound: string[] = [];
    for (const one of list) {
      const type = comparisonType(source, one);
      const [row] = await engine.rows(`select try_cast($1 as ${type}) is not null`, [String(one)]);
      if (row?.[0] !== true)
        throw failures.recipe(
          `列“${source.name}”的行范围取值与该列的类型不符。`,
          `A value for the rows of “${source.name}” does not fit the type of that column.`,
        );
      values.push(String(one));
      bound.push(`cast($${values.length} as ${type})`);
    }
    const right = operator === 'in' ? `(${bound.join(', ')})` : (bound[0] ?? '');
    terms.push(`${quoteName(source.name)} ${operator} ${right}`);
  }
  return terms;
}

/** Rows of those who consented: the engine makes of each key what was kept of them, so that nobody stands here in clear. */
function consentOf({ column, salt, digests }: Consented, columns: readonly Column[], values: string[]): string {
  const name = quoteName(columnNamed(columns, column).name);
  values.push(salt, digests.join(','));
  const [secret, list] = [values.length - 1, values.length];
  return `sha256(cast($${secret} as VARCHAR) || chr(10) || trim(cast(${name} as VARCHAR))) in (select unnest(string_split(cast($${list} as VARCHAR), ',')))`;
}
