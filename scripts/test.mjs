// npm test: everything, from a fresh clone. Installs what tests need, then types, unit, database, API and browser tests.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode, ensureBuilt, ensurePackages, ensurePrograms, ROOT, say, TSC } from './prepare.mjs';

function start(command, args, options) {
  // Each in a group of its own, with all it starts: who ends the tests ends them all.
  const child = spawn(command, args, { cwd: ROOT, detached: true, ...options });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Runs one part. What is said while others speak too is kept and said when it is done. */
function run(name, [command, ...args], report, { env = {}, aloud = false, priority = 0 } = {}) {
  if (aloud) say(`\n· ${name}`);
  const child = start(command, args, {
    stdio: aloud ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  if (child.pid) setPriority(child.pid, priority);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => said.push(piece));
  return new Promise((done) => {
    child.once('close', (code) => {
      const last = () => {
        if (!aloud) say(`\n· ${name}\n${Buffer.concat(said).toString()}`);
      };
      done({ name, ok: code === 0, report, last });
    });
  });
}

const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 4 * 2 ** 30;
/** Tests make files by the hundred thousand and throw them away: where memory is plenty, no disk is asked. */
function roomInMemory() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}

checkNode();
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    for (const child of children) if (child.exitCode === null) process.kill(-child.pid, signal);
    process.exit(1);
  });
const ended = (child) => new Promise((done) => child.once('exit', done));
const system = ended(start(process.execPath, ['scripts/packages.mjs'], { stdio: 'inherit' }));
ensurePackages();
// The build keeps its notes in the same place, and may run beside it. One checker does the least work; nobody waits for it.
const types = run('类型 types', [process.execPath, TSC, '--noEmit', '--incremental', 'false', '--checkers', '1'], null);
ensureBuilt();
ensurePrograms();
// Processes that tests start run what was compiled just now.
process.env.SHUHENG_BUILT = '1';
process.env.SHUHENG_TEST_PASSWORDS = '1';
if ((await system) !== 0) process.exit(1);
process.env.TMPDIR = mkdtempSync(join(roomInMemory() ? MEMORY : tmpdir(), 'shuheng-test-'));
// The database server runs as another user where root tests, and must pass through.
chmodSync(process.env.TMPDIR, 0o755);
process.on('exit', () => rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 3 }));
const folder = mkdtempSync(join(tmpdir(), 'reports-'));

/** The small sample is built once, on the port of the browser tests; tests that want a copy wait until it stands here. */
const SAMPLE_PORT = '18080';
const sampleFolder = join(process.env.TMPDIR, 'sample');
const building = `${sampleFolder}.building`;
mkdirSync(building, { mode: 0o711 });
const sample = start(process.execPath, ['bench/serve.mjs', 'small', 'once'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, NODE_ENV: 'production', PORT: SAMPLE_PORT, SHUHENG_DATA: building },
});
ended(sample).then((code) =>
  code === 0 ? renameSync(building, sampleFolder) : writeFileSync(`${sampleFolder}.failed`, `${code}`),
);
process.env.SHUHENG_SAMPLE_BUILT = sampleFolder;
// Side by side they fill the machine. Pages have somebody who waits for them: the others take what they leave.
const PATIENT = 5;
const unit = run(
  '单元与数据库测试 unit and database tests',
  [
    ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${folder}/vitest.json`],
  ],
  (t) => {
    const r = JSON.parse(t);
    return { passed: r.numPassedTests, failed: r.numFailedTests + (r.success ? 0 : r.numFailedTests === 0 ? 1 : 0) };
  },
  { aloud: true, priority: PATIENT },
);
const browser = run(
  '浏览器与接口测试 browser and API tests',
  [process.execPath, 'node_modules/@playwright/test/cli.js', 'test'],
  (t) => {
    const { stats } = JSON.parse(t);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
  },
  { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: join(folder, 'playwright.json') } },
);
const runs = await Promise.all([types, unit, browser]);
for (const { last } of runs) last();
let passed = 0;
let failed = 0;
for (const [i, { name, ok, report }] of runs.entries()) {
  const file = [null, 'vitest.json', 'playwright.json'][i];
  const counts =
    report && existsSync(join(folder, file))
      ? report(readFileSync(join(folder, file), 'utf8'))
      : { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  passed += counts.passed;
  failed += counts.failed;
  if (!ok && counts.failed === 0) failed += 1;
  say(`${ok ? '✓' : '✗'} ${name}: ${counts.passed} passed, ${counts.failed} failed`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
