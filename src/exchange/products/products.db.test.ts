import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, SYSTEM } from '../../kernel/acts/index.ts';
import { reads as assessmentReads } from '../assessment/index.ts';
import { named, type TestMarket, testMarket } from '../assessment/testing.ts';
import { endUse, reads as resourceReads } from '../catalog/index.ts';
import { ANONYMOUS, refusedKind, rulesOf } from '../testing.ts';
import * as product from './acts.ts';
import { draftProduct, recordBuild, recordBuildFailure, reviseProduct } from './drafting.ts';
import { addDownstream, getForOrder, isProductObject, objectOf, reads } from './index.ts';

let m: TestMarket;
beforeAll(async () => {
  m = await testMarket();
});
afterAll(() => m.x.close());

const stateOf = async (productId: string) => (await getForOrder(m.x.db, productId))?.state;
const page = (productId: string, actor: Actor = ANONYMOUS) =>
  m.x.read(reads, '/products/:productId', actor, { productId }) as Promise<Record<string, never>>;

test('from the draft to the market, with the job that builds and the job that measures', async () => {
  const productId = await m.drafted();
  expect(await page(productId, m.merchant)).toMatchObject({
    state: 'draft',
    build: { state: 'building' },
    sample: null,
  });
  await m.x.jobs();
  const made = (await page(productId, m.merchant)) as unknown as {
    build: unknown;
    dictionary: { name: string; type: string; sensitive: boolean }[];
    sample: { columns: string[]; rows: unknown[][] };
    profile: { columns: unknown[] };
  };
  expect(made.build).toMatchObject({ state: 'built', failure: null, rows: 5 });
  expect(made.dictionary.map((c) => [c.name, c.type, c.sensitive])).toEqual([
    ['姓名', 'text', true],
    ['城市', 'text', false],
    ['金额', 'integer', false],
    ['日期', 'date', false],
  ]);
  expect(made.sample.rows).toHaveLength(5);
  expect(made.sample.rows.map((r) => r[0])).toContain('张***');
  expect(JSON.stringify(made)).not.toContain('张三');

  const object = await objectOf(m.x.db, productId);
  expect(object).toMatchObject({ rows: 5, version: 1 });
  expect(await isProductObject(m.x.db, productId, object?.objectId ?? '')).toBe(true);
  expect(await isProductObject(m.x.db, productId, 'obj_other')).toBe(false);

  const assessmentId = await m.requested(productId, 'quality', m.tester);
  await m.x.jobs();
  const seen = (await m.x.read(assessmentReads, '/assessments/:assessmentId', m.tester, { assessmentId })) as {
    state: string;
    measurement: { score: number; indicators: { code: string; value: number | null; reason?: { zh: string } }[] };
  };
  expect(seen.state).toBe('measured');
  const value = (code: string) => seen.measurement.indicators.find((i) => i.code === code)?.value;
  expect(seen.measurement.indicators).toHaveLength(20);
  expect(value('0106')).toBe(0.75); // one of four columns shows names
  expect(value('0201')).toBe(0.95); // one of twenty cells is empty
  expect(value('0303')).toBe(0.8); // one of five rows stands twice
  expect(value('0305')).toBe(0.8); // two of ten text cells say 未知
  expect(value('0501')).toBe(0.8); // one of five days lies outside January
  expect(value('0601')).toBe(1);
  expect(value('0301')).toBeNull();
  expect(seen.measurement.indicators.find((i) => i.code === '0301')?.reason?.zh).toContain('权威');
  expect(seen.measurement.score).toBeGreaterThan(80);

  expect(
    await m.x.run(named('assessment.issue'), m.tester, {
      assessmentId,
      conclusion: 'passed',
      statement: '质量良好',
      checklist: m.answers('quality'),
    }),
  ).toMatchObject({
    productState: 'draft',
  });
  expect(await m.concluded(productId, 'compliance')).toMatchObject({ productState: 'assessed' });
  expect(await refusedKind(page(productId))).toBe('not-found');
  expect(await m.x.run(product.list, m.merchant, { productId })).toMatchObject({
    state: 'listed',
    board: 'main',
    version: 1,
  });
  const shown = (await page(productId)) as unknown as {
    opinions: { kind: string; assessor: { name: string } }[];
    quality: { score: number };
    lineage: { nodes: { kind: string; title: string }[]; edges: unknown[] };
    recipe: unknown;
    shares: { name: string }[];
    receipts: { act: string }[];
  };
  expect(shown.opinions.map((o) => [o.kind, o.assessor.name]).sort()).toEqual([
    ['compliance', '样例律所'],
    ['quality', '样例检测中心'],
  ]);
  expect(shown.quality.score).toBe(seen.measurement.score);
  expect(shown.lineage.nodes.map((n) => n.kind)).toEqual(['resource', 'build', 'product']);
  expect(shown.lineage.edges).toHaveLength(2);
  expect(shown.recipe).toBeNull();
  expect(shown.shares.map((s) => s.name)).toEqual(['样例数商', '样例交通局']);
  expect(shown.receipts.map((r) => r.act)).toEqual([
    'product.draft',
    'product.record-build',
    'assessment.request',
    'assessment.record-measurement',
    'assessment.issue',
    'assessment.request',
    'assessment.issue',
    'product.list',
  ]);
  const source = (await m.x.read(resourceReads, '/resources/:resourceId', ANONYMOUS, { resourceId: m.resourceId })) as {
    products: { id: string }[];
  };
  expect(source.products.map((p) => p.id)).toContain(productId);
});

test('a build that cannot be made is told to its holder; the right to the resource is looked at again', async () => {
  const second = await m.x.party('样例第二数商', ['data-merchant']);
  const agreementId = 'agr_second';
  await m.lend({ agreementId }, second);
  const { productId } = await m.x.run(draftProduct, second, m.draft());
  await m.x.db.transaction().execute((tx) => endUse(tx, agreementId, new Date()));
  await m.x.jobs();
  expect(await page(String(productId), second)).toMatchObject({
    build: { state: 'failed', failure: { zh: '对所用资源的使用权已终止。' } },
  });
  expect(await objectOf(m.x.db, String(productId))).toBeUndefined();
  expect(
    (await m.x.refusal(recordBuildFailure, SYSTEM, { productId, version: 1, failure: { zh: '', en: '' } })).kind,
  ).toBe('not-found');
});

describe('product.draft', () => {
  test('strangers and wrong roles are refused; a resource that is not lent is named', async () => {
    expect((await m.x.refusal(draftProduct, ANONYMOUS, m.draft())).kind).toBe('unauthenticated');
    expect((await m.x.refusal(draftProduct, m.lawyer, m.draft())).kind).toBe('forbidden');
    const refusal = await m.x.refusal(draftProduct, m.stranger, m.draft());
    expect(rulesOf(refusal)).toEqual(['GY-1.2', 'SH-6.3']);
    expect(refusal.violations[0]?.fact.zh).toContain('通行缴费记录');
    const none = 'res_01kaq000000000000000000000';
    expect(
      (
        await m.x.refusal(
          draftProduct,
          m.merchant,
          m.draft({ resourceIds: [none], recipe: { ...m.draft().recipe, resourceId: none } }),
        )
      ).kind,
    ).toBe('not-found');
  });

  test('a recipe that does not fit is refused with every reason', async () => {
    const recipe = {
      ...m.draft().recipe,
      columns: [
        { name: 'a', column: '年龄', titleZh: '年龄' },
        { name: 'b', column: '城市', aggregate: 'sum', titleZh: '和' },
      ],
    };
    const refusal = await m.x.refusal(draftProduct, m.merchant, m.draft({ recipe }));
    expect(rulesOf(refusal)).toEqual(['HS-4.2']);
    expect(refusal.violations[0]?.fact.zh).toContain('年龄');
    expect(refusal.violations[0]?.fact.en).toContain('has no sum');
  });

  test('a suspended seller drafts nothing', async () => {
    await m.x.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', m.merchant.partyId).execute();
    expect(rulesOf(await m.x.refusal(draftProduct, m.merchant, m.draft()))).toEqual(['GY-4.3']);
    await m.x.db.updateTable('party').set({ state: 'admitted' }).where('id', '=', m.merchant.partyId).execute();
  });

  test('a draft is seen by its holder and by those with a share, by nobody else', async () => {
    const productId = await m.drafted();
    for (const actor of [m.merchant, m.department])
      expect(await page(productId, actor)).toMatchObject({ id: productId });
    for (const actor of [ANONYMOUS, m.stranger, m.exchange, m.regulator])
      expect(await refusedKind(page(productId, actor))).toBe('not-found');
  });
});

describe('product.list', () => {
  test('a draft is told everything that is missing at once', async () => {
    const productId = await m.drafted({
      scenario: '',
      offersTestData: false,
      supply: { updateFrequency: '', commitment: '' },
    });
    const refusal = await m.x.refusal(product.list, m.merchant, { productId });
    expect(rulesOf(refusal)).toEqual(['SH-10.1', 'GY-27.3', 'SH-10.2', 'SH-10.3', 'SH-10.4', 'SH-10.5']);
    for (const v of refusal.violations) {
      expect(v.article).not.toBe('');
      expect(v.fact.zh).toMatch(/\p{Script=Han}/u);
      expect(v.remedy.en).toMatch(/[a-z]/);
    }
  });

  test.each<[string[], Record<string, unknown>]>([
    [['GY-13.5'], { terms: { purposes: [], validDays: 1, redistribution: false } }],
    [['GY-13.5'], { kind: 'query-service' }],
    [['SH-10.6'], { pricing: { mode: 'one-off', price: { amountFen: '0', currency: 'CNY' } } }],
    [['BJ-15.6'], { summary: '含人脸图像的数据集' }],
    [['HS-4.4', 'GY-1.4'], { shares: 'seller-only-short' }],
    [['GY-1.4'], { shares: 'seller-only' }],
  ])('%j refuse', async (rules, change) => {
    const alone = {
      partyId: m.merchant.partyId,
      basisPoints: change.shares === 'seller-only' ? 10_000 : 9_999,
      reason: '加工',
    };
    const productId = await m.assessed('shares' in change ? { shares: [alone] } : change);
    expect(rulesOf(await m.x.refusal(product.list, m.merchant, { productId }))).toEqual(rules);
    expect(await stateOf(productId)).toBe('assessed');
  });

  test('shares to a suspended party, an exchange that sells, and a lost authorisation are refused', async () => {
    const productId = await m.assessed();
    await m.x.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', m.department.partyId).execute();
    expect(rulesOf(await m.x.refusal(product.list, m.merchant, { productId }))).toEqual(['HS-4.4']);
    await m.x.db.updateTable('party').set({ state: 'admitted' }).where('id', '=', m.department.partyId).execute();
    await m.x.db
      .updateTable('party')
      .set({ roles: ['exchange', 'data-merchant'] })
      .where('id', '=', m.merchant.partyId)
      .execute();
    expect(rulesOf(await m.x.refusal(product.list, m.merchant, { productId }))).toEqual(['SH-15.3']);
    await m.x.db
      .updateTable('party')
      .set({ roles: ['data-merchant'] })
      .where('id', '=', m.merchant.partyId)
      .execute();
    await m.x.db
      .updateTable('resource_authorisation')
      .set({ revoked_at: new Date() })
      .where('party_id', '=', m.merchant.partyId)
      .execute();
    expect(rulesOf(await m.x.refusal(product.list, m.merchant, { productId }))).toEqual(['GY-1.2', 'SH-6.3']);
    await m.lend();
  });

  test('strangers, other sellers and other states are refused', async () => {
    const productId = await m.listed();
    expect((await m.x.refusal(product.list, ANONYMOUS, { productId })).kind).toBe('unauthenticated');
    expect((await m.x.refusal(product.list, m.tester, { productId })).kind).toBe('forbidden');
    expect((await m.x.refusal(product.list, m.stranger, { productId })).kind).toBe('not-found');
    expect(rulesOf(await m.x.refusal(product.list, m.merchant, { productId }))).toEqual(['HS-4.1']);
  });
});

test('a revision leaves the market, is built and assessed anew, and an old build cannot overtake it', async () => {
  const productId = await m.listed();
  expect((await m.x.refusal(reviseProduct, m.stranger, { productId, title: '别人的产品' })).kind).toBe('not-found');
  expect(await m.x.run(reviseProduct, m.merchant, { productId, title: '通行缴费明细（新版）' })).toEqual({
    productId,
    version: 2,
    state: 'draft',
  });
  expect(await refusedKind(page(productId))).toBe('not-found');
  expect(await page(productId, m.merchant)).toMatchObject({
    title: '通行缴费明细（新版）',
    version: 2,
    opinions: [],
    quality: null,
    scenario: '停车设施选址分析',
  });
  const late = {
    productId,
    version: 1,
    objectId: 'obj_late',
    sha256: '0',
    rows: 1,
    bytes: 1,
    dictionary: [],
    sample: { columns: [], rows: [] },
    profile: { rows: 1, bytes: 1, duplicateRows: 0, columns: [] },
  };
  expect((await m.x.refusal(recordBuild, SYSTEM, late)).kind).toBe('not-found');
  expect((await m.x.refusal(recordBuild, m.merchant, late)).kind).toBe('forbidden');
  expect(rulesOf(await m.x.refusal(product.list, m.merchant, { productId }))).toContain('SH-10.1');
});

describe('product.suspend, resume, withdraw', () => {
  const reason = '核查数据来源';
  test('the holder lifts its own suspension, not the regulator’s', async () => {
    const productId = await m.listed();
    expect((await m.x.refusal(product.suspend, ANONYMOUS, { productId, reason })).kind).toBe('unauthenticated');
    expect((await m.x.refusal(product.suspend, m.stranger, { productId, reason })).kind).toBe('not-found');
    await m.x.run(product.suspend, m.merchant, { productId, reason });
    expect((await m.x.refusal(product.suspend, m.merchant, { productId, reason })).kind).toBe('state');
    expect((await m.x.refusal(product.resume, m.stranger, { productId, reason })).kind).toBe('not-found');
    expect(await m.x.run(product.resume, m.merchant, { productId, reason })).toEqual({ productId, state: 'listed' });
    await m.x.run(product.suspend, m.regulator, { productId, reason });
    expect(rulesOf(await m.x.refusal(product.resume, m.merchant, { productId, reason }))).toEqual(['HS-4.5']);
    expect(rulesOf(await m.x.refusal(product.withdraw, m.merchant, { productId, reason }))).toEqual(['HS-4.5']);
    expect(await page(productId)).toMatchObject({ state: 'suspended', suspension: { by: 'regulator', reason: null } });
    await m.x.run(product.resume, m.exchange, { productId, reason });
    expect(await stateOf(productId)).toBe('listed');
  });

  test('a withdrawn product ends', async () => {
    const productId = await m.listed();
    expect((await m.x.refusal(product.withdraw, m.stranger, { productId, reason })).kind).toBe('not-found');
    expect((await m.x.refusal(product.withdraw, m.exchange, { productId, reason })).kind).toBe('forbidden');
    expect(await m.x.run(product.withdraw, m.merchant, { productId, reason })).toEqual({
      productId,
      state: 'withdrawn',
    });
    for (const act of [product.suspend, product.resume, product.withdraw]) {
      expect(rulesOf(await m.x.refusal(act, m.merchant, { productId, reason }))).toEqual(['HS-4.1']);
    }
    expect(rulesOf(await m.x.refusal(reviseProduct, m.merchant, { productId }))).toEqual(['HS-4.1']);
  });
});

test('the market is searched, counted and paged; what is hidden is in no count', async () => {
  const sector = '海洋';
  const marine = await m.registered(m.datasetId, { sector, title: '海洋碳汇' });
  await m.lend({ resourceId: marine });
  const base = { resourceIds: [marine], recipe: { ...m.draft().recipe, resourceId: marine } };
  const ids = [
    await m.listed({ ...base, title: '蓝碳增汇监测甲' }),
    await m.listed({ ...base, title: '蓝碳增汇监测乙' }),
  ];
  const service = await m.listed({
    ...base,
    title: '碳汇查询',
    summary: '按海域查询蓝碳增汇',
    kind: 'query-service',
    pricing: { mode: 'per-call', price: { amountFen: '100', currency: 'CNY' }, callsPerPackage: 100 },
  });
  await m.assessed({ ...base, title: '蓝碳增汇未挂牌' });
  const find = (query: Record<string, unknown>, actor: Actor = ANONYMOUS) =>
    m.x.read(reads, '/products', actor, {}, query) as Promise<{
      items: { id: string; title: string }[];
      nextCursor: string | null;
      facets: {
        kind: { value: string; count: number }[];
        sector: { value: string; count: number }[];
        mode: { value: string; count: number }[];
      };
    }>;
  const all = await find({ q: '蓝碳增汇' });
  // Hits in the title come before a hit in the summary.
  expect(all.items.map((i) => i.id)).toEqual([...ids].reverse().concat(service));
  expect(all.facets).toEqual({
    kind: [
      { value: 'dataset', count: 2 },
      { value: 'query-service', count: 1 },
    ],
    sector: [{ value: sector, count: 3 }],
    mode: [
      { value: 'one-off', count: 2 },
      { value: 'per-call', count: 1 },
    ],
  });
  const pages: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next: Awaited<ReturnType<typeof find>> = await find({
      q: '蓝碳增汇',
      limit: 1,
      ...(cursor ? { cursor } : {}),
    });
    pages.push(...next.items.map((i) => i.id));
    cursor = next.nextCursor;
  }
  expect(pages).toEqual(all.items.map((i) => i.id));
  expect((await find({ sector, kind: 'query-service' })).items.map((i) => i.id)).toEqual([service]);
  expect((await find({ sector, mode: 'one-off' })).items).toHaveLength(2);
  expect((await find({ q: '未挂牌' })).items).toEqual([]);
  expect((await find({ q: '未挂牌', mine: 'true' }, m.merchant)).items).toHaveLength(1);
  expect((await find({ q: '未挂牌', mine: 'true' }, m.lawyer)).items).toHaveLength(1);
  expect((await find({ q: '未挂牌', mine: 'true' }, m.stranger)).items).toHaveLength(0);
  expect((await find({ q: '未挂牌' }, m.regulator)).items).toHaveLength(1);
});

test('later domains show in the lineage how often they used a product', async () => {
  addDownstream({
    kind: 'delivery',
    title: { zh: '交付', en: 'Deliveries' },
    cases: () => sql`select from generate_series(1, 2)`,
  });
  const productId = await m.listed();
  const { lineage } = (await page(productId)) as unknown as { lineage: { nodes: { kind: string; title: string }[] } };
  expect(lineage.nodes.at(-1)).toMatchObject({ kind: 'delivery', title: '交付 2' });
});

test('the version of a page is another one whenever the page is, and its holder gets none', async () => {
  const productId = await m.listed();
  let cases = 0;
  addDownstream({
    kind: 'later',
    title: { zh: '后续', en: 'Later' },
    cases: () => sql`select from generate_series(1, ${cases}::int)`,
  });
  const one = reads.find((r) => r.path === '/products/:productId');
  const version = (actor: Actor) =>
    one?.version?.({ db: m.x.db, actor, params: { productId }, query: {}, at: new Date() } as never);
  const look = async () => ({
    page: JSON.stringify(await page(productId)),
    version: JSON.stringify(await version(ANONYMOUS)),
  });
  const renamed = (partyId: string) => sql`update party set name = name || '甲' where id = ${partyId}`.execute(m.x.db);
  const changes: Readonly<Record<string, () => unknown>> = {
    seller: () => renamed(m.merchant.partyId),
    holder: () => renamed(m.department.partyId),
    assessor: () => renamed(m.tester.partyId),
    resource: () => sql`update resource set title = title || '甲' where id = ${m.resourceId}`.execute(m.x.db),
    opinion: () => m.concluded(productId, 'quality'),
    suspension: () => m.x.run(product.suspend, m.merchant, { productId, reason: '核对' }),
    resumption: () => m.x.run(product.resume, m.merchant, { productId, reason: '核对完毕' }),
    'later case': () => {
      cases = 1;
    },
  };
  let before = await look();
  expect(before.version).toContain('"subject":1');
  for (const [what, change] of Object.entries(changes)) {
    await change();
    const after = await look();
    expect([what, after.page === before.page, after.version === before.version]).toEqual([what, false, false]);
    before = after;
    expect(await look()).toEqual(before);
  }
  expect(await version(m.merchant)).toBeNull();
});
