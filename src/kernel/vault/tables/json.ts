import { join } from 'node:path';
import { decideByAll, type Made, type Source } from './csv.ts';
import { asUtf8, head } from './encoding.ts';
import { type Engine, machineFailure } from './engine.ts';
import { failures } from './failures.ts';
import { readStrictly, TEXT, TIME_READINGS } from './inference.ts';
import { copyToParquet, normalise, parquetOf, quoteName, quoteText, tidyNames } from './sql.ts';
import type { Column } from './types.ts';

const HEAD_BYTES = 4_096;
/** Enough to tell the columns apart; what lies deeper is kept as JSON text. */
const DEPTH_MAX = 2;
const NO_FORMAT = '\u0001%Y';

/**
 * JSON (an array of objects) or NDJSON → Parquet. Strings stay strings, except that a column whose strings are all
 * dates or times becomes one; nested values and columns of mixed types are kept as JSON text.
 */
export async function ingestJson(engine: Engine, { path, output, limits }: Source): Promise<Made> {
  const text = await asUtf8(path, engine.folder, engine.report);
  const beginning = (await head(text.path, HEAD_BYTES))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (beginning === '') throw failures.empty();
  if (/^\[\s*\]\s*$/.test(beginning)) throw failures.noRows();
  if (!/^(\[\s*)?\{/.test(beginning)) throw failures.jsonNotObjects();
  const format = beginning.startsWith('[') ? 'array' : 'auto';
  // No string has these formats: dates are read out of strings by our own, stricter readings.
  const from = `read_json(${quoteText(text.path)}, format = '${format}', records = true, sample_size = -1, maximum_depth = ${DEPTH_MAX},
    maximum_object_size = ${limits.rowBytesMax}, convert_strings_to_integers = false, dateformat = '${NO_FORMAT}', timestampformat = '${NO_FORMAT}')`;
  try {
    const described = await engine.rows(`describe select * from ${from}`);
    if (described.length > limits.columnsMax) throw failures.tooManyColumns(described.length, limits.columnsMax);
    const names = tidyNames(described.map(([name]) => String(name)));
    const fields = described.map(([name, type], i) => ({
      source: `c${i}`,
      name: names[i] ?? '',
      select: `${normalise(String(type)).cast(quoteName(String(name)))} as c${i}`,
      type: normalise(String(type)).type,
      isString: type === 'VARCHAR',
    }));
    const staged = join(engine.folder, 'staged.parquet');
    await engine.write(
      copyToParquet(`select ${fields.map((f) => f.select).join(', ')} from ${from}`, staged),
      (share) =>
        engine.report({ stage: 'reading', done: Math.round(text.bytes * share), total: text.bytes, unit: 'bytes' }),
    );
    const stage = parquetOf([staged]);
    const strings = fields.filter((f) => f.isString).map((f) => f.source);
    const readings = await decideByAll(engine, stage, strings, TIME_READINGS);
    const plan = fields.map((f) => ({ ...f, reading: readings[strings.indexOf(f.source)] ?? TEXT }));
    const rows = await engine.write(copyToParquet(readStrictly(stage, plan), output), (share) =>
      engine.report({ stage: 'writing', done: Math.round(text.bytes * share), total: text.bytes, unit: 'bytes' }),
    );
    if (rows === 0) throw failures.noRows();
    const made: Column[] = plan.map((p) => ({
      name: p.name,
      type: p.reading === TEXT ? normalise(p.type).type : p.reading.type,
    }));
    return { rows, columns: made, encoding: text.encoding, delimiter: null };
  } catch (error) {
    throw machineFailure(error) ?? jsonFailure(error, limits.rowBytesMax);
  }
}

function jsonFailure(error: unknown, rowBytesMax: number): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/maximum_object_size/i.test(message)) return failures.rowTooLong(rowBytesMax);
  if (/JSON|Invalid Input|Binder Error/i.test(message)) return failures.json();
  return error;
}
