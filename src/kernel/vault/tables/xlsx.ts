import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSheet } from 'read-excel-file/node';
import type { Made, Source } from './csv.ts';
import { type Engine, machineFailure } from './engine.ts';
import { failures } from './failures.ts';
import { READINGS, type Reading, readStrictly, TEXT } from './inference.ts';
import { copyToParquet, quoteText, tidyNames } from './sql.ts';
import { type ColumnType, TableFailure } from './types.ts';

type Value = string | number | boolean | Date | null;

const END_RECORD_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const ENTRIES_MAX = 10_000;
const DIRECTORY_BYTES_MAX = 16 * 1024 ** 2;

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
/** What the reader makes of serial day 1; day 0, before it, holds times of day without a date. */
const DAY_ONE_MS = Date.UTC(1899, 11, 31);
/** What the reader makes of serial day 60, the 29 February 1900 that never was: days before it come out a day early. */
const DAY_SIXTY_MS = Date.UTC(1900, 1, 28);

/**
 * The first sheet of a workbook → Parquet. Types are those of the cells: a number typed as text stays text, a date is a
 * date by its cell format, a formula counts with its last computed value, an error such as #N/A as missing.
 */
export async function ingestXlsx(engine: Engine, { path, output, limits }: Source): Promise<Made> {
  const { size } = await stat(path);
  if (size === 0) throw failures.empty();
  await checkUnpackedSize(path, limits.sheetBytesMax);
  engine.report({ stage: 'checking', done: 0, total: size, unit: 'bytes' });
  const rows = await read(path);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (width > limits.columnsMax) throw failures.tooManyColumns(width, limits.columnsMax);
  const filled = rows.filter((row) => row.some((v) => v !== null));
  const [header, ...body] = filled;
  if (!header) throw failures.empty();
  if (body.length === 0) throw failures.noRows();
  engine.report({ stage: 'checking', done: size, total: size, unit: 'bytes' });
  const names = tidyNames(Array.from({ length: width }, (_, i) => headerText(header[i] ?? null)));
  const kinds = names.map((_, i) => kindOf(body.map((row) => row[i] ?? null)));
  const staged = join(engine.folder, 'sheet.csv');
  await writeCsv(staged, body, kinds);
  const from = `read_csv(${quoteText(staged)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false,
    maximum_line_size = ${limits.rowBytesMax}, columns = {${names.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ')}})`;
  const plan = names.map((name, i) => ({ source: `c${i}`, name, reading: readingFor(kinds[i] ?? 'text') }));
  try {
    const count = await engine.write(copyToParquet(readStrictly(from, plan), output), (share) =>
      engine.report({ stage: 'reading', done: Math.round(body.length * share), total: body.length, unit: 'rows' }),
    );
    return {
      rows: count,
      columns: plan.map((p) => ({ name: p.name, type: p.reading.type })),
      encoding: null,
      delimiter: null,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/maximum line size/i.test(message)) throw failures.rowTooLong(limits.rowBytesMax);
    throw machineFailure(error) ?? error;
  }
}

async function read(path: string): Promise<Value[][]> {
  try {
    const rows = await readSheet(path, 1, { trim: false });
    return rows as unknown as Value[][];
  } catch (error) {
    if (error instanceof RangeError && /array|string/i.test(error.message)) throw failures.memory();
    throw error instanceof TableFailure ? error : failures.spreadsheet();
  }
}

/**
 * A workbook is a zip file; its directory says how large each part unpacks. The sum is checked before anything is
 * unpacked. A directory that lies is stopped by the memory limit of the worker process.
 */
async function checkUnpackedSize(path: string, bytesMax: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, END_RECORD_BYTES + COMMENT_BYTES_MAX));
    await file.read(tail, 0, tail.length, size - tail.length);
    const end = lastIndexOf(tail, END_SIGNATURE);
    if (end < 0 || end + END_RECORD_BYTES > tail.length) throw failures.spreadsheet();
    const entries = tail.readUInt16LE(end + 10);
    const length = tail.readUInt32LE(end + 12);
    const offset = tail.readUInt32LE(end + 16);
    if (entries > ENTRIES_MAX || length > DIRECTORY_BYTES_MAX || offset + length > size) throw failures.spreadsheet();
    const directory = Buffer.alloc(length);
    await file.read(directory, 0, length, offset);
    let total = 0;
    for (let at = 0, n = 0; n < entries; n++) {
      if (at + ENTRY_BYTES > length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw failures.spreadsheet();
      total += directory.readUInt32LE(at + 24);
      if (total > bytesMax) throw failures.spreadsheetTooLarge(bytesMax);
      at +=
        ENTRY_BYTES +
        directory.readUInt16LE(at + 28) +
        directory.readUInt16LE(at + 30) +
        directory.readUInt16LE(at + 32);
    }
  } finally {
    await file.close();
  }
}

function lastIndexOf(bytes: Buffer, signature: number): number {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(signature);
  return bytes.lastIndexOf(mark);
}

function headerText(value: Value): string {
  if (value === null) return '';
  if (value instanceof Date) return dateText(value).replace('T00:00:00', '');
  return String(value);
}

type Kind = ColumnType | 'time of day';

/** One type for a column: that of all its cells, or text when they differ. */
function kindOf(values: readonly Value[]): Kind {
  let kind: Kind | undefined;
  for (const value of values) {
    if (value === null) continue;
    const own = kindOfValue(value);
    if (kind === undefined || kind === own) kind = own;
    else if ((kind === 'integer' && own === 'double') || (kind === 'double' && own === 'integer')) kind = 'double';
    else if ((kind === 'date' && own === 'timestamp') || (kind === 'timestamp' && own === 'date')) kind = 'timestamp';
    else return 'text';
  }
  return kind ?? 'text';
}

function kindOfValue(value: Exclude<Value, null>): Kind {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'double';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'text';
  const time = repaired(value);
  if (time < DAY_ONE_MS) return 'time of day';
  return time % DAY_MS === 0 ? 'date' : 'timestamp';
}

/**
 * The moment a date cell means. A serial day is a binary fraction, so a whole second comes out up to a millisecond
 * early; and spreadsheets count 1900 as a leap year, so that days before that false day are one too early.
 */
function repaired(date: Date): number {
  const second = Math.round(date.getTime() / SECOND_MS) * SECOND_MS;
  const time = Math.abs(second - date.getTime()) <= 1 ? second : date.getTime();
  return time >= DAY_ONE_MS && time < DAY_SIXTY_MS ? time + DAY_MS : time;
}

function dateText(date: Date): string {
  return new Date(repaired(date)).toISOString().replace(/(\.000)?Z$/, '');
}

function textOf(value: Exclude<Value, null>, kind: Kind): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (!(value instanceof Date)) return String(value);
  const written = dateText(value);
  if (kindOfValue(value) === 'time of day') return written.slice(11);
  return kind === 'date' || (kind === 'text' && written.endsWith('T00:00:00')) ? written.slice(0, 10) : written;
}

function readingFor(kind: Kind): Reading {
  const reading = READINGS.find((r) => r.type === kind);
  if (!reading || kind === 'text' || kind === 'time of day') return TEXT;
  // The cell already said what it is: only whether the engine took the value over is checked.
  return { ...reading, holds: (_, value) => `${value} is not null` };
}

async function writeCsv(path: string, rows: readonly (readonly Value[])[], kinds: readonly Kind[]): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 });
  const failed = once(file, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  for (const row of rows) {
    const fields = kinds.map((kind, i) => {
      const value = row[i] ?? null;
      return value === null ? '' : `"${textOf(value, kind).replaceAll('"', '""')}"`;
    });
    if (!file.write(`${fields.join(',')}\n`)) await Promise.race([once(file, 'drain'), failed]);
  }
  file.end();
  await Promise.race([once(file, 'finish'), failed]);
}
