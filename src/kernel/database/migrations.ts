import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { pg } from '../postgres.ts';
import { ROOT } from '../root.ts';

/** Migrations are plain SQL and are read from the sources, also by the built program. */
const SOURCES = join(ROOT, 'src');
const MIGRATION_NAME = /^\d{4}-[a-z0-9-]+\.sql$/;
const MIGRATION_LOCK = 7_346_001;
/** The job queue's own migrations are its affair; failures reach us as exceptions. */

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** Every `src/**\/migrations/NNNN-name.sql`, in the order of their numbers, which are unique over the whole house. */
export async function findMigrations(root = SOURCES): Promise<Migration[]> {
  const paths = (await readdir(root, { recursive: true })).filter((p) => /(^|\/)migrations\/[^/]+\.sql$/.test(p));
  const found = await Promise.all(
    paths.map(async (path) => {
      const sql = await readFile(join(root, path), 'utf8');
      return { name: basename(path), sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  const numbers = new Set<string>();
  for (const { name } of found) {
    if (!MIGRATION_NAME.test(name)) throw new Error(`migration name ${name} is not NNNN-name.sql`);
    const number = name.slice(0, 4);
    if (numbers.has(number)) throw new Error(`two migrations share the number ${number}`);
    numbers.add(number);
  }
  return found;
}

/**
 * Brings a database forward; each migration in its own transaction, one migrator at a time.
 * @returns the names applied now
 * @throws OperatorError when an applied migration was edited or is unknown to this program
 */
export async function migrate(url: string, migrations?: readonly Migration[]): Promise<string[]> {
  const known = migrations ?? (await findMigrations());
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { Logger, runMigrations } = await import('graphile-worker');
    await runMigrations({ connectionString: url, logger: new Logger(() => () => undefined) });
    await client.query(
      'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from migration');
    const applied = new Map(rows.map((r) => [r.name, r.sha256]));
    for (const name of applied.keys()) {
      if (!known.some((m) => m.name === name)) {
        throw new OperatorError(
          `数据库比程序新（迁移 ${name}）。The database is newer than this program: migration ${name} is unknown here.`,
        );
      }
    }
    const done: string[] = [];
    for (const migration of known) {
      const before = applied.get(migration.name);
      if (before === migration.sha256) continue;
      if (before)
        throw new OperatorError(
          `迁移 ${migration.name} 在执行后被改动。Migration ${migration.name} was edited after it ran.`,
        );
      await client.query('begin');
      try {
        await client.query(migration.sql);
        await client.query('insert into migration (name, sha256) values ($1, $2)', [migration.name, migration.sha256]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`migration ${migration.name}: ${error instanceof Error ? error.message : error}`);
      }
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.end();
  }
}

/** A short name for this set of migrations: the key of the template databases used by tests. */
export function fingerprint(migrations: readonly Migration[]): string {
  return createHash('sha256')
    .update(migrations.map((m) => `${m.name} ${m.sha256}`).join('\n'))
    .digest('hex')
    .slice(0, 12);
}
