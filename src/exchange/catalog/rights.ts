import { sql } from 'kysely';
import type { Queryable } from '../../kernel/database/index.ts';
import type { Condition } from '../../kernel/vault/index.ts';
import { RESOURCE_COLUMNS, type Resource } from './model.ts';

/** A living right to use a resource of another party, and what is left of it. */
export interface LivingGrant {
  readonly id: string;
  /** Columns that may be read; null: all. */
  readonly columns: readonly string[] | null;
  /** Rows that may be read are those that pass every one. */
  readonly rows: readonly Condition[];
  /** ISO. */
  readonly validUntil: string;
  readonly usesLeft: number | null;
  readonly rowsLeft: number | null;
}

/** On what ground a party may make products from a resource. */
export interface UseRight {
  readonly resource: Resource;
  readonly own: boolean;
  /** ISO end of the longest living authorisation; null for the own resource and where there is none. */
  readonly authorisedUntil: string | null;
  /** The living authorisations, oldest first; none for the own resource. */
  readonly grants: readonly LivingGrant[];
}

/** Resources in the order asked for, with the party's right to use each; what does not exist is left out. */
export async function useRights(
  q: Queryable,
  resourceIds: readonly string[],
  partyId: string | null,
  at: Date,
): Promise<UseRight[]> {
  if (resourceIds.length === 0) return [];
  const rows = await q
    .selectFrom('resource')
    .select(RESOURCE_COLUMNS)
    .where('id', 'in', [...resourceIds])
    .where('object_id', 'is not', null)
    .$narrowType<Pick<Resource, 'dataset_id' | 'object_id'>>()
    .execute();
  const living = await q
    .selectFrom('resource_authorisation')
    .selectAll()
    .where('resource_id', 'in', [...resourceIds])
    .where('party_id', '=', partyId ?? '')
    .where('revoked_at', 'is', null)
    .where('suspended_at', 'is', null)
    .where('valid_until', '>', at)
    .orderBy('id')
    .execute();
  return resourceIds.flatMap((id) => {
    const resource = rows.find((r) => r.id === id);
    if (!resource) return [];
    const own = resource.holder_id === partyId;
    const grants = living
      .filter((l) => l.resource_id === id && !own)
      .map((l) => ({
        id: l.id,
        columns: l.columns,
        rows: l.row_filter,
        validUntil: l.valid_until.toISOString(),
        usesLeft: left(l.uses_max, l.uses),
        rowsLeft: left(l.rows_max, l.rows_used),
      }));
    const untils = grants.map((g) => g.validUntil).sort();
    return [{ resource, own, authorisedUntil: untils.at(-1) ?? null, grants }];
  });
}

const left = (max: number | null, used: number): number | null => (max === null ? null : max - used);

/** The columns a grant does not let one read. */
export const ungranted = (grant: LivingGrant, columns: readonly string[]): string[] =>
  grant.columns === null ? [] : columns.filter((c) => !grant.columns?.includes(c));

/**
 * The grant under which these columns are read: one scenario has one right, so rights are never added up. The oldest that
 * gives all of them and is not used up; else the oldest, so that a person can be told what it lacks.
 * @param only take one of these, where a party says under which of its rights it works
 */
export function grantFor(
  { grants }: UseRight,
  columns: readonly string[],
  only?: readonly string[],
): LivingGrant | undefined {
  const named = only === undefined ? grants : grants.filter((g) => only.includes(g.id));
  return named.find((g) => ungranted(g, columns).length === 0 && g.usesLeft !== 0 && g.rowsLeft !== 0) ?? named[0];
}

/** Why something made under a right may not be used now. */
export interface StoppedUse {
  readonly resource: string;
  readonly state: 'suspended' | 'expired' | 'ended';
  readonly forConsent: boolean;
  /** ISO. */
  readonly since: string;
}

export interface RightsBehind {
  readonly stopped: StoppedUse | null;
  /** ISO moment at which the first of them ends by itself; null where none does. */
  readonly until: string | null;
}

/**
 * Whether the rights under which something was made still live: asked at each delivery, and while one runs. A right that
 * a company gave over its own data stops new products when it ends, not what was sold before (HS-5.15): its holder could
 * otherwise take away what others have paid for. One from the procedure, and any that stands still, stops everything.
 */
export async function rightsBehind(q: Queryable, madeId: string, version: number, at: Date): Promise<RightsBehind> {
  const { rows } = await sql<{
    title: string;
    revoked_at: Date | null;
    suspended_at: Date | null;
    valid_until: Date;
    by_procedure: boolean;
    holds: string[];
    consent_withdrawn_at: Date | null;
  }>`select r.title, u.consent_withdrawn_at, a.revoked_at, a.suspended_at, a.valid_until, a.agreement_id is not null as by_procedure, a.holds
       from resource_use u join resource_authorisation a on a.id = u.authorisation_id join resource r on r.id = a.resource_id
      where u.made_id = ${madeId} and u.made_version = ${version} order by a.id`.execute(q);
  const ends = rows.filter((r) => r.by_procedure);
  const until = ends.map((r) => r.valid_until.toISOString()).sort()[0] ?? null;
  for (const r of rows) {
    const forConsent = r.consent_withdrawn_at !== null || r.holds.includes('consent');
    const stopped = (state: StoppedUse['state'], since: Date): RightsBehind => ({
      stopped: { resource: r.title, state, forConsent, since: since.toISOString() },
      until,
    });
    if (r.consent_withdrawn_at) return stopped('suspended', r.consent_withdrawn_at);
    if (r.by_procedure && r.revoked_at) return stopped('ended', r.revoked_at);
    if (r.by_procedure && r.valid_until <= at) return stopped('expired', r.valid_until);
    if (r.suspended_at) return stopped('suspended', r.suspended_at);
  }
  return { stopped: null, until };
}
