import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../kernel/acts/index.ts';
import { ANONYMOUS, refusedKind, rulesOf, type TestExchange, testExchange } from '../testing.ts';
import { register, withdraw } from './acts.ts';
import { changeEntry, gather, listEntry, refresh } from './acts-directory.ts';
import { updateDue } from './entry.ts';
import { getResource, reads, tasks, useRights } from './index.ts';

type Person = Actor & { readonly partyId: string };
let x: TestExchange;
let department: Person;
let other: Person;
let merchant: Person;
const CSV = '站点,日期,客流\n济南站,2026-10-01,120\n大明湖站,2026-10-01,340\n';

beforeAll(async () => {
  x = await testExchange(tasks);
  department = await x.party('样例交通局', ['data-provider'], 'administrative-organ');
  other = await x.party('样例气象局', ['data-provider'], 'administrative-organ');
  merchant = await x.party('样例数商', ['data-merchant']);
});
afterAll(() => x.close());

let count = 0;
const column = (name: string, sensitive = false) => ({ name, titleZh: name, sensitive });
const entry = (change: Record<string, unknown> = {}) => ({
  number: `JT-${++count}`,
  title: '地铁分站客流',
  summary: '按站按日的进出站客流',
  sector: '交通运输',
  class: '交通运行',
  grade: 'general',
  containsPersonalInformation: false,
  opening: 'unconditional',
  updateFrequency: '每月',
  region: '济南市',
  office: '信息中心',
  source: 'self-generated',
  sourceStatement: '履行运营监管职责中产生',
  columns: [column('站点'), column('日期'), column('客流')],
  ...change,
});
const listed = async (change: Record<string, unknown> = {}) =>
  String((await x.run(listEntry, department, entry(change))).resourceId);
const see = (resourceId: string, actor: Actor = ANONYMOUS) =>
  x.read(reads, '/resources/:resourceId', actor, { resourceId }) as Promise<Record<string, unknown>>;

describe('directory.list-entry', () => {
  test('an entry without data is found by everybody, and is nothing to use yet', async () => {
    const resourceId = await listed({ title: '海绵城市监测点' });
    expect(await see(resourceId)).toMatchObject({
      ...{ state: 'listed', data: 'listed', rows: 0, complete: true, office: '信息中心', responsible: null },
    });
    const found = (await x.read(reads, '/resources', ANONYMOUS, {}, { q: '绵城' })) as { items: { id: string }[] };
    expect(found.items.map((i) => i.id)).toEqual([resourceId]);
    expect(await getResource(x.db, resourceId)).toBeUndefined();
    expect(await useRights(x.db, [resourceId], department.partyId, new Date())).toEqual([]);
  });

  test.each<[string[], Record<string, unknown>]>([
    [['PIPL-13.1', 'GY-5.2', 'JN-6.2', 'PIPL-25.1'], { containsPersonalInformation: true }],
    [['JN-6.2', 'PIPL-25.1'], { columns: [column('姓名', true)] }],
    [['PIPL-25.1'], { columns: [column('姓名', true)], consentBasis: '本人单独同意' }],
    [['HS-18.1'], { grade: 'important' }],
    [['HS-3.23', 'HS-18.1'], { grade: 'core' }],
    [['HS-18.2'], { opening: 'conditional' }],
    [['BJ-6.4'], { zone: 'games' }],
    [['GY-1.3'], { exceptionBasis: '暂不方便' }],
    [['DSL-21.1', 'GY-13.1', 'BJ-20.1'], { class: '' }],
  ])('%j refuse', async (ids, change) => {
    const refusal = await x.refusal(listEntry, department, entry(change));
    expect(rulesOf(refusal)).toEqual(ids);
    for (const v of refusal.violations) expect([v.article === '', v.remedy.zh === '']).toEqual([false, false]);
  });

  test('one number stands for one entry of one department; another department has its own', async () => {
    await listed({ number: 'N-1' });
    expect(rulesOf(await x.refusal(listEntry, department, entry({ number: 'N-1' })))).toEqual(['HS-18.5']);
    await x.run(listEntry, other, entry({ number: 'N-1' }));
    const both = await Promise.allSettled(
      ['a', 'b'].map(() => x.run(listEntry, department, entry({ number: 'N-TWICE' }))),
    );
    expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('strangers, firms and providers of unknown class are refused', async () => {
    expect((await x.refusal(listEntry, ANONYMOUS, entry())).kind).toBe('unauthenticated');
    expect((await x.refusal(listEntry, merchant, entry())).kind).toBe('forbidden');
    const unclear = await x.party('样例单位', ['data-provider']);
    expect(rulesOf(await x.refusal(listEntry, unclear, entry()))).toEqual(['JN-3.1']);
  });
});

describe('directory.change-entry', () => {
  test('keeps every version and says what changed', async () => {
    const resourceId = await listed();
    const answer = await x.run(changeEntry, department, {
      resourceId,
      change: { summary: '按站按小时的进出站客流', updateFrequency: '每日' },
    });
    expect(answer).toMatchObject({ version: 2, changed: ['summary', 'updateFrequency'] });
    const { items } = (await x.read(reads, '/resources/:resourceId/versions', ANONYMOUS, { resourceId })) as {
      items: { version: number; event: string; changed: string[]; content: { summary: string } }[];
    };
    expect(items.map((v) => [v.version, v.event, v.content.summary])).toEqual([
      [2, 'change', '按站按小时的进出站客流'],
      [1, 'list', '按站按日的进出站客流'],
    ]);
  });

  test('the rules of listing hold; others’ entries do not exist; the seen version counts', async () => {
    const resourceId = await listed();
    const change = { resourceId, change: { opening: 'conditional' } };
    expect(rulesOf(await x.refusal(changeEntry, department, change))).toEqual(['HS-18.2']);
    expect((await x.refusal(changeEntry, other, change)).kind).toBe('not-found');
    expect((await x.refusal(changeEntry, ANONYMOUS, change)).kind).toBe('unauthenticated');
    await x.run(withdraw, department, { resourceId, reason: '数据停止更新' });
    expect((await x.refusal(changeEntry, department, { resourceId, change: { title: '改名' } })).kind).toBe('state');
    expect(await refusedKind(see(resourceId))).toBe('not-found');
  });
});

describe('data in the zone', () => {
  test('a listed resource is gathered, then refreshed; the plan says when it is overdue', async () => {
    const resourceId = await listed();
    const gathered = await x.run(gather, department, { resourceId, datasetId: await x.dataset(department, CSV) });
    expect(gathered).toEqual({ resourceId, version: 2 });
    const page = await see(resourceId);
    expect(page).toMatchObject({ state: 'registered', data: 'current', rows: 2 });
    expect((page.dictionary as { type: string }[]).map((c) => c.type)).toEqual(['text', 'date', 'integer']);
    expect((await getResource(x.db, resourceId))?.object_id).toMatch(/^obj_/);

    await x.db
      .updateTable('resource')
      .set({ update_due_at: new Date(Date.now() - 1) })
      .where('id', '=', resourceId)
      .execute();
    expect(await see(resourceId)).toMatchObject({ data: 'overdue' });
    const overdue = (await x.read(reads, '/resources', ANONYMOUS, {}, { data: 'overdue' })) as { items: unknown[] };
    expect(overdue.items).toHaveLength(1);
    const datasetId = await x.dataset(department, `${CSV}泉城公园站,2026-10-02,95\n`);
    await x.run(refresh, department, { resourceId, datasetId });
    expect(await see(resourceId)).toMatchObject({ data: 'current', rows: 3, version: 3 });
    expect((await x.refusal(gather, department, { resourceId, datasetId })).kind).toBe('state');
  });

  test('data of another shape, of another party, and of a sensitive kind are refused', async () => {
    const resourceId = await listed();
    const wrong = await x.dataset(department, '站点,客流\na,1\n');
    expect(rulesOf(await x.refusal(gather, department, { resourceId, datasetId: wrong }))).toEqual(['HS-3.21']);
    const theirs = await x.dataset(other, CSV);
    expect((await x.refusal(gather, department, { resourceId, datasetId: theirs })).kind).toBe('not-found');
    const right = await x.dataset(department, CSV);
    expect((await x.refusal(gather, other, { resourceId, datasetId: right })).kind).toBe('not-found');
    const sensitive = { resourceId, datasetId: right, columns: ['站点', '日期', '客流'].map((c) => column(c, true)) };
    expect(rulesOf(await x.refusal(gather, department, sensitive))).toEqual(['JN-6.2', 'PIPL-25.1']);
    await x.run(gather, department, { resourceId, datasetId: right });
    expect(rulesOf(await x.refusal(refresh, department, { resourceId, datasetId: wrong }))).toEqual(['HS-18.6']);
    const rename = { resourceId, change: { columns: [column('站名'), column('日期'), column('客流')] } };
    expect(rulesOf(await x.refusal(changeEntry, department, rename))).toEqual(['HS-3.21']);
  });

  test('completeness counts what is gathered, fresh and described, and leaves out what the law keeps', async () => {
    const water = await x.party('样例水务集团', ['data-provider'], 'public-service-unit');
    const list = async (change: Record<string, unknown>) =>
      String((await x.run(listEntry, water, entry(change))).resourceId);
    const [whole, bare] = [await list({}), await list({ office: undefined })];
    await list({});
    await list({ opening: 'paid', exceptionBasis: '《中华人民共和国保守国家秘密法》第二十条' });
    for (const resourceId of [whole, bare])
      await x.run(gather, water, { resourceId, datasetId: await x.dataset(water, CSV) });
    const params = { partyId: water.partyId };
    const page = (await x.read(reads, '/departments/:partyId', ANONYMOUS, params)) as { figures: unknown };
    expect(page.figures).toEqual({
      ...{ entries: 4, excepted: 1, gathered: 2, fresh: 2, described: 1, overdue: 0, whole: 1 },
      ...{ share: 1 / 3, unconditional: 3, conditional: 0, paid: 1 },
    });
    const all = (await x.read(reads, '/departments', ANONYMOUS)) as {
      items: { department: { id: string }; figures: unknown }[];
    };
    expect(all.items.find((i) => i.department.id === water.partyId)?.figures).toEqual(page.figures);
    expect(await refusedKind(x.read(reads, '/departments/:partyId', ANONYMOUS, { partyId: merchant.partyId }))).toBe(
      'not-found',
    );
  });
});

test('facets count each property under the filters of the others', async () => {
  const facetsOf = async (query: Record<string, unknown>) =>
    (
      (await x.read(reads, '/resources', ANONYMOUS, {}, query)) as {
        facets: Record<string, { value: string; count: number; title?: string }[]>;
      }
    ).facets;
  for (const [sector, opening] of [
    ['渔业', 'unconditional'],
    ['渔业', 'paid'],
    ['林业', 'paid'],
  ])
    await listed({ title: '独有词汇甲', sector, opening });
  const plain = await facetsOf({ q: '独有词汇' });
  expect(plain.sector).toEqual([
    { value: '渔业', count: 2 },
    { value: '林业', count: 1 },
  ]);
  expect(plain.department).toEqual([{ value: department.partyId, count: 3, title: '样例交通局' }]);
  const chosen = await facetsOf({ q: '独有词汇', opening: 'paid' });
  expect(chosen.sector?.map((f) => f.count)).toEqual([1, 1]);
  expect(chosen.opening).toEqual([
    { value: 'paid', count: 2 },
    { value: 'unconditional', count: 1 },
  ]);
});

test('what has the words in its title stands first, page after page', async () => {
  const inSummary = await Promise.all([1, 2].map(() => listed({ title: '别的名称', summary: '含有碧玺矿分布' })));
  const inTitle = await Promise.all([1, 2].map(() => listed({ title: '碧玺矿分布' })));
  const seen: string[] = [];
  let cursor: string | null = '';
  do {
    const page = (await x.read(
      reads,
      '/resources',
      ANONYMOUS,
      {},
      { q: '碧玺矿', limit: 1, ...(cursor ? { cursor } : {}) },
    )) as {
      items: { id: string }[];
      nextCursor: string | null;
    };
    seen.push(...page.items.map((i) => i.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual([...inTitle.sort().reverse(), ...inSummary.sort().reverse()]);
});

test('update plans end where months do', () => {
  const due = (frequency: string, day: string) => updateDue(frequency, new Date(day))?.toISOString().slice(0, 10);
  expect(due('每月', '2026-01-31T00:00:00Z')).toBe('2026-02-28');
  expect(due('每季度', '2025-11-30T00:00:00Z')).toBe('2026-02-28');
  expect(due('每年', '2024-02-29T00:00:00Z')).toBe('2025-02-28');
  expect(due('每日', '2026-12-31T00:00:00Z')).toBe('2027-01-01');
  expect([due('一次性，不更新', '2026-01-31T00:00:00Z'), due('随缘', '2026-01-31T00:00:00Z')]).toEqual([
    undefined,
    undefined,
  ]);
});

test('a firm’s own data are registered and refreshed without a directory', async () => {
  const datasetId = await x.dataset(merchant, CSV);
  const { resourceId } = await x.run(register, merchant, {
    ...{ title: '门店客流', summary: '自有门店的客流', source: 'self-generated', sourceStatement: '自有设备' },
    ...{ sector: '商贸流通', classification: { class: '经营', grade: 'general' }, containsPersonalInformation: false },
    ...{ updateFrequency: '每日', coverage: { region: '全国' }, datasetId },
    columns: [column('站点'), column('日期'), column('客流')],
  });
  expect(await see(String(resourceId))).toMatchObject({ opening: null, publicData: false, number: null });
  await x.run(refresh, merchant, { resourceId, datasetId: await x.dataset(merchant, CSV) });
  // What newer data show for the first time is answered once.
  const named = await x.dataset(
    merchant,
    '站点,日期,客流\nli.lei@mail.example.cn,2026-10-01,1\nhan.mm@mail.example.cn,2026-10-02,2\n',
  );
  expect(rulesOf(await x.refusal(refresh, merchant, { resourceId, datasetId: named }))).toEqual(['HS-20.1']);
  await x.run(refresh, merchant, { resourceId, datasetId: named, findingsStatement: '站点的公务邮箱，不属于个人。' });
  await x.run(refresh, merchant, { resourceId, datasetId: named });
});
