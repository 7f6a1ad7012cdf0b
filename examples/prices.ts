import { money } from '../src/kernel/ledger/index.ts';
import { beijingDay } from '../src/kernel/rulebook/index.ts';
import type { Ground } from './authorisation.ts';
import { PRODUCTS, type SampleProduct } from './products.ts';
import type { Stage } from './stage.ts';

/** The cap stands above the price by a tenth. */
const capOf = (priceFen: number): bigint => (BigInt(priceFen) * 11n) / 10n;

/** Proposed by the seller; set by the authorising unit where the product goes on the market. */
export async function capPrice(
  stage: Stage,
  { key, seller, priceFen, reaches }: SampleProduct,
  productId: string,
  { agreementId, scenarioId, authoriser }: Pick<Ground, 'agreementId' | 'scenarioId' | 'authoriser'>,
): Promise<void> {
  const proposed = {
    ...{ agreementId, scenarioId, productId, cap: money(capOf(priceFen)), expectedQuantity: 40 },
    basis: '按数据获取、加工算力、存储、人力和预计销量测算（示例）。',
  };
  const { capId } = await stage.run<{ capId: string }>(
    `cap:${key}`,
    'price.propose-cap',
    await stage.actor(seller),
    proposed,
  );
  if (reaches !== 'listed') return;
  const reason = '测算依据完整，首年试行（示例意见）。';
  await stage.run(`cap:${key}:set`, 'price.set-cap', await stage.actor(authoriser), { capId, reason });
}

/**
 * A price cap for each product that takes a fee for public data: proposed by the operating unit, set by the authorising
 * unit, on trial in the first year (PPN-2.4). That of a product not yet on the market waits, and so does an allowed revenue.
 */
export async function capPrices(
  stage: Stage,
  products: ReadonlyMap<string, string>,
  grounds: ReadonlyMap<string, Ground>,
): Promise<void> {
  for (const product of PRODUCTS) {
    const ground = grounds.get(product.key);
    if (!ground || product.reaches === 'requested') continue;
    await capPrice(stage, product, products.get(product.key) ?? '', ground);
  }
  await askForRevenue(stage, grounds.get('delays')?.agreementId ?? '');
}

/** What the operating unit may earn in the coming year, for the price authority to decide. */
async function askForRevenue(stage: Stage, agreementId: string): Promise<void> {
  const year = Number(beijingDay(stage.startedAt).slice(0, 'YYYY'.length)) + 1;
  const cost = (kind: string, fen: bigint, note: string) => ({ kind, amount: money(fen), note });
  await stage.run('revenue:operator', 'price.propose-revenue', await stage.actor('operator'), {
    agreementId,
    priceAuthorityId: (await stage.actor('prices')).partyId,
    periodFrom: `${year}-01-01`,
    periodUntil: `${year + 1}-01-01`,
    costs: [
      cost('processing', 180_000_00n, '数据治理与接口对接，按合同计（示例）'),
      cost('platform', 240_000_00n, '云资源账单测算（示例）'),
      cost('staff', 600_000_00n, '六名技术人员年薪（示例）'),
    ],
    subsidy: money(0n),
    profitBasisPoints: 600,
    tax: money(60_000_00n),
  });
}
