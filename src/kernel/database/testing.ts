import { createHash, randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { ROOT } from '../root.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import { findMigrations, fingerprint, migrate } from './migrations.ts';
import { startEmbeddedServer } from './server.ts';

const TEMPLATE_LOCK = 7_346_002;
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 2 ** 31;

/**
 * Where the server of the tests lies: in memory where there is room. A database is a thousand files, and making them on a
 * disk takes a second of processor time for each test that wants its own.
 */
function serverFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= MEMORY_BYTES_MIN)
      return join(MEMORY, `shuheng-test-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`);
  } catch {
    // There is no such file system: the disk serves.
  }
  return join(ROOT, '.cache', 'test-server');
}

/** URL of a maintenance database: TEST_DATABASE_URL, or an embedded server shared by the runs of this checkout. */
async function serverUrl(): Promise<{ url: string; urlOf: (name: string) => string }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    const urlOf = (name: string) => {
      const url = new URL(given);
      url.pathname = `/${name}`;
      return url.toString();
    };
    return { url: given, urlOf };
  }
  return startEmbeddedServer(serverFolder(), { lasting: false });
}

export interface TestDatabase extends OpenDatabase {
  readonly drop: () => Promise<void>;
}

/** A fresh, migrated database for one test file, cloned from a template that is made once for each set of migrations. */
export async function testDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  const server = await serverUrl();
  const migrations = await findMigrations();
  const template = `t_${fingerprint(migrations)}`;
  const name = `x_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (!rowCount) {
      const making = `${template}_making`;
      await admin.query(`drop database if exists ${making} with (force)`);
      await admin.query(`create database ${making}`);
      await migrate(server.urlOf(making), migrations);
      await admin.query(`alter database ${making} rename to ${template}`);
    }
    await admin.query(`create database ${name} template ${template} strategy file_copy`);
  } finally {
    await admin.end();
  }
  const open = openDatabase(server.urlOf(name), options);
  return {
    ...open,
    drop: async () => {
      await open.close();
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
    },
  };
}
