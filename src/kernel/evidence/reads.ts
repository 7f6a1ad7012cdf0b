import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Act,
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
} from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { idOf } from '../ids.ts';
import { type Text, TextSchema } from '../text.ts';
import { AnchorRef, anchorsOf } from './anchor/refs.ts';
import type { SealedValue } from './entry.ts';
import { entryBytes, logStatus, proofFor } from './receipts.ts';
import { cosignersOf, witnessedCheckpoint } from './witness/policies.ts';

/** Supervisors, auditors and notaries see every receipt; everybody else those of acts their party took part in. */
const SEES_ALL: readonly string[] = ['regulator', 'audit-admin', 'notary'];
export const seesAllReceipts = (actor: Actor): boolean =>
  actor.kind === 'system' || actor.roles.some((r) => SEES_ALL.includes(r));

const ReceiptId = idOf('rct', { zh: '回执编号', en: 'Receipt id' });
const actIdOf = (receiptId: string): string => receiptId.replace(/^rct_/, 'act_');

const Level = z.enum(['committed', 'sequenced', 'witnessed']).meta({
  description:
    'committed: the act and its entry are in the database; sequenced: the entry has its index in the public log; witnessed: enough witnesses of the policy cosigned a checkpoint that holds it',
});

const Receipt = z.object({
  id: ReceiptId,
  act: z.string(),
  title: TextSchema,
  at: z.iso.datetime(),
  party: z.string().nullable(),
  subject: z.string(),
  level: Level,
  index: z.number().int().nullable(),
});

const ReceiptDetail = Receipt.extend({
  open: z.record(z.string(), z.unknown()),
  /** Names of the salted commitments; their values are not in the log. */
  sealed: z.array(z.object({ name: z.string(), commitment: z.string() })),
  /** With their outcomes, which the log of a private act leaves out. */
  rules: z.array(z.object({ rule: z.string(), version: z.string(), outcome: z.string(), binding: z.boolean() })),
  /** Where the log's checkpoints stand on other chains: the first one on each chain that covers the entry. */
  anchors: z.array(AnchorRef),
  logSize: z.number().int(),
  log: z.string().nullable(),
  bytes: z.number().int(),
  /** Who cosigned the checkpoint of the receipt, and when, by their own clocks; empty until it is witnessed. */
  witnesses: z.array(z.object({ name: z.string(), at: z.iso.datetime() })),
  /** False where the policy asks for no witnesses: then `sequenced` is all there will be. */
  awaitsWitnesses: z.boolean(),
});

const SALT = /^[0-9a-f]{32}$/;
const OpeningItem = z.object({
  name: z.string(),
  commitment: z.string(),
  /** open: salt and value follow; withheld: not the reader's to see; erased: removed at the request of the person it was about. */
  state: z.enum(['open', 'withheld', 'erased']),
  salt: z.string().regex(SALT).nullable(),
  value: z.unknown(),
  erasedAt: z.iso.datetime().nullable(),
});

interface Row {
  id: string;
  name: string;
  at: Date;
  party_id: string | null;
  subject: string;
  index: number | null;
  witnessed: boolean | null;
}

const levelOf = ({ index, witnessed }: Row): z.output<typeof Level> =>
  index === null ? 'committed' : witnessed ? 'witnessed' : 'sequenced';

/** @param acts all acts of the house, for their titles */
export function receiptReads(acts: readonly Act[]): Read[] {
  const titles = new Map(acts.map((a) => [a.name, a.title]));
  // An act of an earlier release may have gone; its receipts stay.
  const titleOf = (name: string): Text => titles.get(name) ?? { zh: name, en: name };
  const shown = (row: Row) => ({
    id: row.id.replace(/^act_/, 'rct_'),
    act: row.name,
    title: titleOf(row.name),
    at: row.at.toISOString(),
    party: row.party_id,
    subject: row.subject,
    level: levelOf(row),
    index: row.index,
  });

  const list = read({
    path: '/receipts',
    title: { zh: '存证回执', en: 'Receipts' },
    by: signedIn(),
    params: z.object({}),
    query: PageQuery.extend({
      subject: z.string().max(64).optional().describe('Id of what was acted on'),
      act: z.string().max(64).optional().describe('Name of the act, such as product.list'),
    }),
    output: pageOf(Receipt),
    run: async ({ db, actor, query }) => {
      const after = afterOf(query.cursor);
      const filters = [sql`true`];
      if (after !== undefined) filters.push(sql`a.key < ${after}`);
      if (query.subject !== undefined) filters.push(sql`a.subject = ${query.subject}`);
      if (query.act !== undefined) filters.push(sql`a.name = ${query.act}`);
      // A party's receipts are found through its own rows, newest first, however long the log of the others is.
      const from = seesAllReceipts(actor)
        ? sql`(select a.*, a.id as key from act_log a) a`
        : sql`(select a.*, p.act_id as key from act_party p join act_log a on a.id = p.act_id
                where p.party_id = ${actor.partyId}) a`;
      const { rows } = await sql<Row>`
        with shown as (
          select id, name, at, party_id, subject from ${from}
           where ${sql.join(filters, sql` and `)} order by key desc limit ${query.limit + 1})
        select shown.*, l.index, l.index < s.witnessed_size as witnessed from shown
          left join log_state s on true
          left join evidence_leaf l on l.entry_id = 'rct_' || substr(shown.id, 5) and l.index < s.published_size
         order by shown.id desc`.execute(db);
      return page(rows.map(shown), query.limit, (r) => actIdOf(r.id));
    },
  });

  const detail = read({
    path: '/receipts/:receiptId',
    title: { zh: '回执详情', en: 'Receipt' },
    by: anyone(),
    params: z.object({ receiptId: ReceiptId }),
    query: z.object({}),
    output: ReceiptDetail,
    run: async ({ db, actor, params }) => {
      const bytes = await receiptEntry(db, actor, params.receiptId);
      const status = await logStatus(db);
      const { rows } = await sql<
        Row & { decisions: Decision[] }
      >`select a.id, a.name, a.at, a.party_id, a.subject, a.decisions, l.index,
                l.index < s.witnessed_size as witnessed from act_log a
        left join log_state s on true
        left join evidence_leaf l on l.entry_id = ${params.receiptId} and l.index < s.published_size
        where a.id = ${actIdOf(params.receiptId)}`.execute(db);
      const [row] = rows;
      if (!row) throw notFound();
      const entry = JSON.parse(bytes.toString()) as Entry;
      return {
        ...shown(row),
        open: entry.open,
        sealed: Object.entries(entry.sealed).map(([name, commitment]) => ({ name, commitment })),
        rules: row.decisions.map(({ rule, version, outcome, binding }) => ({ rule, version, outcome, binding })),
        anchors: await anchorsOf(db, params.receiptId),
        logSize: status?.publishedSize ?? 0,
        log: status?.origin ?? null,
        bytes: bytes.length,
        ...(await witnessing(db, row)),
      };
    },
  });

  const openings = read({
    path: '/receipts/:receiptId/openings',
    title: { zh: '回执的开示（盐与原值）', en: 'Openings of a receipt (salts and values)' },
    by: anyone(),
    params: z.object({ receiptId: ReceiptId }),
    query: z.object({}),
    output: z.object({ receiptId: ReceiptId, openings: z.array(OpeningItem) }),
    run: async ({ db, actor, params }) => ({
      receiptId: params.receiptId,
      openings: await receiptOpenings(db, actor, params.receiptId),
    }),
  });

  return [list, detail, openings];
}

/** Who witnessed a receipt, from the checkpoint it is made at. */
async function witnessing(db: Queryable, row: Row) {
  const { policy, checkpoint } = await witnessedCheckpoint(db);
  const cosigners = row.witnessed && checkpoint !== null ? cosignersOf(checkpoint, policy) : [];
  return {
    witnesses: cosigners.map(({ name, seconds }) => ({ name, at: new Date(Number(seconds) * 1000).toISOString() })),
    awaitsWitnesses: policy.quorum !== null,
  };
}

interface Entry {
  readonly open: Record<string, unknown>;
  readonly sealed: Record<string, string>;
}

interface Decision {
  readonly rule: string;
  readonly version: string;
  readonly outcome: string;
  readonly binding: boolean;
}

/** Supervisors open every commitment; a notary confirms receipts and sees of their content what a party shows. */
const OPENS_ALL: readonly string[] = ['regulator', 'audit-admin'];

/**
 * What opens the commitments of an entry, for whoever may see each: the parties of the act what is theirs together, the
 * actor's own party also what was typed in and by whom. Who only holds the number of an unsigned act opens nothing.
 * @throws notFound
 */
export async function receiptOpenings(
  db: Queryable,
  actor: Actor,
  receiptId: string,
): Promise<z.input<typeof OpeningItem>[]> {
  await refuseStrangers(db, actor, receiptId);
  const { rows } = await sql<{ bytes: Buffer; sealed: Record<string, SealedValue>; own: boolean; shared: boolean }>`
    select e.bytes, e.sealed, coalesce(a.party_id = ${actor.partyId}, false) as own,
           exists (select 1 from act_party p where p.act_id = a.id and p.party_id = ${actor.partyId}) as shared
      from evidence_entry e join act_log a on a.id = ${actIdOf(receiptId)} where e.id = ${receiptId}`.execute(db);
  const [row] = rows;
  if (!row) throw notFound();
  const all = actor.kind === 'system' || actor.roles.some((r) => OPENS_ALL.includes(r));
  const { sealed } = JSON.parse(row.bytes.toString()) as Entry;
  return Object.entries(sealed).map(([name, commitment]) => {
    const kept = row.sealed[name];
    const nothing = { name, commitment, salt: null, value: null, erasedAt: null };
    if (!kept) return { ...nothing, state: 'withheld' as const };
    if ('erasedAt' in kept) return { ...nothing, state: 'erased' as const, erasedAt: kept.erasedAt };
    if (!all && !(kept.own ? row.own : row.shared)) return { ...nothing, state: 'withheld' as const };
    return { ...nothing, state: 'open' as const, salt: kept.salt, value: kept.value };
  });
}

/** @throws notFound for what is not the actor's to see, as for what does not exist */
async function refuseStrangers(db: Queryable, actor: Actor, receiptId: string): Promise<void> {
  if (!ReceiptId.safeParse(receiptId).success) throw notFound();
  if (seesAllReceipts(actor)) return;
  // Who acted without signing in, to report or to apply, has nothing but the number: it opens that receipt.
  const actId = actIdOf(receiptId);
  const { rows } = await sql`select 1 from act_party where act_id = ${actId} and party_id = ${actor.partyId}
    union all select 1 from act_log where id = ${actId} and scope = 'anonymous'`.execute(db);
  if (rows.length === 0) throw notFound();
}

/** For `GET /v1/receipts/:receiptId/entry`: the entry's exact bytes. @throws notFound */
export async function receiptEntry(db: Queryable, actor: Actor, receiptId: string): Promise<Buffer> {
  await refuseStrangers(db, actor, receiptId);
  const bytes = await entryBytes(db, receiptId);
  if (!bytes) throw notFound();
  return bytes;
}

/** For `GET /v1/receipts/:receiptId.tlog-proof`. @throws notFound, also until the entry has its public index */
export async function receiptProof(db: Queryable, actor: Actor, receiptId: string): Promise<string> {
  await refuseStrangers(db, actor, receiptId);
  const proof = await proofFor(db, receiptId);
  if (proof === undefined) throw notFound();
  return proof;
}
