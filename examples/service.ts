import { draft, offer } from './offering.ts';
import { capPrice } from './prices.ts';
import type { SampleProduct } from './products.ts';
import type { ReadyService } from './sandbox.ts';
import type { Stage } from './stage.ts';
import { type SampleTrade, trade } from './trades.ts';

const column = (name: string, titleZh: string, titleEn: string) => ({ name, titleZh, titleEn });

/** 可用不可见: what is sold are answers; the flights behind them stay in the sandbox. */
const SERVICE: SampleProduct = {
  key: 'late-service',
  seller: 'operator',
  resource: 'flights',
  scenarioOfUse: null,
  title: '航班延误分布查询',
  kind: 'query-service',
  summary: '按延误门槛统计各出发机场的航班量和平均延误；每次调用在数据沙箱内计算，只给出统计结果。',
  scenario: '航班延误险核保时核对各机场超过起赔门槛的航班量。',
  groupBy: [],
  columns: [
    column('template', '模板', 'Template'),
    column('answers', '回答什么', 'What it answers'),
    column('parameters', '参数', 'Parameters'),
    column('columns', '结果字段', 'Columns of the answer'),
  ],
  priceFen: 299_00,
  callsPerPackage: 100,
  purposes: ['保险产品定价', '出行规划', '行业研究'],
  validDays: 180,
  updateFrequency: '来源更新后由卖方更新',
  commitment: '服务可用率不低于 99.5%，停止前提前 30 日通知。',
  shares: [
    ['transport', 3_000, '公共数据资源提供'],
    ['operator', 7_000, '模板开发与运营'],
  ],
  reaches: 'listed',
};

const SERVICE_TRADE: SampleTrade = {
  key: 'late-service-insurer',
  product: SERVICE.key,
  buyer: 'insurer',
  quantity: 1,
  purpose: '保险产品定价',
  scenario: '核对起赔门槛',
  until: 'delivered',
  calls: 1,
  template: { template: 'late_by_airport', parameters: { minutes: 60 } },
};

/** The approved service of the sandbox goes the way of every product: assessed, listed, bought, and called once. */
export async function sellService(stage: Stage, service: ReadyService, authoriser: string): Promise<void> {
  const productId = await draft(stage, SERVICE, service.resourceId, undefined);
  await capPrice(stage, SERVICE, productId, { ...service, authoriser });
  await offer(stage, SERVICE, productId);
  await trade(stage, SERVICE_TRADE, productId, SERVICE.seller);
}
