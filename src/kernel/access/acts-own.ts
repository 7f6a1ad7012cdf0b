import { z } from 'zod';
import { type Actor, act, notFound, refused, signedIn } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import { text } from '../text.ts';
import { KeyId, Line, SessionId } from './ids.ts';
import { failedTries, lockedUntil, wrongChangesOf } from './lock.ts';
import { fold } from './model.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { endSessions, lockPerson, type Person } from './people.ts';
import { goodPassword, keyWithinLimits, presentPasswordKnown } from './rules.ts';
import { newApiKey, tokenHash } from './secrets.ts';
import { codeRight, notLocked } from './sign-in-rules.ts';
import { acceptedStep, newTotpSecret } from './totp.ts';

const DAY_MS = 86_400_000;
/** A name such as `product.list` or `read.orders`, or everything of one subject such as `order.*`. */
const SCOPE_PATTERN = /^[a-z-]+\.(?:\*|[a-z-]+(?:\.[a-z-]+)*(?:\.\*)?)$/;
const SCOPES_MAX = 100;

/** The person behind the actor. Jobs have none: what is one's own is not theirs to change. */
async function lockSelf(tx: Tx, actor: Actor): Promise<Person> {
  if (!actor.personId) throw notFound();
  return lockPerson(tx, actor.personId);
}

const byKey = (actor: Actor): boolean => actor.credentialId?.startsWith('key_') ?? false;
/** Facts of {@link keyWithinLimits} for acts that open no key. */
const noNewKey = (actor: Actor) => ({ byKey: byKey(actor), validDays: 0, livingKeys: 0 });

export const changePassword = act({
  name: 'access.change-password',
  title: text('修改口令', 'Change the password'),
  by: signedIn(),
  input: z.object({
    current: z
      .string()
      .min(1)
      .max(256)
      .meta({ title: '当前口令', 'x-title-en': 'Current password', format: 'password' }),
    next: z.string().min(1).max(256).meta({ title: '新口令', 'x-title-en': 'New password', format: 'password' }),
  }),
  output: z.object({}),
  secretInput: ['current', 'next'],
  rules: [keyWithinLimits, notLocked, presentPasswordKnown, goodPassword],
  facts: async ({ tx, actor, input, at }) => {
    const person = await lockSelf(tx, actor);
    const wrong = (await wrongChangesOf(tx, [person.id], at)).get(person.id) ?? [];
    // A password is not even looked at when the rules will say no: a stolen session must not serve for guessing it.
    const asked = !byKey(actor) && lockedUntil(person, wrong, at) === null;
    const right = asked && (await checkPassword(input.current, person.password));
    return {
      ...noNewKey(actor),
      partyId: person.party_id,
      failedAttempts: failedTries(person, wrong),
      failuresFromAddress: 0,
      present: asked ? (right ? ('right' as const) : ('wrong' as const)) : ('not-asked' as const),
      length: [...input.next].length,
      containsLogin: fold(input.next).includes(person.login),
      sameAsBefore: input.next.normalize('NFKC') === input.current.normalize('NFKC'),
    };
  },
  perform: async ({ tx, actor, input, at }) => {
    const personId = actor.personId ?? '';
    await tx
      .updateTable('person')
      .set({ password: await hashPassword(input.next), password_at: at })
      .where('id', '=', personId)
      .execute();
    // Whoever else holds a session opened with the old password is out.
    await endSessions(tx, personId, at, actor.credentialId);
    return {};
  },
  entry: ({ facts }) => ({ subject: facts.partyId }),
});

export const enrolSecondFactor = act({
  name: 'access.enrol-second-factor',
  title: text('启用动态口令', 'Set up a second factor'),
  by: signedIn(),
  input: z.object({}),
  output: z.object({ secret: z.string().optional(), uri: z.string().optional() }),
  secretOutput: ['secret', 'uri'],
  rules: [keyWithinLimits, codeRight],
  facts: async ({ tx, actor }) => {
    const person = await lockSelf(tx, actor);
    return {
      ...noNewKey(actor),
      partyId: person.party_id,
      login: person.login,
      code: 'not-asked' as const,
      replaces: person.totp_secret !== null,
      secondFactor: actor.secondFactor,
    };
  },
  perform: async ({ tx, actor, facts }) => {
    const personId = actor.personId ?? '';
    const { secret, uri, sealed } = newTotpSecret(personId, facts.login);
    await tx.updateTable('person').set({ totp_pending: sealed }).where('id', '=', personId).execute();
    return { secret, uri };
  },
  entry: ({ facts }) => ({ subject: facts.partyId }),
});

export const confirmSecondFactor = act({
  name: 'access.confirm-second-factor',
  title: text('确认动态口令', 'Confirm the second factor'),
  by: signedIn(),
  input: z.object({
    code: z
      .string()
      .regex(/^\d{6}$/)
      .meta({ title: '动态口令', 'x-title-en': 'One-time code' }),
  }),
  output: z.object({}),
  secretInput: ['code'],
  rules: [keyWithinLimits, codeRight],
  facts: async ({ tx, actor, input, at }) => {
    const person = await lockSelf(tx, actor);
    if (!person.totp_pending) {
      throw refused(
        'state',
        'HS-1.22',
        text('没有待确认的动态口令', 'No second factor waits for confirmation'),
        text('尚未申请启用动态口令。', 'No second factor was asked for.'),
        text('请先办理“启用动态口令”。', 'Set up a second factor first.'),
      );
    }
    const step = byKey(actor) ? undefined : acceptedStep(person.id, person.totp_pending, input.code, at, null);
    return {
      ...noNewKey(actor),
      partyId: person.party_id,
      code: step === undefined ? ('wrong-or-used' as const) : ('right' as const),
      step: step ?? null,
      replaces: person.totp_secret !== null,
      secondFactor: actor.secondFactor,
    };
  },
  perform: async ({ tx, actor, facts, at }) => {
    const personId = actor.personId ?? '';
    await tx
      .updateTable('person')
      .set((e) => ({ totp_secret: e.ref('totp_pending'), totp_pending: null, totp_step: facts.step }))
      .where('id', '=', personId)
      .execute();
    // This session has just shown the factor; all others have not, and end.
    await endSessions(tx, personId, at, actor.credentialId);
    if (actor.credentialId) {
      await tx.updateTable('session').set({ second_factor: true }).where('id', '=', actor.credentialId).execute();
    }
    return {};
  },
  entry: ({ facts }) => ({ subject: facts.partyId }),
});

export const createKey = act({
  name: 'access.create-key',
  title: text('开立接口密钥', 'Create an API key'),
  by: signedIn(),
  input: z.object({
    title: Line.meta({ title: '用途', 'x-title-en': 'What it is for' }),
    scopes: z
      .array(z.string().max(80).regex(SCOPE_PATTERN))
      .min(1)
      .max(SCOPES_MAX)
      .nullable()
      .meta({ title: '可办理的业务（空为全部）', 'x-title-en': 'Acts and reads it may use (null: all)' }),
    validDays: z.int().min(1).max(100_000).meta({ title: '有效期（天）', 'x-title-en': 'Valid for (days)' }),
  }),
  output: z.object({ keyId: KeyId, key: z.string().optional(), expiresAt: z.string() }),
  secretOutput: ['key'],
  rules: [keyWithinLimits],
  facts: async ({ tx, actor, input, at }) => {
    const person = await lockSelf(tx, actor);
    const { living } = await tx
      .selectFrom('api_key')
      .select((e) => e.fn.countAll<number>().as('living'))
      .where('person_id', '=', person.id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .executeTakeFirstOrThrow();
    return { byKey: byKey(actor), validDays: input.validDays, livingKeys: living };
  },
  perform: async ({ tx, actor, input, at }) => {
    const key = newApiKey();
    const keyId = newId('key');
    const expiresAt = new Date(at.getTime() + input.validDays * DAY_MS);
    await tx
      .insertInto('api_key')
      .values({
        id: keyId,
        key_hash: tokenHash(key),
        person_id: actor.personId ?? '',
        title: input.title,
        scopes: input.scopes,
        created_at: at,
        expires_at: expiresAt,
        revoked_at: null,
      })
      .execute();
    return { keyId, key, expiresAt: expiresAt.toISOString() };
  },
  entry: ({ result }) => ({ subject: result.keyId }),
});

export const revokeKey = act({
  name: 'access.revoke-key',
  title: text('撤销接口密钥', 'Revoke an API key'),
  by: signedIn(),
  input: z.object({ keyId: KeyId }),
  output: z.object({ keyId: KeyId }),
  facts: async ({ tx, actor, input }) => {
    const key = await tx
      .selectFrom('api_key')
      .innerJoin('person', 'person.id', 'api_key.person_id')
      .select(['api_key.person_id', 'api_key.revoked_at', 'person.party_id'])
      .where('api_key.id', '=', input.keyId)
      .forUpdate('api_key')
      .executeTakeFirst();
    if (!key || !mayEnd(actor, key)) throw notFound();
    if (key.revoked_at) throw alreadyEnded('该密钥已撤销。', 'The key is already revoked.');
    return { partyId: key.party_id };
  },
  perform: async ({ tx, input, at }) => {
    await tx.updateTable('api_key').set({ revoked_at: at }).where('id', '=', input.keyId).execute();
    return { keyId: input.keyId };
  },
  entry: ({ input, facts }) => ({ subject: input.keyId, parties: [facts.partyId] }),
});

/** One's own, those of the own party's people for its administrator, anybody's for the security administrator. */
function mayEnd(actor: Actor, owner: { person_id: string; party_id: string }): boolean {
  return (
    actor.kind === 'system' ||
    owner.person_id === actor.personId ||
    actor.roles.includes('security-admin') ||
    (actor.roles.includes('party-admin') && owner.party_id === actor.partyId)
  );
}

const alreadyEnded = (zh: string, en: string) =>
  refused(
    'state',
    'HS-1.22',
    text('当前状态不能办理', 'Not in this state'),
    text(zh, en),
    text('无需再办理。', 'Nothing more is to be done.'),
  );

export const endSession = act({
  name: 'access.end-session',
  title: text('结束会话', 'End a session'),
  by: signedIn(),
  input: z.object({ sessionId: SessionId }),
  output: z.object({ sessionId: SessionId }),
  facts: async ({ tx, actor, input }) => {
    const session = await tx
      .selectFrom('session')
      .innerJoin('person', 'person.id', 'session.person_id')
      .select(['session.person_id', 'session.revoked_at', 'person.party_id'])
      .where('session.id', '=', input.sessionId)
      .forUpdate('session')
      .executeTakeFirst();
    if (!session || !mayEnd(actor, session)) throw notFound();
    if (session.revoked_at) throw alreadyEnded('该会话已结束。', 'The session has already ended.');
    return { partyId: session.party_id };
  },
  perform: async ({ tx, input, at }) => {
    await tx.updateTable('session').set({ revoked_at: at }).where('id', '=', input.sessionId).execute();
    return { sessionId: input.sessionId };
  },
  entry: ({ input, facts }) => ({ subject: input.sessionId, parties: [facts.partyId] }),
});

export const ownActs = [changePassword, enrolSecondFactor, confirmSecondFactor, createKey, revokeKey, endSession];
