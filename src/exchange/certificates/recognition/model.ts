import { z } from 'zod';
import { lifecycle } from '../../../kernel/acts/index.ts';
import { idOf } from '../../../kernel/ids.ts';
import { type Text, text } from '../../../kernel/text.ts';

/** 登记机构: a body whose certificates are recognised here. */
export const RegistryId = idOf('reg', text('登记机构', 'Registry'));
/** 外部登记证书: a certificate issued elsewhere, brought here. */
export const ImportId = idOf('imp', text('外部证书', 'Imported certificate'));

export const IMPORT_KINDS = ['data-ip', 'data-rights'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];
export const IMPORT_KIND_TITLES: Readonly<Record<ImportKind, Text>> = {
  'data-ip': text('数据知识产权登记证书', 'Data intellectual-property registration'),
  'data-rights': text('数据产权登记凭证', 'Data rights registration'),
};

/** The rights a certificate can state; a data-IP certificate states its own (DPR-3.1). */
export const RIGHTS = {
  hold: text('数据持有权', 'right to hold'),
  use: text('数据使用权', 'right to use'),
  operate: text('数据经营权', 'right to operate'),
  ip: text('数据知识产权', 'data intellectual property'),
} as const satisfies Readonly<Record<string, Text>>;
export type Right = keyof typeof RIGHTS;
export const RIGHT_NAMES = Object.keys(RIGHTS) as [Right, ...Right[]];

/** Remarks of the registry (DPR-23.1). */
export const RESTRICTIONS = {
  none: text('无', 'none'),
  term: text('附期限或者条件', 'term or condition'),
  preservation: text('司法保全', 'preservation by a court or procuratorate'),
  control: text('临时行政管控', 'temporary administrative control'),
  statutory: text('法定限制', 'statutory limit'),
  other: text('其他限制', 'other limit'),
} as const satisfies Readonly<Record<string, Text>>;
export type Restriction = keyof typeof RESTRICTIONS;
export const RESTRICTION_NAMES = Object.keys(RESTRICTIONS) as [Restriction, ...Restriction[]];

/** Why a certificate is not recognised; each is a good reason in the sense of DPR-31.1. */
export const REFUSAL_GROUNDS = {
  duplicate: text('同一证书已被认可', 'The same certificate is recognised already'),
  expired: text('证书已过有效期', 'It is no longer valid'),
  'holder-mismatch': text('证书权利人与申请单位不符', 'Its holder is not the party that brings it'),
  'not-genuine': text('向登记机构核验未通过', 'The registry does not confirm it'),
  'subject-mismatch': text('证书所载数据与本所登记的事项不符', 'It is about other data than the subject here'),
  illegible: text('证书文件无法辨认', 'The paper cannot be read'),
} as const satisfies Readonly<Record<string, Text>>;
export type RefusalGround = keyof typeof REFUSAL_GROUNDS;
export const REFUSAL_NAMES = Object.keys(REFUSAL_GROUNDS) as [RefusalGround, ...RefusalGround[]];

/** Why a recognition ends. */
export const END_GROUNDS = {
  cancelled: text('登记机构已注销该证书', 'The registry cancelled it'),
  disputed: text('权利归属经处理发生变更', 'The rights it states were decided otherwise'),
  error: text('认可有误', 'It was recognised in error'),
  'holder-request': text('应权利人申请', 'At the right holder’s request'),
} as const satisfies Readonly<Record<string, Text>>;
export type EndGround = keyof typeof END_GROUNDS;
export const END_NAMES = Object.keys(END_GROUNDS) as [EndGround, ...EndGround[]];

export const groundTitle = (ground: string): Text =>
  (({ ...REFUSAL_GROUNDS, ...END_GROUNDS }) as Readonly<Record<string, Text>>)[ground] ?? text(ground, ground);

export const importLife = lifecycle(
  {
    submitted: { recognise: 'recognised', refuse: 'refused' },
    recognised: { end: 'ended' },
    refused: {},
    ended: {},
  },
  {
    rule: 'HS-7.36',
    subject: text('外部证书', 'imported certificate'),
    states: {
      submitted: text('待审核', 'to be decided'),
      recognised: text('已认可', 'recognised'),
      refused: text('不予认可', 'not recognised'),
      ended: text('认可已终止', 'recognition ended'),
    },
  },
);
export type ImportState = (typeof importLife.states)[number];

export const NumberText = z
  .string()
  .trim()
  .min(4)
  .max(40)
  .regex(/^[\p{L}\p{N}()（）〔〕第号字-]+$/u);

export interface RegistryTable {
  id: string;
  name: string;
  kinds: ImportKind[];
  number_format: string;
  valid_years: number | null;
  basis: string;
  recognised_at: Date;
  withdrawn_at: Date | null;
  version: number;
}

export interface ImportedCertificateTable {
  id: string;
  party_id: string;
  registry_id: string;
  kind: ImportKind;
  number: string;
  title: string;
  holder_name: string;
  holder_uscc: string;
  subject_id: string;
  rights: Right[];
  issued_on: string;
  valid_until: string | null;
  file_id: string;
  file_sha256: string;
  state: ImportState;
  restriction: Restriction;
  ground: string | null;
  reason: string | null;
  imported_at: Date;
  imported_act: string;
  decided_at: Date | null;
  decided_act: string | null;
  version: number;
}

declare module '../../../kernel/database/database.ts' {
  interface Tables {
    registry: RegistryTable;
    imported_certificate: ImportedCertificateTable;
  }
}

/** A registry's number format as a pattern: 9 a digit, A a capital letter, everything else itself. */
export function fitsFormat(number: string, format: string): boolean {
  const [given, wanted] = [[...number], [...format]];
  if (given.length !== wanted.length) return false;
  return wanted.every((mask, n) => {
    const character = given[n] ?? '';
    if (mask === '9') return /^[0-9]$/.test(character);
    if (mask === 'A') return /^[A-Z]$/.test(character);
    return character === mask;
  });
}
