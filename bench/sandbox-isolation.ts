/**
 * What isolation costs: an SQL session cold and started ahead, a Python program, several at once, lending a large table;
 * beside the same in plain processes. Medians.
 *   node --import tsx bench/sandbox-isolation.ts [runs]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LentFile, openLocalExecutor, type SandboxExecutor } from '../src/kernel/isolation/index.ts';
import { TEST_LIMITS, testFolder } from '../src/kernel/isolation/testing.ts';

const runs = Number(process.argv[2] ?? 7) || 7;
const REFILL_MS = 2_500;
const LIMITS = { ...TEST_LIMITS, memoryBytes: 1024 ** 3 };
const place = testFolder();
const t1 = await place.database('t1', 'select range as id, range % 7 as g from range(1000)');
const large = await place.database(
  'large',
  "select range as id, hash(range) as h, hash(range + 1) as i, random() as x, range % 1000 as g, 'n' || (range % 500) as name from range(4500000)",
);
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
const several = async (work: () => unknown, between = 0, count = runs): Promise<number> => {
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    if (between > 0) await pause(between);
    values.push(await timed(work));
  }
  return median(values);
};
const say = (what: string, ms: number) => console.log(`${what.padEnd(66)} ${ms.toFixed(0).padStart(6)} ms`);

const ask = async (executor: SandboxExecutor, file: LentFile, sql = `select count(*) from ${file.name}.data`) => {
  const session = await executor.openSql([file], LIMITS);
  await session.rows(sql, 10);
  await session.close();
};
const python = (executor: SandboxExecutor, code: string, inputs: readonly LentFile[] = []) =>
  executor.run({ language: 'python', code, inputs, rowsMax: 0, filesMax: 1 }, LIMITS);
const plain =
  (command: string, ...args: string[]) =>
  () =>
    spawnSync(command, args);

console.log(
  `load ${loadavg()[0]?.toFixed(1)}, ${runs} runs each; ${Math.round(statSync(large.path).size / 1e6)} MB the large table\n`,
);
const cold = await openLocalExecutor({ folder: join(place.folder, 'cold'), warm: 0, jobsMax: 4 });
const warm = await openLocalExecutor({ folder: join(place.folder, 'warm'), warm: 1 });
const engine = join(import.meta.dirname, '../node_modules/@duckdb/node-api');
const plainSql = `const {DuckDBInstance} = require('${engine}'); DuckDBInstance.create('${t1.path}', {access_mode: 'READ_ONLY'}).then((i) => i.connect()).then((c) => c.runAndReadAll('select count(*) from data')).then(() => process.exit(0))`;
say('SQL, a plain Node process with DuckDB', await several(plain(process.execPath, '-e', plainSql)));
say('SQL, session opened, asked, closed: cold', await several(() => ask(cold, t1)));
await ask(warm, t1);
say('SQL, the same, started ahead', await several(() => ask(warm, t1), REFILL_MS));
const session = await warm.openSql([large], LIMITS);
say(
  'SQL, group by 1000 values in an open session',
  await several(() => session.rows('select g, count(*), sum(x) from large.data group by g', 2_000)),
);
say(
  'SQL, parse in an open session',
  await several(() => session.parse('select g, sum(x) from large.data where id > 5 group by g')),
);
await session.close();
for (const count of [1, 2, 4])
  say(
    `SQL, ${count} cold sessions at once, until all are closed`,
    await several(() => Promise.all(Array.from({ length: count }, () => ask(cold, t1)))),
  );
for (const [name, code] of [
  ['pass', 'pass'],
  ['import pandas', 'import pandas'],
  ['import sklearn.linear_model', 'import sklearn.linear_model'],
] as const) {
  say(`Python, plain: ${name}`, await several(plain('/usr/bin/python3', '-I', '-c', code), 0, 3));
  say(`Python: ${name}`, await several(() => python(cold, code), 0, 3));
}
for (const count of [2, 4])
  say(
    `Python, ${count} at once: import pandas`,
    await several(() => Promise.all(Array.from({ length: count }, () => python(cold, 'import pandas'))), 0, 3),
  );
say('lending the large table to SQL, one file system', await several(() => ask(cold, large, 'select 1')));
const other = mkdtempSync('/dev/shm/shuheng-bench-');
const far = await openLocalExecutor({ folder: other, warm: 0 });
say(
  'lending the large table to SQL, another file system (copied)',
  await several(() => ask(far, large, 'select 1'), 0, 3),
);
await far.stop();
rmSync(other, { recursive: true, force: true });
say(
  'lending the large table to Python, read as a data frame',
  await several(() => python(cold, "import shuheng; len(shuheng.tables['large'])", [large]), 0, 3),
);
console.log(`\nload ${loadavg()[0]?.toFixed(1)}`);
await cold.stop();
await warm.stop();
place.remove();
