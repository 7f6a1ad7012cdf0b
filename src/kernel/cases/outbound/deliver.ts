import { sql } from 'kysely';
import { unseal } from '../../access/secrets.ts';
import { enqueue } from '../../acts/index.ts';
import type { Database } from '../../database/index.ts';
import { newId } from '../../ids.ts';
import { type Task, task } from '../../jobs.ts';
import { dated, valueAt } from '../../rulebook/index.ts';
import { NOTIFY_TASK } from '../notifications.ts';
import type { Procedure } from '../procedure.ts';
import { sendMail } from './mail.ts';
import { outbound } from './setting.ts';
import { callWebhook } from './webhook.ts';
import { outsideWords } from './words.ts';

const DELIVER_TASK = 'notify.deliver';
const SWEEP_TASK = 'notify.sweep';
/** Pauses between attempts grow by e each time up to six hours; twelve attempts take about nineteen. */
export const ATTEMPTS_MAX = dated({ from: '2020-01-01', value: 12, unit: 'attempt', reference: 'HS-19.9' });
const KEPT_DAYS = dated({ from: '2020-01-01', value: 90, unit: 'day', reference: 'HS-19.9' });
const DAY_MS = 86_400_000;
const BATCH = 5_000;
/** Purpose of the key that seals webhook secrets. */
export const WEBHOOK_SECRETS = 'webhook secrets';

/** Makes one delivery for each target of a notification, each with a job of its own. */
export const fanOutTask: Task = task(NOTIFY_TASK, async (payload, { kernel: { db } }) => {
  const { smtpUrl } = outbound();
  await db.transaction().execute(async (tx) => {
    const note = await tx
      .selectFrom('notification')
      .selectAll()
      .where('id', '=', String(payload.notificationId))
      .executeTakeFirst();
    if (!note) return;
    const people = sql<{ person_id: string }>`select h.id as person_id from person h
        left join notification_preference f on f.person_id = h.id
       where h.party_id = ${note.party_id} and h.disabled_at is null and h.email is not null and coalesce(f.email, true)
         and (${note.person_id}::text is null or h.id = ${note.person_id}) order by h.id`;
    const readers = smtpUrl ? (await people.execute(tx)).rows : [];
    const hook = await tx
      .selectFrom('party_webhook')
      .select('party_id')
      .where('party_id', '=', note.party_id)
      .executeTakeFirst();
    const targets = [
      ...readers.map((r) => ({ channel: 'email' as const, person_id: r.person_id })),
      ...(hook ? [{ channel: 'webhook' as const, person_id: null }] : []),
    ];
    for (const target of targets) {
      const made = await tx
        .insertInto('notification_delivery')
        .values({
          id: newId('ntd'),
          notification_id: note.id,
          party_id: note.party_id,
          ...target,
          outcome: null,
          created_at: new Date(),
          attempted_at: null,
        })
        .onConflict((c) => c.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made)
        await enqueue(tx, {
          task: DELIVER_TASK,
          payload: { deliveryId: made.id },
          key: `${DELIVER_TASK} ${made.id}`,
          attemptsMax: valueAt(ATTEMPTS_MAX, new Date()).value,
        });
    }
  });
});

interface Pending {
  readonly id: string;
  readonly channel: 'email' | 'webhook';
  readonly state: string;
  readonly attempts: number;
  readonly party_id: string;
  readonly case_id: string | null;
  readonly at: Date;
  readonly email: string | null;
  readonly language: 'zh' | 'en';
  readonly wanted: boolean;
  readonly url: string | null;
  readonly secret: Buffer | null;
}

async function pendingOf(db: Database, deliveryId: string): Promise<Pending | undefined> {
  const { rows } = await sql<Pending>`
    select d.id, d.channel, d.state, d.attempts, d.party_id, n.case_id, n.at, h.email, coalesce(f.language, 'zh') as language,
           (d.channel = 'webhook' or (h.disabled_at is null and coalesce(f.email, true))) as wanted, w.url, w.secret
      from notification_delivery d join notification n on n.id = d.notification_id
      left join person h on h.id = d.person_id
      left join notification_preference f on f.person_id = d.person_id
      left join party_webhook w on w.party_id = d.party_id
     where d.id = ${deliveryId}`.execute(db);
  return rows[0];
}

/**
 * Sends one delivery, and remembers that it was taken. A crash between the two sends it again under the same id: at least
 * once, and whoever receives it can tell.
 */
export function deliverTask(procedures: ReadonlyMap<string, Procedure>): Task {
  return task(DELIVER_TASK, async (payload, { kernel: { db } }) => {
    const pending = await pendingOf(db, String(payload.deliveryId));
    if (pending?.state !== 'waiting') return;
    const outcome = await attempt(db, procedures, pending);
    const last = pending.attempts + 1 >= valueAt(ATTEMPTS_MAX, new Date()).value;
    const state = outcome === 'ok' ? 'sent' : outcome === 'dropped' ? 'dropped' : last ? 'failed' : 'waiting';
    await db
      .updateTable('notification_delivery')
      .set((e) => ({ state, outcome, attempts: e('attempts', '+', 1), attempted_at: new Date() }))
      .where('id', '=', pending.id)
      .execute();
    // The job comes again after a growing pause.
    if (state === 'waiting') throw new Error(`${pending.channel}: ${outcome}`);
  });
}

async function attempt(
  db: Database,
  procedures: ReadonlyMap<string, Procedure>,
  pending: Pending,
): Promise<'ok' | 'dropped' | string> {
  const { site, privateWebhooks } = outbound();
  const row =
    pending.case_id === null
      ? undefined
      : await db.selectFrom('case_file').selectAll().where('id', '=', pending.case_id).executeTakeFirst();
  const words = outsideWords(row && procedures.get(row.procedure), row);
  const link = row ? `${site()}/work/cases/${row.id}` : `${site()}/work`;
  if (pending.channel === 'email') {
    if (!pending.wanted || pending.email === null) return 'dropped';
    return sendMail({
      to: pending.email,
      deliveryId: pending.id,
      ...MAIL[pending.language](words[pending.language], link),
    });
  }
  if (pending.url === null || pending.secret === null) return 'dropped';
  const secret = unseal(WEBHOOK_SECRETS, pending.party_id, pending.secret);
  if (secret === undefined) return 'secret-lost';
  const body = JSON.stringify({
    id: pending.id,
    type: 'notification',
    at: pending.at.toISOString(),
    caseId: row?.id ?? null,
    text: words,
    link,
  });
  return callWebhook({
    url: pending.url,
    secret,
    deliveryId: pending.id,
    body,
    at: new Date(),
    allowPrivate: privateWebhooks,
  });
}

const MAIL = {
  zh: (words: string, link: string) => ({
    subject: `数衡提醒：${words}`,
    text: `${words}\n\n请登录后查看：${link}\n\n不再接收邮件：在“通知设置”中关闭。`,
  }),
  en: (words: string, link: string) => ({
    subject: `Shuheng: ${words}`,
    text: `${words}\n\nSign in to see it: ${link}\n\nTo stop these mails, switch them off under “How I am notified”.`,
  }),
};

/** What was sent long ago is not kept. */
export const sweepTask: Task = task(
  SWEEP_TASK,
  async (_payload, { kernel: { db } }) => {
    const before = new Date(Date.now() - valueAt(KEPT_DAYS, new Date()).value * DAY_MS);
    await sql`delete from notification_delivery where id in (
      select id from notification_delivery where created_at < ${before} and state <> 'waiting' limit ${BATCH})`.execute(
      db,
    );
  },
  { cron: '17 3 * * *' },
);
