import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { repeatFor } from './client.ts';
import { type Exchange, withDatabase } from './exchange.ts';

const DEBIAN = '/usr/lib/postgresql/15/bin/pgbench';
const SCALE = 10;
const ACCOUNTS = 100_000 * SCALE;
const TELLERS = 10 * SCALE;

/** TPC-B as pgbench does it, on the exchange's own server in a database of its own. */
export interface TpcB {
  /** What runs it, for the line of the figure. */
  readonly title: string;
  /** @returns transactions a second over a round */
  readonly round: (seconds: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** pgbench where there is one, otherwise the same five statements through the `pg` client. */
export async function prepareTpcB(exchange: Exchange, clients: number): Promise<TpcB> {
  await withDatabase(exchange.databaseUrl('postgres'), async (db) => {
    await db.query('drop database if exists tpcb');
    await db.query('create database tpcb');
  });
  const program = existsSync(DEBIAN) ? DEBIAN : 'pgbench';
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
    ? withProgram(program, exchange, clients)
    : withClient(exchange, clients);
}

function withProgram(program: string, { folder }: Exchange, clients: number): TpcB {
  const run = (...args: string[]) => {
    const done = spawnSync(program, [...args, '-h', join(folder, 'postgres.sock'), '-U', 'app', 'tpcb'], {
      encoding: 'utf8',
    });
    if (done.status !== 0) throw new Error(`${program}: ${done.stderr}`);
    return done.stdout;
  };
  run('-i', '-q', '-s', String(SCALE));
  return {
    title: `pgbench TPC-B -c ${clients}, scale ${SCALE}`,
    round: async (seconds) => {
      const tps = /tps = ([\d.]+)/.exec(run('-n', '-c', String(clients), '-j', '1', '-T', String(seconds)))?.[1];
      if (!tps) throw new Error('pgbench printed no tps');
      return Number(tps);
    },
    close: async () => undefined,
  };
}

async function withClient(exchange: Exchange, clients: number): Promise<TpcB> {
  const pool = new pg.Pool({ connectionString: exchange.databaseUrl('tpcb'), max: clients });
  await pool.query(`
    create table pgbench_branches (bid int primary key, bbalance int not null, filler char(88)) with (fillfactor = 100);
    create table pgbench_tellers (tid int primary key, bid int not null, tbalance int not null, filler char(84)) with (fillfactor = 100);
    create table pgbench_accounts (aid int primary key, bid int not null, abalance int not null, filler char(84) default '') with (fillfactor = 100);
    create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    insert into pgbench_branches select n, 0 from generate_series(1, ${SCALE}) n;
    insert into pgbench_tellers select n, (n - 1) / 10 + 1, 0 from generate_series(1, ${TELLERS}) n;
    insert into pgbench_accounts select n, (n - 1) / 100000 + 1, 0 from generate_series(1, ${ACCOUNTS}) n;`);
  await pool.query('vacuum analyze');
  const any = (n: number) => 1 + Math.floor(Math.random() * n);
  const once = async () => {
    const [aid, tid, bid, delta] = [any(ACCOUNTS), any(TELLERS), any(SCALE), any(10_001) - 5_001];
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('update pgbench_accounts set abalance = abalance + $1 where aid = $2', [delta, aid]);
      await client.query('select abalance from pgbench_accounts where aid = $1', [aid]);
      await client.query('update pgbench_tellers set tbalance = tbalance + $1 where tid = $2', [delta, tid]);
      await client.query('update pgbench_branches set bbalance = bbalance + $1 where bid = $2', [delta, bid]);
      await client.query('insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, now())', [
        tid,
        bid,
        aid,
        delta,
      ]);
      await client.query('commit');
    } finally {
      client.release();
    }
  };
  return {
    title: `TPC-B through pg -c ${clients}, scale ${SCALE} (no pgbench here)`,
    round: async (seconds) => {
      const { done, seconds: took } = await repeatFor(seconds, clients, once);
      return done / took;
    },
    close: () => pool.end(),
  };
}
