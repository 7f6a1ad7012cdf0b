import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createParty } from '../../kernel/access/index.ts';
import {
  type Actor,
  ANONYMOUS,
  act,
  execute,
  type Kernel,
  type PerformContext,
  type Read,
  SYSTEM,
  system,
} from '../../kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../../kernel/database/testing.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { newId } from '../../kernel/ids.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import * as clearing from '../clearing/index.ts';
import type { Terms } from '../contracts/index.ts';
import { acts, type CertificateJson, certificateJson, certificatePdf, reads } from './index.ts';

type Person = Actor & { partyId: string; name: string };
let database: TestDatabase;
let kernel: Kernel;
let people: Record<'exchange' | 'buyer' | 'seller' | 'holder' | 'stranger', Person>;
const cny = (fen: number | bigint) => ({ amountFen: String(fen), currency: 'CNY' as const });

beforeAll(async () => {
  database = await testDatabase({ max: 10 });
  kernel = { db: database.db, rulebook: loadRulebook() };
  let serial = 0;
  const person = async (name: string, role: string): Promise<Person> => {
    const party = await database.db.transaction().execute((tx) =>
      createParty(tx, {
        name,
        uscc: `91310000MA1FL${String(++serial).padStart(5, '0')}`,
        requestedRoles: [role],
        roles: [role],
        state: 'admitted',
        at: new Date(),
      }),
    );
    return {
      kind: 'person',
      personId: newId('psn'),
      partyId: party.id,
      roles: [role],
      scopes: null,
      secondFactor: true,
      name,
    };
  };
  people = {
    exchange: await person('示例数据交易所', 'exchange'),
    buyer: await person('买方', 'buyer'),
    seller: await person('数商', 'data-merchant'),
    holder: await person('交通局', 'data-provider'),
    stranger: await person('路人', 'buyer'),
  };
  const deposit = clearing.acts.find((a) => a.name === 'account.deposit');
  if (!deposit) throw new Error('no deposit');
  const officer = { ...people.exchange, roles: ['exchange', 'settlement-officer'] };
  await execute(kernel, deposit, officer, {
    partyId: people.buyer.partyId,
    amount: cny(10_000_000),
    bankReference: 'BANK-1',
  });
});
afterAll(() => database.drop());

const run = (name: string, actor: Actor, input: unknown) => {
  const found = acts.find((a) => a.name === name);
  if (!found) throw new Error(`no act ${name}`);
  return execute(kernel, found, actor, input);
};
async function issue(
  actor: Actor,
  kind: string,
  subjectId: string,
): Promise<{ certificateId: string; number: string }> {
  const outcome = await run('certificate.issue', actor, { kind, subjectId });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.result as { certificateId: string; number: string };
}
async function refusal(name: string, actor: Actor, input: unknown): Promise<string[]> {
  const outcome = await run(name, actor, input);
  return outcome.ok ? [] : [outcome.refusal.kind, ...outcome.refusal.violations.map((v) => v.rule)];
}
async function get<T>(
  path: string,
  actor: Actor,
  { params = {}, query = {} }: { params?: object; query?: object } = {},
): Promise<T> {
  const found = reads.find((r) => r.path === path) as Read;
  const answer = await found.run({
    db: database.db,
    actor,
    params,
    query: found.query.parse(query),
    at: new Date(),
  } as never);
  return found.output.parse(answer) as T;
}

type Perform = (c: Pick<PerformContext<unknown, unknown>, 'tx' | 'actId' | 'at'>) => Promise<unknown>;
/** An act of another room's name, so that its evidence stands. */
async function stage(name: string, subject: string, perform: Perform = async () => undefined): Promise<void> {
  const outcome = await execute(
    kernel,
    act({
      name,
      title: { zh: name, en: name },
      by: system(),
      input: z.object({}),
      output: z.object({}),
      facts: async () => ({}),
      perform: async (c) => {
        await perform(c);
        return {};
      },
      entry: () => ({ subject }),
    }),
    SYSTEM,
    {},
  );
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
}

/** An order in the tables of contracts, accepted, with the money reserved and the evidence of every stage but those left out. */
async function order({ without = [] as string[] } = {}): Promise<string> {
  const id = newId('ord');
  const productId = newId('prd');
  const deliveryId = newId('dlv');
  const { buyer, seller, holder } = people;
  const shares = [
    { partyId: seller.partyId, basisPoints: 7_000 },
    { partyId: holder.partyId, basisPoints: 3_000 },
  ];
  const split = clearing.splitByShares(10_001n, 100, shares);
  const named = (p: Person) => ({ id: p.partyId, name: p.name, uscc: '91310000MA1FL00000' });
  const terms: Terms = {
    type: 'shuheng/terms/1',
    product: { id: productId, version: 1, title: '航班准点率数据集', kind: 'dataset' },
    buyer: named(buyer),
    seller: named(seller),
    purpose: '物流调度',
    scenario: '物流调度',
    quantity: 1,
    calls: null,
    price: { mode: 'one-off', unit: cny(10_001), total: cny(10_001) },
    licence: { validDays: 365, redistribution: false },
    delivery: { method: 'file', days: 5 },
    acceptance: { days: 5 },
    supply: { updateFrequency: '每年', commitment: '持续供给' },
    fee: { basisPoints: 100, reference: 'HS-6.4' },
    publicData: true,
    split: split.map((leg, n) => ({
      partyId: leg.partyId,
      name: n === 0 ? seller.name : n === 1 ? holder.name : '交易所',
      role: n === 2 ? ('exchange' as const) : ('holder' as const),
      basisPoints: shares[n]?.basisPoints ?? 100,
      reason: '贡献',
      amount: cny(leg.amountFen),
    })),
  };
  const at = new Date();
  await sql`insert into trade_order (id, product_id, product_version, object_id, buyer_party_id, seller_party_id, state, quantity, purpose, terms, terms_hash, total_fen, placed_at, delivered_at, accepted_at)
    values (${id}, ${productId}, 1, 'obj', ${buyer.partyId}, ${seller.partyId}, 'accepted', 1, '物流调度', ${JSON.stringify(terms)}::jsonb, 'hash', 10001, ${at}, ${at}, ${at})`.execute(
    database.db,
  );
  await sql`insert into delivery (id, order_id, product_id, product_version, seller_party_id, buyer_party_id, method, object_id, purpose, delivered_at, valid_until)
    values (${deliveryId}, ${id}, ${productId}, 1, ${seller.partyId}, ${buyer.partyId}, 'file', 'obj', '物流调度', ${at}, ${new Date(at.getTime() + 1e9)})`.execute(
    database.db,
  );
  const stages: [string, string, Perform?][] = [
    ['product.list', productId],
    ['order.place', id],
    ['contract.sign', id],
    ['contract.sign', id],
    [
      'order.pay',
      id,
      (c) => clearing.reserve(c.tx, c.actId, c.at, { orderId: id, buyerPartyId: buyer.partyId, split }),
    ],
    ['delivery.deliver', deliveryId],
    ['order.accept', id],
  ];
  for (const [name, subject, perform] of stages) if (!without.includes(name)) await stage(name, subject, perform);
  return id;
}

async function clear(orderId: string): Promise<void> {
  const found = clearing.acts.find((a) => a.name === 'clearing.clear');
  if (!found) throw new Error('no act');
  const outcome = await execute(kernel, found, SYSTEM, { orderId });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
}

describe('issuing', () => {
  test('a right holder gets a certificate that names every entry it rests on; its hash can be recomputed', async () => {
    const id = await order();
    await clear(id);
    const { certificateId, number } = await issue(people.holder, 'clearing', id);
    expect(number).toMatch(/^QS-\d{4}-000001$/);
    const json = await certificateJson(database.db, people.holder, certificateId);
    expect(json).toMatchObject({
      number,
      kind: 'clearing',
      issuer: '示例数据交易所',
      state: 'valid',
      holder: { name: '交通局' },
      subject: { id, title: '航班准点率数据集' },
    });
    expect(json.events.map((e) => e.act)).toEqual(['order.pay', 'delivery.deliver', 'order.accept', 'clearing.clear']);
    expect(json.events.map((e) => e.title.zh)).not.toContain('order.pay');
    expect(json.amounts.map((a) => [a.title.zh, a.party, a.amount.amountFen])).toEqual([
      ['成交价款', null, '10001'],
      ['收益分配', '数商', '6931'],
      ['收益分配', '交通局', '2970'],
      ['交易服务费', null, '100'],
    ]);
    for (const e of json.events) {
      const { rows } = await sql<{ bytes: Buffer }>`select bytes from evidence_entry where id = ${e.receiptId}`.execute(
        database.db,
      );
      expect(e.entrySha256).toBe(sha256Hex(rows[0]?.bytes ?? Buffer.alloc(0)));
    }
    // As a stranger's program would: the listed fields, without what was added later.
    const content: Record<string, unknown> = Object.fromEntries(
      json.hashed.map((k) => [k, json[k as keyof CertificateJson]]),
    );
    content.events = json.events.map(({ logIndex: _, ...e }) => e);
    expect(sha256Hex(canonical(content))).toBe(json.contentSha256);
    const pdf = await certificatePdf(database.db, people.holder, certificateId, 'https://exchange.example');
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('strangers, and parties to something else, learn nothing', async () => {
    const id = await order();
    expect(await refusal('certificate.issue', people.stranger, { kind: 'trade', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', people.exchange, { kind: 'trade', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: newId('ord') })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', people.buyer, { kind: 'registration', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.issue', ANONYMOUS, { kind: 'trade', subjectId: id })).toEqual([
      'unauthenticated',
      'HS-1.1',
    ]);
    // A share in the income is a right to the clearing's certificate, not to the trade's.
    expect(await refusal('certificate.issue', people.holder, { kind: 'trade', subjectId: id })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    const { certificateId } = await issue(people.buyer, 'trade', id);
    await expect(certificateJson(database.db, people.stranger, certificateId)).rejects.toThrow('Not found');
    await expect(certificateJson(database.db, ANONYMOUS, certificateId)).rejects.toThrow('Not found');
    await expect(
      certificatePdf(database.db, people.stranger, certificateId, 'https://exchange.example'),
    ).rejects.toThrow('Not found');
    expect((await certificateJson(database.db, people.seller, certificateId)).holder.name).toBe('买方');
    expect((await get<{ items: { id: string }[] }>('/certificates', people.stranger)).items).toEqual([]);
    expect(
      (await get<{ items: { id: string }[] }>('/certificates', people.buyer, { query: { subjectId: id } })).items.map(
        (i) => i.id,
      ),
    ).toEqual([certificateId]);
  });

  test('nothing is certified that left no evidence', async () => {
    expect(await refusal('certificate.issue', people.buyer, { kind: 'clearing', subjectId: await order() })).toEqual([
      'rule',
      'HS-7.11',
    ]);
    const unsigned = await order({ without: ['contract.sign'] });
    expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: unsigned })).toEqual([
      'rule',
      'HS-7.11',
    ]);
    const undelivered = await order({ without: ['delivery.deliver'] });
    expect(await refusal('certificate.issue', people.buyer, { kind: 'delivery', subjectId: undelivered })).toEqual([
      'rule',
      'HS-7.11',
    ]);
    const lost = await order();
    await sql`delete from evidence_entry where id = (select 'rct_' || substr(id, 5) from act_log where subject = ${lost} and name = 'order.pay')`.execute(
      database.db,
    );
    expect(await refusal('certificate.issue', people.buyer, { kind: 'trade', subjectId: lost })).toEqual([
      'rule',
      'HS-7.11',
    ]);
  });

  test('one valid certificate each, also of eight at once; numbers without a gap', async () => {
    const id = await order();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => run('certificate.issue', people.seller, { kind: 'delivery', subjectId: id })),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    expect(answers.flatMap((a) => (a.ok ? [] : a.refusal.violations.map((v) => v.rule)))).toEqual(
      Array(7).fill('HS-7.13'),
    );
    const more = await Promise.all([
      issue(people.buyer, 'delivery', id),
      ...(await Promise.all([order(), order(), order()])).map((o) => issue(people.seller, 'delivery', o)),
    ]);
    const numbers = more.map((m) => Number(m.number.slice(-6))).sort((a, b) => a - b);
    expect(numbers).toEqual([2, 3, 4, 5]);
  });
});

describe('revoking', () => {
  test('by the exchange with a second factor, once; readable as revoked, and a new one may follow', async () => {
    const id = await order();
    const { certificateId } = await issue(people.buyer, 'trade', id);
    const input = { certificateId, reason: '主体名称有误' };
    expect(await refusal('certificate.revoke', people.buyer, input)).toEqual(['forbidden', 'HS-1.2']);
    expect(await refusal('certificate.revoke', { ...people.exchange, secondFactor: false }, input)).toEqual([
      'forbidden',
      'HS-1.3',
    ]);
    expect(await refusal('certificate.revoke', people.exchange, { ...input, certificateId: newId('cer') })).toEqual([
      'not-found',
      'HS-1.4',
    ]);
    expect(await refusal('certificate.revoke', people.exchange, input)).toEqual([]);
    expect(await refusal('certificate.revoke', people.exchange, input)).toEqual(['state', 'HS-7.14']);
    const shown = await get<Record<string, unknown>>('/certificates/:certificateId', ANONYMOUS, {
      params: { certificateId },
    });
    expect(shown).toMatchObject({ state: 'revoked', holder: '买方', certificate: null });
    expect(shown.revokedAt).not.toBeNull();
    const own = await get<{ certificate: CertificateJson }>('/certificates/:certificateId', people.buyer, {
      params: { certificateId },
    });
    expect(own.certificate.revocation?.reason).toBe('主体名称有误');
    expect((await issue(people.buyer, 'trade', id)).certificateId).not.toBe(certificateId);
  });

  test('whoever holds the id sees the holder, so the public log must not give it away', async () => {
    const { certificateId } = await issue(people.buyer, 'trade', await order());
    expect(await refusal('certificate.revoke', people.exchange, { certificateId, reason: '更正' })).toEqual([]);
    const { rows } = await sql<{ entry: string }>`select convert_from(bytes, 'UTF8') as entry from evidence_entry
      where bytes like ${Buffer.from('%certificate.%')}::bytea`.execute(database.db);
    expect(rows.length).toBeGreaterThan(1);
    for (const { entry } of rows) expect(entry).not.toMatch(/cer_[0-9a-z]{26}|买方/);
  });
});
