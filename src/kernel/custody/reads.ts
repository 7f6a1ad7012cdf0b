import { sql } from 'kysely';
import { z } from 'zod';
import { partiesById } from '../access/index.ts';
import {
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  role,
  signedIn,
} from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { TextSchema, text } from '../text.ts';
import { storageOf } from '../vault/index.ts';
import { usesOf } from './hooks.ts';
import { ErasureId, HoldId, StatementId, type StatementItem, StoredObjectId } from './model.ts';

const USES_MAX = 50;

const Item = z.object({
  objectId: StoredObjectId,
  /** The dataset or file it is; null for what the platform made for its owner. */
  subject: z.string().nullable(),
  kind: z.enum(['dataset', 'file', 'other']).meta({ title: '保管物种类', 'x-title-en': 'Kind of what is kept' }),
  name: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  keyGeneration: z.number().int().nullable(),
  storedAt: z.iso.datetime(),
  checkedAt: z.iso.datetime().nullable(),
  damagedAt: z.iso.datetime().nullable(),
  retainUntil: z.iso.datetime().nullable(),
  clearAtExpiry: z.boolean(),
  holds: z.number().int(),
  destroyedAt: z.iso.datetime().nullable(),
});
type ItemRow = z.infer<typeof Item>;

const iso = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** Objects of a party, newest first; at most `limit`. */
export async function custodyOf(
  q: Queryable,
  {
    partyId,
    objectId,
    after,
    living,
    limit,
  }: { partyId?: string; objectId?: string; after?: string; living?: boolean; limit: number },
): Promise<(ItemRow & { readonly owner: string })[]> {
  const { rows } = await sql<ItemRow & { readonly owner: string }>`
    select o.id as "objectId", o.owner_party_id as owner, coalesce(d.id, f.id, t.id) as subject,
           case when d.id is not null or t.id is not null then 'dataset' when f.id is not null then 'file' else 'other' end as kind,
           coalesce(d.title, f.name, t.title || ' / ' || t.name, o.name) as name, o.bytes, o.sha256, k.generation as "keyGeneration",
           ${iso('o.created_at')} as "storedAt", ${iso('o.checked_at')} as "checkedAt", ${iso('o.damaged_at')} as "damagedAt",
           ${iso('greatest(o.retain_until, f.retain_until)')} as "retainUntil", o.clear_at_expiry as "clearAtExpiry",
           (select count(*)::int from legal_hold h where h.released_at is null and (h.object_id = o.id
             or h.object_id in (select whole_id from dataset_file where object_id = o.id))) as holds,
           ${iso('o.destroyed_at')} as "destroyedAt"
      from vault_object o left join dataset d on d.object_id = o.id left join vault_file f on f.object_id = o.id
      left join lateral (select s.id, s.title, df.name from dataset_file df join dataset s on s.object_id = df.whole_id
        where df.object_id = o.id order by s.revision desc limit 1) t on true
      left join vault_owner_key k on k.id = o.owner_key_id
     where (${partyId ?? null}::text is null or o.owner_party_id = ${partyId ?? null})
       and (${objectId ?? null}::text is null or o.id = ${objectId ?? null})
       and (${after ?? null}::text is null or o.id < ${after ?? null})
       and (not ${living ?? false}::boolean or o.wrapped_key is not null)
     order by o.id desc limit ${limit}`.execute(q);
  return rows;
}

export const statementItem = ({ clearAtExpiry: _c, destroyedAt: _d, ...item }: ItemRow): StatementItem => item;

const Usage = z.object({
  bytes: z.number(),
  objects: z.number().int(),
  bytesMax: z.number(),
  objectsMax: z.number().int(),
  /** The operator set it for this party alone. */
  own: z.boolean(),
});

const list = read({
  path: '/custody',
  title: text('保管清单', 'What is in custody'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(Item).extend({ usage: Usage }),
  run: async ({ db, actor, query, at }) => {
    const after = afterOf(query.cursor);
    const partyId = actor.partyId ?? '';
    const rows = await custodyOf(db, { partyId, ...(after ? { after } : {}), limit: query.limit + 1 });
    return {
      ...page(
        rows.map(({ owner: _, ...item }) => item),
        query.limit,
        (i) => i.objectId,
      ),
      usage: await storageOf(db, partyId, at),
    };
  },
});

const supervises = (actor: Actor): boolean =>
  actor.roles.some((r) => r === 'regulator' || r === 'exchange' || r === 'data-authority' || r === 'security-admin');

const Hold = z.object({
  id: HoldId,
  by: z.string(),
  reason: z.string(),
  citation: z.string(),
  at: z.iso.datetime(),
  releasedAt: z.iso.datetime().nullable(),
  releaseReason: z.string().nullable(),
  /** Whoever asks placed it. */
  ours: z.boolean(),
});
const Use = z.object({ at: z.iso.datetime(), what: TextSchema, by: z.string().nullable(), subject: z.string() });

const one = read({
  path: '/custody/:objectId',
  title: text('保管物', 'One object in custody'),
  by: signedIn(),
  params: z.object({ objectId: StoredObjectId }),
  query: z.object({}),
  output: Item.extend({
    owner: z.object({ id: z.string(), name: z.string() }),
    heldBy: z.array(Hold),
    uses: z.array(Use),
  }),
  run: async ({ db, actor, params }) => {
    const [item] = await custodyOf(db, { objectId: params.objectId, limit: 1 });
    if (!item || (item.owner !== actor.partyId && !supervises(actor))) throw notFound();
    const holds = await db
      .selectFrom('legal_hold')
      .selectAll()
      .where('object_id', '=', item.objectId)
      .orderBy('id', 'desc')
      .limit(USES_MAX)
      .execute();
    const uses = await usesOf(db, [item.objectId], USES_MAX);
    const names = await partiesById(db, [
      item.owner,
      ...holds.map((h) => h.placed_by),
      ...uses.flatMap((u) => u.partyId ?? []),
    ]);
    const nameOf = (id: string) => names.get(id)?.name ?? id;
    return {
      ...item,
      owner: { id: item.owner, name: nameOf(item.owner) },
      heldBy: holds.map((h) => ({
        id: h.id,
        by: nameOf(h.placed_by),
        reason: h.reason,
        citation: h.citation,
        at: h.placed_at.toISOString(),
        releasedAt: h.released_at?.toISOString() ?? null,
        releaseReason: h.release_reason,
        ours: h.placed_by === actor.partyId,
      })),
      uses: uses.map((u) => ({
        at: u.at.toISOString(),
        what: u.what,
        by: u.partyId === null ? null : nameOf(u.partyId),
        subject: u.subject,
      })),
    };
  },
});

const Erasure = z.object({
  id: ErasureId,
  owner: z.string(),
  objectId: StoredObjectId.nullable(),
  reason: z.string(),
  askedAt: z.iso.datetime(),
  state: z.enum(['asked', 'done', 'declined']).meta({ title: '销毁申请状态', 'x-title-en': 'State of an erasure' }),
  objects: z.number().int().nullable(),
  /** The reader asked for it, and so may not confirm it. */
  own: z.boolean(),
});

const erasures = read({
  path: '/erasures',
  title: text('销毁申请', 'Erasures of data'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(Erasure),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor);
    const all = actor.roles.includes('security-admin');
    const rows = await db
      .selectFrom('vault_erasure')
      .selectAll()
      .$if(!all, (q) => q.where('party_id', '=', actor.partyId ?? ''))
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const names = await partiesById(
      db,
      rows.map((r) => r.party_id),
    );
    return page(
      rows.map((r) => ({
        id: r.id,
        owner: names.get(r.party_id)?.name ?? r.party_id,
        objectId: r.object_id,
        reason: r.reason,
        askedAt: r.asked_at.toISOString(),
        state: r.state,
        objects: r.objects,
        own: r.asked_by === actor.personId,
      })),
      query.limit,
      (r) => r.id,
    );
  },
});

const StatementRow = z.object({
  id: StatementId,
  at: z.iso.datetime(),
  sha256: z.string(),
  objects: z.number().int(),
  bytes: z.number(),
});

const statements = read({
  path: '/custody-statements',
  title: text('保管证明', 'Statements of custody'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(StatementRow),
  run: async ({ db, actor, query }) => {
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('custody_statement')
      .selectAll()
      .where('party_id', '=', actor.partyId ?? '')
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    return page(
      rows.map((r) => ({
        id: r.id,
        at: r.at.toISOString(),
        sha256: r.sha256,
        objects: r.content.objects,
        bytes: r.content.bytes,
      })),
      query.limit,
      (r) => r.id,
    );
  },
});

const statement = read({
  path: '/custody-statements/:statementId',
  title: text('保管证明全文', 'A statement of custody'),
  by: signedIn(),
  params: z.object({ statementId: StatementId }),
  query: z.object({}),
  output: z.object({ statement: z.unknown(), sha256: z.string(), receiptId: z.string().nullable() }),
  run: async ({ db, actor, params }) => {
    const row = await db
      .selectFrom('custody_statement')
      .selectAll()
      .where('id', '=', params.statementId)
      .where('party_id', '=', actor.partyId ?? '')
      .executeTakeFirst();
    if (!row) throw notFound();
    const { rows } = await sql<{ id: string }>`select id from act_log where subject = ${row.id} limit 1`.execute(db);
    return { statement: row.content, sha256: row.sha256, receiptId: rows[0]?.id.replace('act_', 'rct_') ?? null };
  },
});

const Rotation = z.object({
  id: z.string(),
  kind: z.enum(['master', 'owner']).meta({ title: '密钥种类', 'x-title-en': 'Kind of key' }),
  party: z.string().nullable(),
  reason: z.string(),
  askedAt: z.iso.datetime(),
  doneAt: z.iso.datetime().nullable(),
  rewrapped: z.number().int(),
});

const rotations = read({
  path: '/key-rotations',
  title: text('密钥轮换', 'Rotations of keys'),
  by: role('security-admin', 'audit-admin', 'regulator'),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(Rotation),
  run: async ({ db, query }) => {
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('key_rotation')
      .selectAll()
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const names = await partiesById(
      db,
      rows.flatMap((r) => r.party_id ?? []),
    );
    return page(
      rows.map((r) => ({
        id: r.id,
        kind: r.kind,
        party: r.party_id === null ? null : (names.get(r.party_id)?.name ?? r.party_id),
        reason: r.reason,
        askedAt: r.asked_at.toISOString(),
        doneAt: r.done_at?.toISOString() ?? null,
        rewrapped: r.rewrapped,
      })),
      query.limit,
      (r) => r.id,
    );
  },
});

export const reads: readonly Read[] = [list, one, erasures, statements, statement, rotations];
