import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, role, signedIn } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { chainOf, partyDetails, subjectOf } from './chain.ts';
import {
  CERTIFICATE_KINDS,
  CertificateId,
  type Content,
  certificateLife,
  missingIn,
  numberOf,
  seriesOf,
} from './model.ts';
import { certificateFromEvidence, eventsByHash, oneValid, voucherFromChain } from './rules.ts';

const SubjectId = z
  .string()
  .regex(/^(res|prd|ord|dlv|clr)_[0-9a-hjkmnp-tv-z]{26}$/)
  .meta({ title: '事项编号', 'x-title-en': 'Subject', 'x-id': 'res|prd|ord|dlv|clr' });

/** 出具凭证: on application of a right holder, from the evidence of the subject's acts and nothing else. */
const issueCertificate = act({
  name: 'certificate.issue',
  title: text('出具凭证', 'Issue a certificate'),
  by: signedIn(),
  input: z.object({
    kind: z.enum(CERTIFICATE_KINDS).meta({ title: '凭证种类', 'x-title-en': 'Kind' }),
    subjectId: SubjectId,
  }),
  output: z.object({ certificateId: CertificateId, number: z.string() }),
  rules: [certificateFromEvidence, voucherFromChain, eventsByHash, oneValid],
  facts: async ({ tx, actor, input, at }) => {
    const holderId = actor.partyId;
    const subject = await subjectOf(tx, input.kind, input.subjectId, at);
    if (!subject || holderId === null || !subject.holders.includes(holderId)) throw notFound();
    // Two applications for the same certificate: the second waits here and then sees the first.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`certificate ${holderId} ${input.kind} ${subject.id}`}, 0))`.execute(
      tx,
    );
    const valid = await tx
      .selectFrom('certificate')
      .select('number')
      .where('holder_id', '=', holderId)
      .where('kind', '=', input.kind)
      .where('subject_id', '=', subject.id)
      .where('state', '=', 'valid')
      .executeTakeFirst();
    const { acts, events } = await chainOf(tx, subject);
    return {
      holderId,
      subject: { id: subject.id, title: subject.title, parties: subject.parties, amounts: subject.amounts },
      chain: { acts, entries: events.length, missing: missingIn(subject.chain, events) },
      events,
      hashes: events.map((e) => e.entrySha256),
      valid: valid?.number ?? null,
    };
  },
  perform: async ({ tx, input, facts, actId, at }) => {
    const certificateId = newId('cer');
    const series = seriesOf(input.kind, at);
    const number = numberOf(series, await nextSerial(tx, series), at);
    const { subject, holderId } = facts;
    const partyIds = subject.parties.map((p) => p.id);
    const party = await partyDetails(tx, [holderId, ...partyIds]);
    const content: Content = {
      type: 'shuheng/certificate/1',
      number,
      kind: input.kind,
      issuedAt: at.toISOString(),
      issuer: await issuerOf(tx),
      holder: party(holderId),
      subject: { id: subject.id, title: subject.title },
      parties: subject.parties.map((p) => ({ ...party(p.id), role: p.role })),
      amounts: subject.amounts,
      events: [...facts.events],
    };
    await tx
      .insertInto('certificate')
      .values({
        id: certificateId,
        number,
        kind: input.kind,
        subject_id: subject.id,
        holder_id: holderId,
        party_ids: partyIds,
        issued_at: at,
        issued_act: actId,
        content: JSON.stringify(content) as never,
        content_sha256: contentHash(content),
        state: certificateLife.first as 'valid',
        version: 1,
        revoked_at: null,
        revoked_act: null,
        revoked_reason: null,
      })
      .execute();
    return { certificateId, number };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.certificateId,
    // Which acts belong to one trade is for its parties to show; the number lets anybody find that it was issued.
    open: { number: result.number, kind: input.kind },
    sealed: { of: facts.subject.id, events: facts.hashes, holder: facts.holderId },
  }),
});

/** SHA-256, hex, of the canonical JSON (RFC 8785) of what a certificate says. */
const contentHash = (content: Content): string => sha256Hex(canonical(JSON.parse(JSON.stringify(content))));

/** The next number of a series; the row stays locked until the act commits, so that none is skipped. */
async function nextSerial(tx: Tx, series: string): Promise<number> {
  const { rows } = await sql<{ last: number }>`insert into certificate_series (series, last) values (${series}, 1)
    on conflict (series) do update set last = certificate_series.last + 1 returning last`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`series ${series} gave no number`);
  return row.last;
}

/** The exchange under its registered name. */
async function issuerOf(tx: Tx): Promise<string> {
  const { rows } = await sql<{
    name: string;
  }>`select name from party where 'exchange' = any (roles) and state = 'admitted' order by id limit 1`.execute(tx);
  return rows[0]?.name ?? '数据交易所';
}

/** 注销凭证: by the exchange, with a reason; the certificate stays readable as revoked. */
const revokeCertificate = act({
  name: 'certificate.revoke',
  title: text('注销凭证', 'Revoke a certificate'),
  by: role('exchange'),
  secondFactor: true,
  input: z.object({
    certificateId: CertificateId,
    reason: z.string().trim().min(2).max(500).meta({ title: '注销理由', 'x-title-en': 'Reason' }),
  }),
  output: z.object({ certificateId: CertificateId, state: z.literal('revoked') }),
  facts: async ({ tx, input }) => {
    const row = await tx
      .selectFrom('certificate')
      .selectAll()
      .where('id', '=', input.certificateId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
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
        revoked_reason: input.reason,
      })
      .where('id', '=', facts.id)
      .execute();
    return { certificateId: facts.id, state: 'revoked' as const };
  },
  entry: ({ input, facts }) => ({
    subject: facts.id,
    open: { number: facts.number },
    sealed: { reason: input.reason },
    parties: [facts.holderId],
  }),
});

export const acts: readonly Act[] = [issueCertificate, revokeCertificate];
