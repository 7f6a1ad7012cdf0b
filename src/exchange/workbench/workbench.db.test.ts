import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '../../kernel/acts/index.ts';
import { newId } from '../../kernel/ids.ts';
import { type TestTrade, testTrade } from '../delivery/testing.ts';
import { reads } from './index.ts';
import { tasksOf } from './tasks.ts';

let t: TestTrade;
beforeAll(async () => {
  t = await testTrade();
});
afterAll(() => t?.close());

const noCases = async () => [];
const actsFor = async (actor: Actor): Promise<string[]> =>
  (await tasksOf(t.db, actor, noCases, new Date())).map((task) => task.act);

it('follows an order from one side to the other', async () => {
  const { buyer, seller, exchange, stranger } = t.people;
  const productId = await t.product();
  const { orderId, termsHash } = await t.place(productId);
  expect([await actsFor(buyer), await actsFor(seller)]).toEqual([['contract.sign'], ['contract.sign']]);
  await t.run('contract.sign', buyer, { orderId, termsHash });
  expect([await actsFor(buyer), await actsFor(seller)]).toEqual([[], ['contract.sign']]);
  await t.run('contract.sign', seller, { orderId, termsHash });
  expect([await actsFor(buyer), await actsFor(seller)]).toEqual([['order.pay'], []]);
  await t.run('order.pay', buyer, { orderId });
  expect([await actsFor(buyer), await actsFor(seller)]).toEqual([[], ['delivery.deliver']]);
  await t.run('delivery.deliver', seller, { orderId });
  expect([await actsFor(buyer), await actsFor(seller)]).toEqual([['order.accept'], []]);
  await t.run('order.dispute', buyer, { orderId, reason: '内容不符' });
  expect([await actsFor(buyer), await actsFor(exchange), await actsFor(stranger)]).toEqual([[], ['order.resolve'], []]);
});

it('puts the most urgent first, and gives each a sentence, a date and a link', async () => {
  const first = await t.place(await t.product());
  const second = await t.place(await t.product());
  await t.db
    .updateTable('trade_order')
    .set({ due_at: new Date(Date.now() + 3_600_000) })
    .where('id', '=', second.orderId)
    .execute();
  const tasks = await tasksOf(t.db, t.people.buyer, noCases, new Date());
  expect(tasks.map((task) => task.subject)).toEqual([second.orderId, first.orderId]);
  expect(tasks[0]).toMatchObject({
    title: { zh: '样例产品' },
    what: { zh: '请买卖双方签署合约' },
    link: `/v1/orders/${second.orderId}`,
  });
});

it('asks whoever is invited to join a joint computation, or to decline it', async () => {
  const { buyer, seller } = t.people;
  const id = newId('jns');
  const until = new Date(Date.now() + 3_600_000);
  await sql`insert into joint_session (id, kind, title, purpose, fields, opened_by, opened_at, until, state)
    values (${id}, 'sum', '合计', '统计', '{甲}', ${buyer.partyId}, now(), ${until}, 'proposed')`.execute(t.db);
  await sql`insert into joint_party (session_id, party_id, joined_at)
    values (${id}, ${buyer.partyId}, now()), (${id}, ${seller.partyId}, null)`.execute(t.db);
  const joining = async (actor: Actor) =>
    (await tasksOf(t.db, actor, noCases, new Date())).filter((task) => task.act === 'joint.join');
  expect(await joining(buyer)).toEqual([]);
  expect(await joining(seller)).toMatchObject([{ subject: id, title: { zh: '合计' }, dueAt: until.toISOString() }]);
});

it('calls subjects by their titles, for whom their receipts are', async () => {
  const { buyer, seller, stranger, regulator } = t.people;
  const { orderId, deliveryId } = await t.delivered(await t.product());
  const titles = async (actor: Actor, ids: readonly string[]) => {
    const found = reads.find((r) => r.path === '/subject-titles');
    const query = found?.query.parse({ ids: ids.join(',') });
    return (await found?.run({ db: t.db, actor, params: {}, query, at: new Date() } as never)) as {
      items: { id: string; title: string }[];
    };
  };
  await t.run('delivery.create-link', buyer, { deliveryId });
  const ids = [orderId, deliveryId, orderId, 'ord_00000000000000000000000000', "x'; drop table party; --", ''];
  for (const actor of [buyer, seller, regulator]) {
    const { items } = await titles(actor, ids);
    expect([...items].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: deliveryId, title: '样例产品' },
      { id: orderId, title: '样例产品' },
    ]);
  }
  // Every kind of subject can be asked for.
  const kinds = [
    'prd',
    'res',
    'aut',
    'asm',
    'ord',
    'dlv',
    'dmd',
    'dst',
    'pty',
    'wdr',
    'cer',
    'key',
    'cas',
    'apl',
    'agr',
    'scn',
    'gvd',
    'obj',
    'ntf',
    'anp',
    'fil',
  ];
  expect(await titles(regulator, [...kinds.map((k) => `${k}_x`), buyer.partyId])).toEqual({
    items: [{ id: buyer.partyId, title: '样例保险' }],
  });
  expect(await titles(stranger, ids)).toEqual({ items: [] });
  expect(await titles(buyer, [])).toEqual({ items: [] });
});

it('counts the market from what was cleared', async () => {
  const read = reads.find((r) => r.path === '/market');
  const look = async () =>
    read?.output.parse(await read.run({ db: t.db, at: new Date() } as never)) as { turnover: { amountFen: string } };
  const { orderId } = await t.delivered(await t.product({ priceFen: '4200' }));
  await t.run('order.accept', t.people.buyer, { orderId });
  await t.jobs();
  expect(await look()).toMatchObject({
    turnover: { amountFen: '4200' },
    turnoverMonth: { amountFen: '4200' },
    trades: 1,
    products: 5,
    sellers: 1,
    recentListings: [{ price: { amountFen: '4200' } }, {}, {}, {}, {}],
  });
});

it('asks the exchange and the authority for the holiday notice that clocks wait for', async () => {
  const { exchange, buyer, seller } = t.people;
  const named = async (actor: Actor) =>
    (await tasksOf(t.db, actor, noCases, new Date())).find((task) => task.kind === 'calendar');
  expect(await named(exchange)).toBeUndefined();
  const caseId = newId('cas');
  await sql`insert into case_file (id, procedure, subject_id, title, state, opened_at, moved_at)
    values (${caseId}, 'test', 'x', '{}', 'x', now(), now())`.execute(t.db);
  await sql`insert into case_clock (id, case_id, name, state, started_at, unit, count, reference)
    values (${newId('clk')}, ${caseId}, 'x', 'running', now(), 'working-day', 5, 'HS-12.2')`.execute(t.db);
  expect(await named(exchange)).toMatchObject({ act: 'calendar.record-year', title: { zh: '1 个期限待定' } });
  expect([await named(buyer), await named(seller)]).toEqual([undefined, undefined]);
});

it('asks whoever manages a party to answer a request for erasure, but never for the own one', async () => {
  const { buyer, seller } = t.people;
  const personId = newId('psn');
  await sql`insert into person (id, party_id, login, display_name, password, password_at, created_at)
    values (${personId}, ${buyer.partyId}, ${personId}, '请求人', '', now(), now())`.execute(t.db);
  await sql`insert into erasure_request (id, person_id, party_id, asked_at, due_at, state)
    values (${newId('ers')}, ${personId}, ${buyer.partyId}, now(), now() + interval '15 days', 'open')`.execute(t.db);
  const asked = async (actor: Actor) =>
    (await tasksOf(t.db, actor, noCases, new Date()))
      .filter((task) => task.kind === 'erasure')
      .map((task) => task.title.zh);
  const manages = (actor: Actor): Actor => ({ ...actor, roles: [...actor.roles, 'party-admin'] });
  expect(await asked(manages(buyer))).toEqual(['请求人']);
  expect(await asked({ ...manages(buyer), personId })).toEqual([]);
  expect(await asked(buyer)).toEqual([]);
  expect(await asked(manages(seller))).toEqual([]);
});
