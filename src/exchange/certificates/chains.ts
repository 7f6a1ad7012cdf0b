import { type Text, text } from '../../kernel/text.ts';
import type { CertificateKind } from './model.ts';

/**
 * The acts whose evidence a kind of certificate rests on: `needs` must be there (each as often as said), `may` are told
 * when they are. A chain row takes any of its names.
 */
export interface Chain {
  readonly needs: readonly { readonly names: readonly string[]; readonly times: number; readonly title: Text }[];
  readonly may: readonly string[];
}

const signed = { names: ['contract.sign'], times: 2, title: text('双方签署', 'both signatures') };
const placed = { names: ['order.place'], times: 1, title: text('下单', 'the order') };
const paid = { names: ['order.pay'], times: 1, title: text('付款', 'the payment') };
const delivered = { names: ['delivery.deliver'], times: 1, title: text('交付', 'the delivery') };
/** How a delivery comes to be accepted. */
export const ACCEPTANCES = ['order.accept', 'order.accept-by-deadline', 'order.resolve'] as const;
const accepted = { names: ACCEPTANCES, times: 1, title: text('验收', 'the acceptance') };

export const RESOURCE_CHAIN: Chain = {
  needs: [{ names: ['resource.register'], times: 1, title: text('资源登记', 'the registration') }],
  may: [],
};
export const PRODUCT_CHAIN: Chain = {
  needs: [{ names: ['product.list'], times: 1, title: text('产品挂牌登记', 'the listing') }],
  may: ['product.draft'],
};
export const ORDER_CHAINS: Readonly<Record<Exclude<CertificateKind, 'registration' | 'asset'>, Chain>> = {
  trade: { needs: [placed, signed, paid], may: [] },
  delivery: { needs: [placed, signed, delivered, accepted], may: [] },
  clearing: {
    needs: [paid, accepted, { names: ['clearing.clear'], times: 1, title: text('清算', 'the clearing') }],
    may: ['delivery.deliver'],
  },
};

/** The acts a chain tells of. */
export const namesIn = (chain: Chain): string[] => [...chain.needs.flatMap((n) => n.names), ...chain.may];

/** What the evidence lacks for a certificate, in words. */
export function missingIn(chain: Chain, events: readonly { readonly act: string }[]): Text[] {
  return chain.needs
    .filter((need) => events.filter((e) => need.names.includes(e.act)).length < need.times)
    .map((need) => need.title);
}
