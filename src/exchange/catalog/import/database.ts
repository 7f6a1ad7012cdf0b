import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import { pg } from '../../../kernel/postgres.ts';
import { text } from '../../../kernel/text.ts';
import type { ColumnType } from '../../../kernel/vault/index.ts';
import { clipped } from './ckan.ts';
import { reachable } from './guard.ts';
import { type Connection, type Found, ImportFailure } from './model.ts';

/** A department's own database, read and never written. */
export interface SourceDatabase {
  readonly entries: () => AsyncGenerator<Found>;
  /** Writes a table as CSV with a header. @returns when, by the clock of that database's snapshot */
  readonly copy: (table: string, path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Secret {
  readonly password: string;
}

const CONNECT_MS_MAX = 10_000;
const STATEMENT_MS_MAX = 30 * 60_000;
const TABLES_MAX = 5_000;

/** @throws ImportFailure with what went wrong, never with a credential */
export const openSource = (kind: 'postgresql' | 'mysql', to: Connection, secret: Secret): Promise<SourceDatabase> =>
  kind === 'postgresql' ? openPostgres(to, secret) : openMysql(to, secret);

interface ColumnFound {
  readonly table: string;
  readonly tableComment: string | null;
  readonly column: string;
  readonly comment: string | null;
  readonly type: string;
}

/** Names and remarks that speak of persons: marked as sensitive until somebody says otherwise. */
const PERSONAL =
  /身份证|证件号|手机|电话|姓名|住址|家庭地址|邮箱|银行卡|车牌|id_?card|id_?number|passport|phone|mobile|e?mail|full_?name|birth/i;

function* entriesOf(columns: readonly ColumnFound[]): Generator<Found> {
  const tables = new Map<string, ColumnFound[]>();
  for (const c of columns) tables.set(c.table, [...(tables.get(c.table) ?? []), c]);
  if (tables.size > TABLES_MAX)
    throw new ImportFailure(
      text(`数据库中的表超过 ${TABLES_MAX} 张。`, `The database has more than ${TABLES_MAX} tables.`),
    );
  if (tables.size === 0)
    throw new ImportFailure(
      text('该账号看不到任何表，请核对库名和模式。', 'This account sees no table: check database and schema.'),
    );
  for (const [table, found] of tables) {
    const comment = found[0]?.tableComment?.trim() ?? '';
    const [title = ''] = comment.split(/[\n。；;]/);
    yield {
      external: table,
      said: {
        number: clipped(table, 64),
        title: clipped(title.length < 2 ? `数据表 ${table}` : title, 120),
        summary: clipped(comment.length < 2 ? `数据表 ${table}，${found.length} 个数据项` : comment, 2_000),
        columns: found.map((c) => dictionaryItem(c)),
      },
    };
  }
}

function dictionaryItem({ column, comment, type }: ColumnFound) {
  const [title = '', ...rest] = (comment ?? '').trim().split(/[\n，,；;：:]/);
  const description = rest.join('，').trim();
  return {
    name: column,
    titleZh: clipped(title.trim() || column, 100),
    ...(description ? { description: clipped(description, 500) } : {}),
    type: typeOf(type),
    sensitive: PERSONAL.test(`${column} ${comment ?? ''}`),
  };
}

function typeOf(type: string): ColumnType {
  const plain = type.toLowerCase();
  if (/^(tinyint\(1\)|bool)/.test(plain)) return 'boolean';
  if (/^(small|medium|big|tiny)?int|^integer|serial/.test(plain)) return 'integer';
  if (/^(numeric|decimal|money)/.test(plain)) return 'decimal';
  if (/^(real|double|float)/.test(plain)) return 'double';
  if (/^(timestamp with time zone|timestamptz)/.test(plain)) return 'instant';
  if (/^(timestamp|datetime)/.test(plain)) return 'timestamp';
  return plain === 'date' ? 'date' : 'text';
}

/** What people may read of a failure of the other side: its own words may hold the address and more. */
function failureOf(error: unknown): ImportFailure {
  if (error instanceof ImportFailure) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (/^(28P01|28000|ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR)$/.test(code))
    return new ImportFailure(
      text('账号或口令不正确，或没有权限。', 'User or password is not right, or may not read it.'),
    );
  if (/^(3D000|ER_BAD_DB_ERROR)$/.test(code))
    return new ImportFailure(text('没有这个数据库。', 'There is no such database.'));
  if (/^(42P01|42501|ER_NO_SUCH_TABLE|ER_TABLEACCESS_DENIED_ERROR)$/.test(code))
    return new ImportFailure(text('表不存在，或没有读取权限。', 'The table does not exist, or may not be read.'));
  if (code === '57014') return new ImportFailure(text('读取超时。', 'Reading took too long.'));
  return new ImportFailure(
    text(
      `连接或读取失败${code ? `（${code}）` : ''}。`,
      `It could not be connected or read${code ? ` (${code})` : ''}.`,
    ),
  );
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

const pgName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function openPostgres(to: Connection, { password }: Secret): Promise<SourceDatabase> {
  const host = await reachable(to.host);
  const client = new pg.Client({
    ...{ host, port: to.port, database: to.database, user: to.user, password },
    connectionTimeoutMillis: CONNECT_MS_MAX,
    ...(to.tls ? { ssl: { servername: to.host } } : {}),
    // Nothing is written there, whatever we send; and what takes too long is given up.
    options: `-c default_transaction_read_only=on -c statement_timeout=${STATEMENT_MS_MAX}`,
  });
  client.on('error', () => undefined);
  await guarded(async () => {
    await client.connect();
    await client.query('begin transaction isolation level repeatable read read only');
  });
  return {
    entries: async function* () {
      const { rows } = await guarded(() =>
        client.query<ColumnFound>(
          `select c.relname as table, obj_description(c.oid, 'pg_class') as "tableComment", a.attname as column,
                  col_description(c.oid, a.attnum) as comment, format_type(a.atttypid, a.atttypmod) as type
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
              and has_table_privilege(c.oid, 'select')
            order by c.relname, a.attnum`,
          [to.schema],
        ),
      );
      yield* entriesOf(rows);
    },
    copy: (table, path) =>
      guarded(async () => {
        const query = `copy (select * from ${pgName(to.schema)}.${pgName(table)}) to stdout (format csv, header true, encoding 'UTF8')`;
        await pipeline(client.query(copyTo(query)), createWriteStream(path, { mode: 0o600 }));
      }),
    close: () => client.end().catch(() => undefined),
  };
}

const myName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

async function openMysql(to: Connection, { password }: Secret): Promise<SourceDatabase> {
  const host = await reachable(to.host);
  const { createConnection } = await import('mysql2/promise');
  const connection = await guarded(() =>
    createConnection({
      ...{ host, port: to.port, database: to.database, user: to.user, password },
      connectTimeout: CONNECT_MS_MAX,
      ...(to.tls ? { ssl: { servername: to.host } } : {}),
      // Values as the server writes them: no float for a decimal, no local time for a date.
      ...{ dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, decimalNumbers: false },
      // A hostile server may ask for files of the client; it gets none.
      flags: ['-LOCAL_FILES'],
      multipleStatements: false,
    }),
  );
  await guarded(async () => {
    await connection.query('set session transaction read only');
    await connection.query('start transaction with consistent snapshot, read only');
  });
  return {
    entries: async function* () {
      const [rows] = await guarded(() =>
        connection.query(
          `select t.table_name as \`table\`, nullif(t.table_comment, '') as tableComment, c.column_name as \`column\`,
                  nullif(c.column_comment, '') as comment, c.column_type as type
             from information_schema.tables t join information_schema.columns c
               on c.table_schema = t.table_schema and c.table_name = t.table_name
            where t.table_schema = ? order by t.table_name, c.ordinal_position`,
          [to.database],
        ),
      );
      yield* entriesOf(rows as unknown as ColumnFound[]);
    },
    copy: (table, path) =>
      guarded(async () => {
        const [columns] = await connection.query(
          'select column_name as name from information_schema.columns where table_schema = ? and table_name = ? order by ordinal_position',
          [to.database, table],
        );
        const names = columns.map((c) => String(c.name));
        const rows = connection.connection.query({ sql: `select * from ${myName(table)}`, rowsAsArray: true }).stream();
        const lines = async function* () {
          yield `${names.map(csvCell).join(',')}\n`;
          for await (const row of rows) yield `${(row as unknown[]).map(csvCell).join(',')}\n`;
        };
        await pipeline(lines, createWriteStream(path, { mode: 0o600 }));
      }),
    close: () => connection.end().catch(() => connection.destroy()),
  };
}

/** A missing value is an empty cell, an empty text a quoted one. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const plain = Buffer.isBuffer(value)
    ? value.toString('hex')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return plain === '' || /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
