import type { DictionaryColumn, RowFilter, UseClass } from '../../api.ts';
import { endOfDay } from './announce-model.ts';

export interface ConditionRow {
  readonly key: number;
  readonly column: string;
  readonly operator: RowFilter['operator'];
  readonly value: string;
}

export interface AskValues {
  readonly agreementId: string;
  readonly resourceId: string;
  readonly title: string;
  readonly scenario: string;
  readonly feasibility: string;
  readonly value: string;
  readonly purpose: string;
  readonly useClass: UseClass;
  readonly columns: readonly string[];
  readonly conditions: readonly ConditionRow[];
  /** A day: the right ends with it, in Beijing. */
  readonly until: string;
  readonly rowsMax: string;
  readonly usesMax: string;
}

export const EMPTY: AskValues = {
  agreementId: '',
  resourceId: '',
  title: '',
  scenario: '',
  feasibility: '',
  value: '',
  purpose: '',
  useClass: 'industry',
  columns: [],
  conditions: [],
  until: '',
  rowsMax: '',
  usesMax: '',
};

export const OPERATORS: readonly RowFilter['operator'][] = ['=', '<>', '<', '<=', '>', '>=', 'in'];

const NUMBERS = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DECIMAL)/i;
const isNumber = (column: DictionaryColumn | undefined): boolean => NUMBERS.test(column?.type ?? '');

const limitOf = (typed: string): number | null | undefined =>
  typed.trim() === '' ? null : /^[1-9]\d{0,14}$/.test(typed.trim()) ? Number(typed) : undefined;

/** What a person typed, as the column holds it; undefined where it is no value of that column. */
function typedValue(typed: string, column: DictionaryColumn | undefined): string | number | boolean | undefined {
  const value = typed.trim();
  if (value === '') return undefined;
  if (/^BOOL/i.test(column?.type ?? '')) return value === 'true' ? true : value === 'false' ? false : undefined;
  if (!isNumber(column)) return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** One condition on rows, or null while it is not complete; a list is separated by commas. */
export function filterOf(row: ConditionRow, dictionary: readonly DictionaryColumn[]): RowFilter | null {
  const column = dictionary.find((c) => c.name === row.column);
  if (!column) return null;
  if (row.operator !== 'in') {
    const value = typedValue(row.value, column);
    return value === undefined ? null : { column: row.column, operator: row.operator, value };
  }
  const values = row.value.split(/[,，、]/).flatMap((v) => {
    const value = typedValue(v, column);
    return value === undefined || typeof value === 'boolean' ? [] : [value];
  });
  return values.length === 0 ? null : { column: row.column, operator: 'in', value: values };
}

/** Names of the fields that are not yet as the act needs them. */
export function missingOf(v: AskValues, dictionary: readonly DictionaryColumn[], now = Date.now()): readonly string[] {
  const words = ['agreementId', 'resourceId', 'title', 'scenario', 'feasibility', 'value', 'purpose'] as const;
  return [
    ...words.filter((name) => v[name].trim().length < 2),
    ...(v.columns.length === 0 ? ['columns'] : []),
    ...(v.conditions.every((c) => filterOf(c, dictionary) !== null) ? [] : ['conditions']),
    ...(v.until !== '' && Date.parse(endOfDay(v.until)) > now ? [] : ['until']),
    ...(limitOf(v.rowsMax) === undefined ? ['rowsMax'] : []),
    ...(limitOf(v.usesMax) === undefined ? ['usesMax'] : []),
  ];
}

/**
 * The input of `scenario.ask`.
 * @param latest when the agreement ends: on its last day the right ends with it and not with the day
 */
export const inputOf = (v: AskValues, dictionary: readonly DictionaryColumn[], latest: string) => ({
  agreementId: v.agreementId,
  resourceId: v.resourceId,
  title: v.title.trim(),
  scenario: v.scenario.trim(),
  feasibility: v.feasibility.trim(),
  value: v.value.trim(),
  purpose: v.purpose.trim(),
  useClass: v.useClass,
  // In the order of the dictionary, whatever the order of ticking.
  columns: dictionary.map((c) => c.name).filter((name) => v.columns.includes(name)),
  rowFilter: v.conditions.flatMap((c) => filterOf(c, dictionary) ?? []),
  validUntil: untilOf(v.until, latest),
  rowsMax: limitOf(v.rowsMax) ?? null,
  usesMax: limitOf(v.usesMax) ?? null,
});

function untilOf(day: string, latest: string): string {
  const end = new Date(endOfDay(day));
  const last = new Date(latest);
  const sameDay = end.getTime() - last.getTime() < 86_400_000;
  return end > last && sameDay ? latest : end.toISOString();
}
