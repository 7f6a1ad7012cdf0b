import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { seal } from '../../access/secrets.ts';
import { type Act, act, notFound, type Read, read, role, signedIn } from '../../acts/index.ts';
import type { Queryable, Tx } from '../../database/index.ts';
import { text } from '../../text.ts';
import { destinationOf } from './address.ts';
import { WEBHOOK_SECRETS } from './deliver.ts';
import { webhookAllowed } from './rules.ts';
import { outbound } from './setting.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const SECRET_BYTES = 32;
const SHOWN = 20;
const URL_MAX = 500;
const MANAGERS = role('party-admin');
const newSecret = (): string => `whs_${randomBytes(SECRET_BYTES).toString('base64url')}`;

const hookOf = (q: Queryable, partyId: string) =>
  q.selectFrom('party_webhook').selectAll().where('party_id', '=', partyId).executeTakeFirst();

/** @throws notFound for whoever belongs to no party, and where none is set */
async function lockHook(tx: Tx, partyId: string | null) {
  if (partyId === null) throw notFound();
  const hook = await tx
    .selectFrom('party_webhook')
    .select(['party_id', 'url'])
    .where('party_id', '=', partyId)
    .forUpdate()
    .executeTakeFirst();
  if (!hook) throw notFound();
  return hook;
}

/** 设置回调地址: notifications of the party go there, signed with a secret that is shown once. */
const setWebhook = act({
  name: 'webhook.set',
  title: text('设置通知回调地址', 'Set the address for notifications'),
  by: MANAGERS,
  input: z.object({ url: z.string().trim().min(8).max(URL_MAX).meta(field('回调地址（https）', 'Address (https)')) }),
  output: z.object({ secret: z.string() }),
  secretOutput: ['secret'],
  rules: [webhookAllowed],
  // Asked again whenever something is sent: a name may mean another host by then.
  prepare: ({ input }) => destinationOf(input.url, outbound().privateWebhooks),
  facts: async ({ actor, prepared: found }) => {
    if (actor.partyId === null) throw notFound();
    return { partyId: actor.partyId, barred: typeof found === 'string' ? found : null };
  },
  perform: async ({ tx, input, facts: { partyId }, at, actor }) => {
    const secret = newSecret();
    const row = {
      url: input.url,
      secret: seal(WEBHOOK_SECRETS, partyId, secret),
      set_at: at,
      set_by: actor.personId ?? '',
    };
    await tx
      .insertInto('party_webhook')
      .values({ party_id: partyId, ...row })
      .onConflict((c) => c.column('party_id').doUpdateSet(row))
      .execute();
    return { secret };
  },
  // An address may carry a token in its path: it is committed to, not written down.
  entry: ({ facts, input }) => ({ subject: facts.partyId, sealed: { url: input.url } }),
});

/** 更换密钥: from now on the new secret signs, also what is tried again. */
const rotateWebhook = act({
  name: 'webhook.rotate',
  title: text('更换通知签名密钥', 'Rotate the secret of the notifications'),
  by: MANAGERS,
  input: z.object({}),
  output: z.object({ secret: z.string() }),
  secretOutput: ['secret'],
  facts: ({ tx, actor }) => lockHook(tx, actor.partyId),
  perform: async ({ tx, facts: { party_id } }) => {
    const secret = newSecret();
    await tx
      .updateTable('party_webhook')
      .set({ secret: seal(WEBHOOK_SECRETS, party_id, secret) })
      .where('party_id', '=', party_id)
      .execute();
    return { secret };
  },
  entry: ({ facts }) => ({ subject: facts.party_id }),
});

const removeWebhook = act({
  name: 'webhook.remove',
  title: text('取消通知回调', 'Remove the address for notifications'),
  by: MANAGERS,
  input: z.object({}),
  output: z.object({}),
  facts: ({ tx, actor }) => lockHook(tx, actor.partyId),
  perform: async ({ tx, facts: { party_id } }) => {
    await tx.deleteFrom('party_webhook').where('party_id', '=', party_id).execute();
    return {};
  },
  entry: ({ facts }) => ({ subject: facts.party_id }),
});

/** 通知偏好: each person for themselves. */
const prefer = act({
  name: 'notification.prefer',
  title: text('设置通知偏好', 'Choose how to be notified'),
  by: signedIn(),
  input: z.object({
    email: z.boolean().meta(field('接收邮件通知', 'Notify me by e-mail')),
    language: z.enum(['zh', 'en']).meta(field('邮件语言', 'Language of the mails')),
  }),
  output: z.object({ email: z.boolean(), language: z.enum(['zh', 'en']) }),
  facts: async ({ actor }) => {
    if (actor.personId === null) throw notFound();
    return { personId: actor.personId };
  },
  perform: async ({ tx, input, facts: { personId } }) => {
    await tx
      .insertInto('notification_preference')
      .values({ person_id: personId, ...input })
      .onConflict((c) => c.column('person_id').doUpdateSet(input))
      .execute();
    return input;
  },
  entry: ({ facts, input }) => ({ subject: facts.personId, sealed: { ...input } }),
});

export const outboundActs: readonly Act[] = [setWebhook, rotateWebhook, removeWebhook, prefer];

/** How the reader is notified; the party's address and its last deliveries for those who manage the party. */
const settings = read({
  path: '/notification-settings',
  title: text('通知设置', 'How I am notified'),
  by: signedIn(),
  params: z.object({}),
  query: z.object({}),
  output: z.object({
    /** A mail server is set up. */
    mail: z.boolean(),
    /** The reader has an address mails can go to. */
    address: z.boolean(),
    email: z.boolean(),
    language: z.enum(['zh', 'en']),
    /** Null for those who do not manage their party. */
    webhook: z
      .object({
        url: z.string().nullable(),
        setAt: z.iso.datetime().nullable(),
        deliveries: z.array(
          z.object({
            id: z.string(),
            state: z.enum(['waiting', 'sent', 'failed', 'dropped']),
            attempts: z.number(),
            /** `ok`, `http-500`, `timeout`, `private` …; null before the first attempt. */
            outcome: z.string().nullable(),
            createdAt: z.iso.datetime(),
            attemptedAt: z.iso.datetime().nullable(),
          }),
        ),
      })
      .nullable(),
  }),
  run: async ({ db, actor }) => {
    const person = await db
      .selectFrom('person as h')
      .leftJoin('notification_preference as f', 'f.person_id', 'h.id')
      .select(['h.email as address', 'f.email', 'f.language'])
      .where('h.id', '=', actor.personId ?? '')
      .executeTakeFirst();
    const manages = actor.partyId !== null && actor.roles.includes('party-admin');
    return {
      mail: outbound().smtpUrl !== undefined,
      address: typeof person?.address === 'string',
      email: person?.email ?? true,
      language: person?.language ?? 'zh',
      webhook: manages ? await webhookOf(db, actor.partyId ?? '') : null,
    };
  },
});

async function webhookOf(db: Queryable, partyId: string) {
  const hook = await hookOf(db, partyId);
  const deliveries = await db
    .selectFrom('notification_delivery')
    .selectAll()
    .where('party_id', '=', partyId)
    .where('channel', '=', 'webhook')
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .execute();
  return {
    url: hook?.url ?? null,
    setAt: hook?.set_at.toISOString() ?? null,
    deliveries: deliveries.map((d) => ({
      id: d.id,
      state: d.state,
      attempts: d.attempts,
      outcome: d.outcome,
      createdAt: d.created_at.toISOString(),
      attemptedAt: d.attempted_at?.toISOString() ?? null,
    })),
  };
}

export const outboundReads: readonly Read[] = [settings];
