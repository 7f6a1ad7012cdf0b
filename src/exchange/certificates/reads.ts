import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Actor,
  afterOf,
  anyone,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import {
  CERTIFICATE_KINDS,
  CertificateId,
  type CertificateTable,
  CertifiedEvent,
  Content,
  certificateLife,
  KIND_TITLES,
} from './model.ts';

const seesAll = (actor: Actor): boolean =>
  actor.kind === 'system' || actor.roles.some((r) => r === 'exchange' || r === 'regulator');

const mayRead = (actor: Actor, row: CertificateTable): boolean =>
  seesAll(actor) ||
  (actor.partyId !== null && (row.holder_id === actor.partyId || row.party_ids.includes(actor.partyId)));

/** @throws notFound for what does not exist and for what is not the actor's */
async function certificateFor(db: Queryable, actor: Actor, certificateId: string): Promise<CertificateTable> {
  const row = await db.selectFrom('certificate').selectAll().where('id', '=', certificateId).executeTakeFirst();
  if (!row || !mayRead(actor, row)) throw notFound();
  return row;
}

const Revocation = z.object({ at: z.iso.datetime(), reason: z.string(), receiptId: z.string() });
const receiptOf = (actId: string): string => actId.replace('act_', 'rct_');

/** Everything a machine needs to check the certificate against the evidence log. */
export const CertificateJson = Content.extend({
  id: CertificateId,
  state: z.enum(['valid', 'revoked']),
  revocation: Revocation.nullable(),
  /** The receipt of the act that issued it. */
  receiptId: z.string(),
  /** SHA-256 of the canonical JSON (RFC 8785) of the fields `type` to `events` as listed in `hashed`, without `logIndex`. */
  contentSha256: z.string(),
  hashed: z.array(z.string()),
  events: z.array(CertifiedEvent.extend({ logIndex: z.number().int().nullable() })),
  /** Signatures over the content hash; none where the exchange has no signing key for certificates. */
  signatures: z.array(z.object({ algorithm: z.string(), keyId: z.string(), value: z.string() })),
});
export type CertificateJson = z.infer<typeof CertificateJson>;

/** @throws notFound for whoever is not its holder, a party to it, the exchange or a regulator */
export async function certificateJson(db: Queryable, actor: Actor, certificateId: string): Promise<CertificateJson> {
  const row = await certificateFor(db, actor, certificateId);
  const { rows } = await sql<{ entry_id: string; index: number }>`select entry_id, index from evidence_leaf
    where entry_id = any (${row.content.events.map((e) => e.receiptId)}::text[])`.execute(db);
  const indexes = new Map(rows.map((r) => [r.entry_id, r.index]));
  return {
    id: row.id,
    ...row.content,
    state: row.state,
    revocation: revocationOf(row),
    receiptId: receiptOf(row.issued_act),
    contentSha256: row.content_sha256,
    hashed: Object.keys(row.content).sort(),
    events: row.content.events.map((e) => ({ ...e, logIndex: indexes.get(e.receiptId) ?? null })),
    signatures: [],
  };
}

const revocationOf = (row: CertificateTable): z.infer<typeof Revocation> | null =>
  row.revoked_at && row.revoked_act
    ? { at: row.revoked_at.toISOString(), reason: row.revoked_reason ?? '', receiptId: receiptOf(row.revoked_act) }
    : null;

const Summary = z.object({
  id: CertificateId,
  number: z.string(),
  kind: z.enum(CERTIFICATE_KINDS),
  kindTitle: TextSchema,
  state: z.enum(['valid', 'revoked']),
  stateTitle: TextSchema,
  holder: z.string(),
  issuer: z.string(),
  issuedAt: z.iso.datetime(),
  contentSha256: z.string(),
  receiptId: z.string(),
});

const summary = (row: CertificateTable): z.infer<typeof Summary> => ({
  id: row.id,
  number: row.number,
  kind: row.kind,
  kindTitle: KIND_TITLES[row.kind],
  state: row.state,
  stateTitle: certificateLife.title(row.state),
  holder: row.content.holder.name,
  issuer: row.content.issuer,
  issuedAt: row.issued_at.toISOString(),
  contentSha256: row.content_sha256,
  receiptId: receiptOf(row.issued_act),
});

/**
 * Who holds the paper holds its id, which nobody can guess: a bank or an auditor sees that it is genuine and still valid,
 * and compares number, holder and hash. What it says is for the parties.
 */
const one = read({
  path: '/certificates/:certificateId',
  title: text('查验凭证', 'Check a certificate'),
  by: anyone(),
  params: z.object({ certificateId: CertificateId }),
  query: z.object({}),
  output: Summary.extend({ revokedAt: z.iso.datetime().nullable(), certificate: CertificateJson.nullable() }),
  run: async ({ db, actor, params }) => {
    const row = await db
      .selectFrom('certificate')
      .selectAll()
      .where('id', '=', params.certificateId)
      .executeTakeFirst();
    if (!row) throw notFound();
    return {
      ...summary(row),
      revokedAt: row.revoked_at?.toISOString() ?? null,
      certificate: mayRead(actor, row) ? await certificateJson(db, actor, row.id) : null,
    };
  },
});

const list = read({
  path: '/certificates',
  title: text('凭证', 'Certificates'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({
    subjectId: z
      .string()
      .regex(/^[a-z]{3}_[0-9a-z]{26}$/)
      .optional(),
    kind: z.enum(CERTIFICATE_KINDS).optional(),
  }),
  output: pageOf(Summary.extend({ subject: z.object({ id: z.string(), title: z.string() }) })),
  run: async ({ db, actor, query }) => {
    if (!seesAll(actor) && actor.partyId === null) return { items: [], nextCursor: null };
    const rows = await db
      .selectFrom('certificate')
      .selectAll()
      .$if(!seesAll(actor), (q) =>
        q.where((e) =>
          e.or([e('holder_id', '=', actor.partyId ?? ''), sql<boolean>`party_ids @> array[${actor.partyId}]::text[]`]),
        ),
      )
      .$if(query.subjectId !== undefined, (q) => q.where('subject_id', '=', query.subjectId ?? ''))
      .$if(query.kind !== undefined, (q) => q.where('kind', '=', query.kind ?? 'trade'))
      .where('id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    return page(
      rows.map((r) => ({ ...summary(r), subject: r.content.subject })),
      query.limit,
      (c) => c.id,
    );
  },
});

export const reads: readonly Read[] = [list, one];
