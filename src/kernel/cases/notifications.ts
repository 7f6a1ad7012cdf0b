import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Act,
  act,
  afterOf,
  enqueue,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { idOf, newId } from '../ids.ts';
import { type Text, TextSchema, text } from '../text.ts';
import { outbound } from './outbound/setting.ts';
import type { CaseRow } from './tables.ts';

/** Carries a notification out of the platform, once for each who wants it so. */
export const NOTIFY_TASK = 'notify.fan-out';

const NotificationId = idOf('ntf', text('通知', 'Notification'));
/** As many as one page shows. */
const MARKED_MAX = 100;

/**
 * Tells everybody who plays a part, in their workbench; it belongs to the transaction, so nobody is told of what did not
 * happen.
 * @returns how many parties were told
 */
export async function notifyPart(
  tx: Tx,
  { id }: Pick<CaseRow, 'id'>,
  part: string,
  words: Text,
  at: Date,
): Promise<number> {
  const players = await tx
    .selectFrom('case_part')
    .select(['party_id', 'person_id'])
    .where('case_id', '=', id)
    .where('part', '=', part)
    .execute();
  for (const { party_id, person_id } of players) {
    const notificationId = newId('ntf');
    await tx
      .insertInto('notification')
      .values({ id: notificationId, party_id, person_id, case_id: id, words: JSON.stringify(words), at })
      .execute();
    if (await leaves(tx, party_id))
      await enqueue(tx, { task: NOTIFY_TASK, payload: { notificationId }, key: `${NOTIFY_TASK} ${notificationId}` });
  }
  return players.length;
}

/** Tells a party in its workbench what belongs to no case. */
export async function notifyParty(tx: Tx, partyId: string, words: Text, at: Date): Promise<void> {
  const known = await tx.selectFrom('party').select('id').where('id', '=', partyId).executeTakeFirst();
  if (!known) return;
  const notificationId = newId('ntf');
  await tx
    .insertInto('notification')
    .values({ id: notificationId, party_id: partyId, person_id: null, case_id: null, words: JSON.stringify(words), at })
    .execute();
  if (await leaves(tx, partyId))
    await enqueue(tx, { task: NOTIFY_TASK, payload: { notificationId }, key: `${NOTIFY_TASK} ${notificationId}` });
}

/** Whether there is any way out for a party: a mail server, or an address of its own. */
async function leaves(tx: Tx, partyId: string): Promise<boolean> {
  if (outbound().smtpUrl !== undefined) return true;
  const hook = await tx
    .selectFrom('party_webhook')
    .select('party_id')
    .where('party_id', '=', partyId)
    .executeTakeFirst();
  return hook !== undefined;
}

const NotificationItem = z.object({
  id: z.string(),
  caseId: z.string().nullable(),
  caseTitle: TextSchema.nullable(),
  words: TextSchema,
  at: z.iso.datetime(),
  /** When the reader read it; others of the party read for themselves. */
  readAt: z.iso.datetime().nullable(),
});

interface Row {
  readonly id: string;
  readonly case_id: string | null;
  readonly case_title: Text | null;
  readonly words: Text;
  readonly at: Date;
  readonly read_at: Date | null;
}

/** What the reader was told, newest first, with how much of it is not read yet. */
export const notificationsRead: Read = read({
  path: '/notifications',
  title: text('通知', 'Notifications'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(NotificationItem).extend({ unread: z.number().int() }),
  run: async ({ db, actor, query }) => {
    const mine = sql`from notification n left join case_file c on c.id = n.case_id
      left join notification_read r on r.notification_id = n.id and r.person_id = ${actor.personId}
     where n.party_id = ${actor.partyId} and (n.person_id is null or n.person_id = ${actor.personId})`;
    const after = afterOf(query.cursor) ?? null;
    const { rows } =
      await sql<Row>`select n.id, n.case_id, c.title as case_title, n.words, n.at, r.at as read_at ${mine}
      and (${after}::text is null or n.id < ${after}) order by n.id desc limit ${query.limit + 1}`.execute(db);
    const unread = await sql<{ n: number }>`select count(*)::int as n ${mine} and r.at is null`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (n) => n.id);
    return {
      items: items.map((n) => ({
        id: n.id,
        caseId: n.case_id,
        caseTitle: n.case_title,
        words: n.words,
        at: n.at.toISOString(),
        readAt: n.read_at?.toISOString() ?? null,
      })),
      nextCursor,
      unread: unread.rows[0]?.n ?? 0,
    };
  },
});

/** 通知已读: for the person who reads; what belongs to others is as if it did not exist. */
export const markRead: Act = act({
  name: 'notification.mark-read',
  title: text('将通知标为已读', 'Mark notifications as read'),
  by: signedIn(),
  input: z.object({ notificationIds: z.array(NotificationId).min(1).max(MARKED_MAX) }),
  output: z.object({ read: z.number().int() }),
  facts: async ({ tx, actor, input }) => {
    if (actor.personId === null) throw notFound();
    const ids = [...new Set(input.notificationIds)];
    const { rows } = await sql<{ id: string }>`select id from notification where id = any (${ids}::text[])
      and party_id = ${actor.partyId} and (person_id is null or person_id = ${actor.personId})`.execute(tx);
    if (rows.length < ids.length) throw notFound();
    return { ids, personId: actor.personId };
  },
  perform: async ({ tx, facts: { ids, personId }, at }) => {
    const { rows } = await sql<{ id: string }>`insert into notification_read (notification_id, person_id, at)
      select id, ${personId}, ${at} from unnest(${ids}::text[]) as u (id)
      on conflict do nothing returning notification_id as id`.execute(tx);
    return { read: rows.length };
  },
  // That it was read may matter later: when somebody knew of a time running out.
  entry: ({ facts }) => ({ subject: facts.ids[0] ?? '', sealed: { notifications: facts.ids } }),
});
