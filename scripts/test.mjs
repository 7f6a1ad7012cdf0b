// npm test: everything, from a fresh clone. Installs what tests need, then types, unit, database, API and browser tests.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSystemPackages } from './packages.mjs';
import { prepare, ROOT, say } from './prepare.mjs';

function run(name, args, report, env = {}) {
  say(`\n· ${name}`);
  const done = spawnSync('npx', ['--no-install', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return { name, ok: done.status === 0, report };
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

prepare();
// Processes that tests start run what was compiled just now.
process.env.SHUHENG_BUILT = '1';
ensureSystemPackages();
process.env.TMPDIR = mkdtempSync(join(roomInMemory() ? MEMORY : tmpdir(), 'shuheng-test-'));
// The database server runs as another user where root tests, and must pass through.
chmodSync(process.env.TMPDIR, 0o755);
process.on('exit', () => rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 3 }));
const folder = mkdtempSync(join(tmpdir(), 'reports-'));

/** The small sample is built once, on the port of the browser tests, while the types are checked; tests that want it take a copy. */
const SAMPLE_PORT = '18080';
const sampleFolder = join(process.env.TMPDIR, 'sample');
mkdirSync(sampleFolder, { mode: 0o711 });
const building = spawn(process.execPath, ['bench/serve.mjs', 'small', 'once'], {
  cwd: ROOT,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, NODE_ENV: 'production', PORT: SAMPLE_PORT, SHUHENG_DATA: sampleFolder },
});
const built = new Promise((done) => building.once('exit', (code) => done(code === 0)));
const types = run('类型 types', ['tsc', '--noEmit'], null);
// Where it could not be built, the tests say why.
if (await built) process.env.SHUHENG_SAMPLE_BUILT = sampleFolder;
const runs = [
  types,
  run(
    '单元与数据库测试 unit and database tests',
    ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${folder}/vitest.json`],
    (t) => {
      const r = JSON.parse(t);
      return { passed: r.numPassedTests, failed: r.numFailedTests + (r.success ? 0 : r.numFailedTests === 0 ? 1 : 0) };
    },
  ),
  run(
    '浏览器与接口测试 browser and API tests',
    ['playwright', 'test'],
    (t) => {
      const { stats } = JSON.parse(t);
      return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
    },
    { PLAYWRIGHT_JSON_OUTPUT_NAME: join(folder, 'playwright.json') },
  ),
];
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
