import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { convertIn, queryIn, sampleIn } from './ask.ts';
import { ingestCsv } from './csv.ts';
import type { Engine } from './engine.ts';
import { failures } from './failures.ts';
import { ingestJson } from './json.ts';
import { minimiseIn, shareIn } from './minimise.ts';
import { ingestParquet } from './parquet.ts';
import { countIn } from './portion.ts';
import { profileIn } from './profile.ts';
import type { Job } from './protocol.ts';
import { runRecipeIn } from './recipe.ts';
import type { IngestSummary, RowSet, TableFormat } from './types.ts';

/** Does one job on an engine that was opened for it. @throws TableFailure */
export async function perform(engine: Engine, job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'ingest':
      return ingest(engine, job);
    case 'profile':
      return profileIn(engine, job.path);
    case 'inspect': {
      const profile = await profileIn(engine, job.path);
      // A process does one job: what only some jobs need is loaded by them.
      const { findIn } = await import('../finder/scan.ts');
      return { profile, findings: await findIn(engine, job.path) };
    }
    case 'recipe':
      return {
        ...(await runRecipeIn(engine, job.inputs, job.recipe, job.output)),
        bytes: (await stat(job.output)).size,
      };
    case 'make': {
      const table = await runRecipeIn(engine, job.inputs, job.recipe, job.output);
      const profile = await profileIn(engine, job.output);
      const sample = await sampleIn(engine, job.output, job.sampleRows, job.seed);
      return { ...table, profile, sample, bytes: (await stat(job.output)).size };
    }
    case 'tally': {
      const answers: RowSet[] = [];
      for (const recipe of job.recipes) {
        const output = join(engine.folder, 'tally.parquet');
        await runRecipeIn(engine, [job.path], recipe, output);
        answers.push(await queryIn(engine, output, { filters: [], columns: null, limit: job.limit }));
        await rm(output);
      }
      return answers;
    }
    case 'count':
      return countIn(engine, job.portion);
    case 'minimise':
      return { ...(await minimiseIn(engine, job)), bytes: (await stat(job.output)).size };
    case 'share':
      return { ...(await shareIn(engine, job)), bytes: (await stat(job.output)).size };
    case 'query':
      return queryIn(engine, job.path, job);
    case 'convert':
      return convertIn(engine, job.path, job.format, job.output);
  }
}

async function ingest(engine: Engine, job: Extract<Job, { kind: 'ingest' }>): Promise<IngestSummary> {
  const format = job.format ?? (await formatOf(job.path));
  const by = {
    ...{ csv: ingestCsv, json: ingestJson, parquet: ingestParquet },
    xlsx: async (...given: Parameters<typeof ingestCsv>) => (await import('./xlsx.ts')).ingestXlsx(...given),
  }[format];
  const made = await by(engine, job);
  return { ...made, format, bytes: (await stat(job.output)).size };
}

/** First bytes of the office files before 2007, and of today's when locked with a password. */
const OLD_OFFICE = '\u00d0\u00cf\u0011\u00e0';
/** Web pages, which some systems give out under the name of a spreadsheet. */
const MARKUP = /^<(!doctype|html|table|\?xml)/i;
/** An object, or an array that holds what no header of a CSV begins with. */
const JSON_BEGINS = /^(\{|\[\s*([[{\]"\d-]|$))/;

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
    if (mark === OLD_OFFICE) throw failures.oldSpreadsheet();
    const text = start
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .trimStart();
    if (MARKUP.test(text)) throw failures.markup();
    return JSON_BEGINS.test(text) ? 'json' : 'csv';
  } finally {
    await file.close();
  }
}
