import { money } from '../src/kernel/ledger/index.ts';
import type { Stage } from './stage.ts';

type Stop = 'placed' | 'half-signed' | 'signed' | 'paid' | 'delivered' | 'disputed' | 'cancelled' | 'cleared';

export interface SampleTrade {
  readonly key: string;
  readonly product: string;
  readonly buyer: string;
  readonly quantity: number;
  readonly purpose: string;
  readonly scenario: string;
  /** Where the trade stands when the sample is ready. */
  readonly until: Stop;
  /** Calls the buyer makes of a query service. */
  readonly calls?: number;
  /** Of a service of the sandbox: the template it calls. */
  readonly template?: { readonly template: string; readonly parameters: Readonly<Record<string, string | number>> };
}

/** Completed trades with different splits, and one order in each stage so that everybody finds something to do. */
export const TRADES: readonly SampleTrade[] = [
  {
    key: 'delays-insurer',
    product: 'delays',
    buyer: 'insurer',
    quantity: 1,
    purpose: '保险产品定价',
    scenario: '测算航班延误险费率',
    until: 'cleared',
  },
  {
    key: 'hourly-retailer',
    product: 'hourly',
    buyer: 'retailer',
    quantity: 2,
    purpose: '运营排班',
    scenario: '按气温基准安排门店空调和排班',
    until: 'cleared',
    calls: 3,
  },
  {
    key: 'electronics-insurer',
    product: 'electronics',
    buyer: 'insurer',
    quantity: 1,
    purpose: '行业研究',
    scenario: '研究财产险行业客户的景气走势',
    until: 'cleared',
  },
  {
    key: 'divisions-retailer',
    product: 'divisions',
    buyer: 'retailer',
    quantity: 1,
    purpose: '地址标准化',
    scenario: '统一门店地址口径',
    until: 'cleared',
  },
  {
    key: 'daily-retailer',
    product: 'daily',
    buyer: 'retailer',
    quantity: 1,
    purpose: '销售预测',
    scenario: '用天气预测饮料销量',
    until: 'cleared',
  },
  {
    key: 'daily-insurer',
    product: 'daily',
    buyer: 'insurer',
    quantity: 1,
    purpose: '保险产品定价',
    scenario: '测算天气指数保险',
    until: 'placed',
  },
  {
    key: 'electronics-retailer',
    product: 'electronics',
    buyer: 'retailer',
    quantity: 1,
    purpose: '销售预测',
    scenario: '预测消费电子备货量',
    until: 'half-signed',
  },
  {
    key: 'delays-retailer',
    product: 'delays',
    buyer: 'retailer',
    quantity: 1,
    purpose: '出行规划',
    scenario: '安排采购人员差旅',
    until: 'signed',
  },
  {
    key: 'divisions-insurer',
    product: 'divisions',
    buyer: 'insurer',
    quantity: 1,
    purpose: '地址标准化',
    scenario: '统一保单地址口径',
    until: 'paid',
  },
  {
    key: 'hourly-insurer',
    product: 'hourly',
    buyer: 'insurer',
    quantity: 1,
    purpose: '行业研究',
    scenario: '核对出险时的气候基准',
    until: 'delivered',
    calls: 1,
  },
  {
    key: 'daily-merchant',
    product: 'daily',
    buyer: 'merchant',
    quantity: 1,
    purpose: '行业研究',
    scenario: '研究天气与物流的关系',
    until: 'disputed',
  },
  {
    key: 'hourly-cancelled',
    product: 'hourly',
    buyer: 'retailer',
    quantity: 1,
    purpose: '销售预测',
    scenario: '试用后改用已有额度',
    until: 'cancelled',
  },
];

/** Money the buyers pay in before they order. */
export const DEPOSITS = [
  ['insurer', 50_000_00],
  ['retailer', 30_000_00],
  ['merchant', 10_000_00],
] as const;

const ORDER_OF_STOPS: readonly Stop[] = ['placed', 'half-signed', 'signed', 'paid', 'delivered', 'cleared'];

export async function deposit(stage: Stage): Promise<void> {
  const settlement = await stage.actor('settlement');
  for (const [login, fen] of DEPOSITS) {
    const { partyId } = await stage.actor(login);
    await stage.run(`deposit:${login}`, 'account.deposit', settlement, {
      partyId,
      amount: money(BigInt(fen)),
      bankReference: `SAMPLE-${login.toUpperCase()}-0001`,
    });
  }
}

export interface Traded {
  readonly orderId: string;
  readonly deliveryId: string | null;
}

/** Plays one trade up to its stop, each side by its own people. */
export async function trade(stage: Stage, t: SampleTrade, productId: string, sellerLogin: string): Promise<Traded> {
  const buyer = await stage.actor(t.buyer);
  const seller = await stage.actor(sellerLogin);
  const step = <T>(name: string, actor: typeof buyer, input: unknown, part = name) =>
    stage.run<T>(`trade:${t.key}:${part}`, name, actor, input);
  const { orderId, termsHash } = await step<{ orderId: string; termsHash: string }>('order.place', buyer, {
    productId,
    quantity: t.quantity,
    purpose: t.purpose,
    scenario: t.scenario,
  });
  if (t.until === 'cancelled') {
    await step('order.cancel', buyer, { orderId, reason: '已有调用额度未用完，暂不购买' });
    return { orderId, deliveryId: null };
  }
  const goal = ORDER_OF_STOPS.indexOf(t.until === 'disputed' ? 'delivered' : t.until);
  const reaches = (stop: Stop) => goal >= ORDER_OF_STOPS.indexOf(stop);
  if (reaches('half-signed')) await step('contract.sign', buyer, { orderId, termsHash }, 'sign-buyer');
  if (reaches('signed')) await step('contract.sign', seller, { orderId, termsHash }, 'sign-seller');
  if (reaches('paid')) await step('order.pay', buyer, { orderId });
  if (!reaches('delivered')) return { orderId, deliveryId: null };
  const { deliveryId } = await step<{ deliveryId: string }>('delivery.deliver', seller, { orderId });
  for (let call = 1; call <= (t.calls ?? 0); call++) {
    const filters = [{ column: 'temperature', op: '>=', value: 15 + call }];
    const asked = t.template ?? { filters, limit: 5 };
    await step('delivery.query', buyer, { deliveryId, ...asked }, `query-${call}`);
  }
  if (t.until === 'disputed') {
    await step('order.dispute', buyer, { orderId, reason: '部分日期的天气现象与公开观测不一致，请卖方核对' });
  }
  if (t.until !== 'cleared') return { orderId, deliveryId };
  await step('order.accept', buyer, { orderId });
  await stage.until(`the clearing of ${t.key}`, async () => {
    const row = await stage.context.kernel.db
      .selectFrom('trade_order')
      .select('state')
      .where('id', '=', orderId)
      .executeTakeFirst();
    return row?.state === 'cleared' ? true : undefined;
  });
  return { orderId, deliveryId };
}
