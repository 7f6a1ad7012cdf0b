import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { createParty } from '../../kernel/access/index.ts';
import {
  type Act,
  type Actor,
  act,
  execute,
  type Kernel,
  type Outcome,
  type Read,
  SYSTEM,
  system,
} from '../../kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../../kernel/database/testing.ts';
import { newId } from '../../kernel/ids.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { jobsOf } from '../../kernel/testing-jobs.ts';
import { openVault, type Vault } from '../../kernel/vault/index.ts';
import * as clearing from '../clearing/index.ts';
import * as contracts from '../contracts/index.ts';
import * as delivery from './index.ts';

export type Person = Actor & { readonly partyId: string };

/** Stands for the listing in the evidence; the listing itself is tested where products are. */
const listing = act({
  name: 'product.list',
  title: { zh: '产品挂牌', en: 'List a product' },
  by: system(),
  input: z.object({ productId: z.string() }),
  output: z.object({}),
  facts: async () => ({}),
  perform: async () => ({}),
  entry: ({ input }) => ({ subject: input.productId, public: true }),
});

export interface ListedProduct {
  readonly kind?: 'dataset' | 'query-service';
  readonly priceFen?: string;
  readonly content?: Buffer;
  readonly grade?: string;
  readonly containsPersonalInformation?: boolean;
  readonly conclusion?: 'passed' | 'failed';
  readonly state?: 'draft' | 'listed' | 'suspended' | 'withdrawn';
  readonly callsPerPackage?: number;
  readonly shares?: readonly { readonly partyId: string; readonly basisPoints: number; readonly reason: string }[];
}

/** A market with one seller, buyers with money, those who supervise, and a vault; for tests of orders and deliveries. */
export async function testTrade() {
  const database: TestDatabase = await testDatabase();
  const { db } = database;
  const folder = await mkdtemp(join(tmpdir(), 'trade-'));
  const vault: Vault = await openVault({ db, dataFolder: folder });
  delivery.configureDelivery({ vault, linkKey: randomBytes(32) });
  const kernel: Kernel = { db, rulebook: loadRulebook() };
  const rooms = [contracts, delivery, clearing];
  const acts = rooms.flatMap((r) => r.acts as readonly Act[]);
  const reads = rooms.flatMap((r) => r.reads as readonly Read[]);
  const tasks = rooms.flatMap((r) => r.tasks);
  await db
    .insertInto('document_adoption' as never)
    .values(
      ['SH', 'JN'].map((document) => ({
        document,
        adopted_from: '2020-01-01',
        reason: 'test',
        act_id: 'act_test',
      })) as never,
    )
    .execute();

  const party = async (name: string, roles: readonly string[], personal: readonly string[] = []): Promise<Person> => {
    const at = new Date();
    const uscc = `91370000${newId('x').slice(-10).toUpperCase()}`;
    const made = await db
      .transaction()
      .execute((tx) => createParty(tx, { name, uscc, requestedRoles: roles, roles, state: 'admitted', at }));
    const actor = {
      kind: 'person' as const,
      personId: newId('psn'),
      partyId: made.id,
      scopes: null,
      secondFactor: true,
    };
    return { ...actor, roles: [...roles, ...personal] };
  };
  const find = (name: string): Act => {
    const found = acts.find((a) => a.name === name);
    if (!found) throw new Error(`no act ${name}`);
    return found;
  };
  const attempt = (name: string, actor: Actor, input: unknown, options = {}): Promise<Outcome> =>
    execute(kernel, find(name), actor, input, options);
  const run = async <T = Record<string, string>>(name: string, actor: Actor, input: unknown): Promise<T> => {
    const outcome = await attempt(name, actor, input);
    if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.refusal)}`);
    return outcome.result as T;
  };
  const read = async <T = Record<string, unknown>>(
    path: string,
    actor: Actor,
    params: unknown = {},
    query: unknown = {},
  ) => {
    const found = reads.find((r) => r.path === path);
    if (!found) throw new Error(`no read ${path}`);
    const asked = { db, actor, params: found.params.parse(params), query: found.query.parse(query), at: new Date() };
    return found.output.parse(await found.run(asked as never)) as T;
  };
  /** Runs a repeated task, as its hour would. */
  const task = (name: string) =>
    tasks.find((t) => t.name === name)?.run({}, { kernel, vault }) ?? Promise.reject(new Error(`no task ${name}`));
  const jobs = jobsOf(database.pool, tasks, { kernel, vault });

  const people = {
    seller: await party('样例数商', ['data-merchant']),
    department: await party('样例交通局', ['data-provider']),
    buyer: await party('样例保险', ['buyer']),
    poor: await party('样例小店', ['buyer']),
    stranger: await party('样例路人', ['buyer', 'data-merchant']),
    exchange: await party('样例交易所', ['exchange'], ['settlement-officer']),
    regulator: await party('样例监管局', ['regulator']),
  };
  await run('account.deposit', people.exchange, {
    partyId: people.buyer.partyId,
    amount: { amountFen: '100000000', currency: 'CNY' },
    bankReference: 'TEST-0001',
  });

  /** A product in the state asked for, as the products room would leave it. */
  const product = async (p: ListedProduct = {}): Promise<string> => {
    const productId = newId('prd');
    const kind = p.kind ?? 'dataset';
    const object = await vault.put(Readable.from([p.content ?? Buffer.from('PAR1 样例内容')]), {
      ownerPartyId: people.seller.partyId,
      name: 'content.parquet',
      mediaType: 'application/vnd.apache.parquet',
    });
    const content = {
      title: '样例产品',
      kind,
      pricing: {
        mode: kind === 'query-service' ? 'per-call' : 'one-off',
        price: { amountFen: p.priceFen ?? '10001', currency: 'CNY' },
        ...(kind === 'query-service' ? { callsPerPackage: p.callsPerPackage ?? 5 } : {}),
      },
      terms: { purposes: ['保险产品定价', '行业研究'], validDays: 30, redistribution: false },
      supply: { updateFrequency: '每月', commitment: '每月更新' },
      shares: p.shares ?? [
        { partyId: people.department.partyId, basisPoints: 3_333, reason: '数据提供' },
        { partyId: people.seller.partyId, basisPoints: 6_667, reason: '加工运营' },
      ],
    };
    const at = new Date();
    await db
      .insertInto('product')
      .values({
        id: productId,
        holder_id: people.seller.partyId,
        state: p.state ?? 'listed',
        content: JSON.stringify(content),
        title: content.title,
        kind,
        sector: '交通运输',
        price_mode: content.pricing.mode as 'one-off',
        grade: p.grade ?? 'general',
        contains_personal_information: p.containsPersonalInformation ?? false,
        public_data: true,
        drafted_at: at,
        revised_at: at,
        build_state: 'built',
        built_at: at,
        object_id: object.id,
        rows: 1,
        bytes: object.bytes,
        board: 'main',
        listed_at: at,
        suspended_by: null,
        suspension_reason: null,
        withdrawn_at: null,
        search: '',
        search_version: 1,
      })
      .execute();
    await db
      .insertInto('product_object' as never)
      .values({ object_id: object.id, product_id: productId, version: 1, built_at: at } as never)
      .execute();
    for (const kindOfOpinion of ['compliance', 'quality'] as const) {
      await db
        .insertInto('product_opinion')
        .values({
          assessment_id: newId('asm'),
          product_id: productId,
          version: 1,
          kind: kindOfOpinion,
          assessor_id: people.exchange.partyId,
          conclusion: p.conclusion ?? 'passed',
          statement: '样例意见',
          issued_at: at,
        })
        .execute();
    }
    await execute(kernel, listing, SYSTEM, { productId });
    return productId;
  };

  const place = (productId: string, actor: Person = people.buyer, change: Record<string, unknown> = {}) =>
    run<{ orderId: string; termsHash: string }>('order.place', actor, {
      productId,
      quantity: 1,
      purpose: '行业研究',
      scenario: '研究样例',
      ...change,
    });
  const signed = async (productId: string, actor: Person = people.buyer): Promise<string> => {
    const { orderId, termsHash } = await place(productId, actor);
    await run('contract.sign', actor, { orderId, termsHash });
    await run('contract.sign', people.seller, { orderId, termsHash });
    return orderId;
  };
  const delivered = async (productId: string): Promise<{ orderId: string; deliveryId: string }> => {
    const orderId = await signed(productId);
    await run('order.pay', people.buyer, { orderId });
    const { deliveryId } = await run<{ deliveryId: string }>('delivery.deliver', people.seller, { orderId });
    return { orderId, deliveryId };
  };
  const close = async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    database,
    db,
    kernel,
    vault,
    folder,
    acts,
    people,
    party,
    attempt,
    run,
    read,
    jobs,
    task,
    product,
    place,
    signed,
    delivered,
    close,
  };
}

export type TestTrade = Awaited<ReturnType<typeof testTrade>>;

/** The rules a refusal names, or what kind it is; empty when the act went through. */
export const rulesOf = (outcome: Outcome): string[] =>
  outcome.ok ? [] : outcome.refusal.violations.map((v) => v.rule);
export const kindOf = (outcome: Outcome): string => (outcome.ok ? 'ok' : outcome.refusal.kind);
