import { type Text, text } from '../../kernel/text.ts';
import type { ColumnType, Recipe } from '../../kernel/vault/index.ts';
import type { DictionaryColumn, Resource } from '../catalog/index.ts';
import type { ProductColumn, RecipeInput } from './model.ts';

const NUMBERS: readonly ColumnType[] = ['integer', 'decimal', 'double'];

/** Rows a group has at least before its sum or average tells nothing of one of them. */
const GROUP_SIZE_LEAST = 3;

const AGGREGATE_TITLES: Readonly<Record<string, Text>> = {
  count: text('计数', 'count of'),
  sum: text('合计', 'sum of'),
  avg: text('平均值', 'average of'),
  min: text('最小值', 'least'),
  max: text('最大值', 'greatest'),
  median: text('中位数', 'median of'),
};

type SourceColumn = DictionaryColumn & { readonly type: ColumnType };

/** Every way a recipe does not fit the dictionary of its resource; empty when it fits. */
export function recipeProblems(recipe: RecipeInput, dictionary: readonly SourceColumn[]): Text[] {
  const columns = new Map(dictionary.map((c) => [c.name, c]));
  const problems: Text[] = [];
  const find = (name: string): SourceColumn | undefined => {
    const column = columns.get(name);
    if (!column) problems.push(text(`数据字典中没有字段“${name}”`, `the dictionary has no column “${name}”`));
    return column;
  };
  for (const { column: name, op, value } of recipe.filters) {
    const column = find(name);
    if (column && !comparable(column.type, op, value)) {
      problems.push(text(`字段“${name}”不能这样筛选`, `column “${name}” cannot be filtered like this`));
    }
  }
  for (const name of recipe.groupBy) find(name);
  const seen = new Set<string>();
  for (const { name, column, aggregate } of recipe.columns) {
    if (seen.has(name)) problems.push(text(`结果字段“${name}”重复`, `result column “${name}” stands twice`));
    seen.add(name);
    if (aggregate === 'count' && column === undefined) continue;
    const source = find(column ?? name);
    if (!source) continue;
    if (aggregate !== undefined && aggregate !== 'count' && !aggregates(aggregate, source.type)) {
      problems.push(
        text(
          `字段“${source.name}”不能求${AGGREGATE_TITLES[aggregate]?.zh ?? aggregate}`,
          `column “${source.name}” has no ${aggregate}`,
        ),
      );
    }
    if (aggregate === undefined && recipe.groupBy.length > 0 && !recipe.groupBy.includes(source.name)) {
      problems.push(
        text(`字段“${source.name}”既未分组也未汇总`, `column “${source.name}” is neither grouped nor aggregated`),
      );
    }
  }
  const aggregated = recipe.columns.filter((c) => c.aggregate !== undefined).length;
  if (recipe.groupBy.length === 0 && aggregated > 0 && aggregated < recipe.columns.length) {
    problems.push(
      text('未分组时不能同时取明细和汇总', 'without groups, rows and aggregates cannot stand side by side'),
    );
  }
  if (recipe.minimumGroupSize !== undefined && aggregated === 0 && recipe.groupBy.length === 0) {
    problems.push(text('只有汇总结果才有最小分组数', 'a minimum group size needs groups'));
  }
  return problems;
}

function comparable(type: ColumnType, op: string, value: string | number | boolean | null): boolean {
  if (value === null) return op === '=' || op === '!=';
  if (type === 'boolean') return typeof value === 'boolean' && (op === '=' || op === '!=');
  if (type === 'integer' || type === 'double') return typeof value === 'number' || /^-?\d{1,19}$/.test(String(value));
  if (type === 'decimal') return typeof value === 'number' || /^-?\d{1,30}(\.\d{1,30})?$/.test(String(value));
  return typeof value === 'string';
}

function aggregates(aggregate: string, type: ColumnType): boolean {
  if (aggregate === 'min' || aggregate === 'max') return type !== 'boolean';
  return NUMBERS.includes(type);
}

/** Every column of the resource a recipe reads: what it shows, what it filters and groups by. */
export function columnsRead(recipe: RecipeInput): string[] {
  const shown = recipe.columns.flatMap((c) => {
    if (c.column !== undefined) return [c.column];
    return c.aggregate === 'count' ? [] : [c.name];
  });
  return [...new Set([...shown, ...recipe.groupBy, ...recipe.filters.map((f) => f.column)])];
}

/** Resources joined into one product have the same columns, so that their rows can stand below one another. */
export function sameShape(resources: readonly Resource[]): boolean {
  const shape = (r: Resource) =>
    r.columns
      .map((c) => `${c.name}\n${c.type}`)
      .sort()
      .join('\n\n');
  return new Set(resources.map(shape)).size <= 1;
}

/** The recipe as the tabular worker takes it. */
export function workerRecipe(recipe: RecipeInput): Recipe {
  return {
    filters: recipe.filters,
    groupBy: recipe.groupBy,
    columns: recipe.columns.map(({ name, column, aggregate }) => ({
      name,
      ...(column === undefined ? {} : { column }),
      ...(aggregate === undefined ? {} : { aggregate }),
    })),
    ...(recipe.minimumGroupSize === undefined ? {} : { minimumGroupSize: recipe.minimumGroupSize }),
  };
}

/**
 * The dictionary of the product. A column stays sensitive where single values of a sensitive column show: as they are,
 * or as least, greatest or median; a sum or average shows one where a group may be of a single row. Counts never do.
 * @param types what the built table really holds
 */
export function productDictionary(
  recipe: RecipeInput,
  dictionary: readonly SourceColumn[],
  types: ReadonlyMap<string, ColumnType>,
): ProductColumn[] {
  const columns = new Map(dictionary.map((c) => [c.name, c]));
  const few = (recipe.minimumGroupSize ?? 1) < GROUP_SIZE_LEAST;
  return recipe.columns.map((c): ProductColumn => {
    const source = c.aggregate === 'count' && c.column === undefined ? undefined : columns.get(c.column ?? c.name);
    const single = c.aggregate !== 'count' && (few || c.aggregate !== 'sum') && (few || c.aggregate !== 'avg');
    const how = c.aggregate === undefined ? undefined : AGGREGATE_TITLES[c.aggregate];
    const described = how && source ? `${source.titleZh}的${how.zh}` : (source?.description ?? null);
    return {
      name: c.name,
      type: types.get(c.name) ?? source?.type ?? 'integer',
      titleZh: c.titleZh,
      titleEn: c.titleEn ?? null,
      description: described,
      unit: c.aggregate === 'count' ? null : (source?.unit ?? null),
      sensitive: single && (source?.sensitive ?? false),
      resourceId: recipe.resourceId,
      sourceColumn: source?.name ?? null,
      aggregate: c.aggregate ?? null,
    };
  });
}
