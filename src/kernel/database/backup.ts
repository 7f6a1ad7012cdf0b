import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { z } from 'zod';
import { OperatorError } from '../operator-error.ts';
import { pg } from '../postgres.ts';
import { migrate } from './migrations.ts';

/** What is saved besides the database: keys and objects. The log's tiles are derived from the database again. */
const FOLDERS = ['vault'] as const;
/** Files in the making: nothing refers to them yet. */
const SCRATCH = /\/vault\/(work|incoming)(\/|$)/;
const KEY_FILE = /\.key$/;
/** Tables of the job queue, so that work promised by an act is not lost. */
const QUEUE_SCHEMA = 'graphile_worker';
const QUEUE_TABLES = ['_private_tasks', '_private_job_queues', '_private_jobs'];

const ManifestSchema = z.object({
  format: z.literal('shuheng-backup/1'),
  at: z.string(),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof ManifestSchema>;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' order by 1`,
  );
  return [...rows.map((r) => r.name), ...QUEUE_TABLES.map((t) => `${QUEUE_SCHEMA}.${t}`)];
}

const qualified = (table: string): string =>
  table.includes('.') ? table.split('.').map(quote).join('.') : quote(table);

/** Columns a row can be written with: generated ones are computed again. */
async function columnsOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [qualified(table)],
  );
  return rows.map((r) => r.name);
}

/**
 * Saves database, vault objects and keys of a running or stopped exchange into a new folder, from one snapshot.
 * The folder holds keys: keep it as safe as the exchange itself.
 * @throws OperatorError when the folder exists already
 */
export async function backup(url: string, dataFolder: string, target: string): Promise<Manifest> {
  if (existsSync(target))
    throw new OperatorError(`${target} 已存在，备份不会覆盖它。${target} exists; a backup never overwrites.`);
  const making = `${target}.partial`;
  await rm(making, { recursive: true, force: true });
  await mkdir(join(making, 'database'), { recursive: true, mode: 0o700 });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const tables: Manifest['tables'] = [];
    for (const name of await tablesOf(client)) {
      const columns = await columnsOf(client, name);
      const file = join(making, 'database', `${name}.copy`);
      const stream = client.query(copyTo(`copy ${qualified(name)} (${columns.map(quote).join(', ')}) to stdout`));
      await pipeline(stream, createWriteStream(file, { mode: 0o600 }));
      tables.push({ name, columns, rows: stream.rowCount, sha256: await hashOf(file) });
    }
    for (const folder of FOLDERS) {
      if (existsSync(join(dataFolder, folder))) {
        await cp(join(dataFolder, folder), join(making, folder), {
          recursive: true,
          filter: (path) => !SCRATCH.test(path),
        });
      }
    }
    for (const name of await readdir(dataFolder)) {
      if (KEY_FILE.test(name)) await cp(join(dataFolder, name), join(making, name));
    }
    await client.query('commit');
    const manifest: Manifest = { format: 'shuheng-backup/1', at: new Date().toISOString(), tables };
    await writeFile(join(making, 'manifest.json'), JSON.stringify(manifest, null, 2), { mode: 0o600 });
    await rename(making, target);
    return manifest;
  } finally {
    await client.end();
  }
}

/**
 * Restores a backup into an empty database and an empty data folder (the embedded server's own folder may be there).
 * @throws OperatorError when something is there already, or when a file of the backup was changed
 */
export async function restore(url: string, dataFolder: string, source: string): Promise<Manifest> {
  const manifest = ManifestSchema.parse(JSON.parse(await readFile(join(source, 'manifest.json'), 'utf8')));
  const present = existsSync(dataFolder)
    ? (await readdir(dataFolder)).filter((n) => KEY_FILE.test(n) || (FOLDERS as readonly string[]).includes(n))
    : [];
  if (present.length > 0)
    throw new OperatorError(`${dataFolder} 不是空的（${present.join('、')}）。${dataFolder} is not empty.`);
  for (const { name, sha256 } of manifest.tables) {
    if ((await hashOf(join(source, 'database', `${name}.copy`))) !== sha256) {
      throw new OperatorError(`备份文件 ${name} 被改动或损坏。The backup of ${name} was changed or is damaged.`);
    }
  }
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from act_log');
    if ((rows[0]?.n ?? 0) > 0) throw new OperatorError('数据库不是空的。The database is not empty.');
    await client.query('begin');
    // Rows arrive table by table: foreign keys and insert-only triggers hold for the whole, not for the order.
    await client.query('set local session_replication_role = replica');
    for (const { name } of manifest.tables)
      if (name !== 'migration') await client.query(`delete from ${qualified(name)}`);
    for (const { name, columns } of manifest.tables) {
      if (name === 'migration') continue;
      const stream = client.query(copyFrom(`copy ${qualified(name)} (${columns.map(quote).join(', ')}) from stdin`));
      await pipeline(createReadStream(join(source, 'database', `${name}.copy`)), stream);
    }
    await client.query(
      `update ${QUEUE_SCHEMA}._private_jobs set locked_at = null, locked_by = null where locked_at is not null`,
    );
    await continueSequences(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(source)) {
    if (KEY_FILE.test(name) || (FOLDERS as readonly string[]).includes(name))
      await cp(join(source, name), join(dataFolder, name), { recursive: true });
  }
  return manifest;
}

/** Sequences go on after the largest restored value. */
async function continueSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `select d.objid::regclass::text as sequence, d.refobjid::regclass::text as table, quote_ident(a.attname) as column
     from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
     join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid where d.deptype in ('a', 'i')`,
  );
  for (const { sequence, table, column } of rows) {
    await client.query(`select setval('${sequence}', coalesce((select max(${column}) from ${table}), 0) + 1, false)`);
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
