import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type pg from 'pg';
import {
  besides,
  type Exchange,
  endPostgres,
  freePort,
  isAlive,
  launch,
  postmasterPid,
  startExchange,
  withDatabase,
} from '../../bench/exchange.ts';
import { openMarket, seenFrom, signInAs } from '../../bench/trade.ts';
import { openDatabase, startEmbeddedServer } from '../../src/kernel/database/index.ts';
import { diskTileStore, entryBytes, fsck, logKey, proofFor } from '../../src/kernel/evidence/index.ts';
import { verifyCommand } from '../../src/kernel/evidence/verify-cli.ts';
import { Broken, checkAll, checkEnd } from './checks.ts';
import { type Ledger, newLedger, runLane } from './lanes.ts';

const LANES = 4;
/** A kill comes at a random moment of this time after the exchange is ready again. */
const KILL_WITHIN_MS = 1_200;
/** Every so many kills the database goes too; every so many the program is killed once more while it starts. */
const DATABASE_EVERY = 4;
const TWICE_EVERY = 5;
/** Every so many kills begin with one of the program's two witnesses alone; both always end with the program. */
const WITNESS_EVERY = 3;
const SETTLE_MS_MAX = 240_000;

export interface KillOptions {
  readonly kills: number;
  /** A second program on the same database and data folder, killed in turn with the first; half of the lanes trade there. */
  readonly second?: boolean;
  /** An exchange that runs already: it is ended and its folder kept; else one is built for this, and gone afterwards. */
  readonly running?: Exchange;
  readonly fromSources: boolean;
  readonly say: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly databaseKills: number;
  readonly startKills: number;
  /** Of a witness alone, before the kill of the program. */
  readonly witnessKills: number;
  readonly acknowledged: number;
  readonly orders: number;
  readonly retries: number;
  readonly replayed: number;
  readonly acts: number;
  readonly receipts: number;
  /** From the start of the process to ready, milliseconds. */
  readonly recoveryMs: { readonly program: number[]; readonly database: number[] };
}

/** Kills a trading exchange at random moments and looks after each whether anything was lost, doubled or left without proof. */
export async function runKills({ kills, second = false, running, fromSources, say }: KillOptions): Promise<KillReport> {
  const folder = running?.folder ?? (await mkdtemp(join(tmpdir(), 'shuheng-kill-')));
  const options = { folder, fromSources, sample: 'small' as const, port: await freePort() };
  const recoveryMs = { program: [] as number[], database: [] as number[] };
  let databaseKills = 0;
  let startKills = 0;
  let witnessKills = 0;
  let exchange: Exchange = running ?? (await startExchange(options));
  let beside: Exchange | undefined;
  try {
    const market = await openMarket(exchange, LANES);
    if (second) beside = await startExchange(await besides(exchange, options));
    const markets = beside ? [market, seenFrom(market, beside.url)] : [market];
    const ledger = newLedger();
    let stopping = false;
    const lanes = Promise.all(
      Array.from({ length: LANES }, (_, lane) =>
        runLane(markets[lane % markets.length] ?? market, lane, ledger, () => stopping),
      ),
    );
    lanes.catch((error: unknown) => say(`a lane ended: ${error}`));
    let checked = 0;
    for (let n = 1; n <= kills; n++) {
      await Promise.race([sleep(Math.random() * KILL_WITHIN_MS), lanes]);
      if (beside && n % 2 === 1) {
        await beside.kill();
        beside = await beside.again();
        recoveryMs.program.push(beside.readyAfterMs);
        checked = await lookAgain(exchange, ledger, checked);
        continue;
      }
      if (n % WITNESS_EVERY === 0 && (await killWitness(exchange.pid))) {
        witnessKills++;
        await Promise.race([sleep(Math.random() * KILL_WITHIN_MS), lanes]);
      }
      const withDatabaseToo = n % DATABASE_EVERY === 0;
      await exchange.kill();
      if (withDatabaseToo) {
        await killPostgres(folder);
        databaseKills++;
      }
      if (n % TWICE_EVERY === 0) {
        const starting = await launch(options);
        await sleep(Math.random() * KILL_WITHIN_MS);
        await starting.kill();
        startKills++;
      }
      exchange = await exchange.again();
      recoveryMs[withDatabaseToo ? 'database' : 'program'].push(exchange.readyAfterMs);
      checked = await lookAgain(exchange, ledger, checked);
      if (n % 10 === 0 || n === kills) {
        say(
          `${n} kills, ${ledger.acknowledged.length} acts acknowledged, ${ledger.orders.length} orders, ready again in ${exchange.readyAfterMs.toFixed(0)} ms`,
        );
      }
    }
    stopping = true;
    await lanes;
    await withDatabase(exchange.databaseUrl('postgres'), async (db) => {
      const end = Date.now() + SETTLE_MS_MAX;
      for (;;) {
        try {
          await checkEnd(db, ledger);
          break;
        } catch (error) {
          if (!(error instanceof Broken) || Date.now() > end) throw error;
          await sleep(200);
        }
      }
      await checkAll(db, ledger, 0);
      await untilWitnessed(db);
    });
    // Much time may have passed: a session of the beginning was idle too long.
    const auditor = await signInAs(exchange, 'audit-admin');
    const balance = await auditor.get<{ debitsFen: string; creditsFen: string }>('/ledger/trial-balance');
    if (balance.debitsFen !== balance.creditsFen) throw new Broken(`trial balance ${JSON.stringify(balance)}`);
    await beside?.stop();
    await exchange.stop();
    const { acts, receipts } = await verifyAll(folder, say);
    return {
      kills,
      databaseKills,
      startKills,
      witnessKills,
      acknowledged: ledger.acknowledged.length,
      orders: ledger.orders.length,
      retries: ledger.retries,
      replayed: ledger.replayed,
      acts,
      receipts,
      recoveryMs,
    };
  } finally {
    await beside?.kill();
    await exchange.kill();
    await endPostgres(folder);
    if (!running && !process.env.KEEP_FOLDER) await rm(folder, { recursive: true, force: true });
  }
}

/** Checks everything, the promises since the last look. @returns how many promises have been checked */
async function lookAgain(exchange: Exchange, ledger: Ledger, since: number): Promise<number> {
  const promises = ledger.acknowledged.length;
  await withDatabase(exchange.databaseUrl('postgres'), (db) => checkAll(db, ledger, since));
  return promises;
}

/** Kills one of the witnesses that a program runs, at random. @returns false when none runs just then */
async function killWitness(program: number): Promise<boolean> {
  const children = (await readFile(`/proc/${program}/task/${program}/children`, 'utf8').catch(() => '')).split(' ');
  const witnesses: number[] = [];
  for (const pid of children.filter((child) => child.trim() !== '')) {
    const command = await readFile(`/proc/${pid.trim()}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('witness')) witnesses.push(Number(pid));
  }
  const chosen = witnesses[Math.floor(Math.random() * witnesses.length)];
  if (chosen === undefined) return false;
  process.kill(chosen, 'SIGKILL');
  return true;
}

/** Both witnesses have cosigned the whole log: none refused it as a fork or a rollback of what it had seen. */
async function untilWitnessed(db: pg.Client): Promise<void> {
  const end = Date.now() + SETTLE_MS_MAX;
  for (;;) {
    const { rows } = await db.query<{ size: string; witnessed: string | null }>(
      'select size, witnessed_size as witnessed from log_state',
    );
    if (rows[0] && rows[0].size === rows[0].witnessed) return;
    if (Date.now() > end) throw new Broken(`the witnesses stopped at ${JSON.stringify(rows[0])}`);
    await sleep(200);
  }
}

async function killPostgres(folder: string): Promise<void> {
  const pid = await postmasterPid(folder);
  if (!pid || !isAlive(pid)) return;
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(5);
}

/** With the program stopped: the log made again from its entries, and every receipt through the verifier of the command line. */
async function verifyAll(folder: string, say: (line: string) => void): Promise<{ acts: number; receipts: number }> {
  const server = await startEmbeddedServer(folder);
  const { db, close } = openDatabase(server.url);
  try {
    const report = await fsck(db, diskTileStore(join(folder, 'log')));
    if (!report.ok) throw new Broken(`fsck: ${report.difference.en}`);
    if (report.waiting > 0)
      throw new Broken(`${report.waiting} entries still wait although the exchange was stopped in order`);
    say(`fsck: sound, ${report.size} entries, ${report.files} files`);
    const vkey = (await logKey(db)) ?? '';
    const [proofFile, entryFile] = [join(folder, 'one.tlog-proof'), join(folder, 'one.json')];
    const { rows: entries } = await sql<{ id: string }>`select id from evidence_entry order by id`.execute(db);
    for (const { id } of entries) {
      await writeFile(proofFile, (await proofFor(db, id)) ?? '');
      await writeFile(entryFile, (await entryBytes(db, id)) ?? '');
      let said = '';
      const keep = (text: string) => {
        said = text;
      };
      const output = { out: keep, error: keep };
      const code = await verifyCommand(['--proof', proofFile, '--entry', entryFile, '--key', vkey], output);
      if (code !== 0) throw new Broken(`receipt ${id}: shuheng verify exits ${code}: ${said}`);
    }
    say(`shuheng verify: all ${entries.length} receipts proven`);
    return { acts: report.size, receipts: entries.length };
  } finally {
    await close();
    await server.stop({ force: true });
  }
}
