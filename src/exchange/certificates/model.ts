import { z } from 'zod';
import { lifecycle } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { Money } from '../../kernel/ledger/index.ts';
import { beijingDay, dated, valueAt } from '../../kernel/rulebook/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';

export const CertificateId = idOf('cer', text('凭证编号', 'Certificate'));
export const CERTIFICATE_KINDS = ['registration', 'trade', 'delivery', 'clearing'] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

export const KIND_TITLES: Readonly<Record<CertificateKind, Text>> = {
  registration: text('登记凭证', 'Certificate of Registration'),
  trade: text('交易凭证', 'Certificate of Trade'),
  delivery: text('交付凭证', 'Certificate of Delivery'),
  clearing: text('清算凭证', 'Certificate of Clearing'),
};

/** Series of numbers by kind: 登记 交易 交付 清算 (house rule HS-7.12). */
const SERIES: Readonly<Record<CertificateKind, string>> = {
  registration: 'DJ',
  trade: 'JY',
  delivery: 'JF',
  clearing: 'QS',
};
const SERIAL_DIGITS = dated({ from: '2020-01-01', value: 6, unit: 'digit', reference: 'HS-7.12' });

/** `DJ-2026`: numbers start anew each calendar year, Beijing time. */
export const seriesOf = (kind: CertificateKind, at: Date): string => `${SERIES[kind]}-${beijingDay(at).slice(0, 4)}`;
export const numberOf = (series: string, serial: number, at: Date): string =>
  `${series}-${String(serial).padStart(valueAt(SERIAL_DIGITS, at).value, '0')}`;

export const certificateLife = lifecycle(
  { valid: { revoke: 'revoked' }, revoked: {} },
  {
    rule: 'HS-7.14',
    subject: text('凭证', 'certificate'),
    states: { valid: text('有效', 'valid'), revoked: text('已注销', 'revoked') },
  },
);

const Party = z.object({ id: z.string(), name: z.string(), uscc: z.string() });

/** An act of the subject's history, by its evidence. */
export const CertifiedEvent = z.object({
  receiptId: z.string(),
  act: z.string(),
  title: TextSchema,
  at: z.iso.datetime(),
  partyId: z.string().nullable(),
  /** SHA-256 of the entry's exact bytes, hex. */
  entrySha256: z.string(),
});
export type CertifiedEvent = z.infer<typeof CertifiedEvent>;

/** What the certificate says; frozen and hashed when it is issued. */
export const Content = z.object({
  type: z.literal('shuheng/certificate/1'),
  number: z.string(),
  kind: z.enum(CERTIFICATE_KINDS),
  issuedAt: z.iso.datetime(),
  issuer: z.string(),
  holder: Party,
  subject: z.object({ id: z.string(), title: z.string() }),
  parties: z.array(Party.extend({ role: TextSchema })),
  /** Amounts a trade or clearing certificate states; empty for the others. */
  amounts: z.array(z.object({ title: TextSchema, party: z.string().nullable(), amount: Money })),
  events: z.array(CertifiedEvent),
});
export type Content = z.infer<typeof Content>;

export interface CertificateTable {
  id: string;
  number: string;
  kind: CertificateKind;
  subject_id: string;
  holder_id: string;
  party_ids: string[];
  issued_at: Date;
  issued_act: string;
  content: Content;
  content_sha256: string;
  state: 'valid' | 'revoked';
  version: number;
  revoked_at: Date | null;
  revoked_act: string | null;
  revoked_reason: string | null;
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    certificate: CertificateTable;
    certificate_series: { series: string; last: number };
  }
}

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
const accepted = {
  names: ['order.accept', 'order.accept-by-deadline', 'order.resolve'],
  times: 1,
  title: text('验收', 'the acceptance'),
};

export const RESOURCE_CHAIN: Chain = {
  needs: [{ names: ['resource.register'], times: 1, title: text('资源登记', 'the registration') }],
  may: [],
};
export const PRODUCT_CHAIN: Chain = {
  needs: [{ names: ['product.list'], times: 1, title: text('产品挂牌登记', 'the listing') }],
  may: ['product.draft'],
};
export const ORDER_CHAINS: Readonly<Record<Exclude<CertificateKind, 'registration'>, Chain>> = {
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
