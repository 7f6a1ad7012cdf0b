// npm run check: types, lint and format, boundaries of the house, dead code. Ends at the first that fails.
import { spawnSync } from 'node:child_process';
import { checkNode, ensurePackages, ROOT, say, TSC } from './prepare.mjs';

checkNode();
ensurePackages();
const steps = [
  ['types of the server', [process.execPath, TSC, '--noEmit']],
  ['types of the web application', [process.execPath, TSC, '--noEmit', '-p', 'web']],
  ['lint and format', ['npx', '--no-install', 'biome', 'check', '.']],
  ['dead code', ['npx', '--no-install', 'knip', '--no-progress']],
];
for (const [name, [command, ...args]] of steps) {
  say(`· ${name}`);
  const done = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
say('· boundaries of the house');
const cruise = spawnSync(
  'npx',
  ['--no-install', 'depcruise', 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
  {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  },
);
const report = JSON.parse(cruise.stdout || '{"summary":{"totalCruised":0,"violations":[]}}').summary;
for (const violation of report.violations) say(`  ${violation.rule.name}: ${violation.from} → ${violation.to}`);
// A checker that read nothing finds nothing: an empty cruise is a failure (seen with a compiler it cannot load).
if (report.totalCruised === 0) say('  no module was read');
say(`  ${report.totalCruised} modules`);
process.exit(report.totalCruised === 0 || report.violations.length > 0 ? 1 : 0);
