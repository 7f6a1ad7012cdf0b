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
} from '../../kernel/acts/index.ts';
import { affiliationReads } from './affiliations.ts';
import { PartyId, PartyRoleSchema, partyLife } from './model.ts';

const PublicParty = z.object({
  id: PartyId,
  name: z.string(),
  roles: z.array(z.string()),
  state: z.string(),
});

/** Who decides about parties sees the applications; the public sees who was admitted. */
const sees = (actor: Actor): boolean =>
  actor.roles.some((r) => r === 'exchange' || r === 'regulator' || r === 'data-authority');

const list = read({
  path: '/parties',
  title: { zh: '单位名录', en: 'Register of parties' },
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({ role: PartyRoleSchema.optional(), state: z.enum(partyLife.states).optional() }),
  output: pageOf(PublicParty.extend({ requestedRoles: z.array(z.string()).optional() })),
  run: async ({ db, actor, query }) => {
    const state = sees(actor) && query.state ? query.state : 'admitted';
    const rows = await db
      .selectFrom('party')
      .select(['id', 'name', 'roles', 'state', 'requested_roles'])
      .where('state', '=', state)
      .$if(query.role !== undefined, (q) => q.where((e) => e(e.val(query.role ?? ''), '=', e.fn.any('roles'))))
      .where('id', '>', afterOf(query.cursor) ?? '')
      .orderBy('id')
      .limit(query.limit + 1)
      .execute();
    const items = rows.map(({ requested_roles, ...party }) => ({
      ...party,
      ...(sees(actor) ? { requestedRoles: requested_roles } : {}),
    }));
    return page(items, query.limit, (p) => p.id);
  },
});

const one = read({
  path: '/parties/:partyId',
  title: { zh: '单位信息', en: 'A party' },
  by: anyone(),
  params: z.object({ partyId: PartyId }),
  query: z.object({}),
  output: PublicParty.extend({
    uscc: z.string(),
    businessTypes: z.array(z.string()),
    providerClass: z.string().nullable(),
    /** Only for the party itself and for those who decide about it. */
    dossier: z
      .object({
        requestedRoles: z.array(z.string()),
        legalRepresentative: z.string().nullable(),
        contact: z.string().nullable(),
        statement: z.string().nullable(),
        stateReason: z.string().nullable(),
        stateAt: z.iso.datetime(),
        appliedAt: z.iso.datetime(),
        maintainsPlatform: z.boolean(),
        identityCheckedAt: z.iso.datetime().nullable(),
        version: z.number(),
      })
      .nullable(),
  }),
  run: async ({ db, actor, params }) => {
    const row = await db
      .selectFrom('party as p')
      .leftJoin('party_register as r', 'r.party_id', 'p.id')
      .selectAll('p')
      .select(['r.business_types', 'r.provider_class', 'r.maintains_platform', 'r.identity_checked_at'])
      .where('p.id', '=', params.partyId)
      .executeTakeFirst();
    const inside = row !== undefined && (sees(actor) || actor.partyId === row.id);
    const known = row?.state === 'admitted' || row?.state === 'suspended';
    if (!row || (!inside && !known)) throw notFound();
    return {
      id: row.id,
      name: row.name,
      roles: row.roles,
      state: row.state,
      uscc: row.uscc,
      businessTypes: row.business_types ?? [],
      providerClass: row.provider_class,
      dossier: inside
        ? {
            requestedRoles: row.requested_roles,
            legalRepresentative: row.legal_representative,
            contact: row.contact,
            statement: row.statement,
            stateReason: row.state_reason,
            stateAt: row.state_at.toISOString(),
            appliedAt: row.created_at.toISOString(),
            maintainsPlatform: row.maintains_platform ?? false,
            identityCheckedAt: row.identity_checked_at?.toISOString() ?? null,
            version: row.version,
          }
        : null,
    };
  },
});

export const reads: readonly Read[] = [list, one, ...affiliationReads];
