// Lends a table to Python: one file of plain values for each column, as numpy reads it without parsing.
import { DuckDBTypeId } from '@duckdb/node-api';
import { writeAnswer, writeBytes } from './frames.mjs';

const quoteName = (name) => `"${name.replaceAll('"', '""')}"`;
const PIECE_BYTES = 1024 * 1024;
const NONE = -1;
/** Texts of more distinct values are sent one after the other: an enumeration of a million breaks the engine (seen: SIGSEGV). */
const DISTINCT_MAX = 20_000;

/** How each stored type lies in a file: the numpy type, and what the engine is asked for. */
const LAYOUTS = new Map([
  [DuckDBTypeId.BOOLEAN, { kind: 'boolean', numpy: '|u1', cast: 'UTINYINT', array: Uint8Array }],
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER'].map((name) => [
    DuckDBTypeId[name],
    { kind: 'integer', numpy: '<i8', cast: 'BIGINT', array: BigInt64Array },
  ]),
  [DuckDBTypeId.UBIGINT, { kind: 'unsigned', numpy: '<u8', cast: 'UBIGINT', array: BigUint64Array }],
  ...['FLOAT', 'DOUBLE', 'DECIMAL', 'HUGEINT'].map((name) => [
    DuckDBTypeId[name],
    { kind: 'double', numpy: '<f8', cast: 'DOUBLE', array: Float64Array },
  ]),
  ...['DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS'].map((name) => [
    DuckDBTypeId[name],
    { kind: 'timestamp', numpy: '<i8', micros: 'TIMESTAMP', array: BigInt64Array },
  ]),
  [
    DuckDBTypeId.TIMESTAMP_TZ,
    { kind: 'instant', numpy: '<i8', micros: 'TIMESTAMP WITH TIME ZONE', array: BigInt64Array },
  ],
]);
const TEXT = { kind: 'text', numpy: '<i4', array: Int32Array };

function expressionOf(name, layout, type) {
  if (layout === TEXT) return `coalesce(enum_code(${name}::VARCHAR::${type})::INTEGER, ${NONE})`;
  const value = layout.micros ? `epoch_us(${name}::${layout.micros})` : `${name}::${layout.cast}`;
  return `coalesce(${value}, 0)`;
}

/** Copies what the engine holds as it is: a value for each place, and whether it is missing. */
async function copyColumn(connection, source, name, expression, values, missing) {
  const result = await connection.stream(`select ${expression}, (${name} is null)::UTINYINT from ${source}`);
  let at = 0;
  let nulls = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const [items, absent] = [chunk.getColumnVector(0).items, chunk.getColumnVector(1).items];
    values.set(items.subarray(0, chunk.rowCount), at);
    missing.set(absent.subarray(0, chunk.rowCount), at);
    for (let i = 0; i < chunk.rowCount; i++) nulls += absent[i];
    at += chunk.rowCount;
  }
  return nulls;
}

async function distinctOf(connection, source, name) {
  const counted = await connection.runAndReadAll(`select approx_count_distinct(${name}::VARCHAR) from ${source}`);
  return Number(counted.getRowsJson()[0][0]);
}

/** Each text in its place, all in one file, and where each begins. */
async function sendTexts(connection, source, name, rows, send) {
  const total = await connection.runAndReadAll(`select coalesce(sum(strlen(${name}::VARCHAR)), 0) from ${source}`);
  const starts = new BigInt64Array(rows + 1);
  const missing = new Uint8Array(rows);
  const write = send.piecewise(Number(total.getRowsJson()[0][0]), 'texts');
  const result = await connection.stream(`select ${name}::VARCHAR from ${source}`);
  let at = 0;
  let end = 0;
  let nulls = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const values = chunk.getColumnValues(0);
    for (const value of values) {
      if (value === null) {
        missing[at] = 1;
        nulls += 1;
      } else end += Buffer.byteLength(value);
      at += 1;
      starts[at] = BigInt(end);
    }
    write(Buffer.from(values.map((value) => value ?? '').join(''), 'utf8'));
  }
  send('values', Buffer.from(starts.buffer));
  if (nulls > 0) send('missing', Buffer.from(missing.buffer));
  return nulls;
}

/** Sends `meta.json` and the files it names; text as places in a list of its distinct values. */
export async function sendColumns(connection, { id, table }) {
  const source = `${quoteName(table)}.data`;
  const shape = await connection.stream(`select * from ${source} limit 0`);
  const names = shape.columnNames();
  const write = (content) => {
    for (let at = 0; at < content.length; at += PIECE_BYTES) writeBytes(content.subarray(at, at + PIECE_BYTES));
  };
  const announce = (file, bytes) => writeAnswer({ id, file, bytes });
  const senderOf = (place) => {
    const send = (part, content) => {
      announce(`${place}.${part}`, content.length);
      write(content);
    };
    send.piecewise = (bytes, part) => {
      announce(`${place}.${part}`, bytes);
      return write;
    };
    return send;
  };
  const rows = Number((await connection.runAndReadAll(`select count(*) from ${source}`)).getRowsJson()[0][0]);
  const columns = [];
  for (const [i, column] of names.entries()) {
    const layout = LAYOUTS.get(shape.columnTypeId(i)) ?? TEXT;
    const name = quoteName(column);
    const send = senderOf(i);
    if (layout === TEXT && (await distinctOf(connection, source, name)) > DISTINCT_MAX) {
      const nulls = await sendTexts(connection, source, name, rows, send);
      columns.push({ name: column, kind: 'texts', numpy: '<i8', nulls });
      continue;
    }
    const type = `memory.main.${quoteName(`texts of ${table} ${i}`)}`;
    if (layout === TEXT) {
      await connection.run(
        `create type ${type} as enum (select distinct ${name}::VARCHAR from ${source} where ${name} is not null)`,
      );
      const texts = await connection.runAndReadAll(`select unnest(enum_range(null::${type}))::VARCHAR`);
      send('texts', Buffer.from(JSON.stringify(texts.getRowsJson().map(([text]) => text)), 'utf8'));
    }
    const values = new layout.array(rows);
    const missing = new Uint8Array(rows);
    const nulls = await copyColumn(connection, source, name, expressionOf(name, layout, type), values, missing);
    send('values', Buffer.from(values.buffer));
    if (nulls > 0 && layout !== TEXT) send('missing', Buffer.from(missing.buffer));
    columns.push({ name: column, kind: layout.kind, numpy: layout.numpy, nulls });
  }
  const meta = Buffer.from(JSON.stringify({ rows, columns }), 'utf8');
  announce('meta.json', meta.length);
  write(meta);
  return { rows };
}
