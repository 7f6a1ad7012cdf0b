import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../../kernel/database/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { newId } from '../../kernel/ids.ts';
import { beijingDay, valueAt } from '../../kernel/rulebook/index.ts';
import { type AssetFacts, assetFacts, type Period, periodText } from './asset.ts';
import { type ChainEvent, chainOf, partyDetails, type Subject } from './chain.ts';
import { ACCEPTANCES, missingIn, namesIn } from './chains.ts';
import { signedBy } from './keys.ts';
import { type CertificateKind, type CertifiedEvent, Content, certificateLife, numberOf, seriesOf } from './model.ts';
import { recognisedFor } from './recognition/reads.ts';
import { EVENTS_MAX } from './rules.ts';

const NONCE_BYTES = 16;

/** What the rules look at, and what the certificate will say. */
export interface IssueFacts {
  readonly holderId: string;
  readonly subject: { readonly id: string; readonly title: string; readonly undone: boolean };
  readonly chain: { readonly acts: number; readonly entries: number; readonly missing: ReturnType<typeof missingIn> };
  readonly hashes: readonly string[];
  readonly period: Period & { readonly today: string };
  /** Stated beside the ledger; null where nothing is summed. */
  readonly sums: AssetFacts['ledger'] | null;
  readonly accounting: { readonly assessed: boolean; readonly traded: boolean; readonly states: boolean } | null;
}

/** Facts for the rules, and the content they are about. */
export interface Prepared {
  readonly facts: IssueFacts;
  readonly content: Omit<Content, 'id' | 'number' | 'issuedAt' | 'supersedes' | 'nonce'>;
}

export interface Wanted {
  readonly kind: CertificateKind;
  readonly subject: Subject;
  readonly holderId: string;
  readonly period: Partial<Period>;
  readonly at: Date;
}

/** Loads everything a certificate would say. */
export async function prepare(tx: Tx, { kind, subject, holderId, period: asked, at }: Wanted): Promise<Prepared> {
  // Two applications for the same certificate: the second waits here and then sees the first.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`certificate ${holderId} ${kind} ${subject.id}`}, 0))`.execute(
    tx,
  );
  const eventsMax = valueAt(EVENTS_MAX, at).value;
  const today = beijingDay(at);
  const period = { from: asked.from ?? (await firstDay(tx, subject.id, at)), until: asked.until ?? today };
  const asset = kind === 'asset' ? await assetFacts(tx, subject, holderId, period, eventsMax) : undefined;
  const chain =
    asset?.chain ??
    withoutRefunds(
      await chainOf(tx, { subjects: subject.actSubjects, names: namesIn(subject.chain), limit: eventsMax + 1 }),
    );
  const party = await partyDetails(tx, [holderId, ...subject.parties.map((p) => p.id)]);
  const events = chain.events.map(certified);
  return {
    facts: {
      holderId,
      subject: { id: subject.id, title: subject.title, undone: subject.undone },
      chain: { acts: chain.acts, entries: events.length, missing: missingIn(subject.chain, events) },
      hashes: events.map((e) => e.entrySha256),
      period: { ...period, today },
      sums: asset?.ledger ?? null,
      accounting: asset ? { ...asset.asset.accounting, states: statesBoth(asset) } : null,
    },
    content: {
      type: 'shuheng/certificate/2',
      kind,
      issuer: await issuerOf(tx),
      holder: party(holderId),
      subject: { id: subject.id, title: subject.title },
      parties: subject.parties.map((p) => ({ ...party(p.id), role: p.role })),
      amounts: [...subject.amounts],
      asset: asset?.asset ?? null,
      recognised: await recognisedFor(tx, subject.id, at),
      events,
    },
  };
}

const statesBoth = ({ asset }: AssetFacts): boolean => asset.accounting.assessed && asset.accounting.traded;

/** Of an event only what the certificate lists: the rest of its entry stays with the evidence. */
const certified = ({ opened: _, ...event }: ChainEvent): CertifiedEvent => event;

/** A dispute decided for the buyer is no acceptance. */
function withoutRefunds({ acts, events }: { acts: number; events: readonly ChainEvent[] }) {
  const [, , resolve] = ACCEPTANCES;
  const kept = events.filter((e) => e.act !== resolve || e.opened.decision === 'release');
  return { acts: acts - (events.length - kept.length), events: kept };
}

async function firstDay(tx: Tx, subjectId: string, at: Date): Promise<string> {
  const { rows } = await sql<{
    at: Date | null;
  }>`select min(at) as at from act_log where subject = ${subjectId}`.execute(tx);
  return beijingDay(rows[0]?.at ?? at);
}

export interface Issued {
  readonly certificateId: string;
  readonly number: string;
}

/** Writes the certificate down, numbered, hashed and signed. */
export async function writeCertificate(
  tx: Tx,
  { facts, content: said }: Prepared,
  { actId, at, supersedes }: { actId: string; at: Date; supersedes: { id: string; number: string } | null },
): Promise<Issued & { readonly contentSha256: string }> {
  const certificateId = newId('cer');
  const series = seriesOf(said.kind, at);
  const number = numberOf(series, await nextSerial(tx, series), at);
  const content: Content = Content.parse({
    ...said,
    id: certificateId,
    number,
    issuedAt: at.toISOString(),
    supersedes: supersedes?.number ?? null,
    nonce: randomBytes(NONCE_BYTES).toString('hex'),
  });
  const contentSha256 = contentHash(content);
  await tx
    .insertInto('certificate')
    .values({
      id: certificateId,
      number,
      kind: said.kind,
      subject_id: facts.subject.id,
      holder_id: facts.holderId,
      party_ids: said.parties.map((p) => p.id),
      issued_at: at,
      issued_act: actId,
      content: JSON.stringify(content) as never,
      content_sha256: contentSha256,
      note: await signedBy(tx, content.type, certificateId, number, contentSha256),
      period: said.asset ? periodText(said.asset.period) : '',
      state: certificateLife.first,
      version: 1,
      revoked_at: null,
      revoked_act: null,
      revoked_ground: null,
      revoked_reason: null,
      supersedes: supersedes?.id ?? null,
      superseded_by: null,
    })
    .execute();
  return { certificateId, number, contentSha256 };
}

/** SHA-256, hex, of the canonical JSON (RFC 8785) of what a certificate says. */
export const contentHash = (content: Content): string => sha256Hex(canonical(JSON.parse(JSON.stringify(content))));

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

/** The valid certificate of a kind that a holder has of a subject, for the same period. */
export async function validOne(
  tx: Tx,
  { holderId, subject, period }: IssueFacts,
  kind: CertificateKind,
): Promise<string | null> {
  const row = await tx
    .selectFrom('certificate')
    .select('number')
    .where('holder_id', '=', holderId)
    .where('kind', '=', kind)
    .where('subject_id', '=', subject.id)
    .where('period', '=', kind === 'asset' ? periodText(period) : '')
    .where('state', '=', 'valid')
    .executeTakeFirst();
  return row?.number ?? null;
}
