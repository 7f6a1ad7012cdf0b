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
import { type Text, TextSchema, text } from '../../kernel/text.ts';
import { getResource, resourceStates } from '../catalog/index.ts';
import { getOrder, orderLife } from '../contracts/index.ts';
import { getProduct, productStates } from '../products/index.ts';
import { certificateFile } from './file.ts';
import { keyReads } from './keys.ts';
import {
  CERTIFICATE_KINDS,
  CertificateId,
  type CertificateTable,
  Content,
  certificateLife,
  KIND_TITLES,
  REVOCATION_GROUNDS,
} from './model.ts';
import { recognitionReads } from './recognition/reads.ts';

const seesAll = (actor: Actor): boolean =>
  actor.kind === 'system' || actor.roles.some((r) => r === 'exchange' || r === 'regulator');

const mayRead = (actor: Actor, row: CertificateTable): boolean =>
  seesAll(actor) ||
  (actor.partyId !== null && (row.holder_id === actor.partyId || row.party_ids.includes(actor.partyId)));

/** @throws notFound for what does not exist and for what is not the actor's */
export async function certificateFor(db: Queryable, actor: Actor, certificateId: string): Promise<CertificateTable> {
  const row = await db.selectFrom('certificate').selectAll().where('id', '=', certificateId).executeTakeFirst();
  if (!row || !mayRead(actor, row)) throw notFound();
  return row;
}

/** For `GET /v1/certificates/:certificateId.json`. @throws Refused also for whoever is no party, the exchange or a regulator */
export async function certificateJson(db: Queryable, actor: Actor, certificateId: string): Promise<Buffer> {
  return certificateFile(db, await certificateFor(db, actor, certificateId));
}

const receiptOf = (actId: string): string => actId.replace('act_', 'rct_');

/** What everybody may know who has the id, which the public log shows: not whose it is, nor what it says. */
const Standing = z.object({
  id: CertificateId,
  number: z.string(),
  kind: z.enum(CERTIFICATE_KINDS),
  kindTitle: TextSchema,
  state: z.enum(certificateLife.states),
  stateTitle: TextSchema,
  issuer: z.string(),
  issuedAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
  /** Why it was revoked, in public words. */
  ground: TextSchema.nullable(),
  receiptId: z.string(),
});

const standing = (row: CertificateTable): z.infer<typeof Standing> => ({
  id: row.id,
  number: row.number,
  kind: row.kind,
  kindTitle: KIND_TITLES[row.kind],
  state: row.state,
  stateTitle: certificateLife.title(row.state),
  issuer: row.content.issuer,
  issuedAt: row.issued_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
  ground: row.revoked_ground === null ? null : REVOCATION_GROUNDS[row.revoked_ground],
  receiptId: receiptOf(row.issued_act),
});

const Replacement = z.object({ id: CertificateId, number: z.string() });

/** For those concerned. */
const Full = z.object({
  contentSha256: z.string(),
  holder: z.string(),
  subject: z.object({ id: z.string(), title: z.string() }),
  signed: z.boolean(),
  /** The one who reads holds it. */
  mine: z.boolean(),
  version: z.number().int(),
  reason: z.string().nullable(),
  content: Content.nullable(),
  supersedes: Replacement.nullable(),
  supersededBy: Replacement.nullable(),
});

async function full(db: Queryable, row: CertificateTable, actor: Actor): Promise<z.infer<typeof Full>> {
  const others = await db
    .selectFrom('certificate')
    .select(['id', 'number'])
    .where('id', 'in', [row.supersedes ?? '', row.superseded_by ?? ''])
    .execute();
  const content = Content.safeParse(row.content);
  return {
    contentSha256: row.content_sha256,
    holder: row.content.holder.name,
    subject: row.content.subject,
    signed: row.note !== null,
    mine: row.holder_id === actor.partyId,
    version: row.version,
    reason: row.revoked_reason,
    content: content.success ? content.data : null,
    supersedes: others.find((o) => o.id === row.supersedes) ?? null,
    supersededBy: others.find((o) => o.id === row.superseded_by) ?? null,
  };
}

const one = read({
  path: '/certificates/:certificateId',
  title: text('查看凭证', 'See a certificate'),
  by: anyone(),
  params: z.object({ certificateId: CertificateId }),
  query: z.object({}),
  output: Standing.extend({ certificate: Full.nullable() }),
  run: async ({ db, actor, params }) => {
    const row = await db
      .selectFrom('certificate')
      .selectAll()
      .where('id', '=', params.certificateId)
      .executeTakeFirst();
    if (!row) throw notFound();
    return { ...standing(row), certificate: mayRead(actor, row) ? await full(db, row, actor) : null };
  },
});

/**
 * Whether a paper is still valid, for whoever holds it: its content hash, which stands on the paper and in no public
 * place, is the key. Without the right one the answer is the same as for no certificate at all.
 */
const status = read({
  path: '/certificates/:certificateId/status',
  title: text('查询凭证效力', 'Is a certificate still valid'),
  by: anyone(),
  params: z.object({ certificateId: CertificateId }),
  query: z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: Standing.extend({
    holder: z.string(),
    subjectTitle: z.string(),
    /** What became of what it is about: listed, suspended, withdrawn, refunded … */
    subjectState: TextSchema.nullable(),
    supersededBy: z.string().nullable(),
    at: z.iso.datetime(),
  }),
  run: async ({ db, actor, params, query, at }) => {
    const row = await db
      .selectFrom('certificate')
      .selectAll()
      .where('id', '=', params.certificateId)
      .where('content_sha256', '=', query.hash)
      .executeTakeFirst();
    if (!row) throw notFound();
    const { supersededBy } = await full(db, row, actor);
    return {
      ...standing(row),
      holder: row.content.holder.name,
      subjectTitle: row.content.subject.title,
      subjectState: await subjectState(db, row.subject_id),
      supersededBy: supersededBy?.number ?? null,
      at: at.toISOString(),
    };
  },
});

async function subjectState(db: Queryable, id: string): Promise<Text | null> {
  if (id.startsWith('prd_')) {
    const product = await getProduct(db, id);
    return product ? productStates.title(product.state) : null;
  }
  if (id.startsWith('res_')) {
    const resource = await getResource(db, id);
    return resource ? resourceStates.title(resource.state) : null;
  }
  const order = await getOrder(db, id);
  return order ? orderLife.title(order.state) : null;
}

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
    state: z.enum(certificateLife.states).optional(),
  }),
  output: pageOf(
    Standing.extend({
      holder: z.string(),
      /** The one who reads holds it; the others are parties to it. */
      mine: z.boolean(),
      subject: z.object({ id: z.string(), title: z.string() }),
      period: z.string(),
      signed: z.boolean(),
    }),
  ),
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
      .$if(query.state !== undefined, (q) => q.where('state', '=', query.state ?? 'valid'))
      .where('id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    return page(
      rows.map((r) => ({
        ...standing(r),
        holder: r.content.holder.name,
        mine: r.holder_id === actor.partyId,
        subject: r.content.subject,
        period: r.period,
        signed: r.note !== null,
      })),
      query.limit,
      (c) => c.id,
    );
  },
});

export const reads: readonly Read[] = [list, one, status, ...keyReads, ...recognitionReads];
