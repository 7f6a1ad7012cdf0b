import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../kernel/acts/index.ts';
import { ANONYMOUS, refusedKind, rulesOf, type TestExchange, testExchange } from '../testing.ts';
import * as resource from './acts.ts';
import { grantUse, reads, tasks, useRights } from './index.ts';

type Person = Actor & { readonly partyId: string };
let x: TestExchange;
let department: Person;
let merchant: Person;
let firm: Person;
let exchange: Person;
let datasetId: string;
const CSV = '姓名,城市,金额,日期\n张三,济南,10,2024-01-01\n李四,青岛,20,2024-01-02\n王五,济南,,2024-01-03\n';

beforeAll(async () => {
  x = await testExchange(tasks);
  department = await x.party('样例交通局', ['data-provider'], 'administrative-organ');
  merchant = await x.party('样例数商', ['data-merchant']);
  firm = await x.party('样例公司', ['data-merchant']);
  exchange = await x.party('样例交易所', ['exchange']);
  datasetId = await x.dataset(department, CSV);
});
afterAll(() => x.close());

const answered = { findingsStatement: '示例数据，并非真实人员' };
const column = (name: string, sensitive = false) => ({ name, titleZh: name, sensitive });
const registration = (change: Record<string, unknown> = {}) => ({
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
const registered = async (change: Record<string, unknown> = {}): Promise<string> =>
  String((await x.run(resource.register, department, registration(change))).resourceId);

/** A company's own data: what its holder may lend by itself. */
const owned = async (): Promise<string> => {
  const datasetId = await x.dataset(firm, CSV);
  return String((await x.run(resource.register, firm, registration({ datasetId }))).resourceId);
};

describe('resource.register', () => {
  test('public data says how it is opened; what a company holds need not', async () => {
    const silent = registration({ opening: undefined });
    expect(rulesOf(await x.refusal(resource.register, department, silent))).toEqual(['BJ-6.5']);
    for (const opening of ['conditional', 'paid']) await registered({ opening });
    const all = registration({ opening: 'unconditional' });
    expect(rulesOf(await x.refusal(resource.register, department, all))).toEqual(['PIPL-25.1']);
    const open = {
      containsPersonalInformation: false,
      consentBasis: undefined,
      findingsStatement: '示例数据，并非真实人员',
    };
    const plain = ['姓名', '城市', '金额', '日期'].map((name) => column(name));
    await registered({ opening: 'unconditional', ...open, columns: plain });
    const important = { ...open, columns: plain, classification: { class: '交通运行', grade: 'important' } };
    expect(
      rulesOf(await x.refusal(resource.register, department, registration({ opening: 'unconditional', ...important }))),
    ).toEqual(['HS-18.1']);
    expect((await x.refusal(resource.register, department, registration({ opening: 'later' }))).kind).toBe('invalid');
    const own = { ...silent, datasetId: await x.dataset(merchant, CSV) };
    const { resourceId } = await x.run(resource.register, merchant, own);
    expect(await x.read(reads, '/resources/:resourceId', ANONYMOUS, { resourceId })).toMatchObject({
      opening: null,
      publicData: false,
    });
  });

  test('the page shows the dictionary with real types and hides the values of sensitive columns', async () => {
    const resourceId = await registered();
    const page = (await x.read(reads, '/resources/:resourceId', ANONYMOUS, { resourceId })) as {
      holder: { name: string };
      rows: number;
      publicData: boolean;
      dictionary: { name: string; type: string }[];
      profile: {
        columns: { name: string; masked: boolean; distinct: number; min: unknown; max: unknown; top: unknown }[];
      };
      receipts: { act: string }[];
    };
    expect(page.holder.name).toBe('样例交通局');
    expect(page).toMatchObject({
      rows: 3,
      publicData: true,
      state: 'registered',
      coverage: { from: '2024-01-01', to: '2024-01-31' },
    });
    expect(page.dictionary.map((c) => [c.name, c.type])).toEqual([
      ['姓名', 'text'],
      ['城市', 'text'],
      ['金额', 'integer'],
      ['日期', 'date'],
    ]);
    expect(page.profile.columns[0]).toMatchObject({ masked: true, distinct: 3, min: null, max: null, top: null });
    expect(page.profile.columns[2]).toMatchObject({ masked: false, min: 10, max: 20 });
    expect(JSON.stringify(page)).not.toContain('张三');
    expect(page.receipts.map((r) => r.act)).toEqual(['resource.register']);
  });

  test('strangers, wrong roles and other people’s datasets are refused', async () => {
    expect((await x.refusal(resource.register, ANONYMOUS, registration())).kind).toBe('unauthenticated');
    expect((await x.refusal(resource.register, exchange, registration())).kind).toBe('forbidden');
    expect((await x.refusal(resource.register, merchant, registration())).kind).toBe('not-found');
    expect((await x.refusal(resource.register, department, registration({ datasetId: 'dst_none' }))).kind).toBe(
      'not-found',
    );
  });

  test.each<[string[], Record<string, unknown>]>([
    [['DSL-21.1', 'GY-13.1', 'BJ-20.1'], { classification: { class: ' ', grade: 'general' } }],
    [['HS-3.23'], { classification: { class: '交通', grade: 'core' } }],
    [['DSL-33.1'], { sourceStatement: '' }],
    [['PIPL-13.1', 'GY-5.2', 'JN-6.2'], { consentBasis: '' }],
    [['JN-6.2', 'HS-20.1'], { containsPersonalInformation: false, consentBasis: '' }],
    [['HS-20.1'], { columns: [column('姓名'), column('城市', true), column('金额'), column('日期')] }],
    [['SH-6.2'], { source: 'agreement' }],
    [['HS-3.21'], { columns: [column('姓名', true)] }],
    [
      ['HS-3.21'],
      { columns: [column('姓名'), column('城市'), column('金额'), column('日期'), column('年龄')], ...answered },
    ],
    [
      ['HS-3.21'],
      { columns: [column('姓名'), column('姓名'), column('城市'), column('金额'), column('日期')], ...answered },
    ],
  ])('%j refuse', async (rules, change) => {
    const refusal = await x.refusal(resource.register, department, registration(change));
    expect(rulesOf(refusal)).toEqual(rules);
    for (const v of refusal.violations) {
      expect(v.article).not.toBe('');
      expect(v.fact.zh).toMatch(/\p{Script=Han}/u);
      expect(v.remedy.en).toMatch(/[a-z]/);
    }
  });

  test('a provider of unknown class, and a suspended one, are refused', async () => {
    const unclear = await x.party('样例单位', ['data-provider']);
    const own = await x.dataset(unclear, CSV);
    expect(rulesOf(await x.refusal(resource.register, unclear, registration({ datasetId: own })))).toEqual(['JN-3.1']);
    await x.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', unclear.partyId).execute();
    expect(rulesOf(await x.refusal(resource.register, unclear, registration({ datasetId: own })))).toEqual([
      'GY-4.3',
      'JN-3.1',
    ]);
  });

  test('a dataset that could not be read cannot be registered', async () => {
    const broken = await x.dataset(department, '');
    const refusal = await x.refusal(resource.register, department, registration({ datasetId: broken }));
    expect([refusal.kind, rulesOf(refusal)]).toEqual(['state', ['HS-3.22']]);
  });
});

describe('resource.authorise', () => {
  const purpose = '开发信用评估产品';
  const input = (resourceId: string, change: Record<string, unknown> = {}) => ({
    resourceId,
    partyId: merchant.partyId,
    purpose,
    validUntil: '2099-12-31T00:00:00+08:00',
    ...change,
  });

  test('lends a resource until it is revoked; only those concerned see it', async () => {
    const resourceId = await owned();
    const right = async () => (await useRights(x.db, [resourceId], merchant.partyId, new Date()))[0];
    expect(await right()).toMatchObject({ own: false, authorisedUntil: null });
    const { authorisationId } = await x.run(resource.authorise, firm, input(resourceId));
    expect(await right()).toMatchObject({ own: false, authorisedUntil: '2099-12-30T16:00:00.000Z' });
    const seen = async (actor: Actor) =>
      ((await x.read(reads, '/resources/:resourceId', actor, { resourceId })) as { authorisations: unknown[] })
        .authorisations.length;
    expect([await seen(firm), await seen(merchant), await seen(exchange), await seen(ANONYMOUS)]).toEqual([1, 1, 1, 0]);
    const lent = (await x.read(reads, '/resources', merchant, {}, { mine: 'authorised' })) as {
      items: { id: string }[];
    };
    expect(lent.items.map((i) => i.id)).toContain(resourceId);
    await x.run(resource.revoke, firm, { authorisationId, reason: '用途变更' });
    expect(await right()).toMatchObject({ authorisedUntil: null });
    expect((await x.refusal(resource.revoke, firm, { authorisationId, reason: '用途变更' })).kind).toBe('state');
    expect((await x.refusal(resource.revoke, merchant, { authorisationId, reason: '用途变更' })).kind).toBe(
      'not-found',
    );
  });

  test('public data is not lent by its provider alone: it goes through the procedure', async () => {
    const refusal = await x.refusal(resource.authorise, department, input(await registered()));
    expect(rulesOf(refusal)).toEqual(['JN-3.2', 'JN-14.1']);
    expect(refusal.violations[0]?.remedy.zh).toContain('公告');
  });

  test('a right from the procedure is not revoked by the provider alone', async () => {
    const resourceId = await registered();
    const grant = {
      ...{ agreementId: 'agr_a', scenarioId: 'scn_a', resourceId, partyId: merchant.partyId, purpose },
      ...{ columns: ['城市'], rowFilter: [], validUntil: new Date('2099-01-01'), rowsMax: null, usesMax: null },
    };
    const authorisationId = await x.db.transaction().execute((tx) => grantUse(tx, grant, new Date()));
    const refusal = await x.refusal(resource.revoke, department, { authorisationId, reason: '收回' });
    expect(rulesOf(refusal)).toEqual(['HS-16.5']);
  });

  test('strangers, the past, a second living one for the same purpose, and outsiders are refused', async () => {
    const resourceId = await owned();
    expect((await x.refusal(resource.authorise, ANONYMOUS, input(resourceId))).kind).toBe('unauthenticated');
    expect((await x.refusal(resource.authorise, merchant, input(resourceId))).kind).toBe('not-found');
    expect((await x.refusal(resource.authorise, exchange, input(resourceId))).kind).toBe('forbidden');
    expect(
      rulesOf(await x.refusal(resource.authorise, firm, input(resourceId, { validUntil: '2020-01-01T00:00:00Z' }))),
    ).toEqual(['JN-8.6']);
    await x.run(resource.authorise, firm, input(resourceId));
    expect(rulesOf(await x.refusal(resource.authorise, firm, input(resourceId)))).toEqual(['JN-14.2']);
    await x.run(resource.authorise, firm, input(resourceId, { purpose: '另一场景' }));
    const gone = await x.party('样例离场单位', ['data-merchant']);
    await x.db.updateTable('party').set({ state: 'suspended' }).where('id', '=', gone.partyId).execute();
    expect(rulesOf(await x.refusal(resource.authorise, firm, input(resourceId, { partyId: gone.partyId })))).toEqual([
      'GY-4.3',
    ]);
  });
});

test('a withdrawn resource leaves the catalogue and lends nothing any more', async () => {
  const resourceId = await registered({ title: '将注销的资源' });
  const reason = '数据停止更新';
  expect((await x.refusal(resource.withdraw, merchant, { resourceId, reason })).kind).toBe('not-found');
  await x.run(resource.withdraw, department, { resourceId, reason });
  expect(rulesOf(await x.refusal(resource.withdraw, department, { resourceId, reason }))).toEqual(['HS-3.20']);
  const later = { resourceId, partyId: merchant.partyId, purpose: '测试', validUntil: '2099-01-01T00:00:00Z' };
  expect((await x.refusal(resource.authorise, department, later)).kind).toBe('state');
  expect(await refusedKind(x.read(reads, '/resources/:resourceId', ANONYMOUS, { resourceId }))).toBe('not-found');
  expect(await x.read(reads, '/resources/:resourceId', department, { resourceId })).toMatchObject({
    state: 'withdrawn',
  });
});

test('the catalogue is searched by any piece of the title and paged', async () => {
  for (const n of [1, 2, 3]) await registered({ title: `海洋碳汇监测${n}`, sector: '海洋' });
  const found = (query: Record<string, unknown>) =>
    x.read(reads, '/resources', ANONYMOUS, {}, query) as Promise<{
      items: { title: string }[];
      nextCursor: string | null;
      facets: { sector: { value: string; count: number }[] };
    }>;
  const hits = await found({ q: '洋碳汇' });
  expect(hits.items).toHaveLength(3);
  expect(hits.facets.sector).toEqual([{ value: '海洋', count: 3 }]);
  expect((await found({ q: '碳汇 不存在' })).items).toEqual([]);
  expect((await found({ q: '。' })).items).toEqual([]);
  const first = await found({ q: '海洋碳汇', limit: 2 });
  const second = await found({ q: '海洋碳汇', limit: 2, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map((i) => i.title)).toEqual([
    '海洋碳汇监测3',
    '海洋碳汇监测2',
    '海洋碳汇监测1',
  ]);
  expect(second.nextCursor).toBeNull();
});
