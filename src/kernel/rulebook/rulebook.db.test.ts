import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Act,
  type Actor,
  ANONYMOUS,
  act,
  anyone,
  execute,
  type Kernel,
  type Read,
  Refused,
} from '../acts/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { text } from '../text.ts';
import { rulebookActs } from './adoption.ts';
import { loadRulebook } from './documents.ts';
import { rulebookReads } from './reads.ts';
import { beijingDay, dated, ok, rule, violated } from './rule.ts';

const rulebook = loadRulebook();
let test: TestDatabase;
let kernel: Kernel;

const person = (id: string, partyId: string, roles: readonly string[]): Actor => ({
  kind: 'person',
  personId: `psn_${id}`,
  partyId,
  roles,
  scopes: null,
  secondFactor: true,
});
const authority = person('a', 'pty_authority', ['data-authority']);
const seller = person('s', 'pty_seller', ['data-merchant']);
const regulator = person('r', 'pty_regulator', ['regulator']);

const bothAssessments = rule({
  id: 'SH-10.1',
  title: text('两项评估均已通过', 'Both assessments are passed'),
  params: { assessments: dated({ from: '2020-01-01', value: 2, unit: 'assessment', reference: 'SH-10.1' }) },
  decide: ({ passed }: { passed: number }, p) =>
    passed >= p.assessments
      ? ok()
      : violated(
          text('评估未全部通过。', 'Not every assessment is passed.'),
          text('请先完成评估。', 'Finish the assessments first.'),
        ),
  examples: [
    { name: 'both', at: '2026-01-01', facts: { passed: 2 }, expect: 'ok' },
    { name: 'one', at: '2026-01-01', facts: { passed: 1 }, expect: 'violated' },
  ],
});
const list = act({
  name: 'product.list',
  title: text('产品挂牌', 'List a product'),
  by: anyone(),
  input: z.object({ passed: z.number() }),
  output: z.object({}),
  rules: [bothAssessments],
  facts: async ({ input }) => ({ passed: input.passed }),
  perform: async () => ({}),
  entry: () => ({ subject: 'prd_x' }),
});

const acts: readonly Act[] = [list, ...rulebookActs(rulebook)];
const reads = rulebookReads(rulebook, acts);

/** What the tests read of the answers, as a client would. */
interface Answer {
  readonly items: readonly { readonly id: string; readonly code: string }[];
  readonly nextCursor: string | null;
  readonly totals: Readonly<Record<string, number>>;
  readonly documents: Readonly<Record<string, unknown>>;
  readonly articles: readonly unknown[];
  readonly rules: readonly { readonly examples: readonly unknown[]; readonly source: string }[];
  readonly decisions: readonly { readonly params: unknown }[];
  readonly refusals: readonly unknown[];
}

async function get(path: string, given: { actor?: Actor; params?: object; query?: object; at?: Date } = {}) {
  const found = reads.find((r) => r.path === path) as Read;
  const { actor = ANONYMOUS, params = {}, query = {}, at = new Date() } = given;
  const context = { db: test.db, actor, params: found.params.parse(params), query: found.query.parse(query), at };
  return found.output.parse(await found.run(context as never)) as Answer;
}

async function run(name: string, actor: Actor, input: object) {
  const found = acts.find((a) => a.name === name) as Act;
  return execute(kernel, found, actor, input);
}

const today = () => beijingDay(new Date());
const daysAhead = (days: number) => beijingDay(new Date(Date.now() + days * 86_400_000));

beforeAll(async () => {
  test = await testDatabase();
  kernel = { db: test.db, rulebook };
});
afterAll(() => test.drop());
beforeEach(async () => {
  await sql`truncate act_log, act_party, refusal, document_adoption`.execute(test.db);
});

describe('adoption', () => {
  it('gives a draft force from its day on, and takes it away', async () => {
    expect(await run('product.list', seller, { passed: 1 })).toMatchObject({ ok: true });
    expect(
      await run('rulebook.adopt', authority, { document: 'SH', adoptedFrom: today(), reason: '试行' }),
    ).toMatchObject({
      ok: true,
      result: { document: 'SH', adoptedFrom: today() },
    });
    expect(await run('product.list', seller, { passed: 1 })).toMatchObject({
      ok: false,
      refusal: { kind: 'rule', violations: [{ rule: 'SH-10.1', article: '上海数据交易规定（草案） 第十条第1款' }] },
    });
    expect(await run('rulebook.revoke-adoption', authority, { document: 'SH', reason: '试行结束' })).toMatchObject({
      ok: true,
    });
    expect(await run('product.list', seller, { passed: 1 })).toMatchObject({ ok: true });
    // Adopted again for the same day.
    expect(
      await run('rulebook.adopt', authority, { document: 'SH', adoptedFrom: today(), reason: '再试行' }),
    ).toMatchObject({ ok: true });
    expect(await run('product.list', seller, { passed: 1 })).toMatchObject({ ok: false });
  });

  it('may lie ahead and does not bind before', async () => {
    await run('rulebook.adopt', authority, { document: 'SH', adoptedFrom: daysAhead(3), reason: '预告' });
    expect(await run('product.list', seller, { passed: 1 })).toMatchObject({ ok: true });
    const document = await get('/rulebook-documents/:code', { params: { code: 'SH' } });
    expect(document).toMatchObject({ binding: false, adoption: { adoptedFrom: daysAhead(3), reason: '预告' } });
    const later = new Date(Date.now() + 4 * 86_400_000);
    expect(await get('/rulebook-documents/:code', { params: { code: 'SH' }, at: later })).toMatchObject({
      binding: true,
    });
  });

  it.each([
    ['what is in force', { document: 'GY', adoptedFrom: today() }, 'HS-9.1', 'rule'],
    ['statistics', { document: 'EI', adoptedFrom: today() }, 'HS-9.1', 'rule'],
    ['the past', { document: 'SH', adoptedFrom: daysAhead(-1) }, 'HS-9.2', 'rule'],
    ['a document that does not exist', { document: 'XX', adoptedFrom: today() }, 'HS-1.4', 'not-found'],
    ['a malformed day', { document: 'SH', adoptedFrom: '2026-02-30' }, 'HS-1.6', 'invalid'],
  ])('refuses %s', async (_name, input, cited, kind) => {
    const outcome = await run('rulebook.adopt', authority, { ...input, reason: '试行' });
    expect(outcome).toMatchObject({ ok: false, refusal: { kind, violations: [{ rule: cited }] } });
  });

  it('is decided once at a time, also when two decide at once', async () => {
    const twice = await Promise.all(
      [1, 2].map((n) =>
        run('rulebook.adopt', authority, { document: 'JN', adoptedFrom: daysAhead(n), reason: '试行' }),
      ),
    );
    expect(twice.filter((o) => o.ok)).toHaveLength(1);
    expect(twice.find((o) => !o.ok)).toMatchObject({ refusal: { kind: 'state', violations: [{ rule: 'HS-9.3' }] } });
  });

  it('cannot be revoked when there is none', async () => {
    const outcome = await run('rulebook.revoke-adoption', authority, { document: 'SH', reason: '无' });
    expect(outcome).toMatchObject({ ok: false, refusal: { kind: 'state', violations: [{ rule: 'HS-9.4' }] } });
  });

  it('is for the data authority and the exchange with a second factor', async () => {
    const input = { document: 'SH', adoptedFrom: today(), reason: '试行' };
    const refusedTo = async (actor: Actor) => {
      const outcome = await run('rulebook.adopt', actor, input);
      return outcome.ok ? 'ok' : outcome.refusal.kind;
    };
    expect(await refusedTo(ANONYMOUS)).toBe('unauthenticated');
    expect(await refusedTo(seller)).toBe('forbidden');
    expect(await refusedTo({ ...authority, secondFactor: false })).toBe('forbidden');
    expect(await refusedTo(person('x', 'pty_x', ['exchange']))).toBe('ok');
  });
});

describe('reads', () => {
  it('cover all 465 source rows, each with one of the five states', async () => {
    const { items, totals, documents } = await get('/rules/coverage');
    expect(items).toHaveLength(465);
    expect(new Set(items.map((i) => i.id)).size).toBe(465);
    const states = Object.values(totals);
    expect(states.reduce((a, b) => a + b)).toBe(465);
    expect(Object.keys(documents).sort()).toEqual(['BJ', 'EI', 'FR', 'GY', 'GZ', 'HZ', 'JN', 'MK', 'NL', 'SH']);
    const byId = new Map(items.map((i) => [i.id, i]));
    expect(byId.get('SH-10.1')).toEqual({
      id: 'SH-10.1',
      document: 'SH',
      article: '第十条第1款',
      tier: 'A',
      status: 'enforced',
      acts: ['product.list'],
      rules: [{ version: bothAssessments.version, params: ['assessments'], examples: 2 }],
    });
    expect(byId.get('SH-11.1')).toMatchObject({
      status: 'not-encoded',
      reason: { zh: expect.any(String), en: expect.any(String) },
    });
    expect(byId.get('FR-16.1')).toMatchObject({ status: 'open' });
    expect((await get('/rules/coverage', { query: { document: 'DSL' } })).items).toHaveLength(4);
  });

  it('page through every article once, in the order of the documents', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const answer: Answer = await get('/rules', {
        query: { limit: 100, group: 'source', ...(cursor ? { cursor } : {}) },
      });
      seen.push(...answer.items.map((i) => i.id));
      cursor = answer.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(465);
    expect(new Set(seen).size).toBe(465);
    expect(seen.indexOf('SH-9.1')).toBeLessThan(seen.indexOf('SH-10.1'));
  });

  it('find articles by Chinese words, number and state', async () => {
    const ids = async (query: object) => (await get('/rules', { query })).items.map((i) => i.id);
    expect(await ids({ q: '测试数据', document: 'SH' })).toEqual(['SH-10.4']);
    expect(await ids({ q: 'sh-10.4' })).toEqual(['SH-10.4']);
    expect(await ids({ status: 'enforced', group: 'source' })).toEqual(['SH-10.1']);
    expect(await ids({ q: '没有这样的条款' })).toEqual([]);
  });

  it('show an article with its rule, parameters and examples', async () => {
    const answer = await get('/rules/:ruleId', { params: { ruleId: 'SH-10.1' } });
    expect(answer).toMatchObject({
      article: {
        citation: { zh: '上海数据交易规定（草案） 第十条第1款' },
        actor: { zh: '卖方', en: 'seller' },
        binding: false,
      },
      rules: [
        {
          effect: 'block',
          params: [
            { name: 'assessments', current: 0, values: [{ from: '2020-01-01', value: 2, reference: 'SH-10.1' }] },
          ],
          acts: [{ name: 'product.list' }],
        },
      ],
    });
    expect(answer.rules[0]?.examples).toHaveLength(2);
    expect(answer.rules[0]?.source).toContain('passed');
  });

  it('show how it was decided lately, and for whom only to that party and the supervisor', async () => {
    await run('rulebook.adopt', authority, { document: 'SH', adoptedFrom: today(), reason: '试行' });
    await run('product.list', seller, { passed: 2 });
    await run('product.list', seller, { passed: 0 });
    const seenBy = async (actor: Actor) => {
      const { decisions, refusals } = await get('/rules/:ruleId', { actor, params: { ruleId: 'SH-10.1' } });
      return { decisions, refusals };
    };
    const open = await seenBy(ANONYMOUS);
    expect(open.decisions).toMatchObject([
      { act: 'product.list', outcome: 'ok', binding: true, partyId: null, actId: null },
    ]);
    expect(open.decisions[0]?.params).toEqual([
      { name: 'assessments', value: 2, unit: 'assessment', reference: 'SH-10.1' },
    ]);
    expect(open.refusals).toMatchObject([{ act: 'product.list', partyId: null, fact: null }]);
    expect(await seenBy(person('o', 'pty_other', ['data-merchant']))).toEqual(open);
    for (const actor of [seller, regulator]) {
      const full = await seenBy(actor);
      expect(full.decisions).toMatchObject([{ partyId: 'pty_seller', actId: expect.stringMatching(/^act_/) }]);
      expect(full.refusals).toMatchObject([{ partyId: 'pty_seller', fact: { zh: '评估未全部通过。' } }]);
    }
  });

  it('list the documents with their force and counts', async () => {
    const { items, nextCursor } = await get('/rulebook-documents', { query: { limit: 100 } });
    expect(nextCursor).toBeNull();
    expect(items.map((d) => d.code).slice(0, 3)).toEqual(['BJ', 'EI', 'FR']);
    const of = (code: string) => items.find((d) => d.code === code);
    expect(of('SH')).toMatchObject({
      status: 'draft',
      binding: false,
      adoption: null,
      articles: 59,
      totals: { enforced: 1 },
    });
    expect(of('GY')).toMatchObject({ binding: true });
    expect(of('DSL')).toMatchObject({ group: 'law', binding: true });
    expect(of('MK')).toMatchObject({ binding: false });
    const hz = await get('/rulebook-documents/:code', { params: { code: 'HZ' }, at: new Date('2027-01-01T04:00:00Z') });
    expect(hz).toMatchObject({ binding: false, validTo: '2026-12-31' });
    expect(hz.articles).toHaveLength(68);
  });

  it('say not found for what is not there', async () => {
    await expect(get('/rules/:ruleId', { params: { ruleId: 'SH-99.1' } })).rejects.toThrow(Refused);
    await expect(get('/rulebook-documents/:code', { params: { code: 'ZZ' } })).rejects.toThrow(Refused);
  });
});
