import type { Engine } from './engine.ts';
import { failures } from './failures.ts';
import { columnsOf } from './parquet.ts';
import { sourceOf } from './portion.ts';
import { type Compiled, columnNamed, comparisonType, copyToParquet, parquetOf, quoteName } from './sql.ts';
import {
  type Column,
  type Filter,
  type Portion,
  type Recipe,
  type RecipeColumn,
  TableFailure,
  type TableSummary,
} from './types.ts';

const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'avg', 'min', 'max', 'median']);
const FILTERS_MAX = 50;
const COLUMNS_MAX = 2_000;
const NAME_LENGTH_MAX = 128;

export async function runRecipeIn(
  engine: Engine,
  inputs: readonly (string | Portion)[],
  recipe: Recipe,
  output: string,
): Promise<Omit<TableSummary, 'bytes'>> {
  if (inputs.length === 0) throw failures.recipe('配方没有数据来源。', 'The recipe has no source.');
  const source = await sourceOf(engine, inputs);
  const { columns } = source;
  const { sql, values } = compileRecipe(recipe, columns, source);
  await checkValues(engine, recipe.filters, columns);
  try {
    const rows = await engine.write(
      copyToParquet(sql, output),
      (share) => engine.report({ stage: 'writing', done: Math.round(share * 100), total: 100, unit: 'rows' }),
      values,
    );
    const made = await columnsOf(engine, parquetOf([output]));
    return { rows, columns: made.map(({ name, type }) => ({ name, type })) };
  } catch (error) {
    if (error instanceof Error && /out of range|overflow/i.test(error.message)) throw failures.overflow();
    throw error;
  }
}

/** @throws TableFailure `unknown-column` or `invalid-recipe` */
export function compileRecipe(recipe: Recipe, columns: readonly Column[], source: Compiled): Compiled {
  if (recipe.columns.length === 0) throw failures.recipe('配方没有选择任何列。', 'The recipe chooses no column.');
  if (recipe.columns.length > COLUMNS_MAX) throw failures.tooManyColumns(recipe.columns.length, COLUMNS_MAX);
  const grouped = recipe.groupBy.length > 0 || recipe.columns.some((c) => c.aggregate !== undefined);
  const groups = recipe.groupBy.map((name) => columnNamed(columns, name).name);
  const size = recipe.minimumGroupSize;
  const select = recipe.columns.map((c) => {
    const value = expressionOf(c, columns, grouped, groups);
    return `${isValueOf(c) ? enough(value, c.column ?? c.name, size) : value} as ${quoteName(c.name)}`;
  });
  checkNames(recipe.columns);
  const { sql: where, values } = compileFilters(recipe.filters, columns, source.values);
  if (size !== undefined) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw failures.recipe('最小分组行数须为正整数。', 'The minimum group size must be a positive integer.');
    if (!grouped)
      throw failures.recipe(
        '只有分组或汇总的配方才能设最小分组行数。',
        'A minimum group size needs a recipe that groups or aggregates.',
      );
  }
  const groupBy = groups.length > 0 ? ` group by ${groups.map(quoteName).join(', ')}` : '';
  // A result without its groups in order would depend on the engine's threads.
  const orderBy = groups.length > 0 ? ` order by ${groups.map((g) => `${quoteName(g)} nulls last`).join(', ')}` : '';
  const having = size !== undefined ? ` having count(*) >= ${size}` : '';
  return { sql: `select ${select.join(', ')} from ${source.sql}${where}${groupBy}${having}${orderBy}`, values };
}

/** Whether a column shows something made of values, not only how many there are. */
const isValueOf = (column: RecipeColumn): boolean => column.aggregate !== undefined && column.aggregate !== 'count';

/** Empty cells do not hide anybody: a group must hold enough values of the column, not only enough rows. */
function enough(value: string, column: string, size: number | undefined): string {
  return size === undefined ? value : `case when count(${quoteName(column)}) >= ${size} then ${value} end`;
}

function expressionOf(
  column: RecipeColumn,
  columns: readonly Column[],
  grouped: boolean,
  groups: readonly string[],
): string {
  const { aggregate } = column;
  if (aggregate === undefined) {
    const source = columnNamed(columns, column.column ?? column.name);
    if (grouped && !groups.includes(source.name)) {
      throw failures.recipe(
        `列“${source.name}”既未分组也未汇总。`,
        `The column “${source.name}” is neither grouped by nor aggregated.`,
      );
    }
    return quoteName(source.name);
  }
  if (!AGGREGATES.has(aggregate)) throw failures.recipe('不支持的汇总方式。', 'This aggregate is not known.');
  if (aggregate === 'count' && column.column === undefined) return 'count(*)';
  if (column.column === undefined)
    throw failures.recipe(
      `列“${column.name}”的汇总缺少来源列。`,
      `The aggregate “${column.name}” names no source column.`,
    );
  const source = columnNamed(columns, column.column);
  const name = quoteName(source.name);
  const isNumber = source.type === 'integer' || source.type === 'double' || source.type === 'decimal';
  if (aggregate === 'count') return `count(${name})`;
  if (aggregate === 'min' || aggregate === 'max') return `${aggregate}(${name})`;
  if (!isNumber) {
    throw failures.recipe(
      `列“${source.name}”不是数值，不能求和、求均值或中位数。`,
      `The column “${source.name}” holds no numbers: it has no sum, average or median.`,
    );
  }
  if (aggregate === 'sum') return source.type === 'integer' ? `cast(sum(${name}) as BIGINT)` : `sum(${name})`;
  return aggregate === 'avg' ? `avg(${name})` : `cast(median(${name}) as DOUBLE)`;
}

function checkNames(columns: readonly RecipeColumn[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (name.trim() === '' || name.length > NAME_LENGTH_MAX)
      throw failures.recipe('列名须为 1 至 128 个字符。', 'A column name has 1 to 128 characters.');
    if (seen.has(name.toLowerCase()))
      throw failures.recipe(`列名“${name}”重复。`, `The column name “${name}” is used twice.`);
    seen.add(name.toLowerCase());
  }
}

/**
 * ` where …` with `$1`, `$2` …, or nothing.
 * @param before values the statement binds already; those of the filters come after them
 * @throws TableFailure
 */
export function compileFilters(
  filters: readonly Filter[],
  columns: readonly Column[],
  before: Compiled['values'] = [],
): Compiled {
  if (filters.length > FILTERS_MAX)
    throw failures.recipe(`筛选条件最多 ${FILTERS_MAX} 个。`, `At most ${FILTERS_MAX} filters.`);
  const values = [...before];
  const terms = filters.map(({ column, op, value }) => {
    const source = columnNamed(columns, column);
    const name = quoteName(source.name);
    if (!OPERATORS.has(op)) throw failures.recipe('不支持的比较方式。', 'This comparison is not known.');
    if (value === null) {
      if (op === '=') return `${name} is null`;
      if (op === '!=') return `${name} is not null`;
      throw failures.recipe('缺失值只能用“等于”或“不等于”比较。', 'A missing value can only be compared with = or !=.');
    }
    values.push(String(value));
    const bound = `cast($${values.length} as ${comparisonType(source, value)})`;
    return op === '!=' ? `${name} is distinct from ${bound}` : `${name} ${op} ${bound}`;
  });
  return { sql: terms.length > 0 ? ` where ${terms.join(' and ')}` : '', values };
}

/** Refuses a value that is no date, number … before the work begins. */
export async function checkValues(
  engine: Engine,
  filters: readonly Filter[],
  columns: readonly Column[],
): Promise<void> {
  for (const { column, value } of filters) {
    if (value === null) continue;
    const source = columnNamed(columns, column);
    const type = comparisonType(source, value);
    const [row] = await engine.rows(`select try_cast($1 as ${type}) is not null`, [String(value)]);
    if (row?.[0] !== true) {
      throw new TableFailure('invalid-recipe', {
        zh: `列“${source.name}”的筛选值与该列的类型不符。`,
        en: `The value compared with “${source.name}” does not fit the type of that column.`,
      });
    }
  }
}
