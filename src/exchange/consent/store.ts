import { sql } from 'kysely';
import { oneAtATime } from '../../kernel/cases/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import type { Consented } from '../../kernel/vault/index.ts';
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

/**
 * Which rows of a resource a right lets be read by the consents that live now; null where consent is not by row. A row
 * may be read by a consent to either keeper the party relies on, as {@link livingConsents} counts them.
 */
export async function consentedRows(q: Queryable, authorisationId: string): Promise<readonly Consented[] | null> {
  const { rows } = await sql<Consented>`
    select n.key_column as column, n.salt, coalesce((
             select array_agg(c.subject_digest order by c.subject_digest) from consent c
              where c.resource_id = n.resource_id and c.purpose = n.purpose and c.party_id = n.party_id
                and c.withdrawn_at is null), '{}') as digests
      from (select distinct n.resource_id, n.purpose, n.party_id, n.key_column, n.salt
              from resource_authorisation a join resource r on r.id = a.resource_id
              join consent_notice n on n.resource_id = a.resource_id and n.purpose = a.purpose
                                   and n.party_id in (a.party_id, r.holder_id)
             where a.id = ${authorisationId} and n.level = 'record') n
     order by n.party_id`.execute(q);
  return rows.length > 0 ? rows : null;
}

/** Whatever gives, withdraws or counts consents to one purpose takes its turn: two last withdrawals at once both count. */
export const lockPurpose = (tx: Tx, { resource_id, purpose }: Pick<ConsentNotice, 'resource_id' | 'purpose'>) =>
  oneAtATime(tx, `consents ${resource_id} ${purpose}`);

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
  const [resourceId, purpose] = [notice.resource_id, notice.purpose];
  let effect: 'rows-left-out' | 'rights-ended' = notice.level === 'record' ? 'rows-left-out' : 'rights-ended';
  for (const partyId of await reliesOn(tx, notice)) {
    const scope = { resourceId, purpose, partyId };
    if (notice.level === 'record' && (await livingConsents(tx, scope)) > 0) {
      await stopMade(tx, scope, recordedAt, at);
      continue;
    }
    await endUse(tx, scope, at, '数据主体撤回同意');
    effect = 'rights-ended';
  }
  return effect;
}

/** Who holds rights to the purpose that rest on what the keeper of a notice keeps. */
async function reliesOn(
  tx: Tx,
  { resource_id, purpose, party_id }: Pick<ConsentNotice, 'resource_id' | 'purpose' | 'party_id'>,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct a.party_id as id from resource_authorisation a join resource r on r.id = a.resource_id
     where a.resource_id = ${resource_id} and a.purpose = ${purpose} and ${party_id} in (a.party_id, r.holder_id)
     order by a.party_id`.execute(tx);
  return rows.map((r) => r.id);
}

/** The newest version of a keeper's notice for a resource and purpose; undefined before the first. */
export async function newestNotice(
  q: Queryable,
  of: Pick<ConsentNotice, 'resource_id' | 'purpose' | 'party_id'>,
): Promise<ConsentNotice | undefined> {
  return q
    .selectFrom('consent_notice')
    .selectAll()
    .where('resource_id', '=', of.resource_id)
    .where('purpose', '=', of.purpose)
    .where('party_id', '=', of.party_id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The column that names the person, by what the holder of the data told last; undefined where it told of none. */
export async function holderColumn(
  q: Queryable,
  { id, holder_id }: { readonly id: string; readonly holder_id: string },
): Promise<string | undefined> {
  const told = await q
    .selectFrom('consent_notice')
    .select('key_column')
    .where('resource_id', '=', id)
    .where('party_id', '=', holder_id)
    .where('key_column', 'is not', null)
    .orderBy('published_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return told?.key_column ?? undefined;
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
