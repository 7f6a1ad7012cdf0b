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
    holds: (t, v) => `case when starts_with(${t}, '0') or starts_with(${t}, '-0')
      then regexp_full_match(${t}, '-?0(\\.[0-9]*)?([eE][-+]?[0-9]+)?\\s*')
      else isfinite(${v}) and regexp_full_match(${t}, '\\s*-?([1-9][0-9]{0,14}(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?\\s*') end`,
  },
  {
    name: 'boolean',
    type: 'boolean',
    value: (t) => `try_cast(${t} as BOOLEAN)`,
    holds: (t) => `lower(${t}) in ('true', 'false')`,
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
    holds: (t, v) => `${v} is not null and regexp_full_match(${t}, '[0-9]{4}-[0-9]{2}-[0-9]{2}${CLOCK}')`,
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

const CHUNK = 50;

/**
 * The readings that hold for every value of each column; all of them for a column without values.
 * @param from SQL of a table whose named columns are text
 */
export async function readingsThatHold(
  engine: Engine,
  from: string,
  columns: readonly { readonly name: string; readonly candidates: readonly Reading[] }[],
): Promise<{ readonly empty: boolean; readonly holding: readonly Reading[] }[]> {
  const found: { empty: boolean; holding: Reading[] }[] = [];
  for (let start = 0; start < columns.length; start += CHUNK) {
    const chunk = columns.slice(start, start + CHUNK);
    const select = chunk.flatMap(({ name, candidates }) => {
      const text = quoteName(name);
      return [
        `count(${text})`,
        ...candidates.map(
          (r) =>
            `coalesce(bool_and(coalesce(${r.holds(text, r.value(text))}, false)) filter (${text} is not null), true)`,
        ),
      ];
    });
    const row = (await engine.rows(`select ${select.join(', ')} from ${from}`))[0] ?? [];
    let at = 0;
    for (const { candidates } of chunk) {
      const values = Number(row[at++] ?? 0);
      const holding = candidates.filter(() => row[at++] === true);
      found.push({ empty: values === 0, holding });
    }
  }
  return found;
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
