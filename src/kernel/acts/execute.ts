import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { ulid } from 'ulid';
import { z } from 'zod';
import type { Database, Tx } from '../database/index.ts';
import { appendEntry, buildEntry, canonical, commitment, salted, sha256Hex } from '../evidence/index.ts';
import type { ParameterUsed, Rule, Rulebook } from '../rulebook/index.ts';
import type { Act, JobRequest } from './act.ts';
import { type Actor, permits, withinScopes } from './actor.ts';
import { type Refusal, type RefusalKind, Refused, refused, type Violation } from './refusal.ts';

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

interface Prelude {
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
  for (let tries = 1; ; tries++) {
    try {
      return await kernel.db
        .transaction()
        .execute((tx) => perform(kernel, tx, act, actor, parsed.data, inputHash, options));
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
  input: unknown,
  inputHash: Buffer,
  options: ExecuteOptions,
): Promise<Outcome> {
  const { definition } = act;
  const key = options.idempotencyKey;
  if (key) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${scopeOf(actor)} ${key}`}, 0))`.execute(tx);
  }
  const { at, adopted, before } = await prelude(tx, actor, key);
  if (before) return answerOf(before, act, inputHash);
  const facts = await definition.facts({ tx, actor, input, at });
  const version = definition.version?.(facts);
  if (options.expectedVersion !== undefined && version !== undefined && version !== options.expectedVersion) {
    throw refused(
      'stale',
      'HS-1.5',
      { zh: '内容已被他人更新', en: 'Someone changed it meanwhile' },
      {
        zh: `您看到的是第 ${options.expectedVersion} 版，现在是第 ${version} 版。`,
        en: `You saw version ${options.expectedVersion}; it is now version ${version}.`,
      },
      { zh: '请刷新后再办理。', en: 'Reload, look at what changed, and try again.' },
    );
  }
  const { records, alerts, factsSalt } = decide(kernel.rulebook, act, facts, adopted, at);

  const id = ulid(at.getTime()).toLowerCase();
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
  await appendEntry(tx, { id: receiptId, at, bytes, sealed });
  const parties = [...new Set([actor.partyId, ...(draft.parties ?? [])])].filter((p): p is string => p !== null);
  const stored = JSON.stringify(without(result, definition.secretOutput));
  const column = <T>(pick: (job: JobRequest) => T): T[] => jobs.map(pick);
  // One statement for all of it: every round trip to the database counts in every act.
  await sql`with a as (insert into act_log (id, name, at, party_id, person_id, subject, scope, idempotency_key, input_hash, result, decisions)
      values (${actId}, ${act.name}, ${at}, ${actor.partyId}, ${actor.personId}, ${draft.subject}, ${scopeOf(actor)},
              ${key ?? null}, ${inputHash}, ${stored}::jsonb, ${JSON.stringify(records)}::jsonb)),
    p as (insert into act_party (party_id, act_id) select party, ${actId} from unnest(${parties}::text[]) party)
    select graphile_worker.add_job(j.task, j.payload::json, run_at => j.run_at, max_attempts => j.attempts, job_key => j.key)
      from unnest(${column((j) => j.task)}::text[], ${column((j) => JSON.stringify(j.payload))}::text[],
                  ${column((j) => j.runAt?.toISOString() ?? null)}::timestamptz[], ${column((j) => j.attemptsMax ?? null)}::int[],
                  ${column((j) => j.key ?? null)}::text[]) as j (task, payload, run_at, attempts, key)`.execute(tx);
  for (const alert of alerts) {
    await sql`insert into alert (id, act_id, rule_id, party_id, subject, at, fact, remedy)
      values (${`alt_${ulid().toLowerCase()}`}, ${actId}, ${alert.rule}, ${actor.partyId}, ${draft.subject}, ${at},
              ${JSON.stringify(alert.fact)}::jsonb, ${JSON.stringify(alert.remedy)}::jsonb)`.execute(tx);
  }
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

/** The act's one time, the drafts in force, and the act that stands under the key already. */
async function prelude(tx: Tx, actor: Actor, key: string | undefined): Promise<Prelude> {
  const { rows } = await sql<{ at: Date; adopted: string[] | null; before: Date | null } & Omit<Before, 'at'>>`
    select transaction_timestamp() as at, b.id, b.name, b.at as before, b.input_hash, b.result,
      (select array_agg(document) from document_adoption
        where revoked_at is null and adopted_from <= (transaction_timestamp() at time zone 'Asia/Shanghai')::date) as adopted
      from (select) one left join act_log b on b.scope = ${scopeOf(actor)} and b.idempotency_key = ${key ?? null}`.execute(
    tx,
  );
  const row = rows[0];
  if (!row) throw new Error('the database gave no time');
  const { at, adopted, before, ...rest } = row;
  return { at, adopted: new Set(adopted ?? []), before: before === null ? undefined : { ...rest, at: before } };
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

const REMEDIES: Readonly<Record<string, { zh: string; en: string }>> = {
  'HS-1.1': { zh: '请登录，或检查令牌是否过期。', en: 'Sign in, or check whether the token has expired.' },
  'HS-1.2': { zh: '请由有相应角色的单位或人员办理。', en: 'Ask a party or person that holds the role.' },
  'HS-1.3': { zh: '请用动态口令重新登录。', en: 'Sign in again with the one-time code.' },
  'HS-1.6': { zh: '请改正后再提交。', en: 'Correct it and send it again.' },
};

function plain(kind: RefusalKind, rule: string, zh: string, en: string): Refusal {
  const remedy = REMEDIES[rule] ?? { zh: '请核对后再办理。', en: 'Check and try again.' };
  return {
    kind,
    title: { zh, en },
    violations: [{ rule, article: '', fact: { zh: `${zh}。`, en: `${en}.` }, remedy }],
  };
}

/** Field errors in both languages, one violation a field; also used for the parameters of reads. */
export function invalidInput(error: z.ZodError): Refusal {
  const zh = z.locales.zhCN().localeError;
  const en = z.locales.en().localeError;
  const say = (f: typeof zh, issue: z.core.$ZodIssue) => {
    const said = f(issue as never);
    return typeof said === 'string' ? said : (said?.message ?? issue.message);
  };
  return {
    kind: 'invalid',
    title: { zh: '填写有误', en: 'The input is not right' },
    violations: error.issues.slice(0, 20).map((issue) => {
      const field = issue.path.join('.') || '-';
      const own = issue.code === 'custom' ? issue.message : undefined;
      return {
        rule: 'HS-1.6',
        article: '',
        fact: { zh: `${field}：${own ?? say(zh, issue)}`, en: `${field}: ${own ?? say(en, issue)}` },
        remedy: { zh: '请改正后再提交。', en: 'Correct it and send it again.' },
      };
    }),
  };
}

/** Fills in how people cite each article. */
export function withArticles(rulebook: Rulebook, refusal: Refusal): Refusal {
  return {
    ...refusal,
    violations: refusal.violations.map((v) => ({ ...v, article: v.article || rulebook.cite(v.rule) })),
  };
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
    const refusal: Refusal = {
      kind: 'idempotency',
      title: { zh: '同一幂等键用于不同的请求', en: 'This idempotency key was used for another request' },
      violations: [
        {
          rule: 'HS-1.7',
          article: '',
          fact: {
            zh: `该键已用于 ${before.name}，内容不同。`,
            en: `The key belongs to ${before.name} with other input.`,
          },
          remedy: { zh: '请为新的请求使用新的键。', en: 'Use a new key for a new request.' },
        },
      ],
    };
    return { ok: false, refusal };
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
    values (${`rfs_${ulid().toLowerCase()}`}, ${act.name}, ${actor.partyId}, ${actor.personId}, ${subject ?? null}, ${refusal.kind},
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

/** Serialisation failure, deadlock, or a unique key raced by a twin. */
function isTransient(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === '40001' || code === '40P01') return true;
  return (
    code === '23505' &&
    typeof error === 'object' &&
    error !== null &&
    'constraint' in error &&
    error.constraint === 'act_log_idempotency'
  );
}
