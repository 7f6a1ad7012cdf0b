import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { Task } from '../../kernel/jobs.ts';
import { RESOURCE_COLUMNS, type Resource } from './model.ts';

export { acts } from './acts.ts';
export {
  DictionaryColumn,
  GRADES,
  maskProfile,
  Profile,
  type Resource,
  ResourceId,
  resourceLife as resourceStates,
} from './model.ts';
export { addDerivedSource, type Derived, reads } from './queries.ts';

export { endUse, grantUse, resumeUse, suspendUse, type UseGrant } from './use.ts';

export const tasks: readonly Task[] = [];

/** On what ground a party may make products from a resource. */
export interface UseRight {
  readonly resource: Resource;
  readonly own: boolean;
  /** ISO end of the longest living authorisation; null for the own resource and where there is none. */
  readonly authorisedUntil: string | null;
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
    .execute();
  const living = await q
    .selectFrom('resource_authorisation')
    .select((e) => ['resource_id', e.fn.max('valid_until').as('until')])
    .where('resource_id', 'in', [...resourceIds])
    .where('party_id', '=', partyId ?? '')
    .where('revoked_at', 'is', null)
    .where('suspended_at', 'is', null)
    .where('valid_until', '>', at)
    .groupBy('resource_id')
    .execute();
  const untils = new Map(living.map((l) => [l.resource_id, l.until.toISOString()]));
  return resourceIds.flatMap((id) => {
    const resource = rows.find((r) => r.id === id);
    if (!resource) return [];
    const own = resource.holder_id === partyId;
    return [{ resource, own, authorisedUntil: own ? null : (untils.get(id) ?? null) }];
  });
}

export async function getResource(q: Queryable | Tx, resourceId: string): Promise<Resource | undefined> {
  return q.selectFrom('resource').select(RESOURCE_COLUMNS).where('id', '=', resourceId).executeTakeFirst();
}
