import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Database, isStalePlan, type Tx } from '../database/index.ts';
import { buildEntry, canonical, commitment, salted, sha256Hex } from '../evidence/index.ts';
import { newId, newUlid } from '../ids.ts';
import { pg } from '../postgres.ts';
import type { ParameterUsed, Rule, Rulebook } from '../rulebook/index.ts';
import type { Act, JobRequest } from './act.ts';
import { type Actor, permits, withinScopes } from './actor.ts';
import { record } from './record.ts';
import { type Refusal, Refused, type Violation } from './refusal.ts';
import { invalidInput, otherUseOfKey, plain, stale, withArticles } from './refusals.ts';

const RETRIES_MAX = 4;
const IDEMPOTENCY_KEY_MAX = 200;

export interface Kernel {
  readonly db: Database;
  readonly rulebook: Rulebook;
  /** Called after each commit, so that this process's sequencer need not wait for its next look. */
  readonly committed?: () => void;
}

export interface ExecuteOptions {
  readonly idempotencyKey?: string;
  /** The version the caller saw (`If-Match`); another one is refused as stale. */
  readonly expectedVersion?: number;
}

export interface DecisionRecord {
  readonly rule: string;
  readonly version: string;
  readonly outcome: 'ok' | 'not-applicable' | 'violated' | 'unknown';
  readonly effect: string;
  /** False for a draft nobody adopted: decided and kept, but without force. */
  readonly binding: boolean;
  readonly params: readonly ParameterUsed[];
  /** Salted commitment of the facts the rule looked at; the salt is among the openings of the entry. */
  readonly facts: string;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly result: unknown;
      readonly receipt: { readonly id: string; readonly at: string };
      readonly replayed: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** An act that was done under an idempotency key. */
interface Before {
  readonly id: string;
  readonly name: string;
  readonly at: Date;
  readonly input_hash: Buffer;
  readonly result: unknown;
}

interface Opening {
  readonly at: Date;
  readonly adopted: ReadonlySet<string>;
  readonly before: Before | undefined;
}

/**
 * Executes an act: authorise → idempotency → begin → facts → rules → perform → evidence → outbox → commit.
 * Expected failures come back as a typed refusal; anything thrown is a fault of the program or the machine.
 */
export async function execute(
  kernel: Kernel,
  act: Act,
  sender: Actor,
  rawInput: unknown,
  options: ExecuteOptions = {},
): Promise<Outcome> {
  const actor = act.by.kind === 'anyone' ? withinScopes(sender, act.name) : sender;
  const outcome = await attempt(kernel, act, actor, rawInput, options);
  if (outcome.ok) {
    kernel.committed?.();
    return outcome;
  }
  const refusal = withArticles(kernel.rulebook, outcome.refusal);
  if (refusal.kind === 'rule' || refusal.kind === 'state') await keepRefusal(kernel.db, act, actor, rawInput, refusal);
  return { ok: false, refusal };
}

async function attempt(
  kernel: Kernel,
  act: Act,
  actor: Actor,
  rawInput: unknown,
  options: ExecuteOptions,
): Promise<Outcome> {
  const barred = authorise(act, actor);
  if (barred) return { ok: false, refusal: barred };
  if (holdsNul(rawInput))
    return {
      ok: false,
      refusal: plain(
        'invalid',
        'HS-1.6',
        '内容含有无法保存的字符，或层次过深',
        'The input holds characters that cannot be stored, or is nested too deep',
      ),
    };
  const parsed = act.input.safeParse(rawInput ?? {});
  if (!parsed.success) return { ok: false, refusal: invalidInput(parsed.error) };
  if (options.idempotencyKey && options.idempotencyKey.length > IDEMPOTENCY_KEY_MAX) {
    return { ok: false, refusal: plain('invalid', 'HS-1.6', '幂等键过长', 'The idempotency key is too long') };
  }
  const inputHash = hashInput(act, parsed.data);
  const prepared = await act.definition.prepare?.({ actor, input: parsed.data });
  for (let tries = 1; ; tries++) {
    try {
      return await kernel.db
        .transaction()
        .execute((tx) => perform(kernel, tx, act, actor, { input: parsed.data, inputHash, prepared }, options));
    } catch (error) {
      if (error instanceof Refused) {
        // A twin with the same key may have won meanwhile; then its answer is ours.
        const twin = options.idempotencyKey
          ? await replay(kernel.db, act, actor, inputHash, options.idempotencyKey)
          : undefined;
        return twin ?? { ok: false, refusal: error.refusal };
      }
      if (!isTransient(error) || tries >= RETRIES_MAX) throw error;
    }
  }
}

async function perform(
  kernel: Kernel,
  tx: Tx,
  act: Act,
  actor: Actor,
  { input, inputHash, prepared }: { input: unknown; inputHash: Buffer; prepared: unknown },
  options: ExecuteOptions,
): Promise<Outcome> {
  const { definition } = act;
  const key = options.idempotencyKey;
  const { at, adopted, before } = await open(tx, actor, key);
  if (before) return answerOf(before, act, inputHash);
  const facts = await definition.facts({ tx, actor, input, prepared, at });
  const version = definition.version?.(facts);
  if (options.expectedVersion !== undefined && version !== undefined && version !== options.expectedVersion) {
    throw stale(options.expectedVersion, version);
  }
  const { records, alerts, factsSalt } = decide(kernel.rulebook, act, facts, adopted, at);

  const id = newUlid(at.getTime());
  const actId = `act_${id}`;
  const receiptId = `rct_${id}`;
  const jobs: JobRequest[] = [];
  const result = act.output.parse(
    await definition.perform({ tx, actor, input, facts, at, actId, enqueue: (job) => jobs.push(job) }),
  );
  const draft = definition.entry({ input, facts, result, actor });
  const named = { party: actor.partyId, subject: draft.subject };
  const unnamed = { party: null, subject: null };
  const { bytes, sealed } = buildEntry(
    {
      id: receiptId,
      act: act.name,
      at: at.toISOString(),
      ...(draft.public ? named : unnamed),
      open: draft.open ?? {},
      rules: records.map(({ rule, version: v, outcome, binding }) => ({
        rule,
        version: v,
        outcome: draft.public ? outcome : 'sealed',
        binding,
      })),
    },
    {
      shared: { ...(draft.public ? {} : named), ...draft.sealed },
      own: {
        person: actor.personId,
        input: without(input, definition.secretInput),
        decisions: { records: `sha256:${sha256Hex(canonical(records))}`, factsSalt },
      },
    },
  );
  await record(tx, {
    id: actId,
    name: act.name,
    at,
    partyId: actor.partyId,
    personId: actor.personId,
    subject: draft.subject,
    scope: scopeOf(actor),
    idempotencyKey: key,
    inputHash,
    result: without(result, definition.secretOutput),
    decisions: records,
    parties: [...new Set([actor.partyId, ...(draft.parties ?? [])])].filter((p): p is string => p !== null),
    alerts,
    jobs,
    entry: { id: receiptId, at, bytes, sealed },
  });
  return { ok: true, result, receipt: { id: receiptId, at: at.toISOString() }, replayed: false };
}

/** Adds a job that becomes visible when the transaction commits. */
export async function enqueue(
  tx: Tx | Database,
  { task, payload, key, runAt, attemptsMax }: JobRequest,
): Promise<void> {
  await sql`select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, run_at => ${runAt ?? null}::timestamptz,
    max_attempts => ${attemptsMax ?? null}::int, job_key => ${key ?? null}::text)`.execute(tx);
}

/** The act's one time, the drafts in force, and the act that stands under the key already: twins wait here for each other. */
async function open(tx: Tx, actor: Actor, key: string | undefined): Promise<Opening> {
  const { rows } = await sql<{ opened_at: Date; adopted: string[] | null } & (Before | { id: null })>`
    select opened_at, adopted, id, name, at, input_hash, result from act_opening(${scopeOf(actor)}, ${key ?? null})`.execute(
    tx,
  );
  const [row] = rows;
  if (!row) throw new Error('the database gave no time');
  return { at: row.opened_at, adopted: new Set(row.adopted ?? []), before: row.id === null ? undefined : row };
}

/** Decides every rule, also after a violation: a person is told all reasons at once. */
function decide(rulebook: Rulebook, act: Act, facts: unknown, adopted: ReadonlySet<string>, at: Date) {
  const records: DecisionRecord[] = [];
  const violations: Violation[] = [];
  const alerts: Violation[] = [];
  const kept = act.rules.length > 0 ? salted(facts) : undefined;
  const factsHash = kept ? commitment(kept) : '';
  for (const rule of act.rules as readonly Rule<unknown>[]) {
    const binding = rulebook.binds(rulebook.article(rule.id).document.code, adopted, at);
    const { decision, params } = rule.evaluate(facts, at);
    records.push({
      rule: rule.id,
      version: rule.version,
      outcome: decision.outcome,
      effect: rule.effect,
      binding,
      params,
      facts: factsHash,
    });
    if (!binding || decision.outcome === 'ok' || decision.outcome === 'not-applicable') continue;
    const violation: Violation = {
      rule: rule.id,
      article: rulebook.cite(rule.id),
      fact:
        decision.outcome === 'violated'
          ? decision.fact
          : { zh: `缺少判断所需的事实：${decision.missing}`, en: `A fact is missing: ${decision.missing}` },
      remedy:
        decision.outcome === 'violated' ? decision.remedy : { zh: '请补充后再办理。', en: 'Supply it and try again.' },
    };
    if (rule.effect === 'block') violations.push(violation);
    else alerts.push(violation);
  }
  if (violations.length > 0) {
    throw new Refused({
      kind: 'rule',
      title: { zh: `${act.title.zh}：不符合规则`, en: `${act.title.en}: a rule says no` },
      violations,
    });
  }
  return { records, alerts, factsSalt: kept?.salt ?? null };
}

function authorise(act: Act, actor: Actor): Refusal | undefined {
  const permission = permits(act.by, actor, act.name);
  if (permission === 'unauthenticated') return plain('unauthenticated', 'HS-1.1', '请先登录', 'Please sign in');
  if (permission === 'forbidden')
    return plain('forbidden', 'HS-1.2', '您的角色不能办理此事', 'Your role may not do this');
  if (act.secondFactor && !actor.secondFactor)
    return plain('forbidden', 'HS-1.3', '需要动态口令', 'A second factor is needed');
  return undefined;
}

async function replay(
  db: Database | Tx,
  act: Act,
  actor: Actor,
  inputHash: Buffer,
  key: string,
): Promise<Outcome | undefined> {
  const { rows } = await sql<Before>`select id, name, at, input_hash, result
    from act_log where scope = ${scopeOf(actor)} and idempotency_key = ${key}`.execute(db);
  return rows[0] && answerOf(rows[0], act, inputHash);
}

/** The answer given before, or the refusal of a key that was used for something else. */
function answerOf(before: Before, act: Act, inputHash: Buffer): Outcome {
  if (before.name !== act.name || !before.input_hash.equals(inputHash)) {
    return { ok: false, refusal: otherUseOfKey(before.name) };
  }
  return {
    ok: true,
    result: before.result,
    receipt: { id: before.id.replace('act_', 'rct_'), at: before.at.toISOString() },
    replayed: true,
  };
}

async function keepRefusal(db: Database, act: Act, actor: Actor, input: unknown, refusal: Refusal): Promise<void> {
  const subject =
    typeof input === 'object' && input !== null
      ? Object.values(input).find((v) => typeof v === 'string' && /^[a-z]{3}_[0-9a-z]{26}$/.test(v))
      : null;
  await sql`insert into refusal (id, act_name, party_id, person_id, subject, kind, title, violations)
    values (${newId('rfs')}, ${act.name}, ${actor.partyId}, ${actor.personId}, ${subject ?? null}, ${refusal.kind},
            ${JSON.stringify(refusal.title)}::jsonb, ${JSON.stringify(refusal.violations)}::jsonb)`.execute(db);
}

/** PostgreSQL stores no U+0000 and no half of a surrogate pair in text, and nothing nested without end; nobody types them either. */
export function holdsNul(value: unknown): boolean {
  try {
    return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(value ?? null));
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

const scopeOf = (actor: Actor): string => actor.personId ?? actor.kind;

function hashInput(act: Act, input: unknown): Buffer {
  const plainInput = JSON.parse(JSON.stringify(without(input, act.definition.secretInput) ?? null));
  return createHash('sha256')
    .update(`${act.name}\n${canonical(plainInput)}`)
    .digest();
}

function without(value: unknown, fields: readonly string[] | undefined): unknown {
  if (!fields || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !fields.includes(name)));
}

/** Serialisation failure, deadlock, a plan from before a migration, or a unique key raced by a twin. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  if (error.code === '40001' || error.code === '40P01' || isStalePlan(error)) return true;
  return error.code === '23505' && error.constraint === 'act_log_idempotency';
}
