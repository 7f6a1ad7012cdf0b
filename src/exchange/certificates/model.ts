import { z } from 'zod';
import { lifecycle } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { Money } from '../../kernel/ledger/index.ts';
import { beijingDay, dated, valueAt } from '../../kernel/rulebook/index.ts';
import { type Text, TextSchema, text } from '../../kernel/text.ts';

export const CertificateId = idOf('cer', text('凭证编号', 'Certificate'));
export const CERTIFICATE_KINDS = ['registration', 'trade', 'delivery', 'clearing', 'asset'] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

export const KIND_TITLES: Readonly<Record<CertificateKind, Text>> = {
  registration: text('登记凭证', 'Certificate of Registration'),
  trade: text('交易凭证', 'Certificate of Trade'),
  delivery: text('交付凭证', 'Certificate of Delivery'),
  clearing: text('清算凭证', 'Certificate of Clearing'),
  asset: text('数据资产凭证', 'Data Asset Certificate'),
};

/** Series of numbers by kind: 登记 交易 交付 清算 资产 (house rule HS-7.12). */
const SERIES: Readonly<Record<CertificateKind, string>> = {
  registration: 'DJ',
  trade: 'JY',
  delivery: 'JF',
  clearing: 'QS',
  asset: 'ZC',
};
const SERIAL_DIGITS = dated({ from: '2020-01-01', value: 6, unit: 'digit', reference: 'HS-7.12' });

/** `DJ-2026`: numbers start anew each calendar year, Beijing time. */
export const seriesOf = (kind: CertificateKind, at: Date): string => `${SERIES[kind]}-${beijingDay(at).slice(0, 4)}`;
export const numberOf = (series: string, serial: number, at: Date): string =>
  `${series}-${String(serial).padStart(valueAt(SERIAL_DIGITS, at).value, '0')}`;

export const certificateLife = lifecycle(
  { valid: { revoke: 'revoked', replace: 'superseded' }, revoked: {}, superseded: {} },
  {
    rule: 'HS-7.14',
    subject: text('凭证', 'certificate'),
    states: {
      valid: text('有效', 'valid'),
      revoked: text('已注销', 'revoked'),
      superseded: text('已替换', 'replaced'),
    },
  },
);
export type CertificateState = (typeof certificateLife.states)[number];

/** Why a certificate is revoked, as everybody may read it: no free text, so no name can slip in (HS-7.15). */
export const REVOCATION_GROUNDS = {
  'content-error': text('凭证内容有误', 'Its content is wrong'),
  'issued-in-error': text('不符合出具条件', 'It should not have been issued'),
  'rights-dispute': text('权利归属经处理发生变更', 'The rights it states were decided otherwise'),
  'trade-undone': text('所依据的交易已被撤销', 'The trade it rests on was undone'),
  'holder-request': text('应权利人申请', 'At the right holder’s request'),
  'by-order': text('依司法机关或者主管部门的决定', 'By decision of a court or an authority'),
} as const satisfies Readonly<Record<string, Text>>;
export type RevocationGround = keyof typeof REVOCATION_GROUNDS;
export const GROUNDS = Object.keys(REVOCATION_GROUNDS) as [RevocationGround, ...RevocationGround[]];

const Party = z.object({ id: z.string(), name: z.string(), uscc: z.string() });
/** A calendar day in Beijing. */
export const Day = z.iso.date();

/** An act of the subject's history, by its evidence. */
export const CertifiedEvent = z.object({
  receiptId: z.string(),
  act: z.string(),
  title: TextSchema,
  at: z.iso.datetime(),
  subject: z.string(),
  partyId: z.string().nullable(),
  /** SHA-256 of the entry's exact bytes, hex. */
  entrySha256: z.string(),
});
export type CertifiedEvent = z.infer<typeof CertifiedEvent>;

/** A count of events with its first and last time; whoever holds the evidence reckons it again. */
const Count = z.object({
  key: z.string(),
  title: TextSchema,
  acts: z.array(z.string()),
  /** What the entries must have sealed to be counted. */
  where: z.record(z.string(), z.string()).optional(),
  count: z.number().int(),
  first: z.iso.datetime().nullable(),
  last: z.iso.datetime().nullable(),
});
export type Count = z.infer<typeof Count>;

/** A sum of amounts sealed in the events of one act; of a list of legs, those of one party (null: the exchange). */
const Sum = z.object({
  key: z.string(),
  title: TextSchema,
  act: z.string(),
  field: z.string(),
  party: z.string().nullable().optional(),
  amount: Money,
});
export type Sum = z.infer<typeof Sum>;

/** A certificate issued elsewhere that this exchange recognises for the subject (SH-13). */
export const Recognised = z.object({
  importId: z.string(),
  kind: z.string(),
  kindTitle: TextSchema,
  number: z.string(),
  registry: z.string(),
  rights: z.array(z.string()),
  issuedOn: Day,
  validUntil: Day.nullable(),
  fileSha256: z.string(),
  /** The receipt of its recognition. */
  receiptId: z.string(),
});
export type Recognised = z.infer<typeof Recognised>;

/** Facts for accounting and valuation: registration, rights, opinions, trading, delivery; from the chain (SH-11.2). */
export const Asset = z.object({
  period: z.object({ from: Day, until: Day }),
  /** What is registered, as title and value in both languages. */
  registration: z.array(z.object({ title: TextSchema, value: TextSchema })),
  rights: z.array(z.object({ right: TextSchema, ground: TextSchema })),
  opinions: z.array(
    z.object({
      kind: TextSchema,
      assessor: z.string(),
      conclusion: TextSchema,
      score: z.number().nullable(),
      issuedAt: z.iso.datetime(),
      receiptId: z.string(),
    }),
  ),
  counts: z.array(Count),
  sums: z.array(Sum),
  /** Use as the exchange metered it: each use has a receipt of its own, which the certificate does not list. */
  metered: z.array(z.object({ key: z.string(), title: TextSchema, count: z.number().int() })),
  /** The two conditions under which entry on the balance sheet is explored (GY-22.2). */
  accounting: z.object({ assessed: z.boolean(), traded: z.boolean() }),
});
export type Asset = z.infer<typeof Asset>;

/** What the certificate says; frozen, hashed and signed when it is issued. */
export const Content = z.object({
  type: z.literal('shuheng/certificate/2'),
  id: CertificateId,
  number: z.string(),
  kind: z.enum(CERTIFICATE_KINDS),
  issuedAt: z.iso.datetime(),
  issuer: z.string(),
  holder: Party,
  subject: z.object({ id: z.string(), title: z.string() }),
  parties: z.array(Party.extend({ role: TextSchema })),
  /** Amounts a trade or clearing certificate states; empty for the others. */
  amounts: z.array(z.object({ title: TextSchema, party: z.string().nullable(), amount: Money })),
  asset: Asset.nullable(),
  recognised: z.array(Recognised),
  /** Number of the certificate it replaces. */
  supersedes: z.string().nullable(),
  events: z.array(CertifiedEvent),
  /** Random, so that nobody can guess the content from its hash. */
  nonce: z.string(),
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
  note: string | null;
  period: string;
  state: CertificateState;
  version: number;
  revoked_at: Date | null;
  revoked_act: string | null;
  revoked_ground: RevocationGround | null;
  /** In the exchange's words, for holder and parties. */
  revoked_reason: string | null;
  supersedes: string | null;
  superseded_by: string | null;
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    certificate: CertificateTable;
    certificate_series: { series: string; last: number };
  }
}
