import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { newId } from '../../kernel/ids.ts';
import { dated, valueAt } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { FileId, relyOnFile } from '../../kernel/vault/index.ts';
import { getResource, ResourceId } from '../catalog/index.ts';
import { withdrawActs } from './acts-withdraw.ts';
import {
  ConsentId,
  type ConsentNotice,
  codeHash,
  codeOf,
  digestOf,
  importLines,
  KEEPERS,
  LEVELS,
  METHODS,
  NoticeId,
} from './model.ts';
import * as rules from './rules.ts';
import { holderColumn, lockPurpose, mayKeep, newestNotice } from './store.ts';

/** Proofs are kept as long as the record of processing (PIPL-56.2). */
const KEPT_YEARS = dated({ from: '2021-11-01', value: 3, unit: 'year', reference: 'PIPL-56.2' });
const CSV_CHARS_MAX = 600_000;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const part = (zh: string, en: string, max = 500) => z.string().trim().max(max).meta(field(zh, en));

/** 发布告知书: a version of what those concerned are told. */
const publishNotice = act({
  name: 'consent.publish-notice',
  title: text('发布个人信息处理告知书', 'Publish a notice of consent'),
  by: role(...KEEPERS),
  input: z.object({
    resourceId: ResourceId,
    purpose: z
      .string()
      .trim()
      .min(2)
      .max(200)
      .meta(field('处理目的（与数据申请的使用目的一致）', 'Purpose, as in the application')),
    level: z.enum(LEVELS).meta(field('同意范围', 'Scope')),
    keyColumn: z
      .string()
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .meta(field('标识本人的字段', 'Column of the person')),
    processor: part('处理者名称与联系方式', 'Who processes'),
    kinds: part('处理方式与信息种类', 'How and what'),
    retention: part('保存期限', 'How long it is kept'),
    rights: part('行使权利的方式', 'How to exercise rights'),
    words: part('告知书全文', 'The whole notice', 20_000),
  }),
  output: z.object({ noticeId: NoticeId, version: z.number().int(), contentHash: z.string() }),
  rules: [rules.noticeComplete, rules.shapeOfConsent],
  facts: async ({ tx, actor, input, at }) => {
    const resource = await getResource(tx, input.resourceId);
    const partyId = actor.partyId ?? '';
    if (!resource || !(await mayKeep(tx, resource.id, partyId, at))) throw notFound();
    const of = { resource_id: resource.id, purpose: input.purpose, party_id: partyId };
    await lockPurpose(tx, of);
    const before = await newestNotice(tx, of);
    const { processor, kinds, retention, rights, words } = input;
    return {
      resourceId: resource.id,
      partyId,
      content: { processor, kinds, retention, rights, words },
      level: input.level,
      keyColumn: input.keyColumn,
      columns: resource.columns.map((c) => c.name),
      holderColumn: resource.holder_id === partyId ? null : ((await holderColumn(tx, resource)) ?? null),
      before: before ? { level: before.level, keyColumn: before.key_column } : null,
      version: (before?.version ?? 0) + 1,
      salt: before?.salt ?? randomBytes(32).toString('hex'),
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const noticeId = newId('cnt');
    const contentHash = sha256Hex(canonical({ purpose: input.purpose, ...facts.content }));
    await tx
      .insertInto('consent_notice')
      .values({
        id: noticeId,
        resource_id: facts.resourceId,
        party_id: facts.partyId,
        purpose: input.purpose,
        version: facts.version,
        content: JSON.stringify(facts.content),
        content_hash: contentHash,
        level: input.level,
        key_column: input.keyColumn,
        salt: facts.salt,
        published_at: at,
      })
      .execute();
    return { noticeId, version: facts.version, contentHash };
  },
  entry: ({ input, result }) => ({
    subject: result.noticeId,
    sealed: {
      resource: input.resourceId,
      purpose: input.purpose,
      version: result.version,
      content: result.contentHash,
    },
  }),
});

async function lockNotice(tx: Tx, noticeId: string, partyId: string | null): Promise<ConsentNotice> {
  const notice = await tx
    .selectFrom('consent_notice')
    .selectAll()
    .where('id', '=', noticeId)
    .forUpdate()
    .executeTakeFirst();
  if (!notice || notice.party_id !== partyId) throw notFound();
  return notice;
}

async function standing(tx: Tx, notice: ConsentNotice) {
  const newest = await newestNotice(tx, notice);
  return { newestVersion: newest?.id === notice.id, publishedAt: notice.published_at.toISOString() };
}

interface NewConsent {
  readonly subject: string;
  readonly subjectKind: 'person' | 'organisation';
  readonly method: string;
  readonly givenAt: string;
}

/** Writes consents; a subject whose consent to this purpose lives already is left as it is. @returns how many are new */
async function keep(
  tx: Tx,
  notice: ConsentNotice,
  consents: readonly NewConsent[],
  proofFileId: string | null,
  at: Date,
): Promise<{ id: string }[]> {
  const kept: { id: string }[] = [];
  const BATCH = 1_000;
  for (let start = 0; start < consents.length; start += BATCH) {
    const values = consents.slice(start, start + BATCH).map((c) => {
      const id = newId('cns');
      return {
        id,
        notice_id: notice.id,
        resource_id: notice.resource_id,
        purpose: notice.purpose,
        party_id: notice.party_id,
        subject_kind: c.subjectKind,
        subject_digest: digestOf(notice.salt, c.subject),
        method: c.method,
        proof_file_id: proofFileId,
        given_at: new Date(c.givenAt),
        recorded_at: at,
        code_hash: codeHash(codeOf(notice.salt, id)),
        withdrawn_at: null,
        withdrawn_by: null,
      };
    });
    const added = await tx
      .insertInto('consent')
      .values(values)
      // The subject's consent to this purpose lives already.
      .onConflict((c) => c.doNothing())
      .returning('id')
      .execute();
    kept.push(...added);
  }
  return kept;
}

const keptUntil = (at: Date): Date => {
  const until = new Date(at);
  until.setUTCFullYear(until.getUTCFullYear() + valueAt(KEPT_YEARS, at).value);
  return until;
};
const Kind = z.enum(['person', 'organisation']).meta(field('主体类型', 'Kind of subject'));

/** 登记同意: of one person or organisation; who it is goes into nothing that is kept, only its digest. */
const record = act({
  name: 'consent.record',
  title: text('登记同意', 'Record a consent'),
  by: role(...KEEPERS),
  input: z.object({
    noticeId: NoticeId,
    subjectKind: Kind,
    subject: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .meta(field('主体标识（与主体字段的值一致）', 'Who, as in the column of the person')),
    method: z.enum(METHODS).meta(field('同意方式', 'Method')),
    givenAt: z.iso.datetime({ offset: true }).meta(field('同意时间', 'Time of the consent')),
    proofFileId: FileId.nullable().default(null).meta(field('证明文件', 'Proof')),
  }),
  secretInput: ['subject'],
  output: z.object({ consentId: ConsentId, code: z.string() }),
  secretOutput: ['code'],
  rules: [rules.informed, rules.givenOnce],
  facts: async ({ tx, actor, input, at }) => {
    const notice = await lockNotice(tx, input.noticeId, actor.partyId);
    if (input.proofFileId !== null) await relyOnFile(tx, input.proofFileId, actor.partyId, keptUntil(at));
    const before = await tx
      .selectFrom('consent')
      .select('id')
      .where('resource_id', '=', notice.resource_id)
      .where('purpose', '=', notice.purpose)
      .where('party_id', '=', notice.party_id)
      .where('subject_digest', '=', digestOf(notice.salt, input.subject))
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst();
    const givenAt = new Date(input.givenAt).toISOString();
    return {
      notice,
      ...(await standing(tx, notice)),
      firstGivenAt: givenAt,
      givenAt,
      givenBefore: before !== undefined,
    };
  },
  perform: async ({ tx, input, facts: { notice }, at }) => {
    const [kept] = await keep(tx, notice, [input], input.proofFileId, at);
    if (!kept) throw new Error('a consent that was not there before was not kept');
    return { consentId: kept.id, code: codeOf(notice.salt, kept.id) };
  },
  entry: ({ input, facts: { notice }, result }) => ({
    subject: result.consentId,
    sealed: {
      notice: notice.content_hash,
      version: notice.version,
      subject: digestOf(notice.salt, input.subject),
      method: input.method,
      givenAt: input.givenAt,
    },
  }),
});

/** 批量导入同意: all lines or none. */
const importConsents = act({
  name: 'consent.import',
  title: text('批量导入同意', 'Import consents'),
  by: role(...KEEPERS),
  input: z.object({
    noticeId: NoticeId,
    subjectKind: Kind,
    csv: z.string().min(1).max(CSV_CHARS_MAX).meta(field('CSV：主体,时间,方式', 'CSV: subject,time,method')),
    proofFileId: FileId.nullable().default(null).meta(field('证明文件', 'Proof')),
  }),
  secretInput: ['csv'],
  output: z.object({ imported: z.number().int(), already: z.number().int() }),
  rules: [rules.importWhole, rules.informed],
  facts: async ({ tx, actor, input, at }) => {
    const notice = await lockNotice(tx, input.noticeId, actor.partyId);
    if (input.proofFileId !== null) await relyOnFile(tx, input.proofFileId, actor.partyId, keptUntil(at));
    const { lines, wrong } = importLines(input.csv);
    const times = lines.map((l) => new Date(l.givenAt).toISOString()).sort();
    const none = notice.published_at.toISOString();
    return {
      notice,
      ...(await standing(tx, notice)),
      read: lines,
      lines: lines.length,
      // The first wrong lines are enough to go on with.
      wrong: wrong.slice(0, 20),
      firstGivenAt: times[0] ?? none,
      givenAt: times.at(-1) ?? none,
    };
  },
  perform: async ({ tx, input, facts: { notice, read }, at }) => {
    const once = new Map(read.map((l) => [digestOf(notice.salt, l.subject), { ...l, subjectKind: input.subjectKind }]));
    const kept = await keep(tx, notice, [...once.values()], input.proofFileId, at);
    return { imported: kept.length, already: read.length - kept.length };
  },
  entry: ({ facts: { notice }, result }) => ({
    subject: notice.id,
    sealed: { notice: notice.content_hash, version: notice.version, imported: result.imported },
  }),
});

export const acts: readonly Act[] = [publishNotice, record, importConsents, ...withdrawActs];
