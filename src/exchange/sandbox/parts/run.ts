import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { IsolatedFailure, type IsolatedFailureKind, type Limits } from '../../../kernel/isolation/index.ts';
import { valueAt } from '../../../kernel/rulebook/index.ts';
import type { Cell as Value } from '../../../kernel/vault/index.ts';
import type { Part } from '../model.ts';
import { sandboxSetting } from '../setting.ts';
import { MEMORY, nameOf } from './leases.ts';
import { PART_TRIES } from './limits.ts';
import type { AnswerKey } from './seal.ts';

const LOOK_MS = 25;
/** Rows are JSON: the text of a value can take several bytes more than the value. */
const ANSWER_FACTOR = 4;

export type Rows = readonly (readonly Value[])[];
const Answers = z.array(z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))));

export interface Run {
  readonly parts: readonly Part[];
  /** Name the part's file is attached under. */
  readonly attached: string;
  readonly statements: readonly string[];
  readonly rowsMax: number;
  /** Of each part's session; the clock is the whole run's. */
  readonly limits: Limits;
  /** Of the query: what all its runs are sealed to, so that workers know them as one. */
  readonly key: AnswerKey;
  /** When whoever asked stops waiting. */
  readonly endsAt: number;
}

interface Line {
  readonly place: number;
  readonly fence: number;
  readonly answer: Buffer | null;
  readonly failure: IsolatedFailureKind | typeof MEMORY | null;
  readonly spent: boolean;
}

/**
 * Asks statements of every part and waits for the workers. Uses connections of its own, as workers must see what is asked
 * before the act commits; what is asked is gone when this returns, whatever came of it.
 * @returns for each part, the rows of each statement @throws IsolatedFailure
 */
export async function runParts(run: Run): Promise<readonly (readonly Rows[])[]> {
  const { db } = sandboxSetting().kernel;
  const runId = randomUUID();
  const tries = valueAt(PART_TRIES, new Date()).value;
  const found = new Map<number, readonly Rows[]>();
  let taken = false;
  await insert(runId, run);
  try {
    while (found.size < run.parts.length) {
      const lines = await look(runId, [...found.keys()], tries);
      taken ||= lines.some((line) => line.fence > 0);
      for (const line of lines) {
        if (line.failure === MEMORY) throw new IsolatedFailure('resource', `${MEMORY}, part ${line.place}`);
        if (line.failure !== null) throw new IsolatedFailure(line.failure, `part ${line.place}`);
        if (line.spent) throw new IsolatedFailure('internal', `part ${line.place}: ${tries} workers failed`);
        if (line.answer !== null) found.set(line.place, openAnswer(line.answer, { ...line, runId }, run));
      }
      if (found.size < run.parts.length) await wait(run.endsAt, taken);
    }
  } finally {
    await sql`delete from sandbox_part_run where run_id = ${runId}`.execute(db);
  }
  return run.parts.map((_, place) => found.get(place) ?? []);
}

async function wait(endsAt: number, taken: boolean): Promise<void> {
  if (Date.now() < endsAt) return sleep(LOOK_MS);
  throw taken ? new IsolatedFailure('resource', 'time') : new IsolatedFailure('unavailable', 'no worker took a part');
}

async function insert(runId: string, run: Run): Promise<void> {
  const { db } = sandboxSetting().kernel;
  const leftMs = Math.max(0, Math.floor(run.endsAt - Date.now()));
  await sql`
    insert into sandbox_part_run
      (run_id, place, object_id, bytes, attached, statements, rows_max, limits, answer_to, ends_at)
    select ${runId}, p.place - 1, p.part ->> 'objectId', (p.part ->> 'bytes')::bigint, ${run.attached},
           ${JSON.stringify(run.statements)}::jsonb, ${run.rowsMax}, ${JSON.stringify(run.limits)}::jsonb,
           ${run.key.publicKey}, clock_timestamp() + ${leftMs} * interval '1 millisecond'
      from jsonb_array_elements(${JSON.stringify(run.parts)}::jsonb) with ordinality as p (part, place)`.execute(db);
}

async function look(runId: string, found: readonly number[], tries: number): Promise<readonly Line[]> {
  const { rows } = await sql<Line>`
    select place, fence, answer, failure,
           answer is null and fence >= ${tries} and (leased_until is null or leased_until < clock_timestamp()) as spent
      from sandbox_part_run where run_id = ${runId} and place <> all (${[...found]}::int[])`.execute(
    sandboxSetting().kernel.db,
  );
  return rows;
}

/** @throws IsolatedFailure for what was not sealed for this part under this lease, or is no answer */
function openAnswer(sealed: Buffer, of: Parameters<typeof nameOf>[0], run: Run): readonly Rows[] {
  try {
    const answers = Answers.parse(run.key.open(sealed, nameOf(of), run.limits.answerBytes * ANSWER_FACTOR));
    if (answers.length !== run.statements.length || answers.some((rows) => rows.length > run.rowsMax))
      throw new TypeError('the answer has another shape than asked for');
    return answers;
  } catch {
    throw new IsolatedFailure('internal', `part ${of.place} was answered with something else`);
  }
}
