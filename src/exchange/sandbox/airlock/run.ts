import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { enqueue, execute, type Refusal, SYSTEM } from '../../../kernel/acts/index.ts';
import type { Database } from '../../../kernel/database/index.ts';
import { canonical } from '../../../kernel/evidence/index.ts';
import { newUlid } from '../../../kernel/ids.ts';
import { IsolatedFailure, type LentFile, type Limits, type ProgramOutcome } from '../../../kernel/isolation/types.ts';
import { type JobContext, type Task, task } from '../../../kernel/jobs.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import { ingestTable, profileTable, TableFailure, type Vault, VaultFailure } from '../../../kernel/vault/index.ts';
import { JobId } from '../model.ts';
import { preparedFile } from '../prepare.ts';
import { sandboxSetting } from '../setting.ts';
import { CLEAR_TASK, tableOf } from './acts.ts';
import { beginJob, examineJob, failJob, type JobFailure, recordOutput } from './acts-system.ts';
import { type CheckLimits, checkOutput, rejectedByMachine } from './checks.ts';
import { contentOf, readContent } from './content.ts';
import { declaredColumns } from './declaration.ts';
import { differencesTo, type ReleasedOutput } from './differences.ts';
import { type Job, type JobInput, RUN_TASK } from './model.ts';
import { type TypedOutput, typedOutput } from './result.ts';
import { CHECK_LIMITS, JOB_LIMITS } from './rules.ts';
import { compareWithSources } from './source.ts';
import { getJob, inputsOf, leastEntities, standing } from './store.ts';
import { Unfit } from './unfit.ts';

/** How often a running job asks whether everything behind it lives: the most a withdrawal can be late. */
const RECHECK_MS = 500;
const MEBIBYTE = 1024 ** 2;
const RELEASED_MAX = 50;
const LOG_CHARS_MAX = 65_536;
const PROCESSES = 32;
const OUTPUT_FILES_MAX = 8;

/** Jobs of this process at once: fewer than its tasks, so that long ones never keep others from their work. */
const PLACES = 2;
const AGAIN_MS = 2_000;
let taken = 0;

export const runTask: Task = task(RUN_TASK, async (payload, context) => {
  const { jobId } = z.object({ jobId: JobId }).parse(payload);
  if (taken >= PLACES) {
    const runAt = new Date(Date.now() + AGAIN_MS);
    return enqueue(context.kernel.db, { task: RUN_TASK, payload: { jobId }, key: `${RUN_TASK} ${jobId}`, runAt });
  }
  taken += 1;
  try {
    await runJob(context, jobId);
  } finally {
    taken -= 1;
  }
});

/** Makes what goes in before its rows are counted; what does not live any more is told by the act that begins. */
async function prepareFirst(db: Database, jobId: string): Promise<boolean> {
  const inputs = await inputsOf(db, jobId);
  const { useStopped } = await standing(db, jobId, inputs, new Date());
  if (useStopped !== null) return true;
  try {
    await filesOf(db, jobId, inputs);
    return true;
  } catch (error) {
    if (error instanceof TableFailure || error instanceof VaultFailure) return false;
    throw error;
  }
}

/** Why a run was cut off; `lost`: it is not ours any more, so nothing is recorded of it. */
type Cut = 'stopped' | 'lost';

/** Runs a job once through: begin, run isolated, check, record. Repeatable: each step asks whose run it is. */
async function runJob(context: JobContext, jobId: string): Promise<void> {
  const { kernel, vault } = context;
  const job = await getJob(kernel.db, jobId);
  if (!job || !['queued', 'running', 'checking'].includes(job.state)) return;
  // What a run that died left in the vault belongs to nothing.
  if (job.attempts > 0) await removeObjects(kernel.db, vault, jobId);
  const runId = newUlid();
  if (job.attempts === 0 && !(await prepareFirst(kernel.db, jobId)))
    return recordUnbegun(context, jobId, 'unavailable');
  const begun = await execute(kernel, beginJob, SYSTEM, { jobId, runId });
  if (!begun.ok) return refusedToBegin(context, jobId, begun.refusal);
  const watch = watchOver(kernel.db, jobId, runId);
  let printed = '';
  const put: string[] = [];
  try {
    await runAndCheck({ kernel, vault: noting(vault, put) }, job, runId, watch.signal, (log) => {
      printed = log;
    });
  } catch (error) {
    // Cancelled, stopped or taken over while it was being stored: what was put away belongs to nothing.
    for (const id of put) await vault.remove(id);
    const cut = watch.cut();
    if (cut === 'lost') return;
    const failure = cut ?? failureOf(error);
    const detail = error instanceof IsolatedFailure ? error.detail : printed;
    await fail(context, job, runId, failure, detail);
    if (failure === 'internal' && !(error instanceof IsolatedFailure)) throw error;
  } finally {
    watch.end();
  }
}

/** The vault, with a list of what is put into it. */
function noting(vault: Vault, put: string[]): Vault {
  const note = <T extends { readonly id: string }>(object: T): T => {
    put.push(object.id);
    return object;
  };
  return {
    ...vault,
    put: async (content, meta) => note(await vault.put(content, meta)),
    putFile: async (path, meta) => note(await vault.putFile(path, meta)),
  };
}

function failureOf(error: unknown): JobFailure {
  if (error instanceof Unfit || error instanceof IsolatedFailure) return error.kind;
  return error instanceof Stopped ? 'stopped' : 'internal';
}

/** An act of our own was refused on the way: a right ended, or the quantity is used up. */
class Stopped extends Error {}

async function refusedToBegin(context: JobContext, jobId: string, refusal: Refusal): Promise<void> {
  if (refusal.kind === 'state' || refusal.kind === 'not-found') return;
  const broken = refusal.violations.some((v) => v.rule === 'HS-23.28');
  const failure = broken ? 'internal' : refusal.violations.some((v) => v.rule === 'HS-21.12') ? 'policy' : 'stopped';
  await recordUnbegun(context, jobId, failure);
}

async function recordUnbegun({ kernel }: JobContext, jobId: string, failure: JobFailure): Promise<void> {
  await execute(kernel, failJob, SYSTEM, { jobId, runId: null, failure, logId: null });
}

/** Asks each half second whether the run is still ours and everything behind it lives; cuts it off otherwise. */
function watchOver(db: Database, jobId: string, runId: string) {
  const controller = new AbortController();
  let cut: Cut | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy || cut) return;
    busy = true;
    try {
      const job = await getJob(db, jobId);
      if (job?.run_id !== runId) cut = 'lost';
      else if ((await standing(db, jobId, await inputsOf(db, jobId), new Date())).useStopped) cut = 'stopped';
      if (cut) controller.abort();
    } catch {
      // The database is away: whether the rights live is not known, so nothing goes on.
      cut = 'lost';
      controller.abort();
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), RECHECK_MS);
  return { signal: controller.signal, cut: () => cut, end: () => clearInterval(timer) };
}

async function must(context: JobContext, act: Parameters<typeof execute>[1], input: unknown): Promise<void> {
  const outcome = await execute(context.kernel, act, SYSTEM, input);
  if (!outcome.ok) throw new Stopped(outcome.refusal.title.en);
}

async function runAndCheck(
  context: JobContext,
  job: Job,
  runId: string,
  signal: AbortSignal,
  onLog: (log: string) => void,
): Promise<void> {
  const { kernel, vault } = context;
  const inputs = await inputsOf(kernel.db, job.id);
  const lent = await filesOf(kernel.db, job.id, inputs);
  const outcome = await runProgram(job, lent, signal);
  // What it printed goes to the holder even where its output is unfit.
  onLog(outcome.log);
  await must(context, examineJob, { jobId: job.id, runId });
  const output = typedOutput(job.output, outcome);
  const checked = await check(context, job, inputs, output, signal);
  // What the machine rejects is not even kept; what the program printed goes to the holder.
  const stored = rejectedByMachine(checked.checks)
    ? { ...NOTHING, logId: await keepLog(vault, job, outcome.log) }
    : await store(vault, job, output, outcome.log);
  await must(context, recordOutput, {
    jobId: job.id,
    runId,
    ...stored,
    ...checked,
    cpuMs: outcome.cpuMs,
    memoryBytes: outcome.memoryPeakBytes,
  });
}

const NOTHING = { contentId: null, sha256: null, tableId: null, rows: null, columns: null, profile: null };

/** The prepared tables under their names in the program; lent at once, since the copies are kept for a while only. */
async function filesOf(db: Database, jobId: string, inputs: readonly JobInput[]): Promise<LentFile[]> {
  const { grants } = await standing(db, jobId, inputs, new Date());
  const files: LentFile[] = [];
  for (const hand of grants) files.push({ name: hand.grant.alias, path: (await preparedFile(hand)).path });
  return files;
}

function limitsAt(at: Date): Limits {
  const memoryBytes = valueAt(JOB_LIMITS.memoryMebibytes, at).value * MEBIBYTE;
  return {
    wallMs: valueAt(JOB_LIMITS.wallSeconds, at).value * 1_000,
    cpuSeconds: valueAt(JOB_LIMITS.cpuSeconds, at).value,
    memoryBytes,
    processes: PROCESSES,
    diskBytes: 64 * MEBIBYTE,
    answerBytes: 8 * MEBIBYTE,
  };
}

/** In SQL a table is called by its alias alone; the engine has it as `alias.data`. */
function programOf({ language, code }: Job, inputs: readonly LentFile[]): string {
  if (language !== 'sql') return code;
  const tables = inputs.map(({ name }) => `${name} as not materialized (from ${name}.data)`).join(', ');
  const [whole, recursive] = /^\s*with\s+(recursive\s+)?/i.exec(code) ?? [''];
  return whole === '' ? `with ${tables} ${code}` : `with ${recursive ?? ''}${tables}, ${code.slice(whole.length)}`;
}

async function runProgram(job: Job, inputs: readonly LentFile[], signal: AbortSignal): Promise<ProgramOutcome> {
  const { output } = job;
  const rowsMax = output.kind === 'table' || output.kind === 'chart' ? output.rowsMax : 1;
  return sandboxSetting().executor.run(
    // One row more tells that there were too many.
    { language: job.language, code: programOf(job, inputs), inputs, rowsMax: rowsMax + 1, filesMax: OUTPUT_FILES_MAX },
    limitsAt(new Date()),
    signal,
  );
}

async function check(
  { kernel, vault }: JobContext,
  job: Job,
  inputs: readonly JobInput[],
  output: TypedOutput,
  signal: AbortSignal,
) {
  const at = new Date();
  const { grants } = await standing(kernel.db, job.id, inputs, at);
  const limits: CheckLimits = {
    k: leastEntities(grants),
    freedomMin: valueAt(CHECK_LIMITS.freedomMin, at).value,
    parametersPercent: valueAt(CHECK_LIMITS.parametersPercent, at).value,
    rarePermille: valueAt(CHECK_LIMITS.rarePermille, at).value,
    copiedPermille: valueAt(CHECK_LIMITS.copiedPermille, at).value,
  };
  const declared = declaredColumns(job.output);
  const session = await sandboxSetting().executor.openSql(
    await filesOf(kernel.db, job.id, inputs),
    limitsAt(at),
    signal,
  );
  try {
    const tables = grants.map((g) => ({ ...tableOf(g), database: g.grant.alias }));
    const found = await compareWithSources(session, tables, declared, output, limits.k);
    const differences = differencesTo(await releasedBefore(kernel.db, vault, job), output, declared, limits.k);
    return { checks: checkOutput(job.output, output, found, differences, limits), differences };
  } finally {
    await session.close();
  }
}

/** Earlier outputs of the same party from any of the same tables: what is subtracted need not be of one project. */
async function releasedBefore(db: Database, vault: Vault, job: Job): Promise<ReleasedOutput[]> {
  const rows = await db
    .selectFrom('sandbox_output as o')
    .select(['o.id', 'o.content_id'])
    .where('o.party_id', '=', job.party_id)
    .where('o.kind', '=', job.output.kind)
    .where((e) =>
      e.exists(
        e
          .selectFrom('sandbox_job_input as mine')
          .innerJoin('sandbox_job_input as theirs', 'theirs.resource_id', 'mine.resource_id')
          .select('mine.job_id')
          .where('mine.job_id', '=', job.id)
          .whereRef('theirs.job_id', '=', 'o.job_id'),
      ),
    )
    .orderBy('o.id', 'desc')
    .limit(RELEASED_MAX)
    .execute();
  const released: ReleasedOutput[] = [];
  for (const { id, content_id } of rows) {
    const { columns, rows: content } = await readContent(vault, content_id);
    released.push({ outputId: id, columns, rows: content });
  }
  return released;
}

const objectName = (jobId: string, what: string): string => `${jobId}.${what}`;

async function putText(
  vault: Vault,
  job: Job,
  what: string,
  content: string,
  mediaType: string,
): Promise<{ id: string; sha256: string }> {
  return vault.put(Readable.from([Buffer.from(content)]), {
    ownerPartyId: job.party_id,
    name: objectName(job.id, what),
    mediaType,
  });
}

/** Keeps the output as canonical JSON and as a table, and what the program printed apart from both. */
async function store(vault: Vault, job: Job, output: TypedOutput, log: string) {
  const content = await putText(vault, job, 'json', canonical(contentOf(output)), 'application/json');
  const { table, profile } = await vault.withFolder(async (folder) => {
    const [json, parquet] = [join(folder, 'output.json'), join(folder, 'output.parquet')];
    const lines = output.rows.map((row) =>
      JSON.stringify(Object.fromEntries(output.columns.map((c, i) => [c.name, row[i] ?? null]))),
    );
    await writeFile(json, `[${lines.join(',\n')}]`);
    await ingestTable({ path: json, format: 'json', output: parquet, folder });
    return {
      table: await vault.putFile(parquet, {
        ownerPartyId: job.party_id,
        name: objectName(job.id, 'parquet'),
        mediaType: 'application/vnd.apache.parquet',
      }),
      profile: await profileTable(parquet, { folder }),
    };
  });
  return {
    contentId: content.id,
    sha256: content.sha256,
    tableId: table.id,
    logId: await keepLog(vault, job, log),
    rows: profile.rows,
    columns: profile.columns.map(({ name, type }) => ({ name, type })),
    profile,
  };
}

async function keepLog(vault: Vault, job: Job, log: string): Promise<string | null> {
  if (log === '') return null;
  return (await putText(vault, job, 'log', log.slice(0, LOG_CHARS_MAX), 'text/plain')).id;
}

async function fail(context: JobContext, job: Job, runId: string, failure: JobFailure, detail: string): Promise<void> {
  const logId = await keepLog(context.vault, job, detail);
  const outcome = await execute(context.kernel, failJob, SYSTEM, { jobId: job.id, runId, failure, logId });
  // Cancelled or taken over meanwhile: then this log belongs to nothing.
  if (!outcome.ok && logId !== null) await context.vault.remove(logId);
}

async function removeObjects(db: Database, vault: Vault, jobId: string): Promise<void> {
  const left = await db
    .selectFrom('vault_object')
    .select('id')
    .where(
      'name',
      'in',
      ['json', 'parquet', 'log'].map((what) => objectName(jobId, what)),
    )
    .execute();
  for (const { id } of left) await vault.remove(id);
}

/** What a job that was cancelled or rejected put out is removed; its log stays with the holder of the data. */
export const clearTask: Task = task(CLEAR_TASK, async (payload, { kernel, vault }) => {
  const { jobId } = z.object({ jobId: JobId }).parse(payload);
  const job = await getJob(kernel.db, jobId);
  if (!job || (job.state !== 'cancelled' && job.state !== 'rejected')) return;
  for (const id of [job.content_id, job.table_id]) if (id !== null) await vault.remove(id);
  await kernel.db
    .updateTable('sandbox_job')
    .set({ content_id: null, table_id: null })
    .where('id', '=', jobId)
    .execute();
});
