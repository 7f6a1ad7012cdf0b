import { sandboxSetting } from '../src/exchange/sandbox/index.ts';
import type { ColumnPolicy, GrantPolicy } from '../src/exchange/sandbox/policy.ts';
import { beijingDay } from '../src/kernel/rulebook/index.ts';
import { stageFile } from '../src/kernel/vault/index.ts';
import type { Ground } from './authorisation.ts';
import { CITIES, CUSTOMER_COLUMNS, customerTable, LEVELS } from './customers.ts';
import { RESOURCES, type Size } from './data.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;
const USE_DAYS = 700;
const TRAINING_DAYS = 365;
const use = (name: string, ...uses: ColumnPolicy['uses']): ColumnPolicy => ({ name, uses });
const sum = (name: string, lower: number, upper: number, ...uses: ColumnPolicy['uses']): ColumnPolicy => ({
  ...{ name, uses: ['aggregate', ...uses], range: { lower, upper } },
});
const listed = (name: string, domain: readonly string[]): ColumnPolicy => ({
  ...{ name, uses: ['group', 'filter'], domain: [...domain] },
});

const EXACT: Omit<GrantPolicy, 'columns' | 'entityKey' | 'personal' | 'k'> = {
  lanes: ['interactive', 'airlock'],
  dominancePermille: 900,
  ratioPermille: 100,
  privacy: { kind: 'exact' },
  cellsMax: 1_000_000,
  usesMax: 100_000,
  codeHashes: null,
};

export interface Given {
  readonly resource: string;
  readonly alias: string;
  readonly wanted: string;
  readonly policy: GrantPolicy;
  /** The application for the data behind it. */
  readonly scenario: { readonly title: string; readonly feasibility: string; readonly value: string };
}

/** Public data of the operating unit's project: every row is an entity, nobody is behind one. */
export const GIVEN: readonly Given[] = [
  {
    resource: 'flights',
    alias: 'flights',
    wanted: '按日期、时刻、航线分组统计到达延误和航程。',
    scenario: {
      title: '航班准点率沙箱分析',
      feasibility: '逐条运行记录完整，在沙箱内统计和建模，不取走明细。',
      value: '为航班延误保险和出行提示提供依据。',
    },
    policy: {
      ...EXACT,
      entityKey: null,
      personal: false,
      k: 10,
      columns: [
        use('flight_date', 'group', 'filter', 'join'),
        use('scheduled', 'group', 'filter'),
        sum('delay', -200, 1_500, 'filter', 'group'),
        sum('distance', 0, 6_000, 'filter', 'group'),
        use('origin', 'group', 'filter', 'join'),
        use('destination', 'group', 'filter', 'join'),
      ],
    },
  },
  {
    resource: 'weather-daily',
    alias: 'weather',
    wanted: '按月份、天气现象统计降水、气温和风速。',
    scenario: {
      title: '逐日气象沙箱分析',
      feasibility: '逐日观测完整，在沙箱内统计和建模，不取走明细。',
      value: '说明天气对出行和零售的影响。',
    },
    policy: {
      ...EXACT,
      entityKey: null,
      personal: false,
      k: 5,
      columns: [
        use('date', 'group', 'filter', 'join'),
        sum('precipitation', 0, 200, 'filter'),
        sum('temp_max', -40, 60, 'filter'),
        sum('temp_min', -40, 60, 'filter'),
        sum('wind', 0, 60, 'filter'),
        listed('weather', ['drizzle', 'rain', 'sun', 'snow', 'fog']),
      ],
    },
  },
  {
    resource: 'weather-hourly',
    alias: 'weather_hourly',
    wanted: '按小时、月份统计气压、气温和风速。',
    scenario: {
      title: '逐小时气象沙箱分析',
      feasibility: '逐小时基准值完整，在沙箱内统计和建模，不取走明细。',
      value: '为分时段出行和用能分析提供依据。',
    },
    policy: {
      ...EXACT,
      entityKey: null,
      personal: false,
      k: 5,
      columns: [
        use('date', 'group', 'filter', 'join'),
        sum('pressure', 900, 1_100, 'filter'),
        sum('temperature', -40, 60, 'filter'),
        sum('wind', 0, 60, 'filter'),
      ],
    },
  },
];

export const CUSTOMER_POLICY: GrantPolicy = {
  ...EXACT,
  entityKey: 'customer_id',
  personal: true,
  k: 10,
  cellsMax: 200_000,
  usesMax: 20_000,
  columns: [
    use('customer_id', 'join'),
    listed('gender', ['女', '男']),
    use('age', 'group', 'filter'),
    listed(
      'city',
      CITIES.map(([city]) => city),
    ),
    listed('level', LEVELS),
    use('joined', 'group', 'filter'),
    use('month', 'group', 'filter'),
    // What is protected is only added up: a filter on it would tell a person’s value by what is withheld.
    sum('orders', 0, 50),
    sum('spent', 0, 20_000),
    sum('overdue', 0, 1),
  ],
};

/** What the sample asks, so that pages have something to show. */
const QUERIES: readonly (readonly [project: 'flights' | 'customers', sql: string])[] = [
  ['flights', 'select origin, count(*) as flights, avg(delay) as mean_delay from flights group by origin'],
  ['flights', 'select weather, count(*) as days, avg(temp_max) as warmest from weather group by weather'],
  [
    'customers',
    'select city, count(distinct customer_id) as entities, sum(spent) as spent from customers group by city',
  ],
  [
    'customers',
    'select level, gender, count(*) as purchases, avg(orders) as orders from customers group by level, gender',
  ],
];

export const SANDBOX_COUNT = GIVEN.length + 1 + QUERIES.length;

/**
 * Two projects of the operating unit, opened, asked for and granted by acts: public flights and weather under rights from
 * the procedure of authorised operation, and a table of made-up customers under a right of the firm that holds it.
 */
export async function openSandbox(
  stage: Stage,
  resources: ReadonlyMap<string, string>,
  grounds: ReadonlyMap<string, Ground>,
  size: Size,
  onDone: () => void,
): Promise<ReadyService | null> {
  const operator = await stage.actor('operator');
  const agreementId = grounds.get('delays')?.agreementId ?? '';
  const today = beijingDay(stage.startedAt);
  await stage.run('sandbox:training', 'sandbox.record-training', operator, {
    personId: operator.personId,
    heldOn: today,
    topic: '数据安全、授权范围与沙箱使用规范（示例）',
    validUntil: beijingDay(new Date(stage.startedAt.getTime() + TRAINING_DAYS * DAY_MS)),
  });
  const projects = new Map<string, string>();
  const open = async (key: string, title: string, purpose: string) => {
    const { projectId } = await stage.run<{ projectId: string }>(`sandbox:${key}`, 'sandbox.open-project', operator, {
      ...{ title, purpose },
      memberIds: [operator.personId],
    });
    projects.set(key, projectId);
    return projectId;
  };
  const flights = await open(
    'flights',
    'flights 航班准点与天气分析',
    '分析航班准点率的规律和天气的影响，开发保险与出行产品。',
  );
  const scenarios = new Map<string, string>();
  for (const given of GIVEN) {
    const resourceId = resources.get(given.resource) ?? '';
    const { scenarioId, authorisationId } = await rightFor(stage, given, agreementId, resourceId);
    scenarios.set(given.resource, scenarioId);
    await grant(stage, given, { projectId: flights, resourceId, authorisationId });
    onDone();
  }
  const customers = await open('customers', 'customers 合成客户分析', '用合成的客户数据演示沙箱对个人数据的保护。');
  await grantCustomers(stage, customers, size);
  onDone();
  if (!(await sandboxSetting().executor.availability()).sql) return null;
  for (const [i, [project, sql]] of QUERIES.entries()) {
    await stage.run(`sandbox:query:${i}`, 'sandbox.query', operator, { projectId: projects.get(project), sql });
    onDone();
  }
  const resourceId = await offerService(stage, flights);
  return { resourceId, agreementId, scenarioId: scenarios.get('flights') ?? '' };
}

/** A service registered as a resource, and the application for the flights behind it. */
export interface ReadyService {
  readonly resourceId: string;
  readonly agreementId: string;
  readonly scenarioId: string;
}

/** A query service over the flights, approved by the department that holds them: ready to be drafted as a product. */
async function offerService(stage: Stage, projectId: string): Promise<string> {
  const { serviceId } = await stage.run<{ serviceId: string }>(
    'sandbox:service',
    'sandbox.propose-service',
    await stage.actor('operator'),
    {
      ...{
        projectId,
        title: '航班延误分布查询',
        summary: '按延误门槛统计各出发机场的航班量和平均延误，在沙箱内计算。',
      },
      templates: [
        {
          name: 'late_by_airport',
          title: '延误超过门槛的航班，按出发机场',
          sql: 'select origin, count(*) as flights, avg(delay) as mean_delay from flights where delay >= :minutes group by origin order by flights desc',
          parameters: [{ name: 'minutes', type: 'number', title: '延误不少于（分钟）', example: 15 }],
          // The others are called as the dictionary of the flights calls them: 出发机场, 平均到达延误.
          columns: [{ name: 'flights', titleZh: '航班量', titleEn: 'Flights', unit: '班' }],
        },
      ],
    },
  );
  await stage.run('sandbox:service:approve', 'sandbox.review-service', await stage.actor('transport'), {
    ...{ serviceId, decision: 'approve' },
  });
  return stage.until('the query service', async () => {
    const { db } = stage.context.kernel;
    const row = await db
      .selectFrom('sandbox_service')
      .select('resource_id')
      .where('id', '=', serviceId)
      .executeTakeFirst();
    return row?.resource_id ?? undefined;
  });
}

/** The application for the data of a table, approved by the authority and the provider. */
async function rightFor(stage: Stage, given: Given, agreementId: string, resourceId: string) {
  const columns = given.policy.columns.map((c) => c.name);
  const { scenarioId } = await stage.run<{ scenarioId: string }>(
    `sandbox:scenario:${given.alias}`,
    'scenario.ask',
    await stage.actor('operator'),
    {
      ...{ agreementId, resourceId, ...given.scenario, columns, rowFilter: [] },
      scenario: given.wanted,
      purpose: '数据沙箱分析与建模',
      validUntil: new Date(stage.startedAt.getTime() + USE_DAYS * DAY_MS).toISOString(),
    },
  );
  let right = '';
  for (const login of ['authority', holderOf(given.resource)]) {
    const { authorisationId } = await stage.run<{ authorisationId: string | null }>(
      `sandbox:approve:${given.alias}:${login}`,
      'scenario.approve',
      await stage.actor(login),
      { scenarioId, opinion: '在沙箱内使用，明细不出平台，同意（示例意见）。' },
    );
    right = authorisationId ?? right;
  }
  return { scenarioId, authorisationId: right };
}

const holderOf = (key: string): string => RESOURCES.find((r) => r.key === key)?.holder ?? '';

async function grant(
  stage: Stage,
  { alias, wanted, policy, resource }: Pick<Given, 'alias' | 'wanted' | 'policy' | 'resource'>,
  under: { readonly projectId: string; readonly resourceId: string; readonly authorisationId: string },
  holder = holderOf(resource),
): Promise<void> {
  await stage.run(`sandbox:request:${alias}`, 'sandbox.request-table', await stage.actor('operator'), {
    ...{ ...under, alias, wanted },
  });
  await stage.run(`sandbox:grant:${alias}`, 'sandbox.grant-table', await stage.actor(holder), {
    ...{ ...under, alias, policy },
    validUntil: new Date(stage.startedAt.getTime() + (USE_DAYS - 1) * DAY_MS).toISOString(),
  });
}

/** A firm registers its table of made-up customers and lets the operating unit use it. */
async function grantCustomers(stage: Stage, projectId: string, size: Size): Promise<void> {
  const holder = await stage.actor('merchant');
  const { kernel, vault } = stage.context;
  const uploadId = await stage.once('uploads', 'customers', () =>
    vault.withFolder(async (folder) =>
      stageFile(kernel.db, vault, {
        path: await customerTable(folder, size),
        partyId: holder.partyId ?? '',
        personId: holder.personId,
      }),
    ),
  );
  const title = '客户消费明细（合成数据）';
  const { datasetId } = await stage.run<{ datasetId: string }>('ingest:customers', 'dataset.ingest', holder, {
    ...{ uploadId, title },
  });
  await stage.until('the data of customers', async () => {
    const row = await kernel.db.selectFrom('dataset').select('state').where('id', '=', datasetId).executeTakeFirst();
    if (row?.state === 'failed') throw new Error('the sample’s customers could not be read');
    return row?.state === 'ready' ? true : undefined;
  });
  const { resourceId } = await stage.run<{ resourceId: string }>('register:customers', 'resource.register', holder, {
    ...{ title, datasetId, source: 'self-generated', columns: CUSTOMER_COLUMNS },
    summary: '合成数据：由程序按固定种子生成的虚构客户及其消费记录，不对应任何真实的人，用于演示和攻击测试数据沙箱。',
    sourceStatement: '合成数据，由示例交易所的程序生成，没有任何一行来自真实的人。',
    sector: '商贸流通',
    classification: { class: '客户消费', grade: 'general' },
    containsPersonalInformation: true,
    consentBasis: '合成数据，不涉及任何自然人；按个人信息登记，以演示对个人信息的保护。',
    updateFrequency: '不更新',
    coverage: { region: '山东省', from: '2026-01-01', to: '2026-03-31' },
  });
  const operator = await stage.actor('operator');
  const { authorisationId } = await stage.run<{ authorisationId: string }>(
    'sandbox:authorise:customers',
    'resource.authorise',
    holder,
    {
      ...{ resourceId, partyId: operator.partyId, purpose: '在数据沙箱中演示对个人数据的保护' },
      validUntil: new Date(stage.startedAt.getTime() + USE_DAYS * DAY_MS).toISOString(),
    },
  );
  const table = {
    resource: '',
    alias: 'customers',
    wanted: '按性别、年龄段、城市和等级统计消费。',
    policy: CUSTOMER_POLICY,
  };
  await grant(stage, table, { projectId, resourceId, authorisationId }, 'merchant');
}
