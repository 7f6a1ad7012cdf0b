import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { afterOf, anyone, PageQuery, page, pageOf, read } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { searchQuery } from '../../kernel/search.ts';
import { PartyId, partiesById } from '../parties/index.ts';
import { type Entry, GRADES, OPENINGS, RESOURCE_COLUMNS } from './model.ts';
import { DATA_STATES, EntrySummary, summaryOf } from './summary.ts';

const FACET_VALUES_MAX = 50;

const Query = PageQuery.extend({
  q: z.string().trim().max(100).optional(),
  sector: z.string().trim().max(60).optional(),
  opening: z.enum(OPENINGS).optional(),
  grade: z.enum(GRADES).optional(),
  zone: z.string().trim().max(40).optional(),
  /** The party that holds it. */
  department: PartyId.optional(),
  /** Only listed, with data as new as planned, or overdue. */
  data: z.enum(DATA_STATES).optional(),
  /** Only what my party holds, or may use by a living authorisation. */
  mine: z.enum(['held', 'authorised', 'true']).optional(),
  /** Only public data that stand in the zone: what an announcement may offer. */
  announceable: z.enum(['true']).optional(),
});
type Query = z.output<typeof Query>;

const FACETS = ['sector', 'opening', 'grade', 'zone', 'department', 'data'] as const;
type Facet = (typeof FACETS)[number];

const FacetValue = z.object({ value: z.string(), count: z.number(), title: z.string().optional() });

/** What a facet groups by; all of it stands in the index `resource_report`. */
const facetValue = (facet: Facet, at: Date): RawBuilder<string | null> =>
  ({
    sector: sql<string>`sector`,
    opening: sql<string | null>`opening`,
    grade: sql<string>`grade`,
    zone: sql<string | null>`zone`,
    department: sql<string>`holder_id`,
    data: sql<string>`case when state = 'listed' then 'listed' when update_due_at < ${at} then 'overdue' else 'current' end`,
  })[facet];

/** Whether a row has the value chosen for a facet; true where none was chosen. */
const keeps = (facet: Facet, query: Query, at: Date): RawBuilder<boolean> =>
  query[facet] === undefined
    ? sql<boolean>`true`
    : sql<boolean>`coalesce(${facetValue(facet, at)} = ${query[facet]}, false)`;

const all = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join([...conditions], sql` and `)})`;

/** Which rows there are to be found at all, before the facets. */
function scopeOf(query: Query, self: string, at: Date): RawBuilder<boolean> {
  const words = query.q ? searchQuery(query.q) : undefined;
  const mine = {
    held: sql<boolean>`holder_id = ${self}`,
    true: sql<boolean>`holder_id = ${self}`,
    authorised: sql<boolean>`state = 'registered' and exists (select from resource_authorisation a
      where a.resource_id = resource.id and a.party_id = ${self} and a.revoked_at is null and a.suspended_at is null and a.valid_until > ${at})`,
  };
  return all([
    query.mine === undefined ? sql<boolean>`state <> 'withdrawn'` : mine[query.mine],
    ...(query.announceable ? [sql<boolean>`public_data and state = 'registered'`] : []),
    ...(query.q ? [words ? sql<boolean>`search @@ ${words}::tsquery` : sql<boolean>`false`] : []),
  ]);
}

/** Searched for words, what has them in its title stands first; otherwise the newest. */
function orderOf(query: Query): { first: RawBuilder<boolean>; after: RawBuilder<boolean> } {
  const words = query.q ? searchQuery(query.q, 'A') : undefined;
  const first = words ? sql<boolean>`search @@ ${words}::tsquery` : sql<boolean>`false`;
  const [, hit, id] = /^(?:([01])\.)?(.+)$/.exec(afterOf(query.cursor) ?? '') ?? [];
  if (id === undefined) return { first, after: sql<boolean>`true` };
  return words
    ? { first, after: sql<boolean>`(${first}, id) < (${hit === '1'}, ${id})` }
    : { first, after: sql<boolean>`id < ${id}` };
}

/**
 * Counts of every facet in one pass: each under the filters of the others, so that a chosen value does not hide its
 * neighbours.
 */
async function facetsOf(
  db: Queryable,
  query: Query,
  scope: RawBuilder<boolean>,
  at: Date,
): Promise<Record<Facet, { value: string; count: number }[]>> {
  const values = FACETS.map((facet) => sql`${facetValue(facet, at)} as ${sql.ref(facet)}`);
  const counts = FACETS.map((facet) => {
    const others = FACETS.filter((f) => f !== facet).map((f) =>
      query[f] === undefined ? sql<boolean>`true` : sql<boolean>`coalesce(${sql.ref(f)} = ${query[f]}, false)`,
    );
    return sql`coalesce(sum(n) filter (where ${all(others)}), 0)::int as ${sql.ref(`count_${facet}`)}`;
  });
  const names = FACETS.map((facet) => sql.ref(facet));
  // Grouped once by everything, then by each: a hundred thousand rows are few combinations.
  const { rows } = await sql<Record<string, string | number | null>>`
    select grouping(${sql.join(names)}) as set, ${sql.join(names)}, ${sql.join(counts)}
      from (select ${sql.join(values)}, count(*) as n from resource where ${scope} group by 1, 2, 3, 4, 5, 6) found
     group by grouping sets (${sql.join(names.map((name) => sql`(${name})`))})`.execute(db);
  const every = 2 ** FACETS.length - 1;
  return Object.fromEntries(
    FACETS.map((facet, i) => {
      const set = every - 2 ** (FACETS.length - 1 - i);
      const found = rows
        .filter((r) => r.set === set && r[facet] !== null)
        .map((r) => ({ value: String(r[facet]), count: Number(r[`count_${facet}`]) }))
        .filter(({ count }) => count > 0)
        .sort((x, y) => y.count - x.count || (x.value < y.value ? -1 : 1));
      return [facet, found.slice(0, FACET_VALUES_MAX)];
    }),
  ) as Record<Facet, { value: string; count: number }[]>;
}

export const catalogueList = read({
  path: '/resources',
  title: { zh: '资源目录', en: 'Catalogue of resources' },
  by: anyone(),
  params: z.object({}),
  query: Query,
  output: pageOf(EntrySummary).extend({
    /** The most frequent values of each, at most fifty. */
    facets: z.object(
      Object.fromEntries(FACETS.map((f) => [f, z.array(FacetValue)])) as Record<Facet, z.ZodArray<typeof FacetValue>>,
    ),
  }),
  run: async ({ db, actor, query, at }) => {
    const scope = scopeOf(query, actor.partyId ?? '', at);
    const { first, after } = orderOf(query);
    const rows = await db
      .selectFrom('resource')
      .select(RESOURCE_COLUMNS)
      .select(first.as('first'))
      .where(all([scope, ...FACETS.map((f) => keeps(f, query, at))]))
      .where(after)
      .$if(Boolean(query.q), (q) => q.orderBy('first', 'desc'))
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const facets = await facetsOf(db, query, scope, at);
    const names = await partiesById(db, [...rows.map((r) => r.holder_id), ...facets.department.map((d) => d.value)]);
    const nameOf = (id: string) => names.get(id)?.name ?? '';
    const { items, nextCursor } = page(rows, query.limit, (r) => (query.q ? `${r.first ? '1' : '0'}.${r.id}` : r.id));
    return {
      items: items.map((r) => summaryOf(r as Entry, nameOf(r.holder_id), at)),
      nextCursor,
      facets: { ...facets, department: facets.department.map((d) => ({ ...d, title: nameOf(d.value) })) },
    };
  },
});
