// Lends a table to Python: one file of plain values for each column, as numpy reads it without parsing.
import { DuckDBTypeId } from '@duckdb/node-api';
import { writeAnswer, writeBytes } from './frames.mjs';

const quoteName = (name) => `"${name.replaceAll('"', '""')}"`;
const PIECE_BYTES = 1024 * 1024;
const NONE = -1;

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
const TEXT = { kind: 'text', numpy: '<i4', cast: 'VARCHAR', array: Int32Array };

function expressionOf(column, layout) {
  const name = quoteName(column);
  return layout.micros ? `epoch_us(${name}::${layout.micros})` : `${name}::${layout.cast}`;
}

/** Sends `meta.json` and the files it names; text as places in a list of its distinct values. */
export async function sendColumns(connection, { id, table }) {
  const source = `${quoteName(table)}.data`;
  const shape = await connection.stream(`select * from ${source} limit 0`);
  const names = shape.columnNames();
  const meta = { rows: 0, columns: [] };
  const send = (name, content) => {
    writeAnswer({ id, file: name, bytes: content.length });
    for (let at = 0; at < content.length; at += PIECE_BYTES) writeBytes(content.subarray(at, at + PIECE_BYTES));
  };
  const rows = Number((await connection.runAndReadAll(`select count(*) from ${source}`)).getRowsJson()[0][0]);
  for (const [i, name] of names.entries()) {
    const layout = LAYOUTS.get(shape.columnTypeId(i)) ?? TEXT;
    const values = new layout.array(rows);
    const missing = new Uint8Array(rows);
    const places = new Map();
    let at = 0;
    let nulls = 0;
    const result = await connection.stream(`select ${expressionOf(name, layout)} from ${source}`);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      for (const value of chunk.getColumnValues(0)) {
        if (value === null) {
          missing[at] = 1;
          nulls += 1;
          if (layout === TEXT) values[at] = NONE;
        } else if (layout === TEXT) {
          let place = places.get(value);
          if (place === undefined) {
            place = places.size;
            places.set(value, place);
          }
          values[at] = place;
        } else values[at] = value;
        at += 1;
      }
    }
    send(`${i}.values`, Buffer.from(values.buffer));
    if (nulls > 0 && layout !== TEXT) send(`${i}.missing`, Buffer.from(missing.buffer));
    if (layout === TEXT) send(`${i}.texts`, Buffer.from(JSON.stringify([...places.keys()]), 'utf8'));
    meta.columns.push({ name, kind: layout.kind, numpy: layout.numpy, nulls });
  }
  meta.rows = rows;
  send('meta.json', Buffer.from(JSON.stringify(meta), 'utf8'));
  return { rows };
}
