import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type QueryResult,
  type RawBuilder,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import type { Tx } from './database.ts';

/** Statements that take the commit with them. */
const last = new WeakSet<CompiledQuery>();
/** Statements nobody waits for, with what their errors mean. */
const unawaited = new WeakMap<CompiledQuery, (error: unknown) => unknown>();

/**
 * Sends a change whose answer nobody needs, and does not wait for it: its failure is thrown by the next statement that is
 * waited for, or by the commit. So the last changes of an act and its commit cost one round trip together, and what they
 * lock is held no longer than the server works.
 * @param meaning what to throw for its error
 */
export async function send(tx: Tx, query: CompiledQuery, meaning = (error: unknown) => error): Promise<void> {
  unawaited.set(query, meaning);
  await tx.executeQuery(query);
}

/**
 * Runs the last statement of a transaction; the commit is sent behind it, so that both cost one round trip. When the
 * statement fails, the server turns that commit into a rollback. Whatever is asked after it in the transaction throws.
 */
export async function runLast(tx: Tx, query: RawBuilder<unknown>): Promise<void> {
  const compiled = query.compile(tx);
  last.add(compiled);
  await tx.executeQuery(compiled);
}

/**
 * Kysely on `pg` with fewer round trips: `begin` is sent together with the first statement where that only reads, `commit`
 * together with the last one ({@link runLast}), and {@link send} waits for nothing. Needs connections in pipeline mode.
 */
export class HouseDialect extends PostgresDialect {
  readonly #pool: pg.Pool;
  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }
  override createDriver(): Driver {
    return new HouseDriver(this.#pool);
  }
}

class HouseDriver implements Driver {
  readonly #pool: pg.Pool;
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<HouseConnection> {
    return new HouseConnection(await this.#pool.connect());
  }
  async beginTransaction(connection: HouseConnection, settings: TransactionSettings): Promise<void> {
    connection.begin(settings);
  }
  commitTransaction(connection: HouseConnection): Promise<void> {
    return connection.end('commit');
  }
  rollbackTransaction(connection: HouseConnection): Promise<void> {
    return connection.end('rollback');
  }
  async releaseConnection(connection: HouseConnection): Promise<void> {
    connection.release();
  }
  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

const READS = /^\s*select\b/i;

/** One loan of a connection from the pool. */
class HouseConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  /** The `begin` that waits for company. */
  #begin: string | undefined;
  /** The commit is on its way, or was answered. */
  #over = false;
  /** Statements sent and not waited for. */
  #sent: Promise<unknown>[] = [];

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  begin({ isolationLevel, accessMode }: TransactionSettings): void {
    this.#begin = ['start transaction', isolationLevel && `isolation level ${isolationLevel}`, accessMode]
      .filter((word) => word !== undefined)
      .join(' ');
    this.#over = false;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#over) throw new Error('the transaction is over: its last statement took the commit with it');
    const begin = this.#takeBegin();
    const takesCommit = last.has(query);
    this.#over = takesCommit;
    // Should the server refuse to begin, what travels with it is done on its own: a read does no harm, a change would.
    if (begin !== undefined && READS.test(query.sql)) this.#send(begin);
    else if (begin !== undefined) await this.#client.query(begin);
    const meaning = unawaited.get(query);
    if (meaning) {
      this.#send(query.sql, [...query.parameters], meaning);
      return { rows: [] };
    }
    const [answered, committed] = await Promise.allSettled([
      this.#client.query(query.sql, [...query.parameters]),
      takesCommit ? this.#client.query('commit') : undefined,
    ]);
    await this.#answers();
    if (answered.status === 'rejected') throw answered.reason;
    if (committed.status === 'rejected') throw committed.reason;
    if (committed.value) refuseRollback(committed.value);
    const { command, rowCount, rows } = answered.value;
    const changes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE';
    return { rows: rows as R[], ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  /** Ends the transaction, unless its last statement did, or nothing was ever asked in it. */
  async end(how: 'commit' | 'rollback'): Promise<void> {
    if (this.#over || this.#takeBegin() !== undefined) return;
    const answer = await this.#client.query(how);
    if (how === 'rollback') return;
    await this.#answers();
    refuseRollback(answer);
  }

  release(): void {
    this.#client.release();
  }

  // biome-ignore lint/correctness/useYield: nothing here reads more rows than it can hold
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('pages, not streams, are read from the database');
  }

  #send(text: string, values: unknown[] = [], meaning = (error: unknown) => error): void {
    const answer = this.#client.query(text, values).catch((error: unknown) => {
      throw meaning(error);
    });
    answer.catch(() => undefined);
    this.#sent.push(answer);
  }

  /** @throws the first failure among what was sent; what failed after it failed because of it */
  async #answers(): Promise<void> {
    for (const answer of this.#sent.splice(0)) await answer;
  }

  #takeBegin(): string | undefined {
    const begin = this.#begin;
    this.#begin = undefined;
    return begin;
  }
}

/** The server answers ROLLBACK to the commit of a transaction in which a statement failed. */
function refuseRollback({ command }: pg.QueryResult): void {
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it had failed');
}
