/**
 * An interactive query of the sandbox beside plain DuckDB on the same file, as the table grows: the fixed cost and the
 * ratio; several queries at once; the start of a Python job. The lane without the act around it.
 *   node --import tsx bench/sandbox.ts [--rows 1e5,1e6] [--runs 3] [--each 4] [--gigabytes 10] [--file made-before.duckdb] [--events] [--spent] [--then]
 * `--spent`: where the time went; `--then`: a second question, which is held against the first.
 * With `--gigabytes`, instead a table of sixteen more columns of random numbers, so large as a file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { GrantedTable, GrantPolicy } from '../src/exchange/sandbox/policy.ts';
import { IsolatedFailure, type LentFile, openLocalExecutor } from '../src/kernel/isolation/index.ts';
import { TEST_LIMITS, testFolder } from '../src/kernel/isolation/testing.ts';
import { median } from './client.ts';
import { IsolatedLane, plainOn } from './sandbox-lane.ts';

const flag = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const SIZES = (flag('--rows') ?? '1e3,1e5,1e6,1e7').split(',').map(Number);
const RUNS = Number(flag('--runs') ?? 3);
const GIGABYTES = Number(flag('--gigabytes') ?? 0);
/** Columns of random numbers beside the four; eight bytes each, which nothing makes smaller. */
const WIDE = 16;
const WIDE_ROW_BYTES = 8 * (WIDE + 1) + 4;
/** Rows of one person, where rows are about people. */
const ROWS_EACH = Number(flag('--each') ?? 4);
/** Groups are of what happened, so that a person stands in several, and not of the person. */
const EVENTS = process.argv.includes('--events');
const LOOK_MS = 250;
/** From so many rows on, several queries at once are asked as well. */
const MANY = 5e7;
const THEN = 'select count(*) as n, sum(x) as s from t where g >= 5';
const SQL = 'select g, count(*) as n, sum(x) as s from t group by g';

const place = testFolder();
const executor = await openLocalExecutor({ folder: join(place.folder, 'jobs'), warm: 0, jobsMax: 8 });

let memoryPeak = 0;
/** Processor seconds of each process of a session so far. */
const processor = new Map<number, number>();
const processorSeconds = () => [...processor.values()].reduce((sum, seconds) => sum + seconds, 0);
/** The most memory one process of a session takes, looked at often; this process itself is none of them. */
const watching = setInterval(() => {
  const listed = spawnSync('ps', ['-eo', 'pid=,ppid=,rss=,cputimes='], { encoding: 'utf8' }).stdout.trim().split('\n');
  const all = listed.map((line) => line.trim().split(/\s+/).map(Number));
  const own = new Set([process.pid]);
  for (let before = 0; before < own.size; ) {
    before = own.size;
    for (const [pid = 0, parent = 0] of all) if (own.has(parent)) own.add(pid);
  }
  for (const [pid = 0, , kibibytes = 0, seconds = 0] of all) {
    if (pid === process.pid || !own.has(pid)) continue;
    memoryPeak = Math.max(memoryPeak, kibibytes);
    processor.set(pid, seconds);
  }
}, LOOK_MS);
watching.unref();

const tableOf = (personal: boolean): GrantedTable => {
  const policy: GrantPolicy = {
    lanes: ['interactive'],
    entityKey: personal ? 'id' : null,
    personal,
    columns: [
      { name: 'g', uses: ['group', 'filter'] },
      { name: 'x', uses: ['aggregate'], range: { lower: 0, upper: 1_000 } },
    ],
    ...{ k: 10, dominancePermille: 900, ratioPermille: 100, privacy: { kind: 'exact' } as const },
    ...{ cellsMax: 1_000_000, usesMax: 100_000, codeHashes: null },
  };
  const columns = ['g', 'x'].map((name) => ({ name, type: 'integer' }));
  return { grantId: 'sbg_t', alias: 't', columns, policy };
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
const round = (ms: number) => `${ms.toFixed(0)} ms`;
/** In a file, with memory for little of it. */
async function made(select: string): Promise<LentFile> {
  const path = flag('--file') ?? join(place.folder, 't1.duckdb');
  if (existsSync(path)) return { name: 't1', path };
  const instance = await DuckDBInstance.create(path, { memory_limit: '2GB', threads: '2' });
  const connection = await instance.connect();
  await connection.run(`create table data as ${select}`);
  connection.closeSync();
  instance.closeSync();
  return { name: 't1', path };
}
/** A lane that nobody asked yet, so that no answer is from the store. */
const fresh = async (file: LentFile, personal: boolean, rows = 0): Promise<void> => {
  const peopled = personal ? { rows, entities: Math.ceil(rows / ROWS_EACH) } : null;
  const lane = new IsolatedLane(executor, file, tableOf(personal), peopled);
  const answer = await lane.ask(SQL);
  if (!('marks' in answer) || answer.rows.length === 0) throw new Error('the lane did not answer');
  if (process.argv.includes('--spent')) console.log(lane.spent);
  if (!process.argv.includes('--then')) return;
  // Held against the first.
  const second = await timed(() => lane.ask(THEN));
  console.log(`  a second question: ${round(second)}; load ${loadavg()[0]?.toFixed(1)}`, lane.spent);
};

console.log(`medians of ${RUNS} runs, plain and lane in turn; load ${loadavg()[0]?.toFixed(1)}\n`);
console.log(
  '| Rows | File | Plain DuckDB | Lane, rows of things | Ratio | Lane, rows of people | Ratio | Processor | Memory | Load |\n|---|---|---|---|---|---|---|---|---|---|',
);
const wide = Array.from(
  { length: GIGABYTES > 0 ? WIDE : 0 },
  (_, i) => `, hash(range + ${1_000_000_007 * (i + 1)}) as w${i}`,
);
for (const rows of GIGABYTES > 0 ? [Math.ceil((GIGABYTES * 1e9) / WIDE_ROW_BYTES)] : SIZES) {
  memoryPeak = 0;
  const file = await made(
    `select (range // ${ROWS_EACH})::ubigint as _e, (hash(${EVENTS ? 'range + 3' : `range // ${ROWS_EACH}`}) % 10)::bigint as g, (hash(range + 7) % 1000)::bigint as x, hash(range) as pad${wide.join('')} from range(${rows})`,
  );
  const [plain, things, people]: [number[], number[], number[]] = [[], [], []];
  let [said, seconds] = ['', 0];
  for (let run = 0; run < RUNS; run++) {
    plain.push(
      await timed(async () => {
        const engine = await plainOn(file);
        await engine.rows('select g, count(*) as n, sum(x) as s from data group by g');
        engine.close();
      }),
    );
    things.push(await timed(() => fresh(file, false)));
    const before = processorSeconds();
    try {
      people.push(await timed(() => fresh(file, true, rows)));
    } catch (error) {
      said = error instanceof IsolatedFailure ? `${error.kind} ${flag('--why') ? error.detail : ''}` : String(error);
    }
    seconds = processorSeconds() - before;
  }
  const [a, b, c] = [median(plain), median(things), median(people)];
  console.log(
    `| ${rows.toLocaleString('en')} | ${(statSync(file.path).size / 1e6).toFixed(0)} MB | ${round(a)} | ${round(b)} | ${(b / a).toFixed(1)} | ${people.length > 0 ? round(c) : said} | ${people.length > 0 ? (c / a).toFixed(1) : '–'} | ${seconds} s | ${(memoryPeak / 1024).toFixed(0)} MiB | ${loadavg()[0]?.toFixed(1)} |`,
  );
  if (rows === 1e6 || rows >= MANY) {
    for (const count of [1, 2, 4]) {
      const all = await timed(() => Promise.all(Array.from({ length: count }, () => fresh(file, false))));
      console.log(
        `  ${count} queries at once, until all are answered: ${round(all)}; load ${loadavg()[0]?.toFixed(1)}`,
      );
    }
  }
  spawnSync('rm', ['-f', file.path]);
}
const job = () => executor.run({ language: 'python', code: 'pass', inputs: [], rowsMax: 0, filesMax: 1 }, TEST_LIMITS);
const [isolated, bare]: [number[], number[]] = [[], []];
for (let run = 0; run < RUNS; run++) {
  isolated.push(await timed(job));
  bare.push(await timed(async () => spawnSync('/usr/bin/python3', ['-I', '-c', 'pass'])));
}
console.log(`\nPython job \`pass\`: ${round(median(isolated))}, plain process ${round(median(bare))}`);
for (const count of [1, 2, 4])
  console.log(`  ${count} at once: ${round(await timed(() => Promise.all(Array.from({ length: count }, job))))}`);
console.log(`load ${loadavg()[0]?.toFixed(1)}`);
await executor.stop();
place.remove();
