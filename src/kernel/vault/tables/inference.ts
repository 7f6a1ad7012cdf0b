import type { Engine } from './engine.ts';
import { quoteName } from './sql.ts';
import type { ColumnType } from './types.ts';

/**
 * How text is read as a type, strictly: a reading counts only when nothing is lost. Codes with leading zeros, numbers
 * beyond 2^53 (identity numbers), `1_000`, `0x1F`, `nan` and the like stay text.
 */
export interface Reading {
  readonly name: string;
  readonly type: ColumnType;
  /** SQL of the value; null where it cannot be read. */
  readonly value: (text: string) => string;
  /** SQL that is true when `value` stands for exactly this text. */
  readonly holds: (text: string, value: string) => string;
}

const SAFE_INTEGER = 9_007_199_254_740_991;
const CLOCK = '[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?';
const CLOCK_FORMATS = ["'%Y/%m/%d %H:%M:%S'", "'%Y/%m/%d %H:%M'", "'%Y/%m/%d %H:%M:%S.%f'"].join(', ');

export const TEXT: Reading = { name: 'text', type: 'text', value: (t) => t, holds: () => 'true' };

/** In the order of preference: the first that holds for every value of a column is taken. */
export const READINGS: readonly Reading[] = [
  {
    name: 'integer',
    type: 'integer',
    value: (t) => `try_cast(${t} as BIGINT)`,
    holds: (t, v) =>
      `(${t} = cast(${v} as VARCHAR) or trim(${t}) = cast(${v} as VARCHAR)) and ${v} between -${SAFE_INTEGER} and ${SAFE_INTEGER}`,
  },
  {
    name: 'double',
    type: 'double',
    value: (t) => `try_cast(${t} as DOUBLE)`,
    // Checks without regular expressions where it can: this runs for every value of a file.
    holds: (t, v) => `case when starts_with(${t}, '0') or starts_with(${t}, '-0')
      then regexp_full_match(${t}, '-?0(\\.[0-9]*)?([eE][-+]?[0-9]+)?\\s*')
      else isfinite(${v}) and not contains(${t}, '_') and not starts_with(${t}, '+') and (abs(${v}) < 1e15 or contains(lower(${t}), 'e')) end`,
  },
  {
    name: 'boolean',
    type: 'boolean',
    value: (t) => `try_cast(${t} as BOOLEAN)`,
    holds: (t) => `${t} in ('true', 'false', 'TRUE', 'FALSE', 'True', 'False')`,
  },
  {
    name: 'date',
    type: 'date',
    value: (t) => `try_cast(${t} as DATE)`,
    holds: (t, v) => `${t} = cast(${v} as VARCHAR) and isfinite(${v})`,
  },
  {
    name: 'date with slashes',
    type: 'date',
    value: (t) => `cast(try_strptime(${t}, '%Y/%m/%d') as DATE)`,
    holds: (t, v) => `${v} is not null and regexp_full_match(${t}, '[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}')`,
  },
  {
    name: 'date in Chinese',
    type: 'date',
    value: (t) => `cast(try_strptime(${t}, '%Y年%m月%d日') as DATE)`,
    holds: (t, v) => `${v} is not null and regexp_full_match(${t}, '[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日')`,
  },
  {
    name: 'timestamp',
    type: 'timestamp',
    value: (t) => `try_cast(${t} as TIMESTAMP)`,
    holds: (t, v) =>
      `((${t} = cast(${v} as VARCHAR) and isfinite(${v})) or (${v} is not null and regexp_full_match(${t}, '[0-9]{4}-[0-9]{2}-[0-9]{2}${CLOCK}')))`,
  },
  {
    name: 'timestamp with slashes',
    type: 'timestamp',
    value: (t) => `try_strptime(${t}, [${CLOCK_FORMATS}])`,
    holds: (t, v) =>
      `${v} is not null and regexp_full_match(${t}, '[0-9]{4}/[0-9]{1,2}/[0-9]{1,2} [0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?')`,
  },
  {
    name: 'instant',
    type: 'instant',
    value: (t) => `try_cast(${t} as TIMESTAMP WITH TIME ZONE)`,
    holds: (t, v) =>
      `${v} is not null and regexp_full_match(${t}, '[0-9]{4}-[0-9]{2}-[0-9]{2}${CLOCK}(Z|[-+][0-9]{2}(:?[0-9]{2})?)')`,
  },
];

/** Of strings that a typed format such as JSON wrote as strings: only times may be read out of them. */
export const TIME_READINGS = READINGS.filter(
  (r) => r.type === 'date' || r.type === 'timestamp' || r.type === 'instant',
);

/** What every reading but text begins with; words are told apart by it at little cost. */
const BEGINS_LIKE_A_VALUE = '^\\s*[-.0-9tTfF]';

const CHUNK = 100;

/**
 * The first reading that holds for every value of each text column; undefined for a column without values.
 * @param tables from small to large; a reading is tried on the large one only when it held on the small
 */
export async function decideReadings(
  engine: Engine,
  tables: readonly string[],
  columns: readonly string[],
  readings: readonly Reading[] = READINGS,
): Promise<(Reading | undefined)[]> {
  const whole = tables.at(-1) ?? '';
  const present = await ask(engine, whole, columns, (text) => `count(${text}) > 0`);
  const decided = new Map<string, Reading | undefined>();
  for (const name of columns) if (!present.has(name)) decided.set(name, undefined);
  let open = columns.filter((name) => !decided.has(name));
  const likely = await ask(engine, tables[0] ?? '', open, (text) =>
    every(`regexp_matches(${text}, '${BEGINS_LIKE_A_VALUE}')`, text),
  );
  for (const name of open) if (!likely.has(name)) decided.set(name, TEXT);
  for (const reading of readings) {
    open = columns.filter((name) => !decided.has(name));
    let held: readonly string[] = open;
    for (const table of tables) {
      const found = await ask(engine, table, held, (text, value) => every(reading.holds(text, value), text), reading);
      held = held.filter((name) => found.has(name));
    }
    for (const name of held) decided.set(name, reading);
  }
  return columns.map((name) => (decided.has(name) ? decided.get(name) : TEXT));
}

const every = (condition: string, text: string): string =>
  `coalesce(bool_and(coalesce(${condition}, false)) filter (${text} is not null), true)`;

/** The columns for which a yes-or-no aggregate says yes. @param reading names the value once, whatever is asked of it */
async function ask(
  engine: Engine,
  from: string,
  columns: readonly string[],
  aggregate: (text: string, value: string) => string,
  reading: Reading = TEXT,
): Promise<Set<string>> {
  const yes = new Set<string>();
  for (let start = 0; start < columns.length; start += CHUNK) {
    const chunk = columns.slice(start, start + CHUNK);
    const read = chunk.map((name, i) => `${quoteName(name)} as t${i}, ${reading.value(quoteName(name))} as v${i}`);
    const [row] = await engine.rows(
      `select ${chunk.map((_, i) => aggregate(`t${i}`, `v${i}`)).join(', ')} from (select ${read.join(', ')} from ${from})`,
    );
    for (const [i, name] of chunk.entries()) if (row?.[i] === true) yes.add(name);
  }
  return yes;
}

/** What marks the error of a value that broke the reading its column was given. */
export const MISREAD = 'shuheng-misread';

/**
 * SQL that reads text columns as decided, and stops with {@link MISREAD} at the first value that does not fit.
 * @param from SQL of a table with text columns `names`
 */
export function readStrictly(
  from: string,
  columns: readonly { readonly source: string; readonly name: string; readonly reading: Reading }[],
): string {
  const inner = columns.map(({ source, reading }, i) =>
    reading === TEXT
      ? `${quoteName(source)} as t${i}`
      : `${quoteName(source)} as t${i}, ${reading.value(quoteName(source))} as v${i}`,
  );
  const outer = columns.map(({ name, reading }, i) =>
    reading === TEXT
      ? `t${i} as ${quoteName(name)}`
      : `case when t${i} is null or (${reading.holds(`t${i}`, `v${i}`)}) then v${i} else error('${MISREAD}') end as ${quoteName(name)}`,
  );
  return `select ${outer.join(', ')} from (select ${inner.join(', ')} from ${from})`;
}
