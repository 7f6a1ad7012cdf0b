import { sql } from 'kysely';
import { z } from 'zod';
import { createParty } from '../../kernel/access/index.ts';
import {
  type Act,
  type Actor,
  act,
  execute,
  type Kernel,
  type PerformContext,
  SYSTEM,
  system,
} from '../../kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../../kernel/database/testing.ts';
import {
  type CryptoSuite,
  configureKeys,
  DEFAULT_ORIGIN,
  type SigningKeys,
  signers,
  startSequencer,
} from '../../kernel/evidence/index.ts';
import { ensureKeys } from '../../kernel/evidence/key-acts.ts';
import { testLog } from '../../kernel/evidence/testing.ts';
import { newId } from '../../kernel/ids.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import * as clearing from '../clearing/index.ts';
import type { Terms } from '../contracts/index.ts';
import { acts, configureCertificates } from './index.ts';

/** A market with a log, where whole trades stand in the tables and in the evidence without being played act by act. */
export type Person = Actor & { readonly partyId: string; readonly name: string };
type Cast = Record<'exchange' | 'buyer' | 'seller' | 'holder' | 'stranger', Person>;
type Perform = (c: Pick<PerformContext<unknown, unknown>, 'tx' | 'actId' | 'at'>) => Promise<unknown>;

export interface Market {
  readonly database: TestDatabase;
  readonly kernel: Kernel;
  readonly keys: SigningKeys;
  readonly people: Cast;
  readonly run: (name: string, actor: Actor, input: unknown) => ReturnType<typeof execute>;
  /** @throws Error with the refusal */
  readonly issue: (
    actor: Actor,
    kind: string,
    subjectId: string,
    more?: object,
  ) => Promise<{ certificateId: string; number: string }>;
  readonly refusal: (name: string, actor: Actor, input: unknown) => Promise<string[]>;
  /** Of an act of another room. */
  readonly refusalOf: (act: Act | undefined, actor: Actor, input: unknown) => Promise<string[]>;
  readonly stage: (name: string, subject: string, perform?: Perform, entry?: object) => Promise<void>;
  /** A listed, assessed product of the seller on a resource of the holder. */
  readonly product: (title?: string) => Promise<{ productId: string; resourceId: string }>;
  /** An accepted order with the money reserved, and the evidence of every stage but those left out. */
  readonly order: (options?: { without?: readonly string[]; productId?: string }) => Promise<string>;
  readonly clear: (orderId: string) => Promise<void>;
  readonly drop: () => Promise<void>;
}

const cny = (fen: number | bigint) => ({ amountFen: String(fen), currency: 'CNY' as const });

async function refusalIn(attempt: ReturnType<typeof execute>): Promise<string[]> {
  const outcome = await attempt;
  return outcome.ok ? [] : [outcome.refusal.kind, ...outcome.refusal.violations.map((v) => v.rule)];
}

export async function openMarket(
  names: Partial<Record<keyof Cast, string>> = {},
  suite: CryptoSuite = 'international',
): Promise<Market> {
  const database = await testDatabase({ max: 10 });
  const log = await testLog();
  const sequencer = await startSequencer({
    url: database.url,
    store: log.store,
    keys: log.keys,
  });
  const kernel: Kernel = { db: database.db, rulebook: loadRulebook(), committed: sequencer.nudge };
  const keys: SigningKeys = { provider: log.keys, suite, origin: DEFAULT_ORIGIN };
  configureKeys(keys);
  configureCertificates({ signers: (q) => signers(q, 'certificate') });
  await ensureKeys(kernel, keys);
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
    const actor = { kind: 'person', personId: newId('psn'), partyId: party.id, roles: [role] } as const;
    return { ...actor, scopes: null, secondFactor: true, name };
  };
  const people: Cast = {
    exchange: await person(names.exchange ?? '示例数据交易所', 'exchange'),
    buyer: await person(names.buyer ?? '买方', 'buyer'),
    seller: await person(names.seller ?? '数商', 'data-merchant'),
    holder: await person(names.holder ?? '交通局', 'data-provider'),
    stranger: await person(names.stranger ?? '路人', 'buyer'),
  };
  const perform = async (list: typeof acts, name: string, actor: Actor, input: unknown) => {
    const found = list.find((a) => a.name === name);
    if (!found) throw new Error(`no act ${name}`);
    return execute(kernel, found, actor, input);
  };
  const must = async (attempt: ReturnType<typeof execute>) => {
    const outcome = await attempt;
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
    return outcome.result;
  };
  const officer = { ...people.exchange, roles: ['exchange', 'settlement-officer'] };
  await must(
    perform(clearing.acts, 'account.deposit', officer, {
      partyId: people.buyer.partyId,
      amount: cny(100_000_000),
      bankReference: 'BANK-1',
    }),
  );
  const run: Market['run'] = (name, actor, input) => perform(acts, name, actor, input);

  /** An act of another room's name, so that its evidence stands. */
  const stage: Market['stage'] = async (name, subject, work = async () => undefined, entry = {}) => {
    const made = act({
      name,
      title: { zh: name, en: name },
      by: system(),
      input: z.object({}),
      output: z.object({}),
      facts: async () => ({}),
      perform: async (c) => {
        await work(c);
        return {};
      },
      entry: () => ({ subject, ...entry }),
    });
    await must(execute(kernel, made, SYSTEM, {}));
  };

  const product: Market['product'] = async (title = '航班准点率数据集') => {
    const [productId, resourceId, assessments] = [newId('prd'), newId('res'), [newId('asm'), newId('asm')]] as const;
    const { seller, holder } = people;
    const at = new Date();
    await sql`insert into vault_object (id, owner_party_id, name, media_type, bytes, sha256, key_id, wrapped_key)
      values (${`obj_${resourceId}`}, ${holder.partyId}, 'x', 'x', 1, 'x', 'x', ''::bytea)`.execute(database.db);
    await sql`insert into upload (id, party_id, name, media_type, bytes, expires_at) values (${`upl_${resourceId}`}, ${holder.partyId}, 'x', 'x', 1, now())`.execute(
      database.db,
    );
    await sql`insert into dataset (id, party_id, upload_id, title, state, created_at) values (${`dst_${resourceId}`}, ${holder.partyId}, ${`upl_${resourceId}`}, 'x', 'ready', now())`.execute(
      database.db,
    );
    await sql`insert into resource (id, holder_id, state, title, summary, source, source_statement, sector, class, grade, contains_personal_information, update_frequency, region, opening, public_data, dataset_id, object_id, rows, bytes, columns, registered_at, search, search_version)
      values (${resourceId}, ${holder.partyId}, 'registered', '航班运行记录', '起降记录', 'self-generated', '自有系统', '交通运输', '交通运行', 'general', false, '每日', '全国', 'paid', true, ${`dst_${resourceId}`}, ${`obj_${resourceId}`}, 1234, 56789, '[]', ${at}, ''::tsvector, 1)`.execute(
      database.db,
    );
    const shares = [
      { partyId: seller.partyId, basisPoints: 7_000, reason: '开发' },
      { partyId: holder.partyId, basisPoints: 3_000, reason: '数据' },
    ];
    const content = {
      ...{ title, kind: 'dataset', summary: '逐日统计', scenario: '保险定价', resourceIds: [resourceId] },
      recipe: { resourceId, filters: [], groupBy: [], columns: [] },
      pricing: { mode: 'one-off', price: cny(10_001) },
      terms: { purposes: [], validDays: 365, redistribution: false },
      supply: { updateFrequency: '每月', commitment: '持续' },
      ...{ offersTestData: true, shares },
    };
    await sql`insert into product (id, holder_id, state, version, content, title, kind, sector, price_mode, grade, contains_personal_information, public_data, drafted_at, revised_at, build_state, rows, bytes, quality, board, listed_at, search, search_version)
      values (${productId}, ${seller.partyId}, 'listed', 1, ${JSON.stringify(content)}::jsonb, ${title}, 'dataset', '交通运输', 'one-off', 'general', false, true, ${at}, ${at}, 'built', 365, 4096, '{"score":92.5,"indicators":[]}', 'main', ${at}, ''::tsvector, 1)`.execute(
      database.db,
    );
    await sql`insert into product_resource (product_id, resource_id) values (${productId}, ${resourceId})`.execute(
      database.db,
    );
    await sql`insert into resource_authorisation (id, resource_id, party_id, purpose, valid_until, granted_at)
      values (${newId('aut')}, ${resourceId}, ${seller.partyId}, '开发', '2031-01-01', ${at})`.execute(database.db);
    await stage('resource.register', resourceId, undefined, { public: true });
    for (const [n, kind] of (['compliance', 'quality'] as const).entries()) {
      const id = assessments[n] ?? '';
      await sql`insert into product_opinion (assessment_id, product_id, version, kind, assessor_id, conclusion, statement, issued_at)
        values (${id}, ${productId}, 1, ${kind}, ${people.stranger.partyId}, 'passed', '通过', ${at})`.execute(
        database.db,
      );
      await stage('assessment.issue', id);
    }
    await stage('product.list', productId, undefined, { public: true });
    return { productId, resourceId };
  };

  const order: Market['order'] = async ({ without = [], productId = newId('prd') } = {}) => {
    const [id, deliveryId] = [newId('ord'), newId('dlv')];
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
    await sql`insert into trade_order (id, product_id, product_version, object_id, buyer_party_id, seller_party_id, state, quantity, purpose, terms, terms_hash, total_fen, placed_at, paid_at, delivered_at, accepted_at)
      values (${id}, ${productId}, 1, 'obj', ${buyer.partyId}, ${seller.partyId}, 'accepted', 1, '物流调度', ${JSON.stringify(terms)}::jsonb, 'hash', 10001, ${at}, ${at}, ${at}, ${at})`.execute(
      database.db,
    );
    await sql`insert into delivery (id, order_id, product_id, product_version, seller_party_id, buyer_party_id, method, object_id, purpose, delivered_at, valid_until)
      values (${deliveryId}, ${id}, ${productId}, 1, ${seller.partyId}, ${buyer.partyId}, 'file', 'obj', '物流调度', ${at}, ${new Date(at.getTime() + 1e9)})`.execute(
      database.db,
    );
    const reserve: Perform = (c) =>
      clearing.reserve(c.tx, c.actId, c.at, { orderId: id, buyerPartyId: buyer.partyId, split });
    const stages: [string, string, Perform?][] = [
      ['product.list', productId],
      ['order.place', id],
      ['contract.sign', id],
      ['contract.sign', id],
      ['order.pay', id, reserve],
      ['delivery.deliver', deliveryId],
      ['order.accept', id],
    ];
    for (const [name, subject, work] of stages) if (!without.includes(name)) await stage(name, subject, work);
    return id;
  };

  return {
    database,
    kernel,
    keys,
    people,
    run,
    stage,
    product,
    order,
    issue: async (actor, kind, subjectId, more = {}) =>
      (await must(run('certificate.issue', actor, { kind, subjectId, ...more }))) as {
        certificateId: string;
        number: string;
      },
    refusal: (name, actor, input) => refusalIn(run(name, actor, input)),
    refusalOf: (given, actor, input) => {
      if (!given) throw new Error('there is no such act');
      return refusalIn(execute(kernel, given, actor, input));
    },
    clear: async (orderId) => {
      await must(perform(clearing.acts, 'clearing.clear', SYSTEM, { orderId }));
    },
    drop: async () => {
      await sequencer.stop();
      await database.drop();
      await log.drop();
    },
  };
}
