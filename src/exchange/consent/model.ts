import { createHash, createHmac } from 'node:crypto';
import type { ColumnType, Selectable } from 'kysely';
import { z } from 'zod';
import { sha256Hex } from '../../kernel/evidence/index.ts';
import { idOf } from '../../kernel/ids.ts';
import { type Text, text } from '../../kernel/text.ts';

export const NoticeId = idOf('cnt', text('告知书', 'Notice of consent'));
export const ConsentId = idOf('cns', text('同意记录', 'Consent'));

/** Roles of those who may keep consents. */
export const KEEPERS = ['data-provider', 'operating-unit'] as const;
export const LEVELS = ['record', 'organisation'] as const;
export const METHODS = ['written', 'online', 'app', 'oral-recorded'] as const;
export type Method = (typeof METHODS)[number];
export const METHOD_TITLES: Readonly<Record<Method, Text>> = {
  written: text('书面签署', 'Signed on paper'),
  online: text('网页确认', 'Confirmed on a web page'),
  app: text('应用内确认', 'Confirmed in an app'),
  'oral-recorded': text('口头同意并录音', 'Spoken and recorded'),
};

/** What a notice tells (PIPL-17.1). */
export const NOTICE_PARTS = ['processor', 'kinds', 'retention', 'rights', 'words'] as const;
export type NoticePart = (typeof NOTICE_PARTS)[number];
export const PART_TITLES: Readonly<Record<NoticePart, Text>> = {
  processor: text('处理者名称与联系方式', 'Who processes, and how to reach them'),
  kinds: text('处理方式与信息种类', 'How it is processed, and which kinds of information'),
  retention: text('保存期限', 'How long it is kept'),
  rights: text('个人行使权利的方式', 'How to exercise one’s rights'),
  words: text('告知书全文', 'The whole notice'),
};
export type NoticeContent = Readonly<Record<NoticePart, string>>;

interface ConsentNoticeTable {
  id: string;
  resource_id: string;
  party_id: string;
  purpose: string;
  version: number;
  content: ColumnType<NoticeContent, string, string>;
  content_hash: string;
  level: (typeof LEVELS)[number];
  key_column: string | null;
  salt: string;
  published_at: Date;
}
export type ConsentNotice = Selectable<ConsentNoticeTable>;

interface ConsentTable {
  id: string;
  notice_id: string;
  resource_id: string;
  purpose: string;
  party_id: string;
  subject_kind: 'person' | 'organisation';
  subject_digest: string;
  method: string;
  proof_file_id: string | null;
  given_at: Date;
  recorded_at: Date;
  code_hash: Buffer;
  withdrawn_at: Date | null;
  withdrawn_by: 'subject' | 'keeper' | null;
}
export type Consent = Selectable<ConsentTable>;

declare module '../../kernel/database/database.ts' {
  interface Tables {
    consent_notice: ConsentNoticeTable;
    consent: ConsentTable;
  }
}

/** What stands for somebody concerned; the engine computes the same of the key column when it leaves rows out. */
export const digestOf = (salt: string, subject: string): string => sha256Hex(`${salt}\n${subject.trim()}`);

/** Letters and digits that nobody confuses when they are read aloud. */
const CODE_DIGITS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 20;

/** The code of withdrawal, such as `7KQ2M-…`: made from the notice's secret, so that its keeper can tell it again. */
export function codeOf(salt: string, consentId: string): string {
  const bytes = createHmac('sha512', salt).update(`withdraw\n${consentId}`).digest();
  const digits = [...bytes.subarray(0, CODE_LENGTH)].map((b) => CODE_DIGITS.charAt(b % CODE_DIGITS.length));
  return (digits.join('').match(/.{5}/g) ?? []).join('-');
}

/** How a code is found again; blanks, dashes and case do not matter. */
export const codeHash = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
    .digest();

export interface ImportLine {
  readonly subject: string;
  readonly givenAt: string;
  readonly method: Method;
}

const LINE_FIELDS = 3;
const Given = z.iso.datetime({ offset: true });

/**
 * Lines of `subject,time,method`, with or without a heading of these names.
 * @returns the lines that are whole, and the numbers of those that are not, beginning with 1
 */
export function importLines(csv: string): { lines: ImportLine[]; wrong: number[] } {
  const lines: ImportLine[] = [];
  const wrong: number[] = [];
  for (const [i, line] of csv
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || (i === 0 && /^subject,/i.test(line))) continue;
    const fields = fieldsOf(line);
    const [subject = '', givenAt = '', method = ''] = fields.map((f) => f.trim());
    const known = METHODS.find((m) => m === method);
    if (fields.length === LINE_FIELDS && subject !== '' && Given.safeParse(givenAt).success && known)
      lines.push({ subject, givenAt, method: known });
    else wrong.push(i + 1);
  }
  return { lines, wrong };
}

/** Fields of one line of CSV (RFC 4180); a quoted field may hold commas and doubled quotes. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '');
