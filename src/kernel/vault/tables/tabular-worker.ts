import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { machineFailure, openEngine } from './engine.ts';
import { failures } from './failures.ts';
import type { Message, Request } from './protocol.ts';
import type { Progress } from './types.ts';
import { perform } from './work.ts';

/** The process that reads hostile files: one request on standard input, messages on a pipe of its own, then the end. */
const ANSWERS_FD = 3;
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
lines.once('line', (line) => {
  answer(JSON.parse(line) as Request)
    .catch((error: unknown): Message => {
      const failure = machineFailure(error);
      if (!failure) process.stderr.write(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const { kind, text } = failure ?? failures.internal();
      return { failure: { kind, text } };
    })
    .then((message) => answers.write(`${JSON.stringify(message)}\n`, () => process.exit(0)));
});

async function answer(request: Request): Promise<Message> {
  const engine = await openEngine(request, report);
  return { result: await perform(engine, request.job) };
}
