import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Act, Actor } from '../../kernel/acts/index.ts';
import { openLocalExecutor, type SandboxExecutor } from '../../kernel/isolation/index.ts';
import { loadRulebook } from '../../kernel/rulebook/index.ts';
import { platform } from '../../platform.ts';
import { configureSandbox } from '../sandbox/index.ts';
import { rulesOf, type TestExchange, testExchange } from '../testing.ts';

type Party = Actor & { readonly partyId: string };
interface Told {
  readonly trialId: string;
  readonly outcome: string;
  readonly score: number | null;
  readonly within: number | null;
  readonly repeated: boolean;
  readonly runsLeft: number;
}

const PEOPLE = 1_500;
const house = platform(loadRulebook());
let t: TestExchange;
let executor: SandboxExecutor;
let folder: string;
let isHere = false;
let seller: Party;
let buyer: Party;
let productId: string;
let datasetId: string;
let source: string;

const act = (name: string): Act => {
  const found = house.acts.find((a) => a.name === name);
  if (!found) throw new Error(`no act ${name}`);
  return found;
};
const run = (name: string, actor: Actor, input: unknown) => t.run(act(name), actor, input);
const refusal = async (name: string, actor: Actor, input: unknown) => rulesOf(await t.refusal(act(name), actor, input));

/** Made-up people with a score that foretells a default, imperfectly. */
const scoreOf = (i: number) => (i * 7_919) % 1_000;
const csvOf = (head: string, of: (i: number) => string, n: number, from = 0) =>
  `${head}\n${Array.from({ length: n }, (_, i) => of(i + from)).join('\n')}\n`;

beforeAll(async () => {
  t = await testExchange(house.tasks);
  folder = await mkdtemp(join(tmpdir(), 'trial-'));
  executor = await openLocalExecutor({ folder: join(folder, 'jobs') });
  isHere = (await executor.availability()).sql;
  configureSandbox({ kernel: t.kernel, vault: t.vault, executor, folder: join(folder, 'tables') });
  seller = await t.party('示例征信公司', ['data-merchant']);
  buyer = await t.party('示例银行', ['buyer']);
  source = await t.dataset(
    seller,
    csvOf('person,score,town', (i) => `P${i},${scoreOf(i)},${i % 7}`, PEOPLE),
  );
  const { resourceId } = await run('resource.register', seller, {
    ...{ title: '信用评分', summary: '测试数据', source: 'self-generated', sourceStatement: '测试生成' },
    ...{ sector: '金融', classification: { class: '信用', grade: 'general' }, updateFrequency: '每月' },
    ...{ datasetId: source, containsPersonalInformation: false, coverage: { region: '测试' } },
    columns: ['person', 'score', 'town'].map((name) => ({ name, titleZh: name, sensitive: false })),
  });
  const drafted = await run('product.draft', seller, {
    ...{ title: '信用评分数据集', kind: 'dataset', summary: '测试产品', scenario: '', resourceIds: [resourceId] },
    recipe: {
      ...{ resourceId, filters: [], groupBy: [] },
      columns: ['person', 'score', 'town'].map((name) => ({ name, titleZh: name })),
    },
    pricing: { mode: 'one-off', price: { amountFen: '100', currency: 'CNY' } },
    terms: { purposes: ['风控'], validDays: 30, redistribution: false },
    supply: { updateFrequency: '每月', commitment: '每月更新' },
    ...{ offersTestData: false, shares: [{ partyId: seller.partyId, basisPoints: 10_000, reason: '自有' }] },
  });
  productId = String(drafted.productId);
  await t.jobs();
  await sql`update product set state = 'listed' where id = ${productId}`.execute(t.db);
  const label = (i: number) => (scoreOf(i) + ((i * 37) % 400) > 700 ? 1 : 0);
  datasetId = await t.dataset(
    buyer,
    csvOf('客户,违约,余额', (i) => `P${i},${label(i)},${1_000 - scoreOf(i)}`, 2_000, 500),
  );
}, 240_000);

afterAll(async () => {
  await executor.stop();
  await t.close();
  await rm(folder, { recursive: true, force: true });
});

const offer = (change = {}) => ({
  ...{ productId, keyColumn: 'person', columns: ['score'], measures: ['match-rate', 'auc', 'correlation'] },
  ...change,
});
const asked = (change = {}) => ({
  ...{ productId, measure: 'match-rate', datasetId, ownKey: '客户', lawful: true },
  ...change,
});
const auc = { measure: 'auc', column: 'score', ownColumn: '违约' };

describe('opening a product for trial', () => {
  it('is for its holder, within its dictionary, and for what is on the market', async () => {
    expect(await refusal('trial.run', buyer, asked())).toEqual(['HS-25.3']);
    expect((await t.refusal(act('trial.open'), buyer, offer())).kind).toBe('forbidden');
    const other = await t.party('示例同业公司', ['data-merchant']);
    expect((await t.refusal(act('trial.open'), other, offer())).kind).toBe('not-found');
    expect(await refusal('trial.open', seller, offer({ keyColumn: 'nobody' }))).toEqual(['HS-25.2']);
    expect(await refusal('trial.open', seller, offer({ columns: ['person'], measures: ['auc'] }))).toEqual(['HS-25.2']);
    await sql`update product set state = 'suspended' where id = ${productId}`.execute(t.db);
    expect(await refusal('trial.open', seller, offer())).toEqual(['HS-25.1']);
    await sql`update product set state = 'listed' where id = ${productId}`.execute(t.db);
    await run('trial.open', seller, offer());
    expect(await t.read(house.reads, '/trial-offers/:productId', buyer, { productId })).toMatchObject({
      offer: { keyColumn: 'person', columns: ['score'] },
    });
  });
});

describe('a trial', () => {
  it('is refused where measure, column, table or party do not fit', async () => {
    expect(await refusal('trial.run', buyer, asked({ measure: 'coverage', column: 'score' }))).toEqual(['HS-25.3']);
    expect(await refusal('trial.run', buyer, asked({ ...auc, column: 'town' }))).toEqual(['HS-25.3']);
    expect(await refusal('trial.run', buyer, asked({ ownKey: '不存在' }))).toEqual(['HS-25.4']);
    expect(await refusal('trial.run', buyer, asked({ lawful: false }))).toEqual(['HS-25.9']);
    expect((await t.refusal(act('trial.run'), buyer, asked({ datasetId: source }))).kind).toBe('not-found');
    expect(await refusal('trial.run', seller, asked({ datasetId: source, ownKey: 'person' }))).toEqual(['HS-25.10']);
  });

  it('gives a score near the truth, the same again for nothing, and the seller none of it', async ({ skip }) => {
    if (!isHere) skip();
    const match = (await run('trial.run', buyer, asked())) as unknown as Told;
    // A thousand of two thousand are known.
    expect(match).toMatchObject({ outcome: 'told', repeated: false, runsLeft: 9 });
    expect(Math.abs((match.score ?? 0) - 0.5)).toBeLessThanOrEqual(0.05);
    const good = (await run('trial.run', buyer, asked(auc))) as unknown as Told;
    expect(good.score).toBeGreaterThan(0.6);
    const again = (await run('trial.run', buyer, asked(auc))) as unknown as Told;
    expect(again).toMatchObject({ score: good.score, repeated: true, runsLeft: 8 });
    const against = { measure: 'correlation', column: 'score', ownColumn: '余额' };
    expect(((await run('trial.run', buyer, asked(against))) as unknown as Told).score).toBeLessThan(-0.4);
    const seen = (await t.read(house.reads, '/trials', seller, {}, { limit: 20 })) as { items: { mine: unknown }[] };
    expect(seen.items).toHaveLength(4);
    expect(seen.items.every((i) => i.mine === null)).toBe(true);
    const mine = (await t.read(house.reads, '/trials', buyer, {}, { limit: 20 })) as { items: { mine: unknown }[] };
    expect(mine.items.every((i) => i.mine !== null)).toBe(true);
  });

  it('tells nothing of one person among made-up keys, and nothing of a label that is none', async ({ skip }) => {
    if (!isHere) skip();
    // One person among made-up keys: a differencing attack begins so.
    const head = '客户,等级';
    const one = await t.dataset(
      buyer,
      csvOf(head, (i) => `${i === 0 ? 'P7' : `X${i}`},${i % 3}`, 600),
    );
    expect(await run('trial.run', buyer, asked({ datasetId: one }))).toMatchObject({ outcome: 'too-few', score: null });
    expect(await refusal('trial.run', buyer, asked({ ...auc, ownColumn: '等级', datasetId: one }))).toEqual([
      'HS-25.4',
    ]);
  });

  it('is counted over all parties together, of which the seller sees what is left', async ({ skip }) => {
    if (!isHere) skip();
    const left = async (actor: Actor) =>
      (await t.read(house.reads, '/trial-offers/:productId', actor, { productId })) as Record<string, unknown>;
    expect(await left(seller)).toMatchObject({ allLeft: 46, isUsedUp: false });
    const pool = await t.party('示例联手公司', ['buyer']);
    await sql`insert into trial_run (id, product_id, object_id, seller_id, buyer_id, dataset_id, measure, own_key, table_digest, outcome, at)
      select 'trl_pool' || i, ${productId}, 'obj_x', ${seller.partyId}, ${pool.partyId}, ${datasetId}, 'match-rate', 'k', 'pool' || i,
        'too-few', now() - interval '364 days' from generate_series(1, 46) i`.execute(t.db);
    const other = { measure: 'correlation', column: 'score', ownColumn: '违约' };
    expect(await refusal('trial.run', buyer, asked(other))).toEqual(['HS-25.11']);
    expect(await run('trial.run', buyer, asked(auc))).toMatchObject({ repeated: true });
    expect(await left(seller)).toMatchObject({ allLeft: 0, isUsedUp: true });
    expect(await left(buyer)).toMatchObject({ allLeft: null, isUsedUp: true });
    await sql`delete from trial_run where buyer_id = ${pool.partyId}`.execute(t.db);
  });

  it('ends with the uses, the offer and the rights behind the product', async ({ skip }) => {
    if (!isHere) skip();
    const last = Array.from({ length: 6 }, (_, i) => `trl_0000000000000000000000000${i}`);
    for (const id of last)
      await sql`insert into trial_run (id, product_id, object_id, seller_id, buyer_id, dataset_id, measure, own_key, table_digest, outcome, at)
        values (${id}, ${productId}, 'obj_x', ${seller.partyId}, ${buyer.partyId}, ${datasetId}, 'match-rate', 'k', ${id}, 'too-few', now())`.execute(
        t.db,
      );
    const other = { measure: 'correlation', column: 'score', ownColumn: '违约' };
    expect(await refusal('trial.run', buyer, asked(other))).toEqual(['HS-25.5']);
    // What was told before is told still.
    expect(await run('trial.run', buyer, asked(auc))).toMatchObject({ repeated: true, runsLeft: 0 });
    await sql`update product set state = 'suspended' where id = ${productId}`.execute(t.db);
    expect(await refusal('trial.run', buyer, asked(auc))).toEqual(['HS-25.1']);
    await sql`update product set state = 'listed' where id = ${productId}`.execute(t.db);
    await run('trial.close', seller, { productId });
    expect(await refusal('trial.run', buyer, asked(auc))).toEqual(['HS-25.3']);
  });
});
