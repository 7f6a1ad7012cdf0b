import { z } from 'zod';
import { type Act, act, type FactsContext, notFound, role, signedIn } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import { subjectOf } from './chain.ts';
import { prepare, validOne, writeCertificate } from './issuing.ts';
import {
  CERTIFICATE_KINDS,
  CertificateId,
  type CertificateKind,
  type CertificateTable,
  certificateLife,
  Day,
  GROUNDS,
} from './model.ts';
import { recognitionActs } from './recognition/acts.ts';
import {
  bookableAsset,
  certificateFromEvidence,
  eventsByHash,
  eventsWithinLimit,
  oneValid,
  periodInOrder,
  sumsMatchLedger,
  tradeStands,
  voucherFromChain,
} from './rules.ts';

const SubjectId = z
  .string()
  .regex(/^(res|prd|ord|dlv|clr)_[0-9a-hjkmnp-tv-z]{26}$/)
  .meta({ title: '事项编号', 'x-title-en': 'Subject', 'x-id': 'res|prd|ord|dlv|clr' });
const Issue = z.object({ certificateId: CertificateId, number: z.string() });
const ISSUE_RULES = [
  certificateFromEvidence,
  voucherFromChain,
  eventsByHash,
  tradeStands,
  periodInOrder,
  eventsWithinLimit,
  sumsMatchLedger,
  bookableAsset,
] as const;

interface Asked {
  readonly kind: CertificateKind;
  readonly subjectId: string;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** What a right holder would be certified. @throws notFound for what is not the actor's to have certified */
async function prepared({ tx, actor, at }: Pick<FactsContext<unknown>, 'tx' | 'actor' | 'at'>, asked: Asked) {
  const holderId = actor.partyId;
  const subject = await subjectOf(tx, asked.kind, asked.subjectId, at);
  if (!subject || holderId === null || !subject.holders.includes(holderId)) throw notFound();
  const period = { ...(asked.from ? { from: asked.from } : {}), ...(asked.until ? { until: asked.until } : {}) };
  return prepare(tx, { kind: asked.kind, subject, holderId, period, at });
}

/** 出具凭证: on application of a right holder, from the evidence of the subject's acts and nothing else. */
const issueCertificate = act({
  name: 'certificate.issue',
  title: text('出具凭证', 'Issue a certificate'),
  by: signedIn(),
  input: z.object({
    kind: z.enum(CERTIFICATE_KINDS).meta({ title: '凭证种类', 'x-title-en': 'Kind' }),
    subjectId: SubjectId,
    from: Day.optional().meta({ title: '期间自（资产凭证）', 'x-title-en': 'From (asset certificate)' }),
    until: Day.optional().meta({ title: '期间至（资产凭证）', 'x-title-en': 'Until (asset certificate)' }),
  }),
  output: Issue.extend({ contentSha256: z.string() }),
  secretOutput: ['contentSha256'],
  rules: [...ISSUE_RULES, oneValid],
  facts: async (c) => {
    const made = await prepared(c, c.input);
    return { ...made.facts, content: made.content, valid: await validOne(c.tx, made.facts, c.input.kind) };
  },
  perform: ({ tx, facts, actId, at }) =>
    writeCertificate(tx, { facts, content: facts.content }, { actId, at, supersedes: null }),
  entry: ({ input, facts, result }) => ({
    subject: result.certificateId,
    // The number lets anybody find that it was issued; of what and with which content its holder shows.
    open: { number: result.number, kind: input.kind },
    sealed: { contentSha256: result.contentSha256, of: facts.subject.id, holder: facts.holderId },
  }),
});

/** 换发凭证: a new one from today's evidence takes the place of a valid one. */
const reissueCertificate = act({
  name: 'certificate.reissue',
  title: text('换发凭证', 'Reissue a certificate'),
  by: signedIn(),
  input: z.object({
    certificateId: CertificateId,
    from: Day.optional().meta({ title: '期间自（资产凭证）', 'x-title-en': 'From (asset certificate)' }),
    until: Day.optional().meta({ title: '期间至（资产凭证）', 'x-title-en': 'Until (asset certificate)' }),
  }),
  output: Issue.extend({ contentSha256: z.string() }),
  secretOutput: ['contentSha256'],
  rules: ISSUE_RULES,
  facts: async (c) => {
    const old = await locked(c.tx, c.input.certificateId);
    if (c.actor.partyId === null || old.holder_id !== c.actor.partyId) throw notFound();
    certificateLife.move(old.state, 'replace');
    const from = c.input.from ?? (old.period === '' ? undefined : old.period.slice(0, 'YYYY-MM-DD'.length));
    const made = await prepared(c, { kind: old.kind, subjectId: old.subject_id, from, until: c.input.until });
    return {
      ...made.facts,
      content: made.content,
      old: { id: old.id, number: old.number, state: old.state, kind: old.kind, version: old.version },
    };
  },
  version: (facts) => facts.old.version,
  perform: async ({ tx, facts, actId, at }) => {
    const { old } = facts;
    // First, so that the new one is the one valid certificate.
    await tx
      .updateTable('certificate')
      .set({ state: certificateLife.move(old.state, 'replace'), version: old.version + 1 })
      .where('id', '=', old.id)
      .execute();
    const issued = await writeCertificate(tx, { facts, content: facts.content }, { actId, at, supersedes: old });
    await tx.updateTable('certificate').set({ superseded_by: issued.certificateId }).where('id', '=', old.id).execute();
    return issued;
  },
  entry: ({ facts, result }) => ({
    subject: result.certificateId,
    open: { number: result.number, kind: facts.old.kind, supersedes: facts.old.number },
    sealed: { contentSha256: result.contentSha256, of: facts.subject.id, holder: facts.holderId },
  }),
});

async function locked(tx: Tx, certificateId: string): Promise<CertificateTable> {
  const row = await tx
    .selectFrom('certificate')
    .selectAll()
    .where('id', '=', certificateId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** 注销凭证: by the exchange, with a reason; the certificate stays readable as revoked. */
const revokeCertificate = act({
  name: 'certificate.revoke',
  title: text('注销凭证', 'Revoke a certificate'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    certificateId: CertificateId,
    ground: z.enum(GROUNDS).meta({ title: '注销事由（公开）', 'x-title-en': 'Ground (public)' }),
    reason: z
      .string()
      .trim()
      .min(2)
      .max(500)
      .meta({ title: '说明（仅当事方可见）', 'x-title-en': 'Explanation (for the parties)' }),
  }),
  output: z.object({ certificateId: CertificateId, state: z.literal('revoked') }),
  facts: async ({ tx, input }) => {
    const row = await locked(tx, input.certificateId);
    return { id: row.id, number: row.number, state: row.state, version: row.version, holderId: row.holder_id };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, input, facts, actId, at }) => {
    certificateLife.move(facts.state, 'revoke');
    await tx
      .updateTable('certificate')
      .set({
        state: 'revoked',
        version: facts.version + 1,
        revoked_at: at,
        revoked_act: actId,
        revoked_ground: input.ground,
        revoked_reason: input.reason,
      })
      .where('id', '=', facts.id)
      .execute();
    return { certificateId: facts.id, state: 'revoked' as const };
  },
  entry: ({ input, facts }) => ({
    subject: facts.id,
    open: { number: facts.number, ground: input.ground },
    sealed: { reason: input.reason },
    parties: [facts.holderId],
  }),
});

export const acts: readonly Act[] = [issueCertificate, reissueCertificate, revokeCertificate, ...recognitionActs];
