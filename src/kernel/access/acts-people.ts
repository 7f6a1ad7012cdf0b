import { z } from 'zod';
import { type Actor, act, notFound, refused, role } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { text } from '../text.ts';
import { DisplayName, Login, PartyId, PersonId, Roles } from './ids.ts';
import { lockManaged, managerOf, type PersonFacts, postsLeftEmpty, reaches } from './managed.ts';
import { isPersonalRole } from './model.ts';
import { lockParty, type Party } from './parties.ts';
import { hashPassword, randomPassword } from './passwords.ts';
import { createPerson, endSessions, revokeKeys } from './people.ts';
import { administratorsApart, administratorsRemain, managedByTheRight, notOneself, rolesOfTheParty } from './rules.ts';
import { logSignIn } from './sessions.ts';

const MANAGERS = role('party-admin', 'system-admin', 'security-admin');

const nothingToDo = (zh: string, en: string) =>
  refused(
    'state',
    'HS-1.22',
    text('当前状态不能办理', 'Not in this state'),
    text(zh, en),
    text('请刷新后核对。', 'Reload and check.'),
  );

export const invitePerson = act({
  name: 'access.invite-person',
  title: text('开立人员账号', 'Invite a person'),
  by: MANAGERS,
  input: z.object({
    partyId: PartyId.optional(),
    login: Login,
    displayName: DisplayName,
    email: z.email().max(120).optional().meta({ title: '电子邮箱', 'x-title-en': 'E-mail' }),
    roles: Roles,
  }),
  output: z.object({ personId: PersonId, initialPassword: z.string().optional() }),
  secretOutput: ['initialPassword'],
  rules: [managedByTheRight, rolesOfTheParty, administratorsApart],
  facts: async ({ tx, actor, input }) => {
    const partyId = input.partyId ?? actor.partyId;
    if (!partyId || !reaches(actor, partyId)) throw notFound();
    const party = await lockParty(tx, partyId);
    return {
      ...managerOf(actor),
      partyId,
      partyRoles: party.roles,
      personalRoles: [],
      changed: input.roles,
      granted: input.roles,
      rolesAfter: input.roles,
    };
  },
  perform: async ({ tx, input, facts, at }) => {
    const initialPassword = randomPassword();
    const person = await createPerson(tx, {
      partyId: facts.partyId,
      login: input.login,
      displayName: input.displayName,
      email: input.email ?? null,
      password: initialPassword,
      ...splitRoles(input.roles),
      at,
    });
    return { personId: person.id, initialPassword };
  },
  entry: ({ facts, result }) => ({
    subject: facts.partyId,
    sealed: { managedPerson: result.personId, roles: facts.granted },
    parties: [facts.partyId],
  }),
});

const splitRoles = (roles: readonly string[]) => ({
  roles: roles.filter((r) => !isPersonalRole(r)),
  personalRoles: roles.filter(isPersonalRole),
});

export const setRoles = act({
  name: 'access.set-roles',
  title: text('设置人员角色', 'Set a person’s roles'),
  by: role('party-admin', 'security-admin'),
  input: z.object({ personId: PersonId, roles: Roles }),
  output: z.object({ personId: PersonId, roles: z.array(z.string()) }),
  rules: [notOneself, managedByTheRight, rolesOfTheParty, administratorsApart, administratorsRemain],
  facts: async ({ tx, actor, input, at }) => {
    const { person, facts } = await lockManaged(tx, actor, input.personId, at);
    const party: Party = await lockParty(tx, person.party_id);
    const before = [...person.roles, ...person.personal_roles];
    const given = input.roles.filter((r) => !before.includes(r));
    const taken = before.filter((r) => !input.roles.includes(r));
    return {
      ...facts,
      ...managerOf(actor),
      partyRoles: party.roles,
      changed: [...given, ...taken],
      granted: given,
      rolesAfter: input.roles,
      postsLeftEmpty: await postsLeftEmpty(tx, facts, input.roles),
    };
  },
  perform: async ({ tx, input }) => {
    const { roles, personalRoles } = splitRoles(input.roles);
    await tx
      .updateTable('person')
      .set((e) => ({ roles, personal_roles: personalRoles, version: e('version', '+', 1) }))
      .where('id', '=', input.personId)
      .execute();
    return { personId: input.personId, roles: [...roles, ...personalRoles] };
  },
  entry: ({ facts, result }) => ({
    subject: facts.partyId,
    sealed: { managedPerson: facts.personId, roles: result.roles, changed: facts.changed },
    parties: [facts.partyId],
  }),
});

const PersonInput = z.object({ personId: PersonId });
const PersonOutput = z.object({ personId: PersonId });

/** Facts of the acts that touch an account but no roles. */
async function accountFacts({ tx, actor, input, at }: { tx: Tx; actor: Actor; input: { personId: string }; at: Date }) {
  const { facts } = await lockManaged(tx, actor, input.personId, at);
  return { ...facts, ...managerOf(actor), changed: [] as string[], postsLeftEmpty: [] as string[] };
}

const accountEntry = (facts: PersonFacts) => ({
  subject: facts.partyId,
  sealed: { managedPerson: facts.personId },
  parties: [facts.partyId],
});

/** Failed tries before this moment no longer count; the sign-in log says so. */
async function forgetFailures(tx: Tx, personId: string, at: Date): Promise<void> {
  await tx.updateTable('person').set({ failed_attempts: 0, locked_until: null }).where('id', '=', personId).execute();
  await logSignIn(tx, personId, undefined, 'administrator', 'unlocked', at);
}

export const disablePerson = act({
  name: 'access.disable-person',
  title: text('停用人员账号', 'Disable a person'),
  by: MANAGERS,
  input: PersonInput,
  output: PersonOutput,
  rules: [notOneself, managedByTheRight, administratorsRemain],
  facts: async (c) => {
    const facts = await accountFacts(c);
    if (facts.state === 'disabled') throw nothingToDo('该账号已停用。', 'The account is already disabled.');
    return { ...facts, postsLeftEmpty: await postsLeftEmpty(c.tx, facts, []) };
  },
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('person')
      .set((e) => ({ disabled_at: at, version: e('version', '+', 1) }))
      .where('id', '=', input.personId)
      .execute();
    await endSessions(tx, input.personId, at);
    await revokeKeys(tx, input.personId, at);
    return { personId: input.personId };
  },
  entry: ({ facts }) => accountEntry(facts),
});

export const enablePerson = act({
  name: 'access.enable-person',
  title: text('启用人员账号', 'Enable a person'),
  by: MANAGERS,
  input: PersonInput,
  output: PersonOutput,
  rules: [notOneself, managedByTheRight],
  facts: async (c) => {
    const facts = await accountFacts(c);
    if (facts.state === 'active') throw nothingToDo('该账号正在使用中。', 'The account is not disabled.');
    return facts;
  },
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('person')
      .set((e) => ({ disabled_at: null, version: e('version', '+', 1) }))
      .where('id', '=', input.personId)
      .execute();
    await forgetFailures(tx, input.personId, at);
    return { personId: input.personId };
  },
  entry: ({ facts }) => accountEntry(facts),
});

export const unlockPerson = act({
  name: 'access.unlock-person',
  title: text('解锁人员账号', 'Unlock a person'),
  by: MANAGERS,
  input: PersonInput,
  output: PersonOutput,
  rules: [notOneself, managedByTheRight],
  facts: async (c) => {
    const facts = await accountFacts(c);
    if (!facts.locked) throw nothingToDo('该账号没有锁定。', 'The account is not locked.');
    return facts;
  },
  perform: async ({ tx, input, at }) => {
    await forgetFailures(tx, input.personId, at);
    return { personId: input.personId };
  },
  entry: ({ facts }) => accountEntry(facts),
});

export const resetPassword = act({
  name: 'access.reset-password',
  title: text('重置口令', 'Reset a password'),
  by: MANAGERS,
  input: PersonInput,
  output: z.object({ personId: PersonId, initialPassword: z.string().optional() }),
  secretOutput: ['initialPassword'],
  rules: [notOneself, managedByTheRight],
  facts: accountFacts,
  perform: async ({ tx, input, at }) => {
    const initialPassword = randomPassword();
    await tx
      .updateTable('person')
      .set({ password: await hashPassword(initialPassword), password_at: at })
      .where('id', '=', input.personId)
      .execute();
    await forgetFailures(tx, input.personId, at);
    // Whoever had the old password may also have made keys with it.
    await endSessions(tx, input.personId, at);
    await revokeKeys(tx, input.personId, at);
    return { personId: input.personId, initialPassword };
  },
  entry: ({ facts }) => accountEntry(facts),
});

export const resetSecondFactor = act({
  name: 'access.reset-second-factor',
  title: text('重置动态口令', 'Reset a second factor'),
  by: MANAGERS,
  input: PersonInput,
  output: PersonOutput,
  rules: [notOneself, managedByTheRight],
  facts: accountFacts,
  perform: async ({ tx, input, at }) => {
    await tx
      .updateTable('person')
      .set({ totp_secret: null, totp_pending: null, totp_step: null })
      .where('id', '=', input.personId)
      .execute();
    await endSessions(tx, input.personId, at);
    return { personId: input.personId };
  },
  entry: ({ facts }) => accountEntry(facts),
});

export const peopleActs = [
  invitePerson,
  setRoles,
  disablePerson,
  enablePerson,
  unlockPerson,
  resetPassword,
  resetSecondFactor,
];
