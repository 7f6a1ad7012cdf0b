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
  const options = `format = '${format}', records = true, sample_size = -1, maximum_depth = ${DEPTH_MAX}, maximum_object_size = ${limits.rowBytesMax}`;
  const file = quoteText(text.path);
  try {
    const described = await engine.rows(
      `describe select * from read_json(${file}, ${options}, convert_strings_to_integers = false)`,
    );
    if (described.length > limits.columnsMax) throw failures.tooManyColumns(described.length, limits.columnsMax);
    const fields = described.map(([name, type]) => ({ name: String(name), ...plainType(String(type)) }));
    const staged = join(engine.folder, 'staged.parquet');
    const columns = `{${fields.map((f) => `${quoteText(f.name)}: '${f.read}'`).join(', ')}}`;
    const source = fields.map((f, i) => `${quoteName(f.name)} as c${i}`).join(', ');
    await engine.write(
      copyToParquet(
        `select ${source} from read_json(${file}, format = '${format}', records = true, maximum_object_size = ${limits.rowBytesMax}, columns = ${columns})`,
        staged,
      ),
      (share) =>
        engine.report({ stage: 'reading', done: Math.round(text.bytes * share), total: text.bytes, unit: 'bytes' }),
    );
    const stage = parquetOf([staged]);
    const strings = fields.map((f, i) => ({ source: `c${i}`, isString: f.isString })).filter((f) => f.isString);
    const readings = await decideByAll(
      engine,
      stage,
      strings.map((s) => s.source),
      TIME_READINGS,
    );
    const readingOf = new Map(strings.map((s, i) => [s.source, readings[i] ?? TEXT]));
    const names = tidyNames(fields.map((f) => f.name));
    const plan = fields.map((f, i) => ({
      source: `c${i}`,
      name: names[i] ?? '',
      reading: readingOf.get(`c${i}`) ?? TEXT,
      type: f.read,
    }));
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

/** How a found type is read: numbers and booleans as such, everything else first as text. */
function plainType(type: string): { read: string; isString: boolean } {
  if (type === 'BIGINT' || type === 'DOUBLE' || type === 'BOOLEAN') return { read: type, isString: false };
  const isString = /^(VARCHAR|DATE|TIMESTAMP|TIME|UUID)/.test(type) && !type.endsWith(']');
  return { read: 'VARCHAR', isString };
}

function jsonFailure(error: unknown, rowBytesMax: number): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/maximum_object_size/i.test(message)) return failures.rowTooLong(rowBytesMax);
  if (/JSON|Invalid Input|Binder Error/i.test(message)) return failures.json();
  return error;
}
