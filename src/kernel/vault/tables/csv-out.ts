import { quoteName, quoteText } from './sql.ts';
import type { Column } from './types.ts';

/**
 * What a spreadsheet takes for a formula when a cell begins with it, also behind quotes that were there before
 * (OWASP, CSV Injection; the full-width forms are what Chinese input methods type).
 */
const FORMULA_BEGINS = "^'*[=+\\-@\\t\\r\\n＝＋－＠]";
/** Text that is a number, such as `-5` or `+1e3`, stays one: it computes nothing. */
const PLAIN_NUMBER = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?';

const begins = new RegExp(FORMULA_BEGINS, 'u');
const plainNumber = new RegExp(`^(?:${PLAIN_NUMBER})$`);

/** A name in the first line, guarded like every cell of text. */
const guarded = (name: string): string => (begins.test(name) && !plainNumber.test(name) ? `'${name}` : name);

/**
 * A column as it stands in the file. Times are ISO 8601, as the JSON answers have them. With `guard` a cell of text that
 * a spreadsheet would run gets a single quote before it. That can be undone without loss: whatever begins with quotes
 * and one of the signs above loses its first quote.
 */
export function csvColumn({ name, type }: Column, guard: boolean): string {
  const column = quoteName(name);
  const as = quoteName(guard ? guarded(name) : name);
  if (type === 'timestamp') return `replace(cast(${column} as VARCHAR), ' ', 'T') as ${as}`;
  if (type === 'instant') return `replace(replace(cast(${column} as VARCHAR), ' ', 'T'), '+00', 'Z') as ${as}`;
  if (type !== 'text' || !guard) return `${column} as ${as}`;
  const runs = `regexp_matches(${column}, ${quoteText(FORMULA_BEGINS)}) and not regexp_full_match(${column}, ${quoteText(PLAIN_NUMBER)})`;
  return `case when ${runs} then '''' || ${column} else ${column} end as ${as}`;
}
