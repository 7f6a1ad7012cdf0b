import { z } from 'zod';
import { partiesById } from '../../kernel/access/index.ts';
import { afterOf, notFound, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { type Bundle, BundleId, bundleLife } from './model.ts';

const Named = z.object({ id: z.string(), name: z.string() });

const Shown = z.object({
  id: BundleId,
  party: Named,
  subject: z.string().nullable(),
  from: z.iso.datetime().nullable(),
  /** Exclusive. */
  until: z.iso.datetime().nullable(),
  /** With what the party sealed, as far as it may show it. */
  openings: z.boolean(),
  state: z.enum(bundleLife.states),
  stateTitle: TextSchema,
  version: z.number().int(),
  receipts: z.number().int(),
  /** Receipts packed so far. */
  done: z.number().int(),
  failure: TextSchema.nullable(),
  bytes: z.number().int().nullable(),
  sha256: z.string().nullable(),
  requestedAt: z.iso.datetime(),
  requestReceiptId: z.string(),
  madeAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime(),
});

const receiptOf = (actId: string): string => actId.replace(/^act_/, 'rct_');

async function shown(q: Queryable, rows: readonly Bundle[]): Promise<z.input<typeof Shown>[]> {
  const names = await partiesById(
    q,
    rows.map((row) => row.party_id),
  );
  return rows.map((row) => ({
    id: row.id,
    party: { id: row.party_id, name: names.get(row.party_id)?.name ?? row.party_id },
    subject: row.subject,
    from: row.from_at?.toISOString() ?? null,
    until: row.until_at?.toISOString() ?? null,
    openings: row.openings,
    state: row.state,
    stateTitle: bundleLife.title(row.state),
    version: row.version,
    receipts: row.receipts,
    done: row.done,
    failure: row.failure,
    bytes: row.bytes,
    sha256: row.sha256,
    requestedAt: row.requested_at.toISOString(),
    requestReceiptId: receiptOf(row.requested_act),
    madeAt: row.made_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  }));
}

/** Those my party asked for. */
const list = read({
  path: '/evidence/bundles',
  title: text('司法包', 'Court bundles'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(Shown),
  run: async ({ db, actor, query }) => {
    if (actor.partyId === null) return { items: [], nextCursor: null };
    const rows = await db
      .selectFrom('evidence_bundle')
      .selectAll()
      .where('requested_by', '=', actor.partyId)
      .where('id', '<', afterOf(query.cursor) ?? 'z')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (row) => row.id);
    return { items: await shown(db, items), nextCursor };
  },
});

const one = read({
  path: '/evidence/bundles/:bundleId',
  title: text('司法包详情', 'A court bundle'),
  by: signedIn(),
  params: z.object({ bundleId: BundleId }),
  query: z.object({}),
  output: Shown,
  run: async ({ db, actor, params }) => {
    const row = await db
      .selectFrom('evidence_bundle')
      .selectAll()
      .where('id', '=', params.bundleId)
      .where('requested_by', '=', actor.partyId ?? '')
      .executeTakeFirst();
    const [found] = row ? await shown(db, [row]) : [];
    if (!found) throw notFound();
    return found;
  },
});

export const reads: readonly Read[] = [list, one];
