// npm start: from a fresh clone to a running exchange.
import { ensureSandboxPackages, fetchSandboxPython } from './packages.mjs';
import { prepare, ROOT } from './prepare.mjs';

prepare();
ensureSandboxPackages();
process.chdir(process.env.INIT_CWD ?? ROOT);
const { runCommandLine } = await import('../dist/src/interfaces/cli/main.js');
await runCommandLine(['start', ...process.argv.slice(2)]);
if (process.exitCode === 0) fetchSandboxPython();
