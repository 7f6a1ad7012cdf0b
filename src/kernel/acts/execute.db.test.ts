import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { loadRulebook, ok, type Rulebook, rule, violated } from '../rulebook/index.ts';
import { act } from './act.ts';
import { type Actor, ANONYMOUS, role, SYSTEM, signedIn, system } from './actor.ts';
import { execute, type Kernel } from './execute.ts';
import { refused } from './refusal.ts';

let database: TestDatabase;
let rulebook: Rulebook;
let kernel: Kernel;

const actor = (roles: string[], secondFactor = false, personId = 'psn_a'): Actor => ({
  kind: 'person',
  personId,
  partyId: 'pty_a',
  roles,
  scopes: null,
  secondFactor,
});

beforeAll(async () => {
  database = await testDatabase();
  rulebook = loadRulebook();
  kernel = { db: database.db, rulebook };
  await sql`create table counter (id text primary key, value int not null, version int not null)`.execute(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`truncate counter, act_log, act_party, evidence_entry, evidence_queue, refusal, alert, document_adoption`.execute(
    database.db,
  );
  await sql`insert into counter values ('c', 0, 1)`.execute(database.db);
});

const below = (limit: number) =>
  rule<{ value: number }>({
    id: 'HS-1.6',
    title: { zh: '上限', en: 'limit' },
    decide: (f) => (f.value < limit ? ok() : violated({ zh: '到顶了', en: 'at the limit' }, { zh: '停', en: 'stop' })),
    examples: [],
  });

const draftRule = (effect: 'block' | 'monitor') =>
  rule<{ value: number }>({
    id: 'SH-10.1',
    title: { zh: '草案', en: 'draft' },
    effect,
    decide: () => violated({ zh: '事实', en: 'fact' }, { zh: '办法', en: 'remedy' }),
    examples: [],
  });

const count = (rules = [below(3)]) =>
  act({
    name: 'counter.raise',
    title: { zh: '加一', en: 'Raise' },
    by: role('clerk'),
    input: z.object({ by: z.number().int().default(1), word: z.string().optional() }),
    secretInput: ['word'],
    output: z.object({ value: z.number(), once: z.string() }),
    secretOutput: ['once'],
    rules,
    facts: async ({ tx }) => {
      const { rows } = await sql<{
        value: number;
        version: number;
      }>`select value, version from counter where id = 'c' for update`.execute(tx);
      return rows[0] as { value: number; version: number };
    },
    version: (f) => f.version,
    perform: async ({ tx, input, facts, enqueue }) => {
      await sql`update counter set value = value + ${input.by}, version = version + 1`.execute(tx);
      enqueue({ task: 'counted', payload: { value: facts.value } });
      if (input.by === 13) throw new Error('a fault after the change');
      if (input.by === 14)
        throw refused('state', 'HS-1.6', { zh: '不', en: 'no' }, { zh: '不', en: 'no' }, { zh: '停', en: 'stop' });
      return { value: facts.value + input.by, once: 'seen only now' };
    },
    entry: ({ result }) => ({ subject: 'c', open: {}, sealed: { value: result.value }, parties: ['pty_b'] }),
  });

const one = async (query: ReturnType<typeof sql<{ n: number }>>) => (await query.execute(database.db)).rows[0]?.n;
const valueNow = () => one(sql<{ n: number }>`select value as n from counter`);
const actsNow = () => one(sql<{ n: number }>`select count(*)::int as n from act_log`);
const entriesNow = () => one(sql<{ n: number }>`select count(*)::int as n from evidence_entry`);

describe('execute', () => {
  it('commits the change, the act, its entry, its parties and its job together', async () => {
    const outcome = await execute(kernel, count(), actor(['clerk']), {});
    expect(outcome).toMatchObject({ ok: true, result: { value: 1, once: 'seen only now' }, replayed: false });
    expect([await valueNow(), await actsNow(), await entriesNow()]).toEqual([1, 1, 1]);
    expect(await one(sql`select count(*)::int as n from act_party`)).toBe(2);
    expect(
      await one(sql`select count(*)::int as n from graphile_worker.jobs where task_identifier = 'counted'`),
    ).toBeGreaterThan(0);
  });

  it('leaves no trace of a fault or a refusal in the change, the act log and the evidence', async () => {
    await expect(execute(kernel, count(), actor(['clerk']), { by: 13 })).rejects.toThrow('a fault');
    expect(await execute(kernel, count(), actor(['clerk']), { by: 14 })).toMatchObject({
      ok: false,
      refusal: { kind: 'state' },
    });
    expect([await valueNow(), await actsNow(), await entriesNow()]).toEqual([0, 0, 0]);
    expect(await one(sql`select count(*)::int as n from refusal`)).toBe(1);
  });

  it('refuses the stranger, the wrong role, a narrowed key and bad input before any fact is read', async () => {
    const outcomes = [
      await execute(kernel, count(), ANONYMOUS, {}),
      await execute(kernel, count(), actor(['guest']), {}),
      await execute(kernel, count(), { ...actor(['clerk']), scopes: ['other.act'] }, {}),
      await execute(kernel, count(), actor(['clerk']), { by: 'one' }),
      await execute(kernel, count(), actor(['clerk']), { word: 'a\u0000b' }),
    ];
    const kinds = outcomes.map((o) => !o.ok && o.refusal.kind);
    expect(kinds).toEqual(['unauthenticated', 'forbidden', 'forbidden', 'invalid', 'invalid']);
    for (const o of outcomes) expect(!o.ok && o.refusal.violations[0]?.article).toMatch(/本所规则/);
  });

  it('gives one effect and one answer to a hundred twins, also at the same moment', async () => {
    const act = count();
    const calls = Array.from({ length: 100 }, () =>
      execute(kernel, act, actor(['clerk']), {}, { idempotencyKey: 'k' }),
    );
    const outcomes = await Promise.all(calls);
    expect(outcomes.every((o) => o.ok)).toBe(true);
    expect(new Set(outcomes.map((o) => o.ok && o.receipt.id)).size).toBe(1);
    expect([await valueNow(), await actsNow(), await entriesNow()]).toEqual([1, 1, 1]);
    expect(outcomes.filter((o) => o.ok && !o.replayed)).toHaveLength(1);
  });

  it('refuses other input under the same key, but not under another person’s', async () => {
    await execute(kernel, count(), actor(['clerk']), {}, { idempotencyKey: 'k' });
    expect(await execute(kernel, count(), actor(['clerk']), { by: 2 }, { idempotencyKey: 'k' })).toMatchObject({
      refusal: { kind: 'idempotency' },
    });
    expect(
      await execute(kernel, count(), actor(['clerk'], false, 'psn_b'), { by: 2 }, { idempotencyKey: 'k' }),
    ).toMatchObject({ ok: true });
  });

  it('keeps secrets out of the log, the hash and the replayed answer', async () => {
    await execute(kernel, count(), actor(['clerk']), { word: 'hunter2' }, { idempotencyKey: 'k' });
    const again = await execute(kernel, count(), actor(['clerk']), { word: 'other' }, { idempotencyKey: 'k' });
    expect(again).toMatchObject({ ok: true, replayed: true, result: { value: 1 } });
    const all = await sql<{
      t: string;
    }>`select row_to_json(a)::text || (select row_to_json(e)::text from evidence_entry e) as t from act_log a`.execute(
      database.db,
    );
    expect(all.rows[0]?.t).not.toMatch(/hunter2|seen only now/);
  });

  it('goes on when a migration changes a table it has asked often', async () => {
    const act = count([]);
    for (let n = 0; n < 10; n++) await execute(kernel, act, actor(['clerk']), {});
    await sql`alter table counter alter column value type bigint`.execute(database.db);
    expect(await execute(kernel, act, actor(['clerk']), {})).toMatchObject({ ok: true, result: { value: 11 } });
  });

  it('lets one of two win and tells the other what version it missed', async () => {
    const act = count();
    const both = await Promise.all(
      [1, 2].map(() => execute(kernel, act, actor(['clerk']), {}, { expectedVersion: 1 })),
    );
    expect(both.filter((o) => o.ok)).toHaveLength(1);
    expect(both.find((o) => !o.ok)).toMatchObject({ refusal: { kind: 'stale' } });
  });

  it('lets a draft rule refuse only once the operator adopted the document', async () => {
    const act = count([draftRule('block')]);
    expect(await execute(kernel, act, actor(['clerk']), {})).toMatchObject({ ok: true });
    const { rows } = await sql<{
      decisions: { binding: boolean; outcome: string }[];
    }>`select decisions from act_log`.execute(database.db);
    expect(rows[0]?.decisions[0]).toMatchObject({ binding: false, outcome: 'violated' });
    await sql`insert into document_adoption values ('SH', '2026-01-01', null, 'house rule', 'act_x')`.execute(
      database.db,
    );
    const refusal = await execute(kernel, act, actor(['clerk']), {});
    expect(refusal).toMatchObject({
      ok: false,
      refusal: { kind: 'rule', violations: [{ rule: 'SH-10.1', fact: { zh: '事实' } }] },
    });
    expect(!refusal.ok && refusal.refusal.violations[0]?.article).toContain('第十条');
  });

  it('lets a monitored rule pass and raises an alert', async () => {
    await sql`insert into document_adoption values ('SH', '2026-01-01', null, 'house rule', 'act_x')`.execute(
      database.db,
    );
    expect(await execute(kernel, count([draftRule('monitor')]), actor(['clerk']), {})).toMatchObject({ ok: true });
    expect(await one(sql`select count(*)::int as n from alert where rule_id = 'SH-10.1'`)).toBe(1);
  });

  it('keeps system acts from people and second-factor acts from a single factor', async () => {
    const base = {
      title: { zh: '一', en: 'one' },
      input: z.object({}),
      output: z.object({}),
      facts: async () => ({}),
      perform: async () => ({}),
      entry: () => ({ subject: 'x' }),
    };
    const job = act({ ...base, name: 'job.run', by: system() });
    expect(await execute(kernel, job, actor(['system']), {})).toMatchObject({ refusal: { kind: 'forbidden' } });
    expect(await execute(kernel, job, SYSTEM, {})).toMatchObject({ ok: true });
    const strict = act({ ...base, name: 'staff.decide', by: signedIn(), secondFactor: true });
    expect(await execute(kernel, strict, actor([]), {})).toMatchObject({ refusal: { kind: 'forbidden' } });
    expect(await execute(kernel, strict, actor([], true), {})).toMatchObject({ ok: true });
  });

  it('stores no entry whose commitments cannot be opened again', async () => {
    const outcome = await execute(kernel, count(), actor(['clerk']), {});
    const { rows } = await sql<{
      bytes: Buffer;
      sealed: Record<string, { salt: string; value: unknown }>;
    }>`select bytes, sealed from evidence_entry`.execute(database.db);
    const entry = JSON.parse(String(rows[0]?.bytes)) as { id: string; sealed: Record<string, string> };
    const { commitment } = await import('../evidence/index.ts');
    expect(outcome.ok && entry.id === outcome.receipt.id).toBe(true);
    for (const [name, value] of Object.entries(entry.sealed)) {
      expect(value).toBe(commitment(rows[0]?.sealed[name] as { salt: string; value: unknown }));
    }
    expect(Object.keys(entry.sealed).sort()).toEqual(['decisions', 'input', 'party', 'person', 'subject', 'value']);
  });

  it('names nobody in the log unless the act is a public fact, and never what somebody typed', async () => {
    const entryOf = async (draft: object) => {
      const base = count();
      const changed = { ...base.definition, entry: () => ({ subject: 'prd_1', open: { board: 'main' }, ...draft }) };
      const outcome = await execute(kernel, { ...base, definition: changed }, actor(['clerk']), {});
      if (!outcome.ok) throw new Error('refused');
      const { rows } = await sql<{
        bytes: Buffer;
      }>`select bytes from evidence_entry where id = ${outcome.receipt.id}`.execute(database.db);
      return JSON.parse(String(rows[0]?.bytes)) as Record<string, unknown>;
    };
    expect(await entryOf({})).toMatchObject({ party: null, subject: null, rules: [{ outcome: 'sealed' }] });
    expect(await entryOf({ public: true })).toMatchObject({
      party: 'pty_a',
      subject: 'prd_1',
      rules: [{ outcome: 'ok' }],
    });
    await expect(entryOf({ open: { title: '某某数据' } })).rejects.toThrow('free text');
  });

  it('commits to the facts a rule saw under a salt that only the entry’s own openings hold', async () => {
    const hashes: string[] = [];
    for (let i = 0; i < 2; i++) {
      await sql`update counter set value = 0, version = 1`.execute(database.db);
      const outcome = await execute(kernel, count(), actor(['clerk']), {});
      if (!outcome.ok) throw new Error('refused');
      const { rows } = await sql<{ facts: string; factsSalt: string }>`
        select a.decisions->0->>'facts' as facts, e.sealed->'decisions'->'value'->>'factsSalt' as "factsSalt"
          from act_log a join evidence_entry e on e.id = ${outcome.receipt.id}
         where a.id = ${outcome.receipt.id.replace('rct_', 'act_')}`.execute(database.db);
      const [row] = rows;
      const { commitment } = await import('../evidence/index.ts');
      expect(row?.facts).toBe(commitment({ salt: row?.factsSalt ?? '', value: { value: 0, version: 1 } }));
      hashes.push(row?.facts ?? '');
    }
    expect(hashes[0]).not.toBe(hashes[1]);
  });
});
