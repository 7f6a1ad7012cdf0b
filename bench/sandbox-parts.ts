/**
 * A large table of the sandbox in parts: one isolated process on the whole file, then one and two worker processes
 * (`bin/shuheng sandbox-worker`) on parts leased from PostgreSQL and fetched from the vault; at last one of two is killed
 * with -9 while it works. All must give the cells of the whole. Needs two and a half times the table's size on disk.
 * With `--hosts 1` each worker is as on another host: a data folder of its own, objects from a bucket (S3).
 *   node --import tsx bench/sandbox-parts.ts [--rows 2e7] [--parts 8] [--people 1] [--hosts 0]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { sql } from 'kysely';
import type { GuardedCell } from '../src/exchange/sandbox/cells.ts';
import { openRuns } from '../src/exchange/sandbox/parts/index.ts';
import type { GrantedTable } from '../src/exchange/sandbox/policy.ts';
import { configureSandbox } from '../src/exchange/sandbox/setting.ts';
import { cellsOf, check, guardedSql, mergeCells } from '../src/exchange/sandbox/sql/index.ts';
import { testDatabase } from '../src/kernel/database/testing.ts';
import { openLocalExecutor } from '../src/kernel/isolation/index.ts';
import { testFolder } from '../src/kernel/isolation/testing.ts';
import { ROOT } from '../src/kernel/root.ts';

import { loadRulebook } from '../src/kernel/rulebook/index.ts';
import { testBucket } from '../src/kernel/testing-s3.ts';
import { openVault, shareTable } from '../src/kernel/vault/index.ts';
import { LANE_LIMITS, plainOn } from './sandbox-lane.ts';

const flag = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const ROWS = flag('--rows', 2e7);
const PARTS = flag('--parts', 8);
/** Each worker as on a host of its own: data folder, copy of the key, objects from a bucket. */
const HOSTS = flag('--hosts', 0) === 1;
const PERSONAL = flag('--people', 1) === 1;
const ROWS_EACH = 4;
const SQL = 'select g, count(*) as n, sum(x) as s from t group by g';
const KILL_AFTER_MS = 700;
const LOOK_MS = 50;

const place = testFolder();
const database = await testDatabase();
const dataFolder = join(place.folder, 'data');
mkdirSync(dataFolder, { mode: 0o700 });
const bucket = HOSTS ? await testBucket('parts') : null;
const vault = await openVault({ db: database.db, dataFolder, objectStore: bucket?.address });
const executor = await openLocalExecutor({ folder: join(place.folder, 'jobs'), warm: 0 });
const kernel = { db: database.db, rulebook: loadRulebook() };
configureSandbox({ kernel, vault, executor, folder: join(place.folder, 'tables') });

const say = (what: string) => console.log(`${what}; load ${loadavg()[0]?.toFixed(1)}`);
const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now();
  const found = await work();
  say(`${what}: ${(performance.now() - began).toFixed(0)} ms`);
  return found;
};

const path = join(place.folder, 'whole.duckdb');
await timed(`${ROWS.toLocaleString('en')} rows made`, async () => {
  const instance = await DuckDBInstance.create(path, { memory_limit: '2GB', threads: '2' });
  const connection = await instance.connect();
  await connection.run(
    `create table data as select (range // ${ROWS_EACH} + 1)::ubigint as _e, (hash(range // ${ROWS_EACH}) % 10)::bigint as g, (hash(range + 7) % 1000)::bigint as x from range(${ROWS})`,
  );
  connection.closeSync();
  instance.closeSync();
});
const parts = await timed(`shared out into ${PARTS} parts and sealed in the vault`, async () => {
  const made = [];
  for (let index = 0; index < PARTS; index++) {
    const output = join(place.folder, 'part.db');
    const { bytes } = await shareTable({ path, index, of: PARTS, output }, { folder: place.folder });
    const meta = { ownerPartyId: 'pty_bench', name: 'bench', mediaType: 'application/vnd.duckdb' };
    made.push({ objectId: (await vault.putFile(output, meta)).id, bytes });
  }
  return made;
});
say(`the file: ${(statSync(path).size / 1e6).toFixed(0)} MB`);

const table: GrantedTable = {
  ...{ grantId: 'sbg_t', alias: 't', columns: ['g', 'x'].map((name) => ({ name, type: 'integer' })) },
  policy: {
    ...{ lanes: ['interactive'], entityKey: PERSONAL ? 'id' : null, personal: PERSONAL },
    columns: [
      { name: 'g', uses: ['group', 'filter'] },
      { name: 'x', uses: ['aggregate'], range: { lower: 0, upper: 1_000 } },
    ],
    ...{ k: 10, dominancePermille: 900, ratioPermille: 100, privacy: { kind: 'exact' } },
    ...{ cellsMax: 1_000_000, usesMax: 100_000, codeHashes: null },
  },
};
const reader = await executor.openSql([], LANE_LIMITS);
const { query, problems } = check(await reader.parse(SQL), [table], new Date());
await reader.close();
if (query === null) throw new Error(JSON.stringify(problems));
const statement = guardedSql(query, new Map([['sbg_t', 't1']]));

const spelled = (cells: readonly GuardedCell[]) =>
  cells
    .map((cell) => JSON.stringify(cell))
    .sort()
    .join('\n');
const peopled = PERSONAL ? { rows: ROWS, entities: Math.ceil(ROWS / ROWS_EACH) } : null;
const cellsBy = async (shared: typeof parts) => {
  const data = openRuns([{ attached: 't1', file: async () => path, parts: shared, peopled }], LANE_LIMITS);
  try {
    const [runs = []] = await data.each([statement], 100_000);
    return mergeCells(runs.map((rows) => cellsOf(query, rows)));
  } finally {
    await data.close();
  }
};

const workers: ChildProcess[] = [];
function settingsOf(host: number) {
  if (bucket === null) return { DATABASE_URL: database.url, SHUHENG_DATA: dataFolder };
  const own = join(place.folder, `host-${host}`);
  mkdirSync(own, { mode: 0o700 });
  copyFileSync(join(dataFolder, 'vault.key'), join(own, 'vault.key'));
  return { DATABASE_URL: database.url, SHUHENG_DATA: own, OBJECT_STORE: bucket.address };
}
/** Another server of the same kind: its own process, its own copies of the parts. */
async function startWorker(): Promise<ChildProcess> {
  const args = ['--import', 'tsx', join(ROOT, 'bench', 'worker.ts')];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...settingsOf(workers.length) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((up) => child.stdout?.once('data', up));
  workers.push(child);
  return child;
}

/** Until a part is leased a second time, which of sound workers happens to none. */
async function takenOver(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from sandbox_part_run where fence > 1`.execute(
      database.db,
    );
    if (rows[0]?.n) return;
    await sleep(LOOK_MS);
  }
}

let held = true;
try {
  await timed('plain DuckDB', async () => {
    const engine = await plainOn({ name: 't1', path });
    await engine.rows('select g, count(*) as n, sum(x) as s from data group by g');
    engine.close();
  });
  const whole = await timed('one isolated process on the whole', () => cellsBy([])).catch((error) => {
    say(`one isolated process on the whole failed: ${error}`);
    return null;
  });
  const same = async (what: string, work: () => Promise<GuardedCell[]>) => {
    const cells = await timed(what, work);
    const equal = whole === null ? 'nothing to compare with' : spelled(cells) === spelled(whole);
    if (equal === false) held = false;
    console.log(`   the same cells: ${equal}`);
    return cells;
  };
  const first = await startWorker();
  await same('one worker, parts fetched and decrypted first', () => cellsBy(parts));
  await same('one worker', () => cellsBy(parts));
  await startWorker();
  await same('two workers, the second fetches its parts', () => cellsBy(parts));
  await same('two workers', () => cellsBy(parts));
  await same('two workers, one killed with -9 while it works', async () => {
    const asked = cellsBy(parts);
    await sleep(KILL_AFTER_MS);
    first.kill('SIGKILL');
    const killed = performance.now();
    takenOver().then(
      () => say(`   its part is taken over after ${(performance.now() - killed).toFixed(0)} ms`),
      () => undefined,
    );
    return asked;
  });
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from sandbox_part_run`.execute(database.db);
  console.log(`left in the database: ${rows[0]?.n} rows`);
} finally {
  for (const worker of workers) worker.kill('SIGTERM');
  await sleep(1_000);
  await executor.stop();
  await database.drop();
  await bucket?.drop();
  place.remove();
}
process.exit(held ? 0 : 1);
