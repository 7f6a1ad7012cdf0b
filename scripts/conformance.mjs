// npm run conformance: what others' programs say of ours, and what faults do to it. The tests run small parts of this.
//   npm run conformance -- [--only witness] [--quick]
import { spawnSync } from 'node:child_process';
import { ensureSystemPackages } from './packages.mjs';
import { prepare, ROOT, say, stop } from './prepare.mjs';

const node = (file, ...args) => [process.execPath, '--import', 'tsx', file, ...args];
const PARTS = {
  log: { what: 'Go sumdb/tlog over a log of ours', whole: ['sh', 'conformance/log-go/run.sh'], quick: ['5000'] },
  witness: { what: 'witnessing with Go, both ways', whole: ['sh', 'conformance/witness-go/run.sh'] },
  sm2: { what: 'SM2 lines with openssl, both ways', whole: ['sh', 'conformance/sm2.sh'] },
  bundle: { what: 'court bundles with Go alone and openssl alone', whole: ['sh', 'conformance/bundle.sh'] },
  sdc: { what: "disclosure control: what ACRO's tests expect, case by case", whole: node('conformance/sdc/acro.ts') },
  receipts: { what: 'every receipt of the sample, then flipped bits', whole: ['sh', 'conformance/receipts.sh'] },
  twins: { what: 'the same requests at once to two servers', whole: node('conformance/twins/twins.ts') },
  kill: { what: 'kill -9 while parties trade', whole: node('conformance/kill/kill.ts'), quick: ['10'] },
  clocks: {
    what: 'ten thousand clocks over at once under kill -9',
    whole: node('conformance/clocks/clocks.ts'),
    quick: ['400', '3'],
  },
  finder: { what: 'personal data found in a labelled set', whole: node('conformance/finder/finder.ts') },
  'sandbox-attacks': {
    what: 'attacks on one made-up person, on the sandbox and on plain DuckDB',
    whole: node('conformance/sandbox/run.ts'),
  },
  'sandbox-reconstruction': {
    what: 'linear reconstruction of a hundred made-up people, on plain DuckDB and on the sandbox',
    whole: node('conformance/sandbox/reconstruct.ts', '--acts', '--tables', '3'),
    quick: ['--tables', '1'],
  },
  'sandbox-search': {
    what: 'a search for attacks by queries, on plain DuckDB and on the sandbox',
    whole: node('conformance/sandbox/search.ts'),
    quick: ['--seconds', '20'],
  },
  'kill-second': {
    what: 'kill -9 of two servers of one database in turn',
    whole: node('conformance/kill/kill.ts', '--second'),
    quick: ['6'],
  },
  'sandbox-kill': {
    what: 'the sandbox on two servers at once, and under kill -9 of a server',
    whole: node('conformance/sandbox/kill.ts'),
    quick: ['2'],
  },
  'sandbox-hosts': {
    what: 'a large table in parts over two workers as on two hosts, one of them killed',
    whole: node('bench/sandbox-parts.ts', '--rows', '4e6', '--parts', '4', '--hosts', '1'),
  },
  'sandbox-isolation': {
    what: 'attacks on the sandbox, and on plain Python and DuckDB beside it',
    whole: node('conformance/sandbox/isolation.ts'),
  },
};

const args = process.argv.slice(2);
const at = args.indexOf('--only');
const only = at >= 0 ? args[at + 1] : undefined;
if (at >= 0 && !(only in PARTS))
  stop(
    `没有这一项，可选：${Object.keys(PARTS).join('、')}。No such part; there are: ${Object.keys(PARTS).join(', ')}.`,
  );

prepare();
ensureSystemPackages();
const failed = [];
for (const [name, { what, whole, quick = [] }] of Object.entries(PARTS)) {
  if (only !== undefined && name !== only) continue;
  say(`\n· ${name}: ${what}`);
  const [command, ...rest] = args.includes('--quick') ? [...whole, ...quick] : whole;
  if (spawnSync(command, rest, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) failed.push(name);
}
say(failed.length === 0 ? '\n✓ ok' : `\n✗ ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
