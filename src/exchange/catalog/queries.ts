import { sql } from 'kysely';
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
import { searchQuery } from '../../kernel/search.ts';
import { partiesById } from '../parties/index.ts';
import { AuthorisationId, DictionaryColumn, Profile, RESOURCE_COLUMNS, type Resource, ResourceId } from './model.ts';

const RECEIPTS_MAX = 20;
const FACETS_MAX = 50;

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

const Party = z.object({ id: z.string(), name: z.string() });
const Summary = z.object({
  id: ResourceId,
  title: z.string(),
  summary: z.string(),
  state: z.string(),
  holder: Party,
  sector: z.string(),
  classification: z.object({ class: z.string(), grade: z.string() }),
  opening: z.string().nullable(),
  publicData: z.boolean(),
  containsPersonalInformation: z.boolean(),
  updateFrequency: z.string(),
  coverage: z.object({ region: z.string(), from: z.string().nullable(), to: z.string().nullable() }),
  rows: z.number(),
  bytes: z.number(),
  columnCount: z.number(),
  registeredAt: z.iso.datetime(),
});

const summaryOf = (r: Resource, holderName: string) => ({
  id: r.id,
  title: r.title,
  summary: r.summary,
  state: r.state,
  holder: { id: r.holder_id, name: holderName },
  sector: r.sector,
  classification: { class: r.class, grade: r.grade },
  opening: r.opening,
  publicData: r.public_data,
  containsPersonalInformation: r.contains_personal_information,
  updateFrequency: r.update_frequency,
  coverage: { region: r.region, from: r.covers_from, to: r.covers_to },
  rows: r.rows,
  bytes: r.bytes,
  columnCount: r.columns.length,
  registeredAt: r.registered_at.toISOString(),
});

const list = read({
  path: '/resources',
  title: { zh: '资源目录', en: 'Catalogue of resources' },
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({
    q: z.string().trim().max(100).optional(),
    sector: z.string().trim().max(60).optional(),
    /** Only what my party holds, or may use by a living authorisation. */
    mine: z.enum(['held', 'authorised', 'true']).optional(),
  }),
  output: pageOf(Summary).extend({
    facets: z.object({ sector: z.array(z.object({ value: z.string(), count: z.number() })) }),
  }),
  run: async ({ db, actor, query, at }) => {
    const words = query.q ? searchQuery(query.q) : undefined;
    const self = actor.partyId ?? '';
    const after = afterOf(query.cursor);
    const found = db
      .selectFrom('resource')
      .$if(query.mine === undefined, (q) => q.where('state', '=', 'registered'))
      .$if(query.mine === 'held' || query.mine === 'true', (q) => q.where('holder_id', '=', self))
      .$if(query.mine === 'authorised', (q) =>
        q
          .where('state', '=', 'registered')
          .where((e) =>
            e.exists(
              e
                .selectFrom('resource_authorisation as a')
                .select('a.id')
                .whereRef('a.resource_id', '=', 'resource.id')
                .where('a.party_id', '=', self)
                .where('a.revoked_at', 'is', null)
                .where('a.suspended_at', 'is', null)
                .where('a.valid_until', '>', at),
            ),
          ),
      )
      .$if(query.q !== undefined && query.q !== '', (q) =>
        q.where(words ? sql<boolean>`search @@ ${words}::tsquery` : sql<boolean>`false`),
      );
    const rows = await found
      .select(RESOURCE_COLUMNS)
      .$if(query.sector !== undefined, (q) => q.where('sector', '=', query.sector ?? ''))
      .$if(after !== undefined, (q) => q.where('id', '<', after ?? ''))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const sectors = await found
      .select((e) => ['sector as value', e.fn.countAll<number>().as('count')])
      .groupBy('sector')
      .orderBy('count', 'desc')
      .limit(FACETS_MAX)
      .execute();
    const names = await partiesById(
      db,
      rows.map((r) => r.holder_id),
    );
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return {
      items: items.map((r) => summaryOf(r, names.get(r.holder_id)?.name ?? '')),
      nextCursor,
      facets: { sector: sectors },
    };
  },
});

const Authorisation = z.object({
  id: AuthorisationId,
  party: Party,
  purpose: z.string(),
  validUntil: z.iso.datetime(),
  grantedAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
});

/** Who supervises sees what was withdrawn. */
const supervises = (actor: Actor): boolean =>
  actor.roles.some((r) => r === 'exchange' || r === 'regulator' || r === 'data-authority');

const one = read({
  path: '/resources/:resourceId',
  title: { zh: '资源详情', en: 'A resource' },
  by: anyone(),
  params: z.object({ resourceId: ResourceId }),
  query: z.object({}),
  output: Summary.extend({
    version: z.number(),
    source: z.string(),
    sourceStatement: z.string(),
    consentBasis: z.string().nullable(),
    dictionary: z.array(DictionaryColumn),
    profile: Profile.nullable(),
    withdrawnAt: z.iso.datetime().nullable(),
    /** All for the holder, one's own for others. */
    authorisations: z.array(Authorisation),
    products: z.array(z.object({ id: z.string(), kind: z.string(), title: z.string() })),
    receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
  }),
  run: async ({ db, actor, params }) => {
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
    if (r.state !== 'registered' && !own && !supervises(actor) && authorisations.length === 0) throw notFound();
    const names = await partiesById(db, [r.holder_id, ...authorisations.map((a) => a.party_id)]);
    const nameOf = (id: string) => ({ id, name: names.get(id)?.name ?? '' });
    const derived = await Promise.all(derivedSources.map((source) => source(db, actor, r.id)));
    return {
      ...summaryOf(r, nameOf(r.holder_id).name),
      version: r.version,
      source: r.source,
      sourceStatement: r.source_statement,
      consentBasis: r.consent_basis,
      dictionary: [...r.columns],
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
      receipts: await receiptsOf(db, [r.id], RECEIPTS_MAX),
    };
  },
});

export const reads: readonly Read[] = [list, one];
