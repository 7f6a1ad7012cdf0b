import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, SYSTEM } from '../../kernel/acts/index.ts';
import { issue, recordMeasurement, request } from '../assessment/acts.ts';
import { CHECKLISTS } from '../assessment/checklists.ts';
import { reads as assessmentReads, tasks as assessmentTasks } from '../assessment/index.ts';
import { acts as catalogActs, reads as resourceReads } from '../catalog/index.ts';
import { ANONYMOUS, refusedKind, rulesOf, type TestExchange, testExchange } from '../testing.ts';
import * as product from './acts.ts';
import { draftProduct, recordBuild, recordBuildFailure, reviseProduct } from './drafting.ts';
import { addDownstream, getForOrder, isProductObject, objectOf, reads, tasks } from './index.ts';

type Person = Actor & { readonly partyId: string };
let x: TestExchange;
let department: Person;
let merchant: Person;
let lawyer: Person;
let tester: Person;
let exchange: Person;
let regulator: Person;
let stranger: Person;
let resourceId: string;
let datasetId: string;

const named = (name: string) => {
  const found = catalogActs.find((a) => a.name === name);
  if (!found) throw new Error(name);
  return found;
};
const CSV = `姓名,城市,金额,日期\n${['张三,济南,10,2024-01-01', '李四,青岛,20,2024-01-02', '王五,济南,,2024-02-03', '赵六,未知,40,2024-01-04', '赵六,未知,40,2024-01-04'].join('\n')}\n`;

beforeAll(async () => {
  x = await testExchange([...tasks, ...assessmentTasks]);
  department = await x.party('样例交通局', ['data-provider'], 'administrative-organ');
  merchant = await x.party('样例数商', ['data-merchant']);
  lawyer = await x.party('样例律所', ['compliance-assessor']);
  tester = await x.party('样例检测中心', ['quality-assessor']);
  exchange = await x.party('样例交易所', ['exchange']);
  regulator = await x.party('样例监管局', ['regulator']);
  stranger = await x.party('样例路人', ['data-merchant', 'buyer', 'compliance-assessor', 'quality-assessor']);
  datasetId = await x.dataset(department, CSV);
  resourceId = await registered(datasetId);
  await lend();
});
afterAll(() => x.close());

const registered = async (datasetId: string, change: Record<string, unknown> = {}): Promise<string> => {
  const column = (name: string, sensitive = false) => ({ name, titleZh: name, description: `${name}说明`, sensitive });
  const { resourceId } = await x.run(named('resource.register'), department, {
    title: '通行缴费记录',
    summary: '城市通行缴费的逐笔记录',
    source: 'self-generated',
    sourceStatement: '履行收费管理职责中产生',
    sector: '交通运输',
    classification: { class: '交通运行', grade: 'general' },
    containsPersonalInformation: true,
    consentBasis: '缴费服务协议第5条',
    updateFrequency: '每月',
    coverage: { region: '济南市', from: '2024-01-01', to: '2024-01-31' },
    opening: 'conditional',
    datasetId,
    columns: [column('姓名', true), column('城市'), column('金额'), column('日期')],
    ...change,
  });
  return String(resourceId);
};
const lend = async (): Promise<string> => {
  const { authorisationId } = await x.run(named('resource.authorise'), department, {
    resourceId,
    partyId: merchant.partyId,
    purpose: `开发产品${Math.random()}`,
    validUntil: '2099-12-31T00:00:00Z',
  });
  return String(authorisationId);
};

const draft = (change: Record<string, unknown> = {}) => ({
  title: '通行缴费明细数据集',
  kind: 'dataset',
  summary: '逐笔缴费，姓名已脱敏展示',
  scenario: '停车设施选址分析',
  resourceIds: [resourceId],
  recipe: {
    resourceId,
    filters: [],
    groupBy: [],
    columns: ['姓名', '城市', '金额', '日期'].map((name) => ({ name, titleZh: name })),
  },
  pricing: { mode: 'one-off', price: { amountFen: '100000', currency: 'CNY' } },
  terms: { purposes: ['研究分析'], validDays: 365, redistribution: false },
  supply: { updateFrequency: '每月', commitment: '每月10日前更新上月数据' },
  offersTestData: true,
  shares: [
    { partyId: merchant.partyId, basisPoints: 7000, reason: '产品加工' },
    { partyId: department.partyId, basisPoints: 3000, reason: '数据提供' },
  ],
  ...change,
});
const drafted = async (change: Record<string, unknown> = {}): Promise<string> =>
  String((await x.run(draftProduct, merchant, draft(change))).productId);
/** A draft whose build is told, not run: for everything that does not look into the object. */
const built = async (change: Record<string, unknown> = {}, told: Record<string, unknown> = {}): Promise<string> => {
  const productId = await drafted(change);
  const built = {
    productId,
    version: 1,
    objectId: `obj_${productId.slice(4)}`,
    sha256: '0'.repeat(64),
    rows: 5,
    bytes: 100,
    dictionary: [],
    sample: { columns: ['城市'], rows: [['济南']] },
    profile: { rows: 5, bytes: 100, duplicateRows: 0, columns: [] },
    ...told,
  };
  await x.run(recordBuild, SYSTEM, built);
  return productId;
};
const answers = (kind: 'compliance' | 'quality') =>
  CHECKLISTS[kind].values[0]?.value.map(({ item }) => ({ item, answer: 'yes' })) ?? [];
const requested = async (productId: string, kind: 'compliance' | 'quality', assessor: Person): Promise<string> =>
  String((await x.run(request, merchant, { productId, kind, assessorId: assessor.partyId })).assessmentId);
const concluded = async (productId: string, kind: 'compliance' | 'quality', conclusion = 'passed') => {
  const assessor = kind === 'quality' ? tester : lawyer;
  const assessmentId = await requested(productId, kind, assessor);
  if (kind === 'quality')
    await x.run(recordMeasurement, SYSTEM, { assessmentId, objectId: 'obj_x', quality: { score: 88, indicators: [] } });
  return x.run(issue, assessor, {
    assessmentId,
    conclusion,
    statement: '经核查，结论如上。',
    checklist: answers(kind),
  });
};
const assessed = async (change: Record<string, unknown> = {}): Promise<string> => {
  const productId = await built(change);
  await concluded(productId, 'compliance');
  await concluded(productId, 'quality');
  return productId;
};
const listed = async (change: Record<string, unknown> = {}): Promise<string> => {
  const productId = await assessed(change);
  await x.run(product.list, merchant, { productId });
  return productId;
};
const stateOf = async (productId: string) => (await getForOrder(x.db, productId))?.state;
const page = (productId: string, actor: Actor = ANONYMOUS) =>
  x.read(reads, '/products/:productId', actor, { productId }) as Promise<Record<string, never>>;

test('from the draft to the market, with the job that builds and the job that measures', async () => {
  const productId = await drafted();
  expect(await page(productId, merchant)).toMatchObject({ state: 'draft', build: { state: 'building' }, sample: null });
  await x.jobs();
  const made = (await page(productId, merchant)) as unknown as {
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

  const object = await objectOf(x.db, productId);
  expect(object).toMatchObject({ rows: 5, version: 1 });
  expect(await isProductObject(x.db, productId, object?.objectId ?? '')).toBe(true);
  expect(await isProductObject(x.db, productId, 'obj_other')).toBe(false);

  const assessmentId = await requested(productId, 'quality', tester);
  await x.jobs();
  const seen = (await x.read(assessmentReads, '/assessments/:assessmentId', tester, { assessmentId })) as {
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
    await x.run(issue, tester, {
      assessmentId,
      conclusion: 'passed',
      statement: '质量良好',
      checklist: answers('quality'),
    }),
  ).toMatchObject({
    productState: 'draft',
  });
  expect(await concluded(productId, 'compliance')).toMatchObject({ productState: 'assessed' });
  expect(await refusedKind(page(productId))).toBe('not-found');
  expect(await x.run(product.list, merchant, { productId })).toMatchObject({
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
  const source = (await x.read(resourceReads, '/resources/:resourceId', ANONYMOUS, { resourceId })) as {
    products: { id: string }[];
  };
  expect(source.products.map((p) => p.id)).toContain(productId);
});

test('a build that cannot be made is told to its holder; the right to the resource is looked at again', async () => {
  const authorisationId = await lend();
  const second = await x.party('样例第二数商', ['data-merchant']);
  const lent = await x.run(named('resource.authorise'), department, {
    resourceId,
    partyId: second.partyId,
    purpose: '测试',
    validUntil: '2099-01-01T00:00:00Z',
  });
  const { productId } = await x.run(draftProduct, second, draft());
  await x.run(named('resource.revoke-authorisation'), department, {
    authorisationId: lent.authorisationId,
    reason: '收回',
  });
  await x.jobs();
  expect(await page(String(productId), second)).toMatchObject({
    build: { state: 'failed', failure: { zh: '对所用资源的使用权已终止。' } },
  });
  expect(await objectOf(x.db, String(productId))).toBeUndefined();
  expect(
    (await x.refusal(recordBuildFailure, SYSTEM, { productId, version: 1, failure: { zh: '', en: '' } })).kind,
  ).toBe('not-found');
  await x.run(named('resource.revoke-authorisation'), department, { authorisationId, reason: '收回' });
});

describe('product.draft', () => {
  test('strangers and wrong roles are refused; a resource that is not lent is named', async () => {
    expect((await x.refusal(draftProduct, ANONYMOUS, draft())).kind).toBe('unauthenticated');
    expect((await x.refusal(draftProduct, lawyer, draft())).kind).toBe('forbidden');
    const refusal = await x.refusal(draftProduct, stranger, draft());
    expect(rulesOf(refusal)).toEqual(['GY-1.2', 'SH-6.3']);
    expect(refusal.violations[0]?.fact.zh).toContain('通行缴费记录');
    const none = 'res_01kaq000000000000000000000';
    expect(
      (
        await x.refusal(
          draftProduct,
          merchant,
          draft({ resourceIds: [none], recipe: { ...draft().recipe, resourceId: none } }),
        )
      ).kind,
    ).toBe('not-found');
  });

  test('a recipe that does not fit is refused with every reason', async () => {
    const recipe = {
      ...draft().recipe,
      columns: [
        { name: 'a', column: '年龄', titleZh: '年龄' },
        { name: 'b', column: '城市', aggregate: 'sum', titleZh: '和' },
      ],
    };
    const refusal = await x.refusal(draftProduct, merchant, draft({ recipe }));
    expect(rulesOf(refusal)).toEqual(['HS-4.2']);
    expect(refusal.violations[0]?.fact.zh).toContain('年龄');
    expect(refusal.violations[0]?.fact.en).toContain('has no sum');
  });

  test('a suspended seller drafts nothing', async () => {
    await x.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', merchant.partyId).execute();
    expect(rulesOf(await x.refusal(draftProduct, merchant, draft()))).toEqual(['GY-4.3']);
    await x.db.updateTable('party').set({ state: 'admitted' }).where('id', '=', merchant.partyId).execute();
  });

  test('a draft is seen by its holder and by those with a share, by nobody else', async () => {
    const productId = await drafted();
    for (const actor of [merchant, department]) expect(await page(productId, actor)).toMatchObject({ id: productId });
    for (const actor of [ANONYMOUS, stranger, exchange, regulator])
      expect(await refusedKind(page(productId, actor))).toBe('not-found');
  });
});

describe('product.list', () => {
  test('a draft is told everything that is missing at once', async () => {
    const productId = await drafted({
      scenario: '',
      offersTestData: false,
      supply: { updateFrequency: '', commitment: '' },
    });
    const refusal = await x.refusal(product.list, merchant, { productId });
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
    [['BJ-15.6'], { summary: '含人脸图像的数据集' }],
    [['HS-4.4', 'GY-1.4'], { shares: 'seller-only-short' }],
    [['GY-1.4'], { shares: 'seller-only' }],
  ])('%j refuse', async (rules, change) => {
    const alone = {
      partyId: merchant.partyId,
      basisPoints: change.shares === 'seller-only' ? 10_000 : 9_999,
      reason: '加工',
    };
    const productId = await assessed('shares' in change ? { shares: [alone] } : change);
    expect(rulesOf(await x.refusal(product.list, merchant, { productId }))).toEqual(rules);
    expect(await stateOf(productId)).toBe('assessed');
  });

  test('shares to a suspended party, an exchange that sells, and a lost authorisation are refused', async () => {
    const productId = await assessed();
    await x.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', department.partyId).execute();
    expect(rulesOf(await x.refusal(product.list, merchant, { productId }))).toEqual(['HS-4.4']);
    await x.db.updateTable('party').set({ state: 'admitted' }).where('id', '=', department.partyId).execute();
    await x.db
      .updateTable('party')
      .set({ roles: ['exchange', 'data-merchant'] })
      .where('id', '=', merchant.partyId)
      .execute();
    expect(rulesOf(await x.refusal(product.list, merchant, { productId }))).toEqual(['SH-15.3']);
    await x.db
      .updateTable('party')
      .set({ roles: ['data-merchant'] })
      .where('id', '=', merchant.partyId)
      .execute();
    await x.db
      .updateTable('resource_authorisation')
      .set({ revoked_at: new Date() })
      .where('party_id', '=', merchant.partyId)
      .execute();
    expect(rulesOf(await x.refusal(product.list, merchant, { productId }))).toEqual(['GY-1.2', 'SH-6.3']);
    await lend();
  });

  test('strangers, other sellers and other states are refused', async () => {
    const productId = await listed();
    expect((await x.refusal(product.list, ANONYMOUS, { productId })).kind).toBe('unauthenticated');
    expect((await x.refusal(product.list, tester, { productId })).kind).toBe('forbidden');
    expect((await x.refusal(product.list, stranger, { productId })).kind).toBe('not-found');
    expect(rulesOf(await x.refusal(product.list, merchant, { productId }))).toEqual(['HS-4.1']);
  });
});

test('a revision leaves the market, is built and assessed anew, and an old build cannot overtake it', async () => {
  const productId = await listed();
  expect((await x.refusal(reviseProduct, stranger, { productId, title: '别人的产品' })).kind).toBe('not-found');
  expect(await x.run(reviseProduct, merchant, { productId, title: '通行缴费明细（新版）' })).toEqual({
    productId,
    version: 2,
    state: 'draft',
  });
  expect(await refusedKind(page(productId))).toBe('not-found');
  expect(await page(productId, merchant)).toMatchObject({
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
  expect((await x.refusal(recordBuild, SYSTEM, late)).kind).toBe('not-found');
  expect((await x.refusal(recordBuild, merchant, late)).kind).toBe('forbidden');
  expect(rulesOf(await x.refusal(product.list, merchant, { productId }))).toContain('SH-10.1');
});

describe('product.suspend, resume, withdraw', () => {
  const reason = '核查数据来源';
  test('the holder lifts its own suspension, not the regulator’s', async () => {
    const productId = await listed();
    expect((await x.refusal(product.suspend, ANONYMOUS, { productId, reason })).kind).toBe('unauthenticated');
    expect((await x.refusal(product.suspend, stranger, { productId, reason })).kind).toBe('not-found');
    await x.run(product.suspend, merchant, { productId, reason });
    expect((await x.refusal(product.suspend, merchant, { productId, reason })).kind).toBe('state');
    expect((await x.refusal(product.resume, stranger, { productId, reason })).kind).toBe('not-found');
    expect(await x.run(product.resume, merchant, { productId, reason })).toEqual({ productId, state: 'listed' });
    await x.run(product.suspend, regulator, { productId, reason });
    expect(rulesOf(await x.refusal(product.resume, merchant, { productId, reason }))).toEqual(['HS-4.5']);
    expect(await page(productId)).toMatchObject({ state: 'suspended', suspension: { by: 'regulator', reason: null } });
    await x.run(product.resume, exchange, { productId, reason });
    expect(await stateOf(productId)).toBe('listed');
  });

  test('a withdrawn product ends', async () => {
    const productId = await listed();
    expect((await x.refusal(product.withdraw, stranger, { productId, reason })).kind).toBe('not-found');
    expect((await x.refusal(product.withdraw, exchange, { productId, reason })).kind).toBe('forbidden');
    expect(await x.run(product.withdraw, merchant, { productId, reason })).toEqual({ productId, state: 'withdrawn' });
    for (const act of [product.suspend, product.resume, product.withdraw]) {
      expect(rulesOf(await x.refusal(act, merchant, { productId, reason }))).toEqual(['HS-4.1']);
    }
    expect(rulesOf(await x.refusal(reviseProduct, merchant, { productId }))).toEqual(['HS-4.1']);
  });
});

describe('assessment', () => {
  test('the wrong assessor is refused: other role, own party, one with a share', async () => {
    const productId = await built();
    const ask = (assessorId: string, kind = 'compliance') =>
      x.refusal(request, merchant, { productId, kind, assessorId });
    expect(rulesOf(await ask(tester.partyId))).toEqual(['HS-4.14']);
    await x.db
      .updateTable('party')
      .set({ roles: ['data-provider', 'compliance-assessor'] })
      .where('id', '=', department.partyId)
      .execute();
    expect(rulesOf(await ask(department.partyId))).toEqual(['GY-21.1']);
    await x.db
      .updateTable('party')
      .set({ roles: ['data-provider'] })
      .where('id', '=', department.partyId)
      .execute();
    expect(rulesOf(await ask(merchant.partyId))).toEqual(['HS-4.14', 'GY-21.1']);
    expect(
      (await x.refusal(request, stranger, { productId, kind: 'compliance', assessorId: lawyer.partyId })).kind,
    ).toBe('not-found');
    expect((await x.refusal(request, lawyer, { productId, kind: 'compliance', assessorId: lawyer.partyId })).kind).toBe(
      'forbidden',
    );
  });

  test('nothing is assessed before it is built, and one case runs at a time', async () => {
    const unbuilt = await drafted();
    expect(
      rulesOf(
        await x.refusal(request, merchant, { productId: unbuilt, kind: 'compliance', assessorId: lawyer.partyId }),
      ),
    ).toEqual(['HS-4.3']);
    const productId = await built();
    await requested(productId, 'compliance', lawyer);
    expect(
      rulesOf(await x.refusal(request, merchant, { productId, kind: 'compliance', assessorId: lawyer.partyId })),
    ).toEqual(['HS-4.10']);
  });

  test('only the assessor asked concludes, once, on a whole checklist without a no', async () => {
    const productId = await built();
    const assessmentId = await requested(productId, 'compliance', lawyer);
    const opinion = { assessmentId, conclusion: 'passed', statement: '符合', checklist: answers('compliance') };
    expect((await x.refusal(issue, ANONYMOUS, opinion)).kind).toBe('unauthenticated');
    expect((await x.refusal(issue, merchant, opinion)).kind).toBe('forbidden');
    expect((await x.refusal(issue, stranger, opinion)).kind).toBe('not-found');
    expect(await refusedKind(x.read(assessmentReads, '/assessments/:assessmentId', stranger, { assessmentId }))).toBe(
      'not-found',
    );
    expect(rulesOf(await x.refusal(issue, lawyer, { ...opinion, checklist: opinion.checklist.slice(1) }))).toEqual([
      'HS-4.11',
    ]);
    const withNo = opinion.checklist.map((a, i) => (i === 0 ? { ...a, answer: 'no' } : a));
    expect(rulesOf(await x.refusal(issue, lawyer, { ...opinion, checklist: withNo }))).toEqual(['HS-4.11']);
    await x.run(issue, lawyer, { ...opinion, conclusion: 'failed', checklist: withNo });
    expect(rulesOf(await x.refusal(issue, lawyer, opinion))).toEqual(['HS-4.10']);
    expect(await getForOrder(x.db, productId)).toMatchObject({
      complianceOpinion: 'failed',
      qualityOpinion: null,
      state: 'draft',
    });
    const mine = (await x.read(assessmentReads, '/assessments', lawyer, {}, { productId })) as {
      items: { id: string; conclusion: string }[];
    };
    expect(mine.items).toMatchObject([{ id: assessmentId, conclusion: 'failed' }]);
    expect(await x.read(assessmentReads, '/assessments', stranger, {}, { productId })).toMatchObject({ items: [] });
  });

  test('no quality opinion without a measurement; none on an older version', async () => {
    const productId = await built();
    const assessmentId = await requested(productId, 'quality', tester);
    const opinion = { assessmentId, conclusion: 'passed', statement: '良好', checklist: answers('quality') };
    expect(rulesOf(await x.refusal(issue, tester, opinion))).toEqual(['HS-4.12']);
    await x.run(reviseProduct, merchant, { productId, scenario: '新的场景' });
    expect(rulesOf(await x.refusal(issue, tester, opinion))).toContain('HS-4.3');
    expect(
      (
        await x.refusal(recordMeasurement, tester, {
          assessmentId,
          objectId: 'o',
          quality: { score: 1, indicators: [] },
        })
      ).kind,
    ).toBe('forbidden');
  });

  test('a checklist is public and cites its rows', async () => {
    const { items, norm } = (await x.read(assessmentReads, '/assessment-checklists/:kind', ANONYMOUS, {
      kind: 'compliance',
    })) as {
      items: { source: string }[];
      norm: string;
    };
    for (const { source } of items) expect(x.kernel.rulebook.cite(source)).not.toBe('');
    expect(norm).not.toBe('');
  });
});

test('the market is searched, counted and paged; what is hidden is in no count', async () => {
  const sector = '海洋';
  const marine = await registered(datasetId, { sector, title: '海洋碳汇' });
  await x.run(named('resource.authorise'), department, {
    resourceId: marine,
    partyId: merchant.partyId,
    purpose: '海洋',
    validUntil: '2099-01-01T00:00:00Z',
  });
  const base = { resourceIds: [marine], recipe: { ...draft().recipe, resourceId: marine } };
  const ids = [await listed({ ...base, title: '蓝碳增汇监测甲' }), await listed({ ...base, title: '蓝碳增汇监测乙' })];
  const service = await listed({
    ...base,
    title: '碳汇查询',
    summary: '按海域查询蓝碳增汇',
    kind: 'query-service',
    pricing: { mode: 'per-call', price: { amountFen: '100', currency: 'CNY' }, callsPerPackage: 100 },
  });
  await assessed({ ...base, title: '蓝碳增汇未挂牌' });
  const find = (query: Record<string, unknown>, actor: Actor = ANONYMOUS) =>
    x.read(reads, '/products', actor, {}, query) as Promise<{
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
  expect((await find({ q: '未挂牌', mine: 'true' }, merchant)).items).toHaveLength(1);
  expect((await find({ q: '未挂牌', mine: 'true' }, lawyer)).items).toHaveLength(1);
  expect((await find({ q: '未挂牌', mine: 'true' }, stranger)).items).toHaveLength(0);
  expect((await find({ q: '未挂牌' }, regulator)).items).toHaveLength(1);
});

test('later domains show in the lineage how often they used a product', async () => {
  addDownstream({ kind: 'delivery', title: { zh: '交付', en: 'Deliveries' }, count: async () => 2 });
  const productId = await listed();
  const { lineage } = (await page(productId)) as unknown as { lineage: { nodes: { kind: string; title: string }[] } };
  expect(lineage.nodes.at(-1)).toMatchObject({ kind: 'delivery', title: '交付 2' });
});
