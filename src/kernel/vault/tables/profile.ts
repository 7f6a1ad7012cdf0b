import type { Json } from '@duckdb/node-api';
import { cellOf, type Engine } from './engine.ts';
import { columnsOf } from './parquet.ts';
import { bytesAt, parquetOf, quoteName } from './sql.ts';
import type { Cell, Column, ColumnProfile, HistogramBin, TableProfile } from './types.ts';

const CHUNK = 40;
const BINS = 20;
const TOP = 10;
/** Longest text shown of a value. */
const TEXT_LENGTH_MAX = 200;
/** Up to here every figure is exact; above, distinct values of columns with many are estimated. */
const EXACT_ROWS_MAX = 5_000_000;
const EXACT_DISTINCT_MAX = 100_000;
const DUPLICATE_COLUMNS_MAX = 200;
const DAY_MS = 86_400_000;
const MICROSECONDS = 1_000;

interface Basics {
  readonly column: Column;
  readonly nulls: number;
  readonly estimate: number;
  readonly min: Cell;
  readonly max: Cell;
  readonly mean: number | null;
  /** Ends of the scale the histogram is drawn on: the number itself, days or microseconds. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Statistics of each column in a few scans: basics, one small scan a column for its values, then the histograms. */
export async function profileIn(engine: Engine, path: string): Promise<TableProfile> {
  const from = parquetOf([path]);
  const columns = await columnsOf(engine, from);
  const rows = Number((await engine.rows(`select count(*) from ${from}`))[0]?.[0] ?? 0);
  const steps = columns.length * 2;
  const report = (done: number) => engine.report({ stage: 'profiling', done, total: steps, unit: 'columns' });
  const basics = await basicsOf(engine, from, columns, rows);
  const profiles: ColumnProfile[] = [];
  const histograms = await histogramsOf(engine, from, basics);
  report(columns.length);
  for (const [i, basic] of basics.entries()) {
    const { nulls, min, max, mean, column } = basic;
    const values = await valuesOf(engine, from, basic, rows);
    profiles.push({ ...column, nulls, ...values, min, max, mean, histogram: histograms[i] ?? null });
    report(columns.length + i + 1);
  }
  return {
    rows,
    bytes: bytesAt(path),
    duplicateRows: await duplicatesOf(engine, from, columns, rows),
    columns: profiles,
  };
}

async function basicsOf(engine: Engine, from: string, columns: readonly Column[], rows: number): Promise<Basics[]> {
  const basics: Basics[] = [];
  for (let start = 0; start < columns.length; start += CHUNK) {
    const chunk = columns.slice(start, start + CHUNK);
    const select = chunk.flatMap((column) => {
      const name = quoteName(column.name);
      // Not-a-number and infinities of a Parquet file are no measure of anything.
      const finite = column.type === 'double' ? `case when isfinite(${name}) then ${name} end` : name;
      const shown =
        column.type === 'text'
          ? (f: string) => `left(${f}(${name}), ${TEXT_LENGTH_MAX})`
          : (f: string) => `${f}(${finite})`;
      const scale = scaleOf(column, name);
      return [
        `count(${name})`,
        `approx_count_distinct(${name})`,
        shown('min'),
        shown('max'),
        isNumber(column) ? `cast(avg(${finite}) as DOUBLE)` : 'null',
        scale ? `min(${scale})` : 'null',
        scale ? `max(${scale})` : 'null',
      ];
    });
    const row = (await engine.rows(`select ${select.join(', ')} from ${from}`))[0] ?? [];
    for (const [i, column] of chunk.entries()) {
      const [present, estimate, min, max, mean, low, high] = row.slice(i * 7, i * 7 + 7);
      basics.push({
        column: { name: column.name, type: column.type },
        nulls: rows - Number(present ?? 0),
        estimate: Math.min(Number(estimate ?? 0), Number(present ?? 0)),
        min: cellOf(min, column),
        max: cellOf(max, column),
        mean: numberOf(mean),
        low: numberOf(low),
        high: numberOf(high),
      });
    }
  }
  return basics;
}

const isNumber = ({ type }: Column): boolean => type === 'integer' || type === 'double' || type === 'decimal';
const numberOf = (value: Json | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** SQL of a value's place on a number line; nothing for what has no distances. */
function scaleOf(column: Column, name: string): string | undefined {
  if (column.type === 'double') return `case when isfinite(${name}) then ${name} end`;
  if (isNumber(column)) return `cast(${name} as DOUBLE)`;
  if (column.type === 'date') return `case when isfinite(${name}) then cast(${name} - date '1970-01-01' as DOUBLE) end`;
  if (column.type === 'timestamp' || column.type === 'instant')
    return `case when isfinite(${name}) then cast(epoch_us(${name}) as DOUBLE) end`;
  return undefined;
}

/** Exact where a scan of the column can hold its values; the most frequent ones come with it. */
async function valuesOf(
  engine: Engine,
  from: string,
  { column, nulls, estimate }: Basics,
  rows: number,
): Promise<Pick<ColumnProfile, 'distinct' | 'distinctExact' | 'top'>> {
  if (rows === nulls) return { distinct: 0, distinctExact: true, top: null };
  if (rows > EXACT_ROWS_MAX && estimate > EXACT_DISTINCT_MAX)
    return { distinct: estimate, distinctExact: false, top: null };
  const name = quoteName(column.name);
  const shown = column.type === 'text' ? `left(v, ${TEXT_LENGTH_MAX})` : 'v';
  const found = await engine.rows(
    `with g as materialized (select ${name} as v, count(*) as n from ${from} where ${name} is not null group by 1)
     select ${shown}, n, (select count(*) from g) from g order by n desc, v limit ${TOP}`,
  );
  const distinct = Number(found[0]?.[2] ?? 0);
  const repeats = Number(found[0]?.[1] ?? 0) > 1;
  const top =
    repeats || distinct <= TOP
      ? found.map(([value, count]) => ({ value: cellOf(value, column), count: Number(count) }))
      : null;
  return { distinct, distinctExact: true, top };
}

interface Scale {
  readonly low: number;
  readonly width: number;
  readonly bins: number;
}

function binsFor({ column, low, high }: Basics): Scale | null {
  if (low === null || high === null || !scaleOf(column, 'x')) return null;
  if (low === high) return { low, width: 0, bins: 1 };
  const whole = column.type === 'integer' || column.type === 'date';
  if (whole && high - low < BINS) return { low, width: 1, bins: high - low + 1 };
  const width = (high - low) / BINS;
  return Number.isFinite(width) && width > 0 ? { low, width, bins: BINS } : null;
}

async function histogramsOf(
  engine: Engine,
  from: string,
  basics: readonly Basics[],
): Promise<(HistogramBin[] | null)[]> {
  const scales = basics.map(binsFor);
  const result: (HistogramBin[] | null)[] = basics.map(() => null);
  const drawn = basics.flatMap((basic, i) => {
    const scale = scales[i];
    return scale ? [{ basic, scale, i }] : [];
  });
  for (let start = 0; start < drawn.length; start += CHUNK) {
    const chunk = drawn.slice(start, start + CHUNK);
    const select = chunk.map(({ basic, scale }) => {
      const place = scaleOf(basic.column, quoteName(basic.column.name));
      const bin =
        scale.width === 0 ? '0' : `least(floor((${place} - (${scale.low})) / ${scale.width}), ${scale.bins - 1})`;
      return `histogram(case when ${place} is not null then cast(${bin} as INTEGER) end)`;
    });
    const row = (await engine.rows(`select ${select.join(', ')} from ${from}`))[0] ?? [];
    for (const [j, { basic, scale, i }] of chunk.entries()) result[i] = drawBins(basic.column, scale, row[j]);
  }
  return result;
}

function drawBins(column: Column, scale: Scale, counts: Json | undefined): HistogramBin[] {
  const found = new Map(
    (counts as { key: number; value: string }[] | null | undefined)?.map(({ key, value }) => [key, Number(value)]),
  );
  const edge = (n: number) => edgeText(column, scale.low + n * scale.width);
  return Array.from({ length: scale.bins }, (_, n) => ({ from: edge(n), to: edge(n + 1), count: found.get(n) ?? 0 }));
}

function edgeText(column: Column, place: number): number | string {
  if (column.type === 'date') return new Date(Math.floor(place) * DAY_MS).toISOString().slice(0, 10);
  if (column.type === 'timestamp' || column.type === 'instant') {
    const written = new Date(place / MICROSECONDS).toISOString();
    return column.type === 'instant' ? written : written.slice(0, -1);
  }
  return Number(place.toPrecision(12));
}

/** Rows equal in every column, compared by a 64-bit hash (a false match among 5 million rows: below one in a million). */
async function duplicatesOf(
  engine: Engine,
  from: string,
  columns: readonly Column[],
  rows: number,
): Promise<number | null> {
  if (rows > EXACT_ROWS_MAX || columns.length > DUPLICATE_COLUMNS_MAX) return null;
  const hash = `hash(${columns.map((c) => quoteName(c.name)).join(', ')})`;
  const [row] = await engine.rows(`select count(*) from (select distinct ${hash} from ${from})`);
  return rows - Number(row?.[0] ?? 0);
}
