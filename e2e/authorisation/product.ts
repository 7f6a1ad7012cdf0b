import { expect } from '@playwright/test';
import { accountOf } from '../accounts.ts';
import type { Api } from '../operation.ts';
import { type Apis, PRODUCT, RESOURCE, SCENARIO } from './cast.ts';

const SLOW_MS = 60_000;

/** A product from the granted columns, assessed and on the market. */
export async function product(apis: Apis): Promise<string> {
  const { operator } = apis;
  const resources = await operator.get<{ items: { id: string; title: string }[] }>(
    '/resources?limit=50&mine=authorised',
  );
  const resourceId = resources.items.find((r) => r.title === RESOURCE)?.id ?? '';
  const { items } = await operator.get<{ items: { id: string; name: string }[] }>('/parties?limit=100');
  const party = (name: string) => items.find((p) => p.name === name)?.id ?? '';
  const { productId } = await operator.act<{ productId: string }>('product.draft', {
    title: PRODUCT,
    kind: 'dataset',
    summary: '各线路客流的天数与平均。',
    scenario: '商铺营业中断险定价。',
    resourceIds: [resourceId],
    recipe: {
      resourceId,
      filters: [],
      groupBy: ['line'],
      columns: [
        { name: 'line', titleZh: '线路' },
        { name: 'days', aggregate: 'count', titleZh: '天数' },
        { name: 'passengers_avg', column: 'passengers', aggregate: 'avg', titleZh: '平均客流' },
      ],
      minimumGroupSize: 5,
    },
    pricing: { mode: 'one-off', price: { amountFen: '30000', currency: 'CNY' } },
    terms: { purposes: ['保险定价'], validDays: 365, redistribution: false },
    supply: { updateFrequency: '每月', commitment: '每月更新。' },
    offersTestData: true,
    shares: [
      { partyId: party('示例市交通运输局'), basisPoints: 3000, reason: '公共数据资源提供' },
      { partyId: party('示例数据运营有限公司'), basisPoints: 7000, reason: '产品加工与运营' },
    ],
  });
  await listed(productId, apis);
  return productId;
}

/** What it may cost at most is proposed and set before it goes on the market. */
async function cap(productId: string, { operator, authority }: Apis): Promise<void> {
  const { items } = await operator.get<{ items: { id: string; title: string; agreementId: string }[] }>(
    '/scenarios?limit=100',
  );
  const scenario = items.find((s) => s.title === SCENARIO);
  const { capId } = await operator.act<{ capId: string }>('price.propose-cap', {
    agreementId: scenario?.agreementId,
    productId,
    scenarioId: scenario?.id,
    cap: { amountFen: '40000', currency: 'CNY' },
    expectedQuantity: 10,
    basis: '按算力与人力投入测算。',
  });
  await authority.act('price.set-cap', { capId, reason: '同意。' });
}

async function listed(productId: string, apis: Apis): Promise<void> {
  const { operator } = apis;
  const state = async () => {
    const { items } = await operator.get<{ items: { id: string; buildState: string }[] }>(
      '/products?mine=true&limit=100',
    );
    return items.find((p) => p.id === productId)?.buildState;
  };
  await expect.poll(state, { timeout: SLOW_MS }).toBe('built');
  for (const kind of ['compliance', 'quality'] as const) await assess(productId, kind, operator, apis[kind]);
  await cap(productId, apis);
  await operator.act('product.list', { productId, board: 'main' });
}

async function assess(productId: string, kind: 'compliance' | 'quality', operator: Api, assessor: Api): Promise<void> {
  const { assessmentId } = await operator.act<{ assessmentId: string }>('assessment.request', {
    ...{ productId, kind },
    assessorId: (await accountOf(kind)).partyId,
  });
  const state = () => assessor.get<{ state: string }>(`/assessments/${assessmentId}`).then((a) => a.state);
  if (kind === 'quality') await expect.poll(state, { timeout: SLOW_MS }).toBe('measured');
  const list = await assessor.get<{ items: { item: string }[] }>(`/assessment-checklists/${kind}`);
  await assessor.act('assessment.issue', {
    assessmentId,
    conclusion: 'passed',
    statement: '按清单逐项核验，未发现不符。',
    // Of personal and sensitive information there is none.
    checklist: list.items.map(({ item }) => ({
      item,
      answer: ['C04', 'C05'].includes(item) ? 'not-applicable' : 'yes',
    })),
  });
}
