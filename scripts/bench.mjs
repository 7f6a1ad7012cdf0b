// npm run bench: figures with a baseline taken in the same minute on the same machine, a line each.
//   npm run bench -- [--json] [--only orders] [--whole]
// The quick set takes some minutes; --whole adds a million acts, 100,000 acts over HTTP, a gigabyte and the whole sample.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, ROOT, stop } from './prepare.mjs';

const BENCHES = {
  orders: { quick: [] },
  reads: { quick: [] },
  evidence: { quick: [], whole: ['--million'] },
  sm2: { quick: [] },
  start: { quick: ['--empty'], whole: [] },
  memory: { quick: [], whole: ['--acts', '100000'] },
  growth: { quick: [], whole: ['--million'] },
  catalogue: { quick: [] },
  'sandbox-isolation': { quick: ['3'], whole: ['7'] },
  sandbox: { quick: ['--rows', '1e3,1e5,1e6'], whole: ['--rows', '1e3,1e5,1e6,1e7,1e8'] },
  'sandbox-history': { quick: ['small'], whole: [] },
  'sandbox-utility': { quick: ['small'], whole: [] },
  upload: { quick: [], quickEnvironment: { UPLOAD_BYTES: '100000000' } },
};

const args = process.argv.slice(2);
const whole = args.includes('--whole');
const at = args.indexOf('--only');
const only = at >= 0 ? args[at + 1] : undefined;
if (at >= 0 && !(only in BENCHES))
  stop(
    `没有这项测量，可选：${Object.keys(BENCHES).join('、')}。No such bench; there are: ${Object.keys(BENCHES).join(', ')}.`,
  );

prepare();
let failed = 0;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (only !== undefined && name !== only) continue;
  const done = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      join(ROOT, 'bench', `${name}.ts`),
      ...(whole ? (bench.whole ?? bench.quick) : bench.quick),
      ...(args.includes('--json') ? ['--json'] : []),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...(whole ? {} : bench.quickEnvironment) },
    },
  );
  if (done.status !== 0) failed++;
}
process.exit(failed > 0 ? 1 : 0);
