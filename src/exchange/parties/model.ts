import { z } from 'zod';
import { lifecycle, type RoleInfo } from '../../kernel/acts/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { type Text, text } from '../../kernel/text.ts';

export interface PartyRegisterTable {
  party_id: string;
  business_types: string[];
  provider_class: string | null;
  maintains_platform: boolean;
  identity_checked_at: Date | null;
  identity_checked_by: string | null;
}
declare module '../../kernel/database/database.ts' {
  interface Tables {
    party_register: PartyRegisterTable;
  }
}

export const PartyId = idOf('pty', { zh: '单位', en: 'Party' });

/** Roles a party can be admitted to, in the words of the source documents. */
export const PARTY_ROLES = [
  { name: 'data-authority', title: text('大数据主管部门', 'Data authority') },
  { name: 'price-authority', title: text('价格主管部门', 'Price authority') },
  { name: 'data-provider', title: text('数据提供单位', 'Data provider') },
  { name: 'operating-unit', title: text('运营单位', 'Operating unit') },
  { name: 'data-merchant', title: text('数商', 'Data merchant') },
  { name: 'broker', title: text('数据经纪人', 'Data broker') },
  { name: 'compliance-assessor', title: text('合规评估机构', 'Compliance assessor') },
  { name: 'quality-assessor', title: text('质量评估机构', 'Quality assessor') },
  { name: 'expert', title: text('评审专家', 'Review expert') },
  { name: 'notary', title: text('公证机构', 'Notary') },
  { name: 'buyer', title: text('数据使用单位', 'Buyer') },
  { name: 'regulator', title: text('监管部门', 'Regulator') },
  { name: 'exchange', title: text('交易所', 'Exchange') },
] as const satisfies readonly RoleInfo[];
export type PartyRole = (typeof PARTY_ROLES)[number]['name'];
export const PartyRoleSchema = z.enum(PARTY_ROLES.map((r) => r.name) as [PartyRole, ...PartyRole[]]);

/** Titles of roles for a sentence: `数商、数据经纪人`. */
export function rolesInWords(roles: readonly string[]): Text {
  const titles = roles.map((r) => PARTY_ROLES.find((known) => known.name === r)?.title ?? text(r, r));
  return text(titles.map((t) => t.zh).join('、'), titles.map((t) => t.en).join(', '));
}

/** Business of a data vendor: three around products, three around assets (SH-15.1). */
export const BUSINESS_TYPES = [
  'develop',
  'publish',
  'underwrite',
  'compliance',
  'standardisation',
  'value-added',
] as const;
/** Kinds of providers of public data (JN-3.1). */
export const PROVIDER_CLASSES = [
  'administrative-organ',
  'authorised-organisation',
  'people-organisation',
  'public-service-unit',
] as const;

export const partyLife = lifecycle(
  {
    applied: { admit: 'admitted', refuse: 'refused' },
    admitted: { suspend: 'suspended' },
    suspended: { resume: 'admitted' },
    refused: {},
  },
  {
    rule: 'HS-2.1',
    subject: text('单位', 'party'),
    states: {
      applied: text('已申请', 'waiting for admission'),
      admitted: text('已入驻', 'admitted'),
      suspended: text('已暂停', 'suspended'),
      refused: text('未通过', 'refused'),
    },
  },
);
