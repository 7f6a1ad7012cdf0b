import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { machineFailure, openEngine } from './engine.ts';
import { failures } from './failures.ts';
import type { Message, Request } from './protocol.ts';
import type { Progress } from './types.ts';
import { perform } from './work.ts';

/**
 * The process that reads tables: requests on standard input, one after another, messages on a pipe of its own. Only one
 * that `stays` takes a second request; hostile files are read by one that ends.
 */
const ANSWERS_FD = 3;
const STAYS = process.argv[2] === 'stays';
const PROGRESS_MS = 200;

const answers = createWriteStream('', { fd: ANSWERS_FD });
const say = (message: Message): void => {
  answers.write(`${JSON.stringify(message)}\n`);
};

let lastSaid = 0;
let lastStage = '';
/** At most a few a second, but always the first of a stage. */
function report(progress: Progress): void {
  const now = Date.now();
  if (progress.stage === lastStage && now - lastSaid < PROGRESS_MS) return;
  lastSaid = now;
  lastStage = progress.stage;
  say({ progress });
}

const lines = createInterface({ input: process.stdin });
// Standard input stays open while the server lives: when it ends, nobody waits for the answer any more.
lines.once('close', () => process.exit(1));
lines.on('line', (line) => {
  lastStage = '';
  answer(JSON.parse(line) as Request)
    .catch((error: unknown): Message => {
      const failure = machineFailure(error);
      if (!failure) process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const { kind, text } = failure ?? failures.internal();
      return { failure: { kind, text } };
    })
    .then((message) => answers.write(`${JSON.stringify(message)}\n`, () => STAYS || process.exit(0)));
});

async function answer(request: Request): Promise<Message> {
  const engine = await openEngine(request, report);
  try {
    return { result: await perform(engine, request.job) };
  } finally {
    engine.close();
  }
}
