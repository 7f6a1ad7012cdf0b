import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Act, type Actor, execute } from '../../kernel/acts/index.ts';
import { type Person, rulesOf, type TestTrade, testTrade } from '../delivery/testing.ts';
import { acts, openDemands, reads } from './index.ts';

let t: TestTrade;
beforeAll(async () => {
  t = await testTrade();
});
afterAll(() => t?.close());

const attempt = (name: string, actor: Actor, input: unknown) =>
  execute(t.kernel, acts.find((a) => a.name === name) as Act, actor, input);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const demand = (change: Record<string, unknown> = {}) => ({
  title: '客流数据',
  description: '按小时统计的客流',
  sector: '商贸流通',
  until: inDays(10),
  purpose: '销售预测',
  ...change,
});
const publish = async (change: Record<string, unknown> = {}): Promise<string> => {
  const outcome = await attempt('demand.publish', t.people.buyer, demand(change));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return (outcome.result as { demandId: string }).demandId;
};
const see = async (actor: Person, demandId: string) => {
  const read = reads.find((r) => r.path === '/demands/:demandId');
  return (await read?.run({ db: t.db, actor, params: { demandId }, query: {}, at: new Date() } as never)) as {
    answers: unknown[];
    responses: number;
  };
};

it.each([
  ['a time that is over', { until: inDays(-1) }, ['HS-8.4']],
  ['a time too far away', { until: inDays(400) }, ['HS-8.4']],
  ['no title', { title: ' ' }, ['HS-1.6']],
  ['a budget of nothing', { budget: { amountFen: '0', currency: 'CNY' } }, ['HS-1.6']],
])('does not publish %s', async (_name, change, rules) => {
  expect(rulesOf(await attempt('demand.publish', t.people.buyer, demand(change)))).toEqual(rules);
});

it('takes answers with an own listed product or a message, from others only', async () => {
  const demandId = await publish();
  const productId = await t.product();
  const answer = (actor: Person, more = {}) =>
    attempt('demand.respond', actor, { demandId, message: '可以提供', ...more });
  expect(rulesOf(await answer({ ...t.people.buyer, roles: ['buyer', 'broker'] }))).toEqual(['HS-8.2']);
  expect(rulesOf(await answer(t.people.stranger, { productId }))).toEqual(['HS-8.2']);
  expect(rulesOf(await answer(t.people.seller, { productId: await t.product({ state: 'suspended' }) }))).toEqual([
    'HS-8.2',
  ]);
  expect((await answer(t.people.seller, { productId })).ok).toBe(true);
  expect((await answer(t.people.stranger)).ok).toBe(true);
  expect((await see(t.people.buyer, demandId)).answers).toHaveLength(2);
  expect((await see(t.people.stranger, demandId)).answers).toHaveLength(1);
  expect(await see(t.people.poor, demandId)).toMatchObject({ responses: 2, answers: [] });
});

it('is closed by who published it, once, and then takes no answer', async () => {
  const demandId = await publish();
  const reason = '已找到';
  expect(rulesOf(await attempt('demand.close', t.people.poor, { demandId, reason }))).toEqual(['HS-1.4']);
  expect((await attempt('demand.close', t.people.buyer, { demandId, reason })).ok).toBe(true);
  expect(rulesOf(await attempt('demand.close', t.people.buyer, { demandId, reason }))).toEqual(['HS-8.1']);
  expect(rulesOf(await attempt('demand.respond', t.people.seller, { demandId, message: '可以' }))).toEqual(['HS-8.1']);
  expect((await openDemands(t.db, new Date(), 50)).map((d) => d.id)).not.toContain(demandId);
});

it('lets a late first answer pass and tells the supervisor', async () => {
  const demandId = await publish();
  await sql`update demand set published_at = published_at - interval '11 days' where id = ${demandId}`.execute(t.db);
  expect((await attempt('demand.respond', t.people.seller, { demandId, message: '可以' })).ok).toBe(true);
  const { rows } = await sql`select rule_id from alert where subject = ${demandId}`.execute(t.db);
  expect(rows).toEqual([{ rule_id: 'GY-8.3' }]);
});
