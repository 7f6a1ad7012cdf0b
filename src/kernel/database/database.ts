import { Kysely, type Transaction } from 'kysely';
import { pg } from '../postgres.ts';
import { HouseDialect } from './driver.ts';
import { PreparingClient } from './prepare.ts';

/**
 * All tables of the house. Each room adds its own by declaration merging, so that the kernel knows none of them:
 * `declare module '../../kernel/database/index.ts' { interface Tables { product: ProductTable } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging in every room
export interface Tables {}

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;
/** Anything that can run a query: reads accept both the pool and a transaction. */
export type Queryable = Database | Tx;

const POOL_MAX = 20;
const IDLE_MS = 30_000;
const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;

export interface OpenDatabase {
  readonly db: Database;
  readonly pool: pg.Pool;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Opens a pool on a PostgreSQL 15 or later. @param max most connections held at once */
export function openDatabase(url: string, { max = POOL_MAX }: { max?: number } = {}): OpenDatabase {
  const pool = new pg.Pool({
    Client: PreparingClient,
    pipeline: true,
    connectionString: url,
    max,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'shuheng',
  });
  // An idle connection cut by the server must not end the process; the pool opens another.
  pool.on('error', () => undefined);
  // The same for a connection lent out: its query fails, and that failure is what the caller sees.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new HouseDialect(pool) });
  return { db, pool, url, close: () => db.destroy() };
}
