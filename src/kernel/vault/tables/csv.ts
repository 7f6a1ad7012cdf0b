import { join } from 'node:path';
import { sniff } from './dialect.ts';
import { asUtf8, head } from './encoding.ts';
import { type Engine, machineFailure } from './engine.ts';
import { failures } from './failures.ts';
import { decideReadings, MISREAD, READINGS, type Reading, readStrictly, TEXT } from './inference.ts';
import { mixesLineEnds, withOneLineEnd } from './newlines.ts';
import type { IngestLimits } from './protocol.ts';
import { copyToParquet, parquetOf, quoteText, tidyNames } from './sql.ts';
import type { Column, IngestSummary } from './types.ts';

const HEAD_BYTES = 1024 ** 2;
/** The engine would take many times the longest row, which is no measure of ordinary rows. */
const BUFFER_BYTES = 32 * 1024 ** 2;
const SAMPLE_ROWS = 20_480;
/** Up to here all values are looked at before the types are decided; above, a sample decides and every value is checked. */
const SMALL_BYTES = 32 * 1024 ** 2;

export interface Source {
  readonly path: string;
  readonly output: string;
  readonly limits: IngestLimits;
}

export type Made = Pick<IngestSummary, 'rows' | 'columns' | 'encoding' | 'delimiter'>;

/**
 * CSV (RFC 4180; also with tab, semicolon or bar) → Parquet. An empty field is a missing value; everything else stays
 * what was written, see {@link READINGS}.
 */
export async function ingestCsv(engine: Engine, { path, output, limits }: Source): Promise<Made> {
  const text = await asUtf8(path, engine.folder, engine.report);
  const start = await head(text.path, HEAD_BYTES);
  const complete = start.length === text.bytes;
  const beginning = start.toString('utf8');
  const dialect = sniff(beginning, complete);
  const names = tidyNames(dialect.header);
  if (names.length > limits.columnsMax) throw failures.tooManyColumns(names.length, limits.columnsMax);
  const sources = names.map((_, i) => `c${i}`);
  const table = (file: string) =>
    `read_csv(${quoteText(file)}, auto_detect = false, header = ${dialect.hasHeader}, delim = ${quoteText(dialect.delimiter)}, quote = '"', escape = '"',
      maximum_line_size = ${limits.rowBytesMax}, buffer_size = ${Math.max(BUFFER_BYTES, limits.rowBytesMax * 2)}, columns = {${sources.map((c) => `'${c}': 'VARCHAR'`).join(', ')}})`;
  const read = async (file: string) => {
    const { rows, columns } = await convert(engine, table(file), text.bytes, sources, names, output);
    return { rows, columns, encoding: text.encoding, delimiter: dialect.delimiter };
  };
  try {
    return await read(text.path);
  } catch (error) {
    const failure = machineFailure(error);
    if (failure) throw failure;
    if (!mixesLineEnds(beginning)) throw csvFailure(error, limits);
  }
  const tidied = join(engine.folder, 'lines');
  await withOneLineEnd(text.path, tidied);
  try {
    return await read(tidied);
  } catch (error) {
    throw machineFailure(error) ?? csvFailure(error, limits);
  }
}

async function convert(
  engine: Engine,
  from: string,
  bytes: number,
  sources: readonly string[],
  names: readonly string[],
  output: string,
) {
  const onShare = (from: number, to: number) => (share: number) =>
    engine.report({
      stage: 'reading',
      done: Math.round(bytes * (from + share * (to - from))),
      total: bytes,
      unit: 'bytes',
    });
  if (bytes > SMALL_BYTES) {
    const guess = await decideBySample(engine, from, sources);
    if (guess) {
      try {
        return await write(engine, from, sources, names, guess, output, onShare(0, 1));
      } catch (error) {
        if (!(error instanceof Error && error.message.includes(MISREAD))) throw error;
      }
    }
  }
  const staged = join(engine.folder, 'staged.parquet');
  await engine.write(copyToParquet(`select * from ${from}`, staged), onShare(0, 0.6));
  const stage = parquetOf([staged]);
  const readings = await decideByAll(engine, stage, sources);
  return write(engine, stage, sources, names, readings, output, onShare(0.6, 1));
}

async function write(
  engine: Engine,
  from: string,
  sources: readonly string[],
  names: readonly string[],
  readings: readonly Reading[],
  output: string,
  onShare: (share: number) => void,
): Promise<{ rows: number; columns: Column[] }> {
  const plan = names.map((name, i) => ({ source: sources[i] ?? '', name, reading: readings[i] ?? TEXT }));
  const rows = await engine.write(copyToParquet(readStrictly(from, plan), output), onShare);
  if (rows === 0) throw failures.noRows();
  return { rows, columns: plan.map(({ name, reading }) => ({ name, type: reading.type })) };
}

/** Undefined when the sample cannot decide, because a column has no value in it. */
async function decideBySample(
  engine: Engine,
  from: string,
  sources: readonly string[],
): Promise<Reading[] | undefined> {
  await takeSample(engine, from);
  const found = await decideReadings(engine, ['sample'], sources);
  return found.includes(undefined) ? undefined : found.map((reading) => reading ?? TEXT);
}

/** First on a sample, which rules most readings out, then on every value; a table that fits into the sample is not asked twice. */
export async function decideByAll(
  engine: Engine,
  from: string,
  sources: readonly string[],
  readings: readonly Reading[] = READINGS,
): Promise<Reading[]> {
  const taken = await takeSample(engine, from);
  const tables = taken < SAMPLE_ROWS ? ['sample'] : ['sample', from];
  return (await decideReadings(engine, tables, sources, readings)).map((reading) => reading ?? TEXT);
}

/** @returns how many rows it holds */
async function takeSample(engine: Engine, from: string): Promise<number> {
  await engine.rows(`create or replace temp table sample as select * from ${from} limit ${SAMPLE_ROWS}`);
  const [row] = await engine.rows('select count(*) from sample');
  return Number(row?.[0]);
}

/** What the sender must know of the engine's complaint; never its text, which quotes the data. */
function csvFailure(error: unknown, limits: IngestLimits) {
  const message = error instanceof Error ? error.message : '';
  const line = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1] ?? 0) || null;
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (line && columns) return failures.ragged(line, Number(columns[1]), Number(columns[2]));
  if (/maximum line size/i.test(message)) return failures.rowTooLong(limits.rowBytesMax);
  if (/unterminated quote|quote/i.test(message.split('Possible fixes')[0] ?? '') && line) return failures.quotes(line);
  if (/CSV|state machine|Invalid Input/i.test(message)) return failures.csv(line);
  return error;
}
