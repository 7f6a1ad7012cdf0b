// The process that SQL runs in, inside the sandbox. It is plain JavaScript because nothing but Node, DuckDB and this
// folder is lent to it. Whatever it says is checked outside: hostile text goes into it.
import { DuckDBInstance, DuckDBTypeId, JsonDuckDBValueConverter, StatementType } from '@duckdb/node-api';
import { sendColumns } from './columns.mjs';
import { readRequest, writeAnswer } from './frames.mjs';

const DETAIL_CHARACTERS_MAX = 2_000;
const INPUTS = '/in';

class Refusal extends Error {
  constructor(kind, detail) {
    super(detail);
    this.kind = kind;
  }
}

const quoteName = (name) => `"${name.replaceAll('"', '""')}"`;
const quoteText = (text) => `'${text.replaceAll("'", "''")}'`;

/** What the engine's complaint comes down to; its text can hold values of the data and goes to their owner alone. */
function kindOf(text) {
  const message = text.replace(/^Failed to [a-z ]+: /, '');
  if (/out of memory|bad.?alloc|failed to allocate|could not allocate|max_temp_directory_size/i.test(message))
    return 'resource';
  if (/^(Parser|Binder|Catalog|Syntax) Error|No statement/i.test(message)) return 'syntax';
  if (/^(Permission|Not implemented|Missing Extension|Extension) Error|disabled|read-only mode/i.test(message))
    return 'policy';
  if (/^(Conversion|Invalid Input|Out of Range|Constraint|Sequence|Mismatch Type|Divide by Zero) Error/i.test(message))
    return 'data';
  if (/^Interrupt/i.test(message)) return 'resource';
  return 'internal';
}

let connection;

/** All that can be done before anybody asks. */
async function start({ memoryBytes, threads }) {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${Math.floor(memoryBytes / 2 ** 20)}MiB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
  });
  connection = await instance.connect();
  return null;
}

/** The order that was measured to hold: files first, then access off, the file system off, then the lock. */
async function open({ tables }) {
  for (const name of tables)
    await connection.run(`attach ${quoteText(`${INPUTS}/${name}`)} as ${quoteName(name)} (read_only)`);
  for (const statement of [
    `set temp_directory = ''`,
    `set max_temp_directory_size = '0KB'`,
    `set TimeZone = 'UTC'`,
    'set enable_external_access = false',
    `set disabled_filesystems = 'LocalFileSystem'`,
    'set lock_configuration = true',
  ])
    await connection.run(statement);
  return null;
}

async function parse({ sql }) {
  const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql]);
  const tree = JSON.parse(String(reader.getRowsJson()[0]?.[0] ?? '{}'));
  if (tree.error !== false) throw new Refusal('syntax', String(tree.error_message ?? ''));
  if (tree.statements?.length !== 1) throw new Refusal('syntax', 'exactly one statement');
  return tree;
}

const INTEGERS = [
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'HUGEINT',
  'UHUGEINT',
];
const typesOf = (type, names) => names.map((name) => [DuckDBTypeId[name], type]);
const TYPES = new Map([
  ...typesOf('integer', INTEGERS),
  ...typesOf('double', ['FLOAT', 'DOUBLE']),
  ...typesOf('decimal', ['DECIMAL']),
  ...typesOf('boolean', ['BOOLEAN']),
  ...typesOf('date', ['DATE']),
  ...typesOf('timestamp', ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS']),
  ...typesOf('instant', ['TIMESTAMP_TZ']),
]);

/** A value as the platform's cells are (src/kernel/vault/tables/types.ts). */
function cellOf(value, type) {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return value === true;
  if (type === 'double') return typeof value === 'number' ? value : String(value);
  const written = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (type === 'integer') {
    const number = Number(written);
    return Number.isSafeInteger(number) ? number : written;
  }
  if (type === 'timestamp') return written.replace(' ', 'T');
  if (type === 'instant') return written.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z');
  return written;
}

/** One SELECT alone: nothing that sets, loads, attaches, calls or logs. */
async function requireSelect(sql) {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new Refusal('syntax', 'exactly one statement');
  const prepared = await statements.prepare(0);
  const kind = prepared.statementType;
  prepared.destroySync();
  if (kind !== StatementType.SELECT) throw new Refusal('policy', 'SELECT only');
}

/** Read as a stream, so that no more of the answer is made than may leave. */
async function rows({ sql, limit, columnsMax, bytesMax }) {
  await requireSelect(sql);
  const result = await connection.stream(sql);
  if (result.columnCount > columnsMax) throw new Refusal('resource', 'too many columns');
  const columns = result.columnNames().map((name, i) => ({ name, type: TYPES.get(result.columnTypeId(i)) ?? 'text' }));
  const found = [];
  let bytes = 0;
  while (found.length < limit) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    for (const row of chunk.convertRows(JsonDuckDBValueConverter).slice(0, limit - found.length)) {
      const cells = row.map((value, i) => cellOf(value, columns[i].type));
      for (const cell of cells) bytes += typeof cell === 'string' ? cell.length : 8;
      if (bytes > bytesMax) throw new Refusal('resource', 'the answer is too large');
      found.push(cells);
    }
  }
  return { columns, rows: found };
}

const WORK = { start, open, parse, rows, columns: (request) => sendColumns(connection, request) };

for (;;) {
  const request = readRequest();
  try {
    writeAnswer({ id: request.id, ok: await WORK[request.kind](request) });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const failure = error instanceof Refusal ? error.kind : kindOf(detail);
    writeAnswer({ id: request.id, failure, detail: detail.slice(0, DETAIL_CHARACTERS_MAX) });
  }
}
