import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { convertIn, queryIn, sampleIn } from './ask.ts';
import { ingestCsv } from './csv.ts';
import { type Engine, machineFailure, openEngine } from './engine.ts';
import { failures } from './failures.ts';
import { ingestJson } from './json.ts';
import { ingestParquet } from './parquet.ts';
import { profileIn } from './profile.ts';
import type { Job, Message, Request } from './protocol.ts';
import { runRecipeIn } from './recipe.ts';
import type { IngestSummary, Progress, TableFormat } from './types.ts';
import { ingestXlsx } from './xlsx.ts';

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

async function perform(engine: Engine, job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'ingest':
      return ingest(engine, job);
    case 'profile':
      return profileIn(engine, job.path);
    case 'recipe':
      return {
        ...(await runRecipeIn(engine, job.inputs, job.recipe, job.output)),
        bytes: (await stat(job.output)).size,
      };
    case 'sample':
      return sampleIn(engine, job.path, job.rows, job.seed);
    case 'query':
      return queryIn(engine, job.path, job);
    case 'convert':
      return convertIn(engine, job.path, job.format, job.output);
  }
}

async function ingest(engine: Engine, job: Extract<Job, { kind: 'ingest' }>): Promise<IngestSummary> {
  const format = job.format ?? (await formatOf(job.path));
  const by = { csv: ingestCsv, json: ingestJson, parquet: ingestParquet, xlsx: ingestXlsx }[format];
  const made = await by(engine, job);
  return { ...made, format, bytes: (await stat(job.output)).size };
}

/** By content, never by name: a name is what the sender says. */
async function formatOf(path: string): Promise<TableFormat> {
  const file = await open(path, 'r');
  try {
    const start = Buffer.alloc(512);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    if (bytesRead === 0) throw failures.empty();
    const mark = start.toString('latin1', 0, 4);
    if (mark === 'PAR1') return 'parquet';
    if (mark.startsWith('PK')) return 'xlsx';
    const text = start
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .trimStart();
    return text.startsWith('{') || text.startsWith('[') ? 'json' : 'csv';
  } finally {
    await file.close();
  }
}
