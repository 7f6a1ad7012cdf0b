import { type Text, text } from '../../kernel/text.ts';
import type { ColumnType, Condition } from '../../kernel/vault/index.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const WHOLE = /^-?\d{1,19}$/;
const DECIMAL = /^-?\d{1,28}(\.\d{1,10})?$/;

/** Every way conditions on rows do not fit a dictionary; empty when the engine can decide them for every row. */
export function conditionProblems(
  conditions: readonly Condition[],
  dictionary: readonly { readonly name: string; readonly type: ColumnType }[],
): Text[] {
  const types = new Map(dictionary.map((c) => [c.name, c.type]));
  return conditions.flatMap(({ column, operator, value }): Text[] => {
    const type = types.get(column);
    if (type === undefined) return [text(`没有字段“${column}”`, `there is no column “${column}”`)];
    const list: readonly (string | number | boolean)[] = Array.isArray(value) ? value : [value];
    const counted = Array.isArray(value) === (operator === 'in') && list.length > 0;
    const ordered = type !== 'boolean' || operator === '=' || operator === '<>';
    return counted && ordered && list.every((v) => fits(v, type))
      ? []
      : [text(`字段“${column}”不能这样比较`, `column “${column}” cannot be compared like this`)];
  });
}

function fits(value: string | number | boolean, type: ColumnType): boolean {
  const words = String(value);
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'double':
    case 'decimal':
      if (typeof value === 'boolean') return false;
      return typeof value === 'number' ? Number.isFinite(value) : WHOLE.test(words) || DECIMAL.test(words);
    case 'date':
      return DATE.test(words) && !Number.isNaN(Date.parse(words));
    case 'timestamp':
    case 'instant':
      return TIME.test(words) && !Number.isNaN(Date.parse(words.replace(' ', 'T')));
    case 'text':
      return typeof value === 'string';
  }
}
