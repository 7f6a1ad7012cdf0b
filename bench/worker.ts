/** One worker for parts of large sandbox queries from the sources, as `bin/shuheng sandbox-worker` starts it. */
import { readArguments } from '../src/interfaces/cli/arguments.ts';
import { sandboxWorkerCommand } from '../src/interfaces/cli/sandbox-worker.ts';

process.exit(await sandboxWorkerCommand(readArguments(process.argv.slice(2))));
