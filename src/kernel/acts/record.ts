import { sql } from 'kysely';
import { runLast, type Tx } from '../database/index.ts';
import { type BuiltEntry, insertEntry } from '../evidence/index.ts';
import { newId } from '../ids.ts';
import type { JobRequest } from './act.ts';
import type { Violation } from './refusal.ts';

/** A decided and performed act, as it is kept. */
export interface ActRecord {
  readonly id: string;
  readonly name: string;
  readonly at: Date;
  readonly partyId: string | null;
  readonly personId: string | null;
  readonly subject: string;
  /** Who the idempotency key belongs to. */
  readonly scope: string;
  readonly idempotencyKey: string | undefined;
  readonly inputHash: Buffer;
  /** Without what is shown only once. */
  readonly result: unknown;
  readonly decisions: readonly unknown[];
  /** Everybody who may see the receipt. */
  readonly parties: readonly string[];
  readonly alerts: readonly Violation[];
  readonly jobs: readonly JobRequest[];
  readonly entry: BuiltEntry;
}

/**
 * Writes the act, its evidence entry, its readers, its alerts and its jobs in one statement, and commits: nobody can write
 * one of them without the others, and every round trip to the database counts in every act.
 */
export async function record(tx: Tx, act: ActRecord): Promise<void> {
  const alert = <T>(pick: (alert: Violation) => T): T[] => act.alerts.map(pick);
  const job = <T>(pick: (job: JobRequest) => T): T[] => act.jobs.map(pick);
  const statement = sql`with ${insertEntry(act.entry)},
    a as (insert into act_log (id, name, at, party_id, person_id, subject, scope, idempotency_key, input_hash, result, decisions)
      values (${act.id}, ${act.name}, ${act.at}, ${act.partyId}, ${act.personId}, ${act.subject}, ${act.scope},
              ${act.idempotencyKey ?? null}, ${act.inputHash}, ${JSON.stringify(act.result)}::jsonb, ${JSON.stringify(act.decisions)}::jsonb)),
    p as (insert into act_party (party_id, act_id) select party, ${act.id} from unnest(${act.parties}::text[]) party),
    w as (insert into alert (id, act_id, rule_id, party_id, subject, at, fact, remedy)
      select w.id, ${act.id}, w.rule, ${act.partyId}, ${act.subject}, ${act.at}, w.fact, w.remedy
        from unnest(${alert(() => newId('alt'))}::text[], ${alert((w) => w.rule)}::text[],
                    ${alert((w) => JSON.stringify(w.fact))}::jsonb[], ${alert((w) => JSON.stringify(w.remedy))}::jsonb[]) as w (id, rule, fact, remedy))
    select graphile_worker.add_job(j.task, j.payload::json, run_at => j.run_at, max_attempts => j.attempts, job_key => j.key)
      from unnest(${job((j) => j.task)}::text[], ${job((j) => JSON.stringify(j.payload))}::text[],
                  ${job((j) => j.runAt?.toISOString() ?? null)}::timestamptz[], ${job((j) => j.attemptsMax ?? null)}::int[],
                  ${job((j) => j.key ?? null)}::text[]) as j (task, payload, run_at, attempts, key)`;
  await runLast(tx, statement);
}
