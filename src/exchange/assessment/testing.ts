import { type Act, type Actor, SYSTEM } from '../../kernel/acts/index.ts';
import { newId } from '../../kernel/ids.ts';
import { acts as catalogActs, getResource, grantUse, type UseGrant } from '../catalog/index.ts';
import { acts as productActs, tasks as productTasks } from '../products/index.ts';
import { type TestExchange, testExchange } from '../testing.ts';
import { acts as assessmentActs, tasks as assessmentTasks, CHECKLISTS } from './index.ts';

export type Person = Actor & { readonly partyId: string };

/** An act by its name, for tests that reach into another domain. */
export const named = (name: string): Act => {
  const found = [...catalogActs, ...productActs, ...assessmentActs].find((a) => a.name === name);
  if (!found) throw new Error(`there is no act ${name}`);
  return found;
};

const CSV = `姓名,城市,金额,日期\n${['张三,济南,10,2024-01-01', '李四,青岛,20,2024-01-02', '王五,济南,,2024-02-03', '赵六,未知,40,2024-01-04', '赵六,未知,40,2024-01-04'].join('\n')}\n`;

/** An exchange with a department whose resource is lent to a merchant, assessors, supervisors, and a stranger. */
export async function testMarket() {
  const x: TestExchange = await testExchange([...productTasks, ...assessmentTasks]);
  const department = await x.party('样例交通局', ['data-provider'], 'administrative-organ');
  const merchant = await x.party('样例数商', ['data-merchant']);
  const lawyer = await x.party('样例律所', ['compliance-assessor']);
  const tester = await x.party('样例检测中心', ['quality-assessor']);
  const exchange = await x.party('样例交易所', ['exchange']);
  const regulator = await x.party('样例监管局', ['regulator']);
  const stranger = await x.party('样例路人', ['data-merchant', 'buyer', 'compliance-assessor', 'quality-assessor']);
  const datasetId = await x.dataset(department, CSV);

  const registered = async (datasetId: string, change: Record<string, unknown> = {}): Promise<string> => {
    const column = (name: string, sensitive = false) => ({
      name,
      titleZh: name,
      description: `${name}说明`,
      sensitive,
    });
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
  /** A right as the procedure leaves it, to `to` (else the merchant), over all columns unless the grant says otherwise. */
  const lend = async (grant: Partial<UseGrant> = {}, to: Person = merchant): Promise<string> => {
    const given = grant.resourceId ?? resourceId;
    const resource = await getResource(x.db, given);
    const whole = {
      agreementId: newId('agr'),
      scenarioId: newId('scn'),
      resourceId: given,
      partyId: to.partyId,
      purpose: `开发产品${Math.random()}`,
      columns: resource?.columns.map((c) => c.name) ?? [],
      rowFilter: [],
      validUntil: new Date('2099-12-31T00:00:00Z'),
      rowsMax: null,
      usesMax: null,
    };
    return x.db.transaction().execute((tx) => grantUse(tx, { ...whole, ...grant }, new Date()));
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
    String((await x.run(named('product.draft'), merchant, draft(change))).productId);
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
    await x.run(named('product.record-build'), SYSTEM, built);
    return productId;
  };
  const answers = (kind: 'compliance' | 'quality') =>
    CHECKLISTS[kind].values[0]?.value.map(({ item }) => ({ item, answer: 'yes' })) ?? [];
  const requested = async (productId: string, kind: 'compliance' | 'quality', assessor: Person): Promise<string> =>
    String(
      (await x.run(named('assessment.request'), merchant, { productId, kind, assessorId: assessor.partyId }))
        .assessmentId,
    );
  const concluded = async (productId: string, kind: 'compliance' | 'quality', conclusion = 'passed') => {
    const assessor = kind === 'quality' ? tester : lawyer;
    const assessmentId = await requested(productId, kind, assessor);
    if (kind === 'quality')
      await x.run(named('assessment.record-measurement'), SYSTEM, {
        assessmentId,
        objectId: 'obj_x',
        quality: { score: 88, indicators: [] },
      });
    return x.run(named('assessment.issue'), assessor, {
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
    await x.run(named('product.list'), merchant, { productId });
    return productId;
  };

  const resourceId = await registered(datasetId);
  await lend();
  return {
    x,
    department,
    merchant,
    lawyer,
    tester,
    exchange,
    regulator,
    stranger,
    datasetId,
    resourceId,
    registered,
    lend,
    draft,
    drafted,
    built,
    answers,
    requested,
    concluded,
    assessed,
    listed,
  };
}
export type TestMarket = Awaited<ReturnType<typeof testMarket>>;
