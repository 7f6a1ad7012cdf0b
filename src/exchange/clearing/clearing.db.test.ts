import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createParty } from '../../kernel/access/index.ts';
import { type Act, type Actor, act, execute, type Kernel, type Read, SYSTEM, system } from '../../kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../../kernel/database/testing.ts';
import { newId } from '../../kernel/ids.ts';
import { balanceOf, trialBalance } from '../../kernel/ledger/index.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import {
  acts,
  cashAccountOf,
  connectOrders,
  EXCHANGE,
  type OrderToClear,
  reads,
  refund,
  reserve,
  splitByShares,
  tasks,
} from './index.ts';

const yuan = (n: number) => ({ amountFen: String(n * 100), currency: 'CNY' as const });
let database: TestDatabase;
let kernel: Kernel;
let people: Record<
  'officer' | 'second' | 'buyer' | 'seller' | 'holder' | 'auditor' | 'stranger',
  Actor & { partyId: string; personId: string }
>;
/** The orders of this file; contracts keeps the real ones. */
const orders = new Map<string, OrderToClear>();

beforeAll(async () => {
  database = await testDatabase({ max: 12 });
  kernel = { db: database.db, rulebook: loadRulebook() };
  connectOrders({
    lock: async (_, id) => orders.get(id),
    markCleared: async (_, { id }) => {
      const order = orders.get(id);
      if (order) orders.set(id, { ...order, state: 'cleared' });
    },
  });
  const person = async (name: string, partyRoles: string[], roles: string[]) =>
    database.db.transaction().execute(async (tx) => {
      const at = new Date();
      const party = await createParty(tx, {
        name,
        uscc: `91310000${newId('x').slice(-10).toUpperCase()}`,
        requestedRoles: partyRoles,
        roles: partyRoles,
        state: 'admitted',
        at,
      });
      return {
        kind: 'person' as const,
        personId: newId('psn'),
        partyId: party.id,
        roles: [...partyRoles, ...roles],
        scopes: null,
        secondFactor: true,
      };
    });
  people = {
    officer: await person('交易所', ['exchange'], ['settlement-officer', 'party-admin']),
    second: await person('交易所二', ['exchange'], ['settlement-officer']),
    buyer: await person('买方', ['buyer'], []),
    seller: await person('数商', ['data-merchant'], ['party-admin']),
    holder: await person('交通局', ['data-provider'], []),
    auditor: await person('审计', [], ['audit-admin']),
    stranger: await person('路人', ['buyer'], []),
  };
});
afterAll(() => database.drop());

const named = (name: string): Act => {
  const found = acts.find((a) => a.name === name);
  if (!found) throw new Error(`no act ${name}`);
  return found;
};
const run = async (name: string, actor: Actor, input: unknown, options = {}) =>
  execute(kernel, named(name), actor, input, options);
async function done<T>(name: string, actor: Actor, input: unknown): Promise<T> {
  const outcome = await run(name, actor, input);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.result as T;
}
async function refusedBy(name: string, actor: Actor, input: unknown): Promise<string[]> {
  const outcome = await run(name, actor, input);
  return outcome.ok ? [] : [outcome.refusal.kind, ...outcome.refusal.violations.map((v) => v.rule)];
}
async function get<T>(path: string, actor: Actor, query: Record<string, unknown> = {}): Promise<T> {
  const found = reads.find((r) => r.path === path) as Read;
  const answer = await found.run({
    db: database.db,
    actor,
    params: {},
    query: found.query.parse(query),
    at: new Date(),
  } as never);
  return found.output.parse(answer) as T;
}
const fund = (actor: { partyId: string }, n: number) =>
  done('account.deposit', people.officer, {
    partyId: actor.partyId,
    amount: yuan(n),
    bankReference: newId('ref').replace('_', '-'),
  });
const balance = async (actor: { partyId: string }) => {
  const b = await balanceOf(database.db, cashAccountOf(actor.partyId));
  return b && [b.balanceFen, b.reservedFen, b.incomingFen].map(Number);
};

/** An act of another room's name, so that the evidence of a stage stands. */
const stage = (
  name: string,
  subject: string,
  perform: (c: Parameters<Act['definition']['perform']>[0]) => Promise<void> = async () => undefined,
) =>
  execute(
    kernel,
    act({
      name,
      title: { zh: name, en: name },
      by: system(),
      input: z.object({}),
      output: z.object({}),
      facts: async () => ({}),
      perform: async (c) => {
        await perform(c as never);
        return {};
      },
      entry: () => ({ subject }),
    }),
    SYSTEM,
    {},
  );

/** An order that was listed, paid, delivered and accepted; the money is reserved. */
async function acceptedOrder({ totalFen = 10_001n, feeBasisPoints = 100, delivered = true } = {}): Promise<string> {
  const id = newId('ord');
  const shares = [
    { partyId: people.holder.partyId, basisPoints: 3_000 },
    { partyId: people.seller.partyId, basisPoints: 7_000 },
  ];
  const productId = newId('prd');
  orders.set(id, {
    id,
    state: 'accepted',
    productId,
    buyerPartyId: people.buyer.partyId,
    sellerPartyId: people.seller.partyId,
    totalFen,
    feeBasisPoints,
    shares,
    publicData: true,
  });
  await stage('product.list', productId);
  await stage('order.place', id);
  const paid = await stage('order.pay', id, async ({ tx, actId, at }) => {
    await reserve(tx, actId, at, {
      orderId: id,
      buyerPartyId: people.buyer.partyId,
      split: splitByShares(totalFen, feeBasisPoints, shares),
    });
  });
  if (!paid.ok) throw new Error(JSON.stringify(paid.refusal));
  if (delivered) await stage('delivery.deliver', id);
  return id;
}

describe('money in and out', () => {
  test('a deposit is credited once for each bank reference, also when two officers send it at once', async () => {
    const input = { partyId: people.stranger.partyId, amount: yuan(1_000), bankReference: 'BANK-0001' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => run('account.deposit', n % 2 ? people.officer : people.second, input)),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    expect(answers.flatMap((a) => (a.ok ? [] : a.refusal.violations.map((v) => v.rule)))).toEqual(
      Array(5).fill('HS-6.6'),
    );
    expect(await balance(people.stranger)).toEqual([100_000, 0, 0]);
    // Another bank may use the same number.
    await done('account.deposit', people.officer, { ...input, bank: '另一家银行' });
    expect(await balance(people.stranger)).toEqual([200_000, 0, 0]);
  });

  test('a retry under the same idempotency key credits once', async () => {
    const input = { partyId: people.stranger.partyId, amount: yuan(1), bankReference: 'BANK-0002' };
    const before = await balance(people.stranger);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => run('account.deposit', people.officer, input, { idempotencyKey: 'k1' })),
    );
    expect(answers.every((a) => a.ok)).toBe(true);
    expect((await balance(people.stranger))?.[0]).toBe((before?.[0] ?? 0) + 100);
  });

  test('only a settlement officer with a second factor credits, and only admitted parties', async () => {
    const input = { partyId: people.stranger.partyId, amount: yuan(1), bankReference: 'BANK-0003' };
    expect(await refusedBy('account.deposit', people.buyer, input)).toEqual(['forbidden', 'HS-1.2']);
    expect(await refusedBy('account.deposit', { ...people.officer, secondFactor: false }, input)).toEqual([
      'forbidden',
      'HS-1.3',
    ]);
    expect(await refusedBy('account.deposit', people.officer, { ...input, partyId: newId('pty') })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusedBy('account.deposit', people.officer, { ...input, amount: yuan(0) })).toEqual([
      'invalid',
      'HS-1.6',
    ]);
    expect(
      await refusedBy('account.deposit', people.officer, {
        ...input,
        amount: { amountFen: '1000000000001', currency: 'CNY' },
      }),
    ).toEqual(['invalid', 'HS-1.6']);
    const applied = await database.db
      .transaction()
      .execute((tx) =>
        createParty(tx, { name: '未准入', uscc: '91310000APPLIED001', requestedRoles: ['buyer'], at: new Date() }),
      );
    expect(await refusedBy('account.deposit', people.officer, { ...input, partyId: applied.id })).toEqual([
      'rule',
      'HS-6.10',
    ]);
  });

  test('a withdrawal reserves, is decided once by another person, and pays or frees', async () => {
    await fund(people.seller, 100);
    const ask = (n: number, actor: Actor = people.seller) =>
      done<{ withdrawalId: string }>('account.request-withdrawal', actor, {
        amount: yuan(n),
        bankAccount: '6222020200001234567',
      });
    const first = await ask(60);
    expect(await balance(people.seller)).toEqual([10_000, 6_000, 0]);
    expect(
      await refusedBy('account.request-withdrawal', people.seller, {
        amount: yuan(41),
        bankAccount: '6222020200001234567',
      }),
    ).toEqual(['rule', 'HS-6.1']);
    expect(await refusedBy('account.approve-withdrawal', people.seller, first)).toEqual(['forbidden', 'HS-1.2']);
    const decisions = await Promise.all([
      run('account.approve-withdrawal', people.officer, first),
      run('account.refuse-withdrawal', people.second, first),
      run('account.approve-withdrawal', people.second, first),
    ]);
    expect(decisions.filter((d) => d.ok)).toHaveLength(1);
    expect(decisions.flatMap((d) => (d.ok ? [] : d.refusal.violations.map((v) => v.rule)))).toEqual([
      'HS-6.8',
      'HS-6.8',
    ]);
    const second = await ask(10);
    const before = await balance(people.seller);
    await done('account.refuse-withdrawal', people.officer, { ...second, reason: '账户名不符' });
    expect((await balance(people.seller))?.[1]).toBe((before?.[1] ?? 0) - 1_000);
    await fund(people.officer, 10);
    const own = await ask(10, people.officer);
    expect(await refusedBy('account.approve-withdrawal', people.officer, own)).toEqual(['rule', 'HS-6.7']);
    await done('account.approve-withdrawal', people.second, own);

    const list = await get<{ items: { id: string; bankAccount: string }[] }>('/withdrawals', people.seller);
    expect(list.items.map((i) => i.id)).toEqual([second.withdrawalId, first.withdrawalId]);
    expect(list.items[0]?.bankAccount).toBe('6222020200001234567');
    expect((await get<{ items: unknown[] }>('/withdrawals', people.stranger)).items).toEqual([]);
    const supervised = await get<{ items: { bankAccount: string }[] }>('/withdrawals', people.auditor);
    expect(supervised.items.every((i) => i.bankAccount === '…4567')).toBe(true);
  });
});

describe('clearing', () => {
  test('reserves at payment, pays out at clearing, once, however many jobs run', async () => {
    await fund(people.buyer, 500);
    const [buyer, seller, holder] = [
      await balance(people.buyer),
      await balance(people.seller),
      await balance(people.holder),
    ];
    const id = await acceptedOrder();
    expect(await balance(people.buyer)).toEqual([buyer?.[0], (buyer?.[1] ?? 0) + 10_001, 0]);
    const task = tasks.find((t) => t.name === 'clearing.clear');
    await Promise.all(Array.from({ length: 5 }, () => task?.run({ orderId: id }, { kernel } as never)));
    expect(orders.get(id)?.state).toBe('cleared');
    expect(await balance(people.buyer)).toEqual([(buyer?.[0] ?? 0) - 10_001, buyer?.[1], 0]);
    expect((await balance(people.seller))?.[0]).toBe((seller?.[0] ?? 0) + 6_931);
    expect((await balance(people.holder))?.[0]).toBe((holder?.[0] ?? 0) + 2_970);
    expect(await refusedBy('clearing.clear', SYSTEM, { orderId: id })).toEqual(['state', 'HS-6.9']);
    expect(await refusedBy('clearing.clear', people.officer, { orderId: id })).toEqual(['forbidden', 'HS-1.2']);

    const { items } = await get<{
      items: {
        orderId: string;
        state: string;
        fee: { amountFen: string };
        legs: { party: { name: string } | null }[];
        receiptIds: string[];
      }[];
    }>('/clearings', people.holder, { orderId: id });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ state: 'cleared', fee: { amountFen: '100' } });
    expect(items[0]?.legs.map((l) => l.party?.name)).toEqual(['交通局', '数商', undefined]);
    expect(items[0]?.receiptIds).toHaveLength(2);
    expect((await get<{ items: unknown[] }>('/clearings', people.stranger)).items).toEqual([]);
    const lines = await get<{ items: { purpose: { zh: string }; amount: { amountFen: string }; reference: string }[] }>(
      '/statements',
      people.buyer,
      { accountId: cashAccountOf(people.buyer.partyId), limit: 3 },
    );
    expect(lines.items.map((l) => [l.purpose.zh, l.amount.amountFen])).toEqual([
      ['交易服务费', '-100'],
      ['支付订单价款', '-6931'],
      ['支付订单价款', '-2970'],
    ]);
  });

  test('what the buyer cannot cover is not reserved at all', async () => {
    const before = await balance(people.buyer);
    await expect(acceptedOrder({ totalFen: 10_000_000n })).rejects.toThrow('HS-6.1');
    expect(await balance(people.buyer)).toEqual(before);
  });

  test('an order is paid once; a refund gives everything back and cannot be cleared', async () => {
    await fund(people.buyer, 500);
    const before = await balance(people.buyer);
    const id = await acceptedOrder();
    const again = await stage('order.pay', id, async ({ tx, actId, at }) => {
      await reserve(tx, actId, at, {
        orderId: id,
        buyerPartyId: people.buyer.partyId,
        split: [{ partyId: EXCHANGE, amountFen: 1n }],
      });
    });
    expect(again.ok ? [] : again.refusal.violations.map((v) => v.rule)).toEqual(['HS-6.9']);
    const back = await stage('order.resolve', id, async ({ tx, actId, at }) => {
      await refund(tx, actId, at, { orderId: id });
    });
    expect(back.ok).toBe(true);
    expect(await balance(people.buyer)).toEqual(before);
    expect(await refusedBy('clearing.clear', SYSTEM, { orderId: id })).not.toEqual([]);
    expect(await balance(people.buyer)).toEqual(before);
  });

  test('in force, the rules of clearing refuse: terms that differ, a stage without evidence', async () => {
    await fund(people.buyer, 500);
    await sql`insert into document_adoption (document, adopted_from, reason, act_id) values ('SH', '2020-01-01', 'test', 'act_x')`.execute(
      database.db,
    );
    const id = await acceptedOrder();
    const order = orders.get(id) as OrderToClear;
    orders.set(id, { ...order, feeBasisPoints: 200 });
    expect(await refusedBy('clearing.clear', SYSTEM, { orderId: id })).toEqual(['rule', 'HS-6.5', 'SH-10.7']);
    orders.set(id, { ...order, totalFen: order.totalFen + 1n });
    expect(await refusedBy('clearing.clear', SYSTEM, { orderId: id })).toEqual([
      'rule',
      'HS-6.5',
      'SH-10.7',
      'SH-7.1',
      'GY-6.1',
    ]);
    orders.set(id, order);
    await done('clearing.clear', SYSTEM, { orderId: id });
    const undelivered = await acceptedOrder({ delivered: false });
    expect(await refusedBy('clearing.clear', SYSTEM, { orderId: undelivered })).toEqual(['rule', 'SH-10.8']);
    await sql`delete from document_adoption`.execute(database.db);
  });

  test('a free product clears without moving money', async () => {
    const before = await balance(people.buyer);
    const id = await acceptedOrder({ totalFen: 0n });
    await done('clearing.clear', SYSTEM, { orderId: id });
    expect(await balance(people.buyer)).toEqual(before);
  });

  test('twenty trades at once between the same parties: nothing lost, nothing doubled', async () => {
    await fund(people.buyer, 5_000);
    const [buyer, seller] = [await balance(people.buyer), await balance(people.seller)];
    const ids = await Promise.all(Array.from({ length: 20 }, () => acceptedOrder()));
    await Promise.all(ids.map((id) => done('clearing.clear', SYSTEM, { orderId: id })));
    expect((await balance(people.buyer))?.[0]).toBe((buyer?.[0] ?? 0) - 20 * 10_001);
    expect((await balance(people.seller))?.[0]).toBe((seller?.[0] ?? 0) + 20 * 6_931);
  });
});

describe('reads', () => {
  test('each party sees its own account, those who settle or supervise see all', async () => {
    const own = await get<{ items: { id: string; owner: { name: string } }[] }>('/accounts', people.buyer);
    expect(own.items.map((i) => i.id)).toEqual([cashAccountOf(people.buyer.partyId)]);
    const all = await get<{ items: { id: string }[] }>('/accounts', people.officer);
    expect(all.items.map((i) => i.id)).toEqual(
      expect.arrayContaining(['exchange:fee', 'settlement:bank', cashAccountOf(people.buyer.partyId)]),
    );
    await expect(get('/accounts', people.buyer, { partyId: people.seller.partyId })).rejects.toThrow('Not found');
    await expect(get('/statements', people.buyer, { accountId: cashAccountOf(people.seller.partyId) })).rejects.toThrow(
      'Not found',
    );
    await expect(get('/statements', people.buyer, { accountId: 'exchange:fee' })).rejects.toThrow('Not found');
    await expect(get('/statements', people.officer, { accountId: 'nothing:here' })).rejects.toThrow('Not found');
    const untouched = await get<{ items: { balance: { amountFen: string } }[] }>('/accounts', people.auditor, {
      partyId: people.auditor.partyId,
    });
    expect(untouched.items.map((i) => i.balance.amountFen)).toEqual(['0']);
  });

  test('the trial balance is balanced and pages through every account', async () => {
    const sums = await trialBalance(database.db);
    let [cursor, seen, debits] = [undefined as string | undefined, 0, 0n];
    do {
      const answer = await get<{
        debitsFen: string;
        balanced: boolean;
        accounts: number;
        items: { debitsFen: string }[];
        nextCursor: string | null;
      }>('/ledger/trial-balance', people.auditor, { limit: 2, cursor });
      expect(answer).toMatchObject({ debitsFen: sums.debitsPostedFen.toString(), balanced: true });
      seen += answer.items.length;
      debits += answer.items.reduce((sum, i) => sum + BigInt(i.debitsFen), 0n);
      cursor = answer.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toBe(sums.accounts);
    expect(debits).toBe(sums.creditsPostedFen);
  });
});
