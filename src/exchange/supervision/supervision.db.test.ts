import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Act, type Actor, ANONYMOUS, execute } from '../../kernel/acts/index.ts';
import { kindOf, rulesOf, type TestTrade, testTrade } from '../delivery/testing.ts';
import { acts, reads } from './index.ts';

let t: TestTrade;
beforeAll(async () => {
  t = await testTrade();
});
afterAll(() => t?.close());

const attempt = (name: string, actor: Actor, input: unknown) =>
  execute(t.kernel, acts.find((a) => a.name === name) as Act, actor, input);
const see = async <T>(path: string, actor: Actor, query: Record<string, unknown> = {}): Promise<T[]> => {
  const read = reads.find((r) => r.path === path);
  const asked = { db: t.db, actor, params: {}, query: read?.query.parse(query), at: new Date() };
  const answer = read?.output.parse(await read.run(asked as never)) as { items: T[] };
  return answer.items;
};
const report = async (): Promise<string> => {
  const outcome = await attempt('violation.report', ANONYMOUS, {
    subject: '某产品',
    description: '疑似超范围使用',
    contact: '13800000000',
  });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return (outcome.result as { reportId: string }).reportId;
};

it('takes a report from anybody and keeps the contact out of the evidence', async () => {
  const reportId = await report();
  const { rows } = await sql<{
    text: string;
  }>`select convert_from(bytes, 'utf8') || sealed::text as text from evidence_entry
    where id in (select 'rct_' || substr(id, 5) from act_log where subject = ${reportId})`.execute(t.db);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.text).not.toContain('13800000000');
  expect(await see<{ contact: string }>('/violation-reports', t.people.regulator, { reportId })).toMatchObject([
    { contact: '13800000000', state: 'received' },
  ]);
  expect(kindOf(await attempt('violation.report', ANONYMOUS, { subject: ' ', description: '无' }))).toBe('invalid');
});

it('does not name in the public log who reports', async () => {
  const outcome = await attempt('violation.report', t.people.buyer, { subject: '某产品', description: '疑似违规' });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  const { rows } = await sql<{ text: string }>`select convert_from(bytes, 'utf8') as text from evidence_entry
    where id = ${outcome.receipt.id}`.execute(t.db);
  expect(rows[0]?.text).toContain('"party":null');
  expect(rows[0]?.text).not.toContain(t.people.buyer.partyId);
});

it('handles it as a closed loop: verified, supervised, called back', async () => {
  const reportId = await report();
  const step = (decision: string, actor: Actor = t.people.regulator) =>
    attempt('violation.handle', actor, { reportId, decision, reason: '已核查' });
  expect(kindOf(await step('verify', t.people.buyer))).toBe('forbidden');
  expect(kindOf(await step('verify', { ...t.people.regulator, secondFactor: false }))).toBe('forbidden');
  expect(rulesOf(await step('supervise'))).toEqual(['BJ-15.5']);
  expect(rulesOf(await step('call-back'))).toEqual(['BJ-15.5']);
  for (const decision of ['verify', 'supervise', 'call-back']) expect((await step(decision)).ok).toBe(true);
  expect(rulesOf(await step('verify'))).toEqual(['BJ-15.5']);
  const [seen] = await see<{ state: string; steps: { decision: string }[]; dueAt: string | null }>(
    '/violation-reports',
    t.people.exchange,
    { reportId },
  );
  expect(seen).toMatchObject({
    state: 'closed',
    dueAt: null,
    steps: [{ decision: 'verify' }, { decision: 'supervise' }, { decision: 'call-back' }],
  });
});

it('closes an unfounded report after calling back', async () => {
  const reportId = await report();
  for (const decision of ['dismiss', 'call-back']) {
    expect((await attempt('violation.handle', t.people.regulator, { reportId, decision, reason: '不属实' })).ok).toBe(
      true,
    );
  }
});

it('shows refusals to who was refused and to the supervisor, alerts to the supervisor', async () => {
  const productId = await t.product({ state: 'suspended', containsPersonalInformation: true });
  await t.attempt('order.place', t.people.buyer, { productId, quantity: 1, purpose: '行业研究', scenario: '研究' });
  const mine = await see<{ subject: string; violations: { rule: string; article: string }[] }>(
    '/refusals',
    t.people.buyer,
    { act: 'order.place' },
  );
  expect(mine).toMatchObject([{ subject: productId, violations: [{ rule: 'HS-5.1', article: '本所规则 第5.1条' }] }]);
  expect(await see('/refusals', t.people.stranger, { act: 'order.place' })).toEqual([]);
  expect((await see('/refusals', t.people.regulator, { act: 'order.place' })).length).toBe(1);
  const { orderId } = await t.place(await t.product({ containsPersonalInformation: true }));
  expect(await see<{ subject: string }>('/alerts', t.people.regulator, { rule: 'GY-26.1' })).toMatchObject([
    { ruleId: 'GY-26.1', act: 'order.place', subject: orderId, party: { name: '样例保险' } },
  ]);
});
