import { beijingDay } from '../src/kernel/rulebook/index.ts';
import { RESOURCES } from './data.ts';
import { paper } from './papers.ts';
import { PRODUCTS, type SampleProduct } from './products.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;
const APPLY_DAYS = 30;
const USE_DAYS = 730;

const EXPERTS = ['expert-law', 'expert-security', 'expert-data'];
const EXPERTS_OF_INDUSTRY = ['expert-law', 'expert-security', 'expert-industry'];

interface Call {
  readonly key: string;
  /** Login of who authorises: the data authority, or by field the provider itself. */
  readonly authoriser: string;
  readonly mode: 'comprehensive' | 'field' | 'tiered';
  readonly title: string;
  readonly scope: string;
  readonly resources: readonly string[];
}

/** Under what a product is made: the agreement, its application for data and the right that came of it. */
export interface Ground {
  readonly agreementId: string;
  /** Login of who authorised. */
  readonly authoriser: string;
  readonly scenarioId: string;
  readonly authorisationId: string;
}

/** One announcement in each of the three ways of authorising, and a second by field. */
const CALLS: readonly Call[] = [
  {
    key: 'mobility',
    authoriser: 'authority',
    mode: 'comprehensive',
    title: '交通与气象公共数据综合授权运营',
    scope: '航班运行、逐小时和逐日气象数据，用于保险、出行、零售等领域的产品开发。',
    resources: ['flights', 'weather-hourly', 'weather-daily'],
  },
  {
    key: 'industry',
    authoriser: 'statistics',
    mode: 'field',
    title: '行业统计数据分领域授权运营',
    scope: '电子信息制造业运行指标，用于行业研究和信贷风险管理。',
    resources: ['electronics'],
  },
  {
    key: 'airports',
    authoriser: 'transport',
    mode: 'field',
    title: '机场名录数据分领域授权运营',
    scope: '机场代码、名称与位置，用于出行和物流产品。',
    resources: ['airports'],
  },
  {
    key: 'weather',
    authoriser: 'authority',
    mode: 'tiered',
    title: '气象数据分级授权运营',
    scope: '逐日气象观测数据，按产品敏感程度分级授权，用于农业和文旅领域。',
    resources: ['weather-daily'],
  },
];

interface Applied {
  readonly call: string;
  /** Login of the applicant. */
  readonly by: string;
  readonly statement: string;
  /** Logins of the experts; {@link EXPERTS} when left out. */
  readonly experts?: readonly string[];
  /** Points of each expert by criterion; fewer than the experts leave the review open. */
  readonly points: readonly (readonly [number, number, number])[];
  readonly reaches: 'operating' | 'public' | 'reviewing';
}

/** Two that operate, one before the public, one with its experts. */
const APPLICATIONS: readonly Applied[] = [
  {
    call: 'mobility',
    by: 'operator',
    statement: '具备航班与气象数据产品的开发和运营能力，拟每年推出不少于五个产品。',
    points: [
      [36, 31, 22],
      [34, 33, 20],
      [37, 30, 23],
    ],
    reaches: 'operating',
  },
  {
    call: 'industry',
    by: 'merchant',
    statement: '长期整理发布行业统计数据，拟编制月度景气数据。',
    experts: EXPERTS_OF_INDUSTRY,
    points: [
      [33, 28, 19],
      [35, 30, 21],
      [32, 27, 20],
    ],
    reaches: 'operating',
  },
  {
    call: 'airports',
    by: 'citytech',
    statement: '拟以机场名录为基础，提供出行地址标准化服务。',
    points: [
      [31, 29, 18],
      [30, 27, 19],
      [33, 28, 17],
    ],
    reaches: 'public',
  },
  {
    call: 'weather',
    by: 'citytech',
    statement: '拟开发农事气象提示和景区客流天气产品。',
    points: [[32, 29, 20]],
    reaches: 'reviewing',
  },
];

const INTERESTS = [
  'state-secrets',
  'national-security',
  'public-interest',
  'trade-secrets',
  'personal-privacy',
  'data-security',
];
const NORMS = {
  review: ['安全审查规范', '产品上线前核对数据来源、字段范围和脱敏情况，由两人复核。'],
  risk: ['风险评估规范', '每半年评估一次重标识、滥用和泄露风险，结果报授权单位。'],
  monitoring: ['监测预警规范', '对访问量、下载量和失败次数设定阈值，越限即告警并核查。'],
  emergency: ['应急处置规范', '发现安全事件立即暂停权限，两小时内报告，查明原因后恢复。'],
} as const;
const PAPERS = { eligibility: '资格证明材料', security: '数据安全能力证明', plan: '运营方案' } as const;
export const AUTHORISED_COUNT = APPLICATIONS.length + PRODUCTS.filter((p) => p.scenarioOfUse !== null).length;

/** The columns a product reads: what its scenario applies for, and nothing more. */
const columnsOf = ({ columns, groupBy }: SampleProduct): string[] => [
  ...new Set([
    ...groupBy,
    ...columns.flatMap((c) => (c.column !== undefined ? [c.column] : c.aggregate === undefined ? [c.name] : [])),
  ]),
];

/**
 * The whole procedure of the Jinan draft: announcement, application with its papers, experts, publicity, agreement, filing,
 * and for each product the application for its data, approved by the authority and the provider.
 * Publicity takes five working days; the sample does not wait and does not set a clock back: the authorising unit ends it
 * by an act that only a sample allows (HS-16.6), at its true time and with its reason in the evidence.
 * @returns by product what it is made under
 */
export async function authoriseOperation(
  stage: Stage,
  resources: ReadonlyMap<string, string>,
  onDone: () => void,
): Promise<ReadonlyMap<string, Ground>> {
  const authority = await stage.actor('authority');
  for (const [kind, [title, words]] of Object.entries(NORMS))
    await stage.run(`norm:${kind}`, 'security-norm.publish', authority, {
      ...{ kind, title: `公共数据授权运营${title}`, body: `${words}（示例）` },
    });
  const calls = new Map<string, string>();
  for (const call of CALLS) calls.set(call.key, await announce(stage, call, resources));
  const agreements = new Map<string, string>();
  for (const applied of APPLICATIONS) {
    const agreementId = await apply(stage, applied, calls.get(applied.call) ?? '');
    if (agreementId !== null) agreements.set(applied.by, agreementId);
    onDone();
  }
  const grounds = new Map<string, Ground>();
  for (const product of PRODUCTS) {
    const agreementId = agreements.get(product.seller);
    if (product.scenarioOfUse === null || agreementId === undefined) continue;
    const call = CALLS.find((c) => c.resources.includes(product.resource));
    const granted = await askForData(stage, product, product.scenarioOfUse, {
      ...{ agreementId, resourceId: resources.get(product.resource) },
    });
    grounds.set(product.key, { agreementId, authoriser: call?.authoriser ?? '', ...granted });
    onDone();
  }
  await leaveOpen(stage, agreements.get('operator') ?? '', resources);
  return grounds;
}

async function announce(stage: Stage, call: Call, resources: ReadonlyMap<string, string>): Promise<string> {
  const { mode, title, scope } = call;
  const { announcementId } = await stage.run<{ announcementId: string }>(
    `announce:${call.key}`,
    'announcement.publish',
    await stage.actor(call.authoriser),
    {
      ...{ mode, title, scope },
      conditions: '依法设立的法人或非法人组织，具备数据安全能力，近三年无重大违法记录。',
      requirements: '每年开发不少于两个产品，按期报告安全情况，接受评估。',
      criteria: [
        { title: '运营方案', weight: 40 },
        { title: '数据安全能力', weight: 35 },
        { title: '产品与社会价值', weight: 25 },
      ],
      passScore: 70,
      resourceIds: call.resources.map((key) => resources.get(key)),
      authorityId: (await stage.actor('authority')).partyId,
      applyUntil: new Date(stage.startedAt.getTime() + APPLY_DAYS * DAY_MS).toISOString(),
      interests: INTERESTS,
      protection: '数据不含个人信息、商业秘密和涉密内容；只在平台内加工，产品经评估后对外提供（示例判断）。',
    },
  );
  return announcementId;
}

/** One application as far as the sample wants it. @returns the agreement of one that operates */
async function apply(stage: Stage, applied: Applied, announcementId: string): Promise<string | null> {
  const { call: key, by, points, reaches, statement } = applied;
  const applicant = await stage.actor(by);
  const call = CALLS.find((c) => c.key === key);
  const authoriser = await stage.actor(call?.authoriser ?? '');
  const step = <T>(part: string, name: string, actor: typeof applicant, input: unknown) =>
    stage.run<T>(`operation:${key}:${part}`, name, actor, input);
  const { applicationId, caseId } = await step<{ applicationId: string; caseId: string }>(
    'apply',
    'application.submit',
    applicant,
    { announcementId, statement },
  );
  await Promise.all(
    Object.entries(PAPERS).map(async ([kind, title]) => {
      const words = `${title}（样张，仅供演示）\n申请：${call?.title}\n`;
      const fileId = await paper(stage, applicant, `${key}-${kind}`, `${title}-样张.txt`, words);
      await step(`paper-${kind}`, 'case.attach-document', applicant, { caseId, fileId, kind });
    }),
  );
  const experts = await Promise.all((applied.experts ?? EXPERTS).map((login) => stage.actor(login)));
  await step('accept', 'application.accept', authoriser, { applicationId, expertIds: experts.map((e) => e.partyId) });
  for (const [i, given] of points.entries()) {
    const expert = experts[i];
    if (!expert) continue;
    const opinion = '方案具体可行，安全措施完备，建议通过（示例意见）。';
    await step(`score-${i}`, 'application.score', expert, { applicationId, points: given, opinion });
  }
  if (reaches === 'reviewing') return null;
  await step('conclude', 'application.conclude-review', authoriser, { applicationId });
  if (reaches === 'public') return null;
  const reason = '示例：仅为演示而提前结束公示，不涉及任何真实权利。';
  const early = { applicationId, reason };
  const { agreementId } = await step<{ agreementId: string }>(
    'publicity',
    'application.close-publicity-early',
    authoriser,
    early,
  );
  const { clauses_hash: clausesHash } = await stage.context.kernel.db
    .selectFrom('operation_agreement')
    .select('clauses_hash')
    .where('id', '=', agreementId)
    .executeTakeFirstOrThrow();
  await step('sign-operator', 'agreement.sign', applicant, { agreementId, clausesHash });
  await step('sign-authoriser', 'agreement.sign', authoriser, { agreementId, clausesHash });
  const year = beijingDay(stage.startedAt).slice(0, 'YYYY'.length);
  const filingNumber = `示备〔${year}〕${APPLICATIONS.indexOf(applied) + 1}号`;
  await step('file', 'authorisation.file', await stage.actor('authority'), { agreementId, filingNumber });
  await step('training', 'training.record', applicant, {
    ...{ agreementId, kind: 'training', heldOn: beijingDay(stage.startedAt), participants: 6 },
    topic: '数据安全与授权范围上岗培训（示例）',
  });
  return agreementId;
}

/** One scenario, one application: the columns of one product, approved by the authority and the provider. */
async function askForData(
  stage: Stage,
  product: SampleProduct,
  { purpose, feasibility, value, rowFilter = [], usesMax }: NonNullable<SampleProduct['scenarioOfUse']>,
  ground: { readonly agreementId: string; readonly resourceId: string | undefined },
): Promise<Pick<Ground, 'scenarioId' | 'authorisationId'>> {
  const { scenarioId } = await stage.run<{ scenarioId: string }>(
    `scenario:${product.key}`,
    'scenario.ask',
    await stage.actor(product.seller),
    {
      ...ground,
      title: product.title,
      scenario: product.scenario,
      ...{ feasibility, value, purpose, rowFilter, usesMax },
      columns: columnsOf(product),
      validUntil: new Date(stage.startedAt.getTime() + USE_DAYS * DAY_MS).toISOString(),
    },
  );
  const provider = RESOURCES.find((r) => r.key === product.resource)?.holder ?? '';
  let right: string | null = null;
  for (const login of ['authority', provider]) {
    const { authorisationId } = await stage.run<{ authorisationId: string | null }>(
      `approve:${product.key}:${login}`,
      'scenario.approve',
      await stage.actor(login),
      { scenarioId, opinion: '场景具体、可行，所申请字段为加工所必需，同意（示例意见）。' },
    );
    right = authorisationId;
  }
  if (right === null) throw new Error(`the data of ${product.key} was not granted`);
  return { scenarioId, authorisationId: right };
}

/** Something for the others to do: an application for data that waits for its provider, and a demand for better data. */
async function leaveOpen(stage: Stage, agreementId: string, resources: ReadonlyMap<string, string>): Promise<void> {
  const operator = await stage.actor('operator');
  const { scenarioId } = await stage.run<{ scenarioId: string }>('scenario:crops', 'scenario.ask', operator, {
    ...{ agreementId, resourceId: resources.get('weather-daily') },
    title: '农产品天气指数保险',
    scenario: '按日降水和最高气温计算指数，供农产品天气指数保险定价和理赔。',
    feasibility: '观测逐日完整，指数公式公开，可由投保人复核。',
    value: '缩短农户理赔时间，降低保费。',
    purpose: '天气指数保险定价',
    columns: ['date', 'precipitation', 'temp_max'],
    rowFilter: [{ column: 'date', operator: '>=', value: '2014-01-01' }],
    validUntil: new Date(stage.startedAt.getTime() + USE_DAYS * DAY_MS).toISOString(),
    usesMax: 12,
  });
  const opinion = '场景明确，同意；请数据提供单位核定字段（示例意见）。';
  await stage.run('approve:crops', 'scenario.approve', await stage.actor('authority'), { scenarioId, opinion });
  await stage.run('governance:flights', 'governance.raise', operator, {
    ...{ agreementId, resourceId: resources.get('flights') },
    problem: '部分航班缺少到达延误，影响延误统计，请核对并补录，或说明缺失原因。',
  });
}
