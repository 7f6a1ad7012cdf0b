import { named } from './editor/sql-words.ts';

/** A question as the builder holds it; {@link sqlOf} writes the same question as SQL. */
export interface Question {
  readonly table: string;
  readonly joined: { readonly table: string; readonly pairs: readonly JoinPair[] } | null;
  readonly groups: readonly Group[];
  readonly measures: readonly MeasureDraft[];
  readonly filters: readonly FilterDraft[];
}

export interface JoinPair {
  readonly key: number;
  readonly left: string;
  readonly right: string;
}

export interface ColumnOf {
  readonly table: string;
  readonly column: string;
}

export const PARTS = ['year', 'month', 'day', 'hour', 'dayofweek'] as const;
export const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour'] as const;
/** How a group column is taken: as it is, cut to a unit of time, a part of a date, or in steps of a number. */
export type Taken =
  | { readonly as: 'value' }
  | { readonly as: 'unit'; readonly unit: (typeof UNITS)[number] }
  | { readonly as: 'part'; readonly part: (typeof PARTS)[number] }
  | { readonly as: 'step'; readonly step: string };

export interface Group extends ColumnOf {
  readonly key: number;
  readonly taken: Taken;
}

export const MEASURES = ['count', 'entities', 'sum', 'avg'] as const;
export interface MeasureDraft extends ColumnOf {
  readonly key: number;
  readonly measure: (typeof MEASURES)[number];
}

export const COMPARISONS = ['=', '<>', '<', '<=', '>', '>=', 'in', 'between', 'is null', 'is not null'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export interface FilterDraft extends ColumnOf {
  readonly key: number;
  readonly comparison: Comparison;
  /** Several values are parted by commas. */
  readonly value: string;
  readonly numeric: boolean;
}

export const isTime = (type: string): boolean => /date|time/i.test(type);
export const isNumeric = (type: string): boolean => /int|decimal|double|float|real|numeric|number/i.test(type);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

function constant(value: string, numeric: boolean): string {
  const typed = value.trim();
  if (numeric && NUMBER.test(typed)) return typed;
  if (/^(true|false)$/i.test(typed)) return typed.toLowerCase();
  return `'${typed.replaceAll("'", "''")}'`;
}

export const listed = (value: string): string[] =>
  value
    .split(/[,，、]/)
    .map((v) => v.trim())
    .filter(Boolean);

function takenOf(column: string, taken: Taken): string {
  if (taken.as === 'unit') return `date_trunc('${taken.unit}', ${column})`;
  if (taken.as === 'part') return `${taken.part}(${column})`;
  if (taken.as === 'step') return `floor(${column} / ${taken.step || '1'}) * ${taken.step || '1'}`;
  return column;
}

function conditionOf(column: string, f: FilterDraft): string {
  if (f.comparison === 'is null' || f.comparison === 'is not null') return `${column} ${f.comparison}`;
  const values = listed(f.value).map((v) => constant(v, f.numeric));
  if (f.comparison === 'in') return `${column} in (${values.join(', ')})`;
  if (f.comparison === 'between') return `${column} between ${values[0] ?? "''"} and ${values[1] ?? values[0] ?? "''"}`;
  return `${column} ${f.comparison} ${constant(f.value, f.numeric)}`;
}

/** The name a group has in the result where it is not the column's own. */
function groupName(g: Group): string | null {
  if (g.taken.as === 'value') return null;
  if (g.taken.as === 'unit') return `${g.column}_${g.taken.unit}`;
  if (g.taken.as === 'part') return `${g.column}_${g.taken.part}`;
  return `${g.column}_step`;
}

/**
 * Writes a question as SQL of the closed grammar.
 * @param entityOf name of a table's entity column; null where every row is an entity of its own
 */
export function sqlOf(q: Question, entityOf: (table: string) => string | null): string {
  const at = (c: ColumnOf): string => (q.joined ? `${named(c.table)}.${named(c.column)}` : named(c.column));
  const groups = q.groups.map((g) => ({ said: takenOf(at(g), g.taken), name: groupName(g) }));
  const outputs = [
    ...groups.map((g) => (g.name ? `${g.said} as ${named(g.name)}` : g.said)),
    ...q.measures.map((m) => measureOf(m, at, entityOf)),
  ];
  const lines = [`select ${outputs.join(',\n       ') || 'count(*) as n'}`, `from ${named(q.table)}`];
  if (q.joined) {
    const { table } = q.joined;
    const pairs = q.joined.pairs.map((p) => `${named(q.table)}.${named(p.left)} = ${named(table)}.${named(p.right)}`);
    lines.push(`join ${named(table)} on ${pairs.join(' and ')}`);
  }
  if (q.filters.length > 0) lines.push(`where ${q.filters.map((f) => conditionOf(at(f), f)).join('\n  and ')}`);
  if (groups.length > 0) {
    lines.push(`group by ${groups.map((g) => g.said).join(', ')}`);
    lines.push(`order by ${groups.map((_, i) => i + 1).join(', ')}`);
  }
  return lines.join('\n');
}

function measureOf(m: MeasureDraft, at: (c: ColumnOf) => string, entityOf: (table: string) => string | null): string {
  if (m.measure === 'count') return 'count(*) as n';
  if (m.measure === 'entities') {
    const entity = entityOf(m.table);
    return entity ? `count(distinct ${at({ table: m.table, column: entity })}) as entities` : 'count(*) as entities';
  }
  return `${m.measure}(${at(m)}) as ${named(`${m.measure}_${m.column}`)}`;
}
