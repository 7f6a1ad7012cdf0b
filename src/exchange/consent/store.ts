import { sql } from 'kysely';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { endUse, stopMade } from '../catalog/index.ts';
import type { ConsentNotice } from './model.ts';

/**
 * Living consents to one purpose of one resource that a party may rely on: those it keeps itself, and those the holder of
 * the data keeps for all. What a rival wrote down covers nobody else (PIPL-17.1: the notice names who processes).
 */
export async function livingConsents(
  q: Queryable,
  { resourceId, purpose, partyId }: { readonly resourceId: string; readonly purpose: string; readonly partyId: string },
): Promise<number> {
  const { n } = await q
    .selectFrom('consent as c')
    .innerJoin('resource as r', 'r.id', 'c.resource_id')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('c.resource_id', '=', resourceId)
    .where('c.purpose', '=', purpose)
    .where('c.withdrawn_at', 'is', null)
    .where((e) => e.or([e('c.party_id', '=', partyId), e('c.party_id', '=', e.ref('r.holder_id'))]))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Whose rows a use may read: those whose key, with the secret, has one of these digests. */
export interface Consented {
  readonly column: string;
  readonly salt: string;
  readonly digests: readonly string[];
}

/** Which rows of a resource a right lets be read by the consents that live now; null where consent is not by row. */
export async function consentedRows(q: Queryable, authorisationId: string): Promise<Consented | null> {
  const notice = await q
    .selectFrom('resource_authorisation as a')
    .innerJoin('resource as r', 'r.id', 'a.resource_id')
    .innerJoin('consent_notice as n', (j) =>
      j
        .onRef('n.resource_id', '=', 'a.resource_id')
        .onRef('n.purpose', '=', 'a.purpose')
        .on((e) => e.or([e('n.party_id', '=', e.ref('a.party_id')), e('n.party_id', '=', e.ref('r.holder_id'))])),
    )
    .select(['n.resource_id', 'n.purpose', 'n.level', 'n.key_column', 'n.salt'])
    .where('a.id', '=', authorisationId)
    .where('n.level', '=', 'record')
    .limit(1)
    .executeTakeFirst();
  if (!notice || notice.key_column === null) return null;
  const rows = await q
    .selectFrom('consent')
    .select('subject_digest')
    .where('resource_id', '=', notice.resource_id)
    .where('purpose', '=', notice.purpose)
    .where('withdrawn_at', 'is', null)
    .orderBy('subject_digest')
    .execute();
  return { column: notice.key_column, salt: notice.salt, digests: rows.map((r) => r.subject_digest) };
}

/**
 * Stops what rests on a consent that was withdrawn. By records: whatever was made while the consent stood is used no
 * more, and the next build leaves the rows out. For the whole, or where nobody's consent is left: the rights end. What the
 * holder keeps stands behind every right to the purpose; what an operating unit keeps, behind its own alone.
 */
export async function stopUse(
  tx: Tx,
  notice: Pick<ConsentNotice, 'resource_id' | 'purpose' | 'level' | 'party_id'>,
  recordedAt: Date,
  at: Date,
): Promise<'rows-left-out' | 'rights-ended'> {
  const { holder_id } = await tx
    .selectFrom('resource')
    .select('holder_id')
    .where('id', '=', notice.resource_id)
    .executeTakeFirstOrThrow();
  const [resourceId, purpose, keeperId] = [notice.resource_id, notice.purpose, notice.party_id];
  const scope = { resourceId, purpose, partyId: keeperId === holder_id ? null : keeperId };
  const left = await livingConsents(tx, { resourceId, purpose, partyId: keeperId });
  if (notice.level === 'record' && left > 0) {
    await stopMade(tx, scope, recordedAt, at);
    return 'rows-left-out';
  }
  await endUse(tx, scope, at, '数据主体撤回同意');
  return 'rights-ended';
}

/** The newest version of the notice for a resource and purpose; undefined before the first. */
export async function newestNotice(
  q: Queryable,
  of: Pick<ConsentNotice, 'resource_id' | 'purpose'>,
): Promise<ConsentNotice | undefined> {
  return q
    .selectFrom('consent_notice')
    .selectAll()
    .where('resource_id', '=', of.resource_id)
    .where('purpose', '=', of.purpose)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Whether a party may keep consents for a resource: its holder, or an operating unit with a living agreement over it. */
export async function mayKeep(q: Queryable, resourceId: string, partyId: string, at: Date): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select
      exists (select from resource where id = ${resourceId} and holder_id = ${partyId})
      or exists (select from operation_agreement where operator_id = ${partyId} and ${resourceId} = any (resource_ids)
                  and operator_signed_at is not null and authoriser_signed_at is not null
                  and ended_at is null and valid_until > ${at}) as may`.execute(q);
  return rows[0]?.may ?? false;
}
