import type { Expression, SelectQueryBuilder, SqlBool, StringReference } from 'kysely';
import { z } from 'zod';
import { afterOf, notFound, PageQuery, page, pageOf, read, role, signedIn } from '../acts/index.ts';
import type { Tables } from '../database/index.ts';
import { text } from '../text.ts';
import { KeyId, Line, PartyId, PersonId, SessionId } from './ids.ts';
import { lockedUntil, wrongChangesOf } from './lock.ts';

const nullableTime = z.string().nullable();
const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** One page of rows, the newest first; ids grow with time. */
async function newestFirst<T extends keyof Tables, O extends { readonly id: string }>(
  rows: SelectQueryBuilder<Tables, T, O>,
  id: StringReference<Tables, T>,
  { cursor, limit }: z.output<typeof PageQuery>,
) {
  const after = afterOf(cursor);
  const found = await rows
    .$if(after !== undefined, (q) => q.where(id, '<', (after ?? '') as never))
    .orderBy(id, 'desc')
    .limit(limit + 1)
    .execute();
  return page(found, limit, (r) => r.id);
}

const PersonView = z.object({
  id: PersonId,
  partyId: PartyId,
  partyName: z.string(),
  login: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
  personalRoles: z.array(z.string()),
  state: z.enum(['active', 'locked', 'disabled', 'erased']),
  lockedUntil: nullableTime,
  secondFactor: z.boolean(),
  lastSignInAt: nullableTime,
  createdAt: z.string(),
  version: z.number(),
});

function stateOf(r: { erased_at: Date | null; disabled_at: Date | null }, locked: boolean) {
  if (r.erased_at) return 'erased' as const;
  if (r.disabled_at) return 'disabled' as const;
  return locked ? ('locked' as const) : ('active' as const);
}

export const people = read({
  path: '/people',
  title: text('人员', 'People'),
  by: role('party-admin', 'system-admin', 'security-admin'),
  params: z.object({}),
  query: PageQuery.extend({ partyId: PartyId.optional(), q: Line.optional() }),
  output: pageOf(PersonView),
  run: async ({ db, actor, query, at }) => {
    const all = actor.roles.includes('security-admin') || actor.kind === 'system';
    if (!all && query.partyId && query.partyId !== actor.partyId) throw notFound();
    const partyId = all ? query.partyId : (actor.partyId ?? '');
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('person')
      .innerJoin('party', 'party.id', 'person.party_id')
      .selectAll('person')
      .select('party.name as party_name')
      .$if(partyId !== undefined, (q) => q.where('person.party_id', '=', partyId ?? ''))
      .$if(after !== undefined, (q) => q.where('person.id', '>', after ?? ''))
      .$if(query.q !== undefined, (q) =>
        q.where((e) => {
          const pattern = `%${(query.q ?? '').replace(/[\\%_]/g, '\\$&')}%`;
          const parts: Expression<SqlBool>[] = [
            e('person.login', 'ilike', pattern),
            e('person.display_name', 'ilike', pattern),
          ];
          return e.or(parts);
        }),
      )
      .orderBy('person.id')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    const wrong = await wrongChangesOf(
      db,
      items.map((r) => r.id),
      at,
    );
    return {
      items: items.map((r) => {
        const until = lockedUntil(r, wrong.get(r.id) ?? [], at);
        return {
          id: r.id,
          partyId: r.party_id,
          partyName: r.party_name,
          login: r.login,
          displayName: r.display_name,
          roles: r.roles,
          personalRoles: r.personal_roles,
          state: stateOf(r, until !== null),
          lockedUntil: timeOf(until),
          secondFactor: r.totp_secret !== null,
          lastSignInAt: timeOf(r.last_sign_in_at),
          createdAt: r.created_at.toISOString(),
          version: r.version,
        };
      }),
      nextCursor,
    };
  },
});

export const keys = read({
  path: '/keys',
  title: text('接口密钥', 'API keys'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      id: KeyId,
      title: z.string(),
      scopes: z.array(z.string()).nullable(),
      state: z.enum(['living', 'expired', 'revoked']),
      createdAt: z.string(),
      expiresAt: z.string(),
      lastUsedDay: z.string().nullable(),
    }),
  ),
  run: async ({ db, actor, query, at }) => {
    const mine = db
      .selectFrom('api_key')
      .selectAll()
      .where('person_id', '=', actor.personId ?? '');
    const { items, nextCursor } = await newestFirst(mine, 'id', query);
    return {
      items: items.map((r) => ({
        id: r.id,
        title: r.title,
        scopes: r.scopes,
        state: r.revoked_at ? ('revoked' as const) : r.expires_at <= at ? ('expired' as const) : ('living' as const),
        createdAt: r.created_at.toISOString(),
        expiresAt: r.expires_at.toISOString(),
        lastUsedDay: r.last_used_day,
      })),
      nextCursor,
    };
  },
});

export const sessions = read({
  path: '/sessions',
  title: text('登录会话', 'Sessions'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      id: SessionId,
      current: z.boolean(),
      method: z.enum(['password', 'oidc']),
      secondFactor: z.boolean(),
      address: z.string().nullable(),
      agent: z.string().nullable(),
      openedAt: z.string(),
      lastSeenAt: z.string(),
      expiresAt: z.string(),
    }),
  ),
  run: async ({ db, actor, query, at }) => {
    const mine = db
      .selectFrom('session')
      .selectAll()
      .where('person_id', '=', actor.personId ?? '')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at);
    const { items, nextCursor } = await newestFirst(mine, 'id', query);
    return {
      items: items.map((r) => ({
        id: r.id,
        current: r.id === actor.credentialId,
        method: r.method,
        secondFactor: r.second_factor,
        address: r.address,
        agent: r.agent,
        openedAt: r.opened_at.toISOString(),
        lastSeenAt: r.last_seen_at.toISOString(),
        expiresAt: r.expires_at.toISOString(),
      })),
      nextCursor,
    };
  },
});

export const signIns = read({
  path: '/sign-ins',
  title: text('登录日志', 'Sign-in log'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(
    z.object({
      id: z.string(),
      at: z.string(),
      personId: PersonId.nullable(),
      login: z.string().nullable(),
      address: z.string().nullable(),
      method: z.string(),
      outcome: z.string(),
    }),
  ),
  /** All of it for the audit administrator; for others what was tried on their own account. */
  run: async ({ db, actor, query }) => {
    const all = actor.roles.includes('audit-admin') || actor.kind === 'system';
    const seen = db
      .selectFrom('sign_in')
      .leftJoin('person', 'person.id', 'sign_in.person_id')
      .selectAll('sign_in')
      .select('person.login')
      .$if(!all, (q) => q.where('sign_in.person_id', '=', actor.personId ?? ''));
    const { items, nextCursor } = await newestFirst(seen, 'sign_in.id', query);
    return {
      items: items.map((r) => ({
        id: r.id,
        at: r.at.toISOString(),
        personId: r.person_id,
        login: r.login,
        address: r.address,
        method: r.method,
        outcome: r.outcome,
      })),
      nextCursor,
    };
  },
});
