// npm start: from a fresh clone to a running exchange.
import { prepare, ROOT } from './prepare.mjs';

prepare();
process.chdir(process.env.INIT_CWD ?? ROOT);
const { runCommandLine } = await import('../dist/src/interfaces/cli/main.js');
await runCommandLine(['start', ...process.argv.slice(2)]);
