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
  receiptsOf,
} from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { partiesById } from '../parties/index.ts';
import { departmentReads } from './departments.ts';
import { findingReads } from './findings.ts';
import { importReads } from './import/queries.ts';
import { catalogueList } from './list.ts';
import { AuthorisationId, DictionaryColumn, Profile, RESOURCE_COLUMNS, ResourceId } from './model.ts';
import { openingReads } from './opening/queries.ts';
import { EntrySummary, Holder, summaryOf, supervises } from './summary.ts';

const RECEIPTS_MAX = 20;
/** More than PostgreSQL's integer holds there cannot be. */
const VERSIONS_MAX = 2 ** 31 - 1;

/** Something made from a resource by a later domain, as far as the actor may know of it. */
export interface Derived {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
}
type DerivedSource = (q: Queryable, actor: Actor, resourceId: string) => Promise<readonly Derived[]>;
const derivedSources: DerivedSource[] = [];
/** Later domains tell what they made of a resource; the catalogue does not know them. */
export const addDerivedSource = (source: DerivedSource): void => void derivedSources.push(source);

const Authorisation = z.object({
  id: AuthorisationId,
  party: Holder,
  purpose: z.string(),
  validUntil: z.iso.datetime(),
  grantedAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
});

const one = read({
  path: '/resources/:resourceId',
  title: { zh: '资源详情', en: 'A resource' },
  by: anyone(),
  params: z.object({ resourceId: ResourceId }),
  query: z.object({}),
  output: EntrySummary.extend({
    version: z.number(),
    source: z.string(),
    sourceStatement: z.string(),
    consentBasis: z.string().nullable(),
    dictionary: z.array(DictionaryColumn),
    /** The revision of the data that stands behind it; only for its holder. */
    datasetId: z.string().nullable(),
    profile: Profile.nullable(),
    conditions: z.string().nullable(),
    exceptionBasis: z.string().nullable(),
    /** Parts of the description that lack, and the rule that asks for them. */
    missing: z.array(z.string()),
    missingRule: z.literal('HS-18.4'),
    /** How the entry came here; the place only for its holder and who supervises. */
    origin: z
      .object({
        kind: z.string(),
        page: z.string().nullable(),
        place: z.string().nullable(),
        takenAt: z.string().nullable(),
      })
      .nullable(),
    /** Who answers for it: the name for its own party and who supervises, the office for everybody. */
    responsible: z.string().nullable(),
    withdrawnAt: z.iso.datetime().nullable(),
    /** All for the holder, one's own for others. */
    authorisations: z.array(Authorisation),
    products: z.array(z.object({ id: z.string(), kind: z.string(), title: z.string() })),
    receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  }),
  run: async ({ db, actor, params, at }) => {
    const r = await db
      .selectFrom('resource')
      .select(RESOURCE_COLUMNS)
      .where('id', '=', params.resourceId)
      .executeTakeFirst();
    if (!r) throw notFound();
    const own = r.holder_id === actor.partyId;
    const authorisations = await db
      .selectFrom('resource_authorisation')
      .selectAll()
      .where('resource_id', '=', r.id)
      .$if(!own && !supervises(actor), (q) => q.where('party_id', '=', actor.partyId ?? ''))
      .orderBy('id')
      .execute();
    if (r.state === 'withdrawn' && !own && !supervises(actor) && authorisations.length === 0) throw notFound();
    const names = await partiesById(db, [r.holder_id, ...authorisations.map((a) => a.party_id)]);
    const nameOf = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    const derived = await Promise.all(derivedSources.map((source) => source(db, actor, r.id)));
    return {
      ...summaryOf(r, nameOf(r.holder_id).name, at),
      version: r.version,
      conditions: r.conditions,
      exceptionBasis: r.exception_basis,
      missing: r.missing,
      missingRule: 'HS-18.4' as const,
      origin: r.origin && {
        kind: r.origin.kind,
        page: r.origin.page ?? null,
        place: own || supervises(actor) ? r.origin.place : null,
        takenAt: r.origin.takenAt ?? null,
      },
      responsible: own || supervises(actor) ? await nameOfPerson(db, r.responsible_id) : null,
      source: r.source,
      sourceStatement: r.source_statement,
      consentBasis: r.consent_basis,
      dictionary: [...r.columns],
      datasetId: own ? r.dataset_id : null,
      profile: r.profile,
      withdrawnAt: r.withdrawn_at?.toISOString() ?? null,
      authorisations: authorisations.map((a) => ({
        id: a.id,
        party: nameOf(a.party_id),
        purpose: a.purpose,
        validUntil: a.valid_until.toISOString(),
        grantedAt: a.granted_at.toISOString(),
        revokedAt: a.revoked_at?.toISOString() ?? null,
      })),
      products: derived.flat(),
      receipts: await receiptsOf(db, r.origin ? [r.id, r.origin.importId] : [r.id], RECEIPTS_MAX),
    };
  },
});

async function nameOfPerson(q: Queryable, personId: string | null): Promise<string | null> {
  if (personId === null) return null;
  const row = await q.selectFrom('person').select('display_name').where('id', '=', personId).executeTakeFirst();
  return row?.display_name ?? null;
}

const versions = read({
  path: '/resources/:resourceId/versions',
  title: { zh: '目录条目的历次版本', en: 'Versions of an entry of the directory' },
  by: anyone(),
  params: z.object({ resourceId: ResourceId }),
  query: PageQuery,
  output: pageOf(
    z.object({
      version: z.number(),
      at: z.iso.datetime(),
      event: z.string(),
      changed: z.array(z.string()),
      content: z.record(z.string(), z.unknown()),
    }),
  ),
  run: async ({ db, actor, params, query }) => {
    const r = await db
      .selectFrom('resource')
      .select(['holder_id', 'state'])
      .where('id', '=', params.resourceId)
      .executeTakeFirst();
    if (!r || (r.state === 'withdrawn' && r.holder_id !== actor.partyId && !supervises(actor))) throw notFound();
    const before = Number(afterOf(query.cursor) ?? Number.MAX_SAFE_INTEGER);
    const rows = await db
      .selectFrom('resource_version')
      .select(['version', 'at', 'event', 'changed', 'content'])
      .where('resource_id', '=', params.resourceId)
      .where('version', '<', Number.isSafeInteger(before) ? Math.min(before, VERSIONS_MAX) : 0)
      .orderBy('version', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => String(r.version));
    return { items: items.map((v) => ({ ...v, at: v.at.toISOString() })), nextCursor };
  },
});

export const reads: readonly Read[] = [
  catalogueList,
  one,
  versions,
  ...departmentReads,
  ...importReads,
  ...openingReads,
  ...findingReads,
];
