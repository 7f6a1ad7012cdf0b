import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { getParty, PartyId, partiesById } from '../parties/index.ts';
import { Holder } from './summary.ts';

/**
 * How far a department has gathered its data (GY-1.1, GY-2.7). The share counts entries that stand in the zone, fresh and
 * completely described, among those the law does not keep out; it is null where there is nothing to gather.
 */
const Figures = z.object({
  entries: z.number(),
  /** Kept out of the zone by a law the entry names (GY-1.3). */
  excepted: z.number(),
  gathered: z.number(),
  /** In the zone, and no update is overdue. */
  fresh: z.number(),
  /** In the zone, and the description is complete. */
  described: z.number(),
  overdue: z.number(),
  /** In the zone, fresh and described. */
  whole: z.number(),
  share: z.number().nullable(),
  unconditional: z.number(),
  conditional: z.number(),
  paid: z.number(),
});
type Counts = Omit<z.infer<typeof Figures>, 'share'>;

const COUNTS = sql`count(*)::int as entries,
  count(*) filter (where exception_basis is not null and state = 'listed')::int as excepted,
  count(*) filter (where state = 'registered')::int as gathered,
  count(*) filter (where state = 'registered' and (update_due_at is null or update_due_at >= now()))::int as fresh,
  count(*) filter (where state = 'registered' and missing = '{}')::int as described,
  count(*) filter (where state = 'registered' and update_due_at < now())::int as overdue,
  count(*) filter (where state = 'registered' and (update_due_at is null or update_due_at >= now()) and missing = '{}')::int as whole,
  count(*) filter (where opening = 'unconditional')::int as unconditional,
  count(*) filter (where opening = 'conditional')::int as conditional,
  count(*) filter (where opening = 'paid')::int as paid`;
/** What the index `resource_report` answers by itself. */
const DIRECTORY = sql<boolean>`public_data and state <> 'withdrawn'`;

function figuresOf(counts: Counts): z.input<typeof Figures> {
  const due = counts.entries - counts.excepted;
  return { ...counts, share: due === 0 ? null : counts.whole / due };
}

async function countsOf(db: Queryable, where: RawBuilder<boolean>): Promise<Counts> {
  const { rows } = await sql<Counts>`select ${COUNTS} from resource where ${DIRECTORY} and ${where}`.execute(db);
  const [counts] = rows;
  if (!counts) throw new Error('the database gave no count');
  return counts;
}

const list = read({
  path: '/departments',
  title: { zh: '数据归集情况', en: 'How far departments have gathered their data' },
  by: anyone(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(z.object({ department: Holder, figures: Figures })).extend({ total: Figures }),
  run: async ({ db, query }) => {
    const { rows } = await sql<Counts & { holder_id: string }>`select holder_id, ${COUNTS} from resource
      where ${DIRECTORY} and holder_id > ${afterOf(query.cursor) ?? ''}
      group by holder_id order by holder_id limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (r) => r.holder_id);
    const names = await partiesById(
      db,
      items.map((r) => r.holder_id),
    );
    return {
      items: items.map(({ holder_id, ...counts }) => ({
        department: { id: holder_id, name: names.get(holder_id)?.name ?? '' },
        figures: figuresOf(counts),
      })),
      nextCursor,
      total: figuresOf(await countsOf(db, sql<boolean>`true`)),
    };
  },
});

const CHANGES_SHOWN = 20;

const one = read({
  path: '/departments/:partyId',
  title: { zh: '部门目录', en: 'Directory of a department' },
  by: anyone(),
  params: z.object({ partyId: PartyId }),
  query: z.object({}),
  output: z.object({
    department: Holder,
    figures: Figures,
    /** What changed last in its directory. */
    changes: z.array(
      z.object({
        resource: z.object({ id: z.string(), title: z.string() }),
        version: z.number(),
        at: z.iso.datetime(),
        event: z.string(),
        changed: z.array(z.string()),
      }),
    ),
  }),
  run: async ({ db, params }) => {
    const party = await getParty(db, params.partyId);
    if (!party?.roles.includes('data-provider')) throw notFound();
    const changes = await db
      .selectFrom('resource_version as v')
      .innerJoin('resource as r', 'r.id', 'v.resource_id')
      .select(['r.id', 'r.title', 'v.version', 'v.at', 'v.event', 'v.changed'])
      .where('v.holder_id', '=', party.id)
      .where('r.state', '<>', 'withdrawn')
      .orderBy('v.at', 'desc')
      .limit(CHANGES_SHOWN)
      .execute();
    return {
      department: { id: party.id, name: party.name },
      figures: figuresOf(await countsOf(db, sql<boolean>`holder_id = ${party.id}`)),
      changes: changes.map(({ id, title, at, ...v }) => ({ ...v, resource: { id, title }, at: at.toISOString() })),
    };
  },
});

export const departmentReads: readonly Read[] = [list, one];
