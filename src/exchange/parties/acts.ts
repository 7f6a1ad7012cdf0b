import { z } from 'zod';
import {
  checkUscc,
  createParty,
  createPerson,
  lockParty,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  type Party,
  partyByUscc,
  setPartyState,
  usccCheckCharacter,
} from '../../kernel/access/index.ts';
import {
  type Act,
  act,
  anyone,
  type FactsContext,
  type PerformContext,
  refused,
  role,
} from '../../kernel/acts/index.ts';
import { affiliationActs } from './affiliations.ts';
import { BUSINESS_TYPES, PartyId, PartyRoleSchema, PROVIDER_CLASSES, partyLife } from './model.ts';
import * as rules from './rules.ts';

const Name = z.string().trim().min(2).max(100);
const Reason = z.string().trim().min(2).max(1_000);

/** 申请入驻: an organisation asks to be admitted, with its first person. */
export const apply = act({
  name: 'party.apply',
  title: { zh: '申请入驻', en: 'Apply for admission' },
  by: anyone(),
  input: z.object({
    name: Name,
    uscc: z.string().trim().max(40),
    // Who runs public data must name one to be admitted (JN-15.2); others may leave it out.
    legalRepresentative: z.string().trim().max(60).default(''),
    contact: z.string().trim().min(1).max(200),
    roles: z.array(PartyRoleSchema).min(1).max(6),
    login: z.string().trim().min(3).max(60),
    password: z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX),
    displayName: z.string().trim().min(1).max(60),
    statement: z.string().trim().max(2_000),
    businessTypes: z.array(z.enum(BUSINESS_TYPES)).max(BUSINESS_TYPES.length).optional(),
    providerClass: z.enum(PROVIDER_CLASSES).optional(),
    maintainsPlatform: z.boolean().optional(),
  }),
  output: z.object({ partyId: PartyId }),
  secretInput: ['password'],
  rules: [rules.validCode],
  facts: async ({ tx, input }) => {
    const checkDigitOk = usccCheckCharacter(input.uscc.slice(0, -1)) === input.uscc.slice(-1);
    const wellFormed = checkDigitOk ? checkUscc(input.uscc) : usccCheckCharacter(input.uscc.slice(0, -1)) !== undefined;
    if (await partyByUscc(tx, input.uscc)) {
      throw refused(
        'conflict',
        'HS-2.4',
        { zh: '该代码已有单位使用', en: 'The code is taken' },
        { zh: '该统一社会信用代码已有入驻单位或申请。', en: 'A party or an application with this code exists.' },
        { zh: '请联系该单位的管理员开通账号。', en: 'Ask the administrator of that party for an account.' },
      );
    }
    return { uscc: { wellFormed, checkDigitOk } };
  },
  perform: async ({ tx, input, at }) => {
    const roles = [...new Set(input.roles)];
    const party = await createParty(tx, {
      name: input.name,
      uscc: input.uscc,
      legalRepresentative: input.legalRepresentative || null,
      contact: input.contact,
      statement: input.statement,
      requestedRoles: roles,
      at,
    });
    await tx
      .insertInto('party_register')
      .values({
        party_id: party.id,
        business_types: [...new Set(input.businessTypes ?? [])],
        provider_class: input.providerClass ?? null,
        maintains_platform: input.maintainsPlatform ?? false,
        identity_checked_at: null,
        identity_checked_by: null,
      })
      .execute();
    await createPerson(tx, {
      partyId: party.id,
      login: input.login,
      displayName: input.displayName,
      password: input.password,
      roles,
      personalRoles: ['party-admin'],
      at,
    });
    return { partyId: party.id };
  },
  entry: ({ input, result }) => ({
    subject: result.partyId,
    sealed: { name: input.name, uscc: input.uscc, requestedRoles: input.roles },
    parties: [result.partyId],
  }),
});

async function lockCase({ tx, actor, input }: FactsContext<{ partyId: string }>) {
  const party = await lockParty(tx, input.partyId);
  const register = await tx
    .selectFrom('party_register')
    .selectAll()
    .where('party_id', '=', party.id)
    .executeTakeFirst();
  return {
    partyId: party.id,
    deciderPartyId: actor.partyId,
    state: party.state,
    version: party.version,
    requestedRoles: party.requestedRoles,
    legalRepresentative: party.legalRepresentative,
    businessTypes: register?.business_types ?? [],
    maintainsPlatform: register?.maintains_platform ?? false,
  };
}

/** 准予入驻: from now on the party's people may act in the roles given. */
export const admit = act({
  name: 'party.admit',
  title: { zh: '准予入驻', en: 'Admit a party' },
  by: role('exchange'),
  input: z.object({
    partyId: PartyId,
    roles: z.array(PartyRoleSchema).min(1).max(6).optional(),
    identityChecked: z.boolean().default(false),
    reason: z.string().trim().max(1_000).default(''),
  }),
  output: z.object({ partyId: PartyId, roles: z.array(z.string()) }),
  rules: [
    rules.decidedByAnother,
    rules.rolesRequested,
    rules.identityExamined,
    rules.securityHeadNamed,
    rules.vendorBusinessStated,
    rules.exchangeNoVendor,
    rules.maintainerNoOperator,
    rules.managementApart,
  ],
  facts: async (c) => {
    const found = await lockCase(c);
    partyLife.move(found.state, 'admit');
    const { identityChecked, reason } = c.input;
    const roles: readonly string[] = c.input.roles ?? found.requestedRoles;
    return { ...found, roles, identityChecked, reason };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, actor, input, facts, at }) => {
    const party = await setPartyState(tx, input.partyId, {
      state: 'admitted',
      roles: facts.roles,
      reason: input.reason,
      at,
    });
    const checked = { identity_checked_at: at, identity_checked_by: actor.partyId };
    await tx
      .insertInto('party_register')
      .values({ party_id: party.id, business_types: [], provider_class: null, maintains_platform: false, ...checked })
      .onConflict((c) => c.column('party_id').doUpdateSet(checked))
      .execute();
    return { partyId: party.id, roles: [...party.roles] };
  },
  entry: ({ input, result }) => ({
    subject: input.partyId,
    public: true,
    open: { roles: result.roles, identityChecked: true },
    sealed: { reason: input.reason },
    parties: [input.partyId],
  }),
});

const Decision = z.object({ partyId: PartyId, reason: Reason });
const Decided = z.object({ partyId: PartyId, state: z.string() });

type Decision = z.output<typeof Decision>;

/** What the decisions on a party share: one state moved on, by another party, with a reason. */
const moves = (event: 'refuse' | 'suspend' | 'resume') => ({
  input: Decision,
  output: Decided,
  rules: [rules.decidedByAnother] as const,
  facts: async (c: FactsContext<Decision>) => {
    const found = await lockCase(c);
    return { ...found, next: partyLife.move(found.state, event) };
  },
  version: (facts: { readonly version: number }) => facts.version,
  perform: async ({ tx, input, facts, at }: PerformContext<Decision, { readonly next: Party['state'] }>) => {
    await setPartyState(tx, input.partyId, { state: facts.next, reason: input.reason, at });
    return { partyId: input.partyId, state: facts.next };
  },
});

/** 不予入驻. The applicant may apply again. */
export const refuse = act({
  name: 'party.refuse',
  title: { zh: '不予入驻', en: 'Refuse a party' },
  by: role('exchange'),
  ...moves('refuse'),
  entry: ({ input }) => ({ subject: input.partyId, sealed: { reason: input.reason }, parties: [input.partyId] }),
});

/** 暂停单位: its roles rest until it is resumed; what it owes stays owed. */
export const suspend = act({
  name: 'party.suspend',
  title: { zh: '暂停单位', en: 'Suspend a party' },
  by: role('exchange', 'regulator'),
  secondFactor: true,
  ...moves('suspend'),
  entry: ({ input }) => ({
    subject: input.partyId,
    public: true,
    sealed: { reason: input.reason },
    parties: [input.partyId],
  }),
});

/** 恢复单位: lifts a suspension. */
export const resume = act({
  name: 'party.resume',
  title: { zh: '恢复单位', en: 'Resume a party' },
  by: role('exchange', 'regulator'),
  secondFactor: true,
  ...moves('resume'),
  entry: ({ input }) => ({
    subject: input.partyId,
    public: true,
    sealed: { reason: input.reason },
    parties: [input.partyId],
  }),
});

export const acts: readonly Act[] = [apply, admit, refuse, suspend, resume, ...affiliationActs];
