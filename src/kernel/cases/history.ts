import { sql } from 'kysely';
import { z } from 'zod';
import {
  type Act,
  type Actor,
  afterOf,
  notFound,
  PageQuery,
  page,
  pageOf,
  type Read,
  read,
  signedIn,
} from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { seesAllReceipts } from '../evidence/reads.ts';
import { type Text, TextSchema, text } from '../text.ts';
import { CaseId } from './papers.ts';
import { seesCase } from './store.ts';

const Decision = z.object({
  rule: z.string(),
  citation: TextSchema,
  title: TextSchema,
  outcome: z.string(),
  binding: z.boolean(),
});

/** As the act log keeps it. */
interface Decided {
  readonly rule: string;
  readonly outcome: string;
  readonly binding: boolean;
}

const Event = z.object({
  receiptId: z.string(),
  act: z.string(),
  title: TextSchema,
  at: z.iso.datetime(),
  subject: z.string(),
  /** Null for the system, and for whoever objected: that is between them and who decides. */
  party: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** The reader may open the receipt, not only know of it. */
  mine: z.boolean(),
  level: z.enum(['committed', 'sequenced', 'witnessed']),
  index: z.number().int().nullable(),
  /** How each rule of the act was decided; empty where the receipt is not the reader's. */
  decisions: z.array(Decision),
});

interface Row {
  readonly id: string;
  readonly name: string;
  readonly at: Date;
  readonly subject: string;
  readonly party_id: string | null;
  readonly party: string | null;
  readonly mine: boolean;
  readonly decisions: readonly Decided[];
  readonly index: number | null;
  readonly witnessed: boolean;
}

/** Whom a party gave its turn to is its own affair. */
const INTERNAL = ['case.delegate'];
const OBJECTION = 'notice.object';

interface Asked {
  readonly caseId: string;
  readonly actor: Actor;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Acts on the case, on what it is about, and on objections to its notices; newest first. */
async function eventsOf(db: Queryable, { caseId, actor, after, limit }: Asked): Promise<Row[]> {
  const mine = seesAllReceipts(actor)
    ? sql`true`
    : sql`exists (select 1 from act_party p where p.act_id = a.id and p.party_id = ${actor.partyId})`;
  const { rows } = await sql<Row>`
    with about as (
      select ${caseId}::text as id union select subject_id from case_subject where case_id = ${caseId}
      union select o.id from objection o join public_notice n on n.id = o.notice_id where n.case_id = ${caseId}),
    shown as (
      select a.id, a.name, a.at, a.subject, a.party_id, ${mine} as mine, a.decisions
        from about join act_log a on a.subject = about.id
       where (${after ?? null}::text is null or a.id < ${after ?? null}) and (${mine} or a.name <> all (${INTERNAL}::text[]))
       order by a.id desc limit ${limit})
    select shown.*, p.name as party, l.index, coalesce(l.index < s.witnessed_size, false) as witnessed
      from shown left join party p on p.id = shown.party_id left join log_state s on true
      left join evidence_leaf l on l.entry_id = 'rct_' || substr(shown.id, 5) and l.index < s.published_size
     order by shown.id desc`.execute(db);
  return rows;
}

/**
 * @param acts every act of the house, for their titles and those of their rules
 * @param citation how people cite a row of the rulebook
 */
export const historyRead = (acts: () => readonly Act[], citation: (ruleId: string) => Text): Read =>
  read({
    path: '/cases/:caseId/history',
    title: text('办理经过', 'History of a case'),
    by: signedIn(),
    params: z.object({ caseId: CaseId }),
    query: PageQuery,
    output: pageOf(Event),
    run: async ({ db, actor, params, query }) => {
      const there = await db.selectFrom('case_file').select('id').where('id', '=', params.caseId).executeTakeFirst();
      if (!there || !(await seesCase(db, actor, there.id))) throw notFound();
      const byName = new Map(acts().map((a) => [a.name, a]));
      const decided = (name: string, { rule, outcome, binding }: Decided) => ({
        ...{ rule, outcome, binding },
        citation: citation(rule),
        title: byName.get(name)?.rules.find((r) => r.id === rule)?.title ?? text(rule, rule),
      });
      const rows = await eventsOf(db, {
        caseId: params.caseId,
        actor,
        after: afterOf(query.cursor),
        limit: query.limit + 1,
      });
      const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
      return {
        items: items.map((r) => ({
          receiptId: r.id.replace(/^act_/, 'rct_'),
          act: r.name,
          title: byName.get(r.name)?.title ?? text(r.name, r.name),
          at: r.at.toISOString(),
          subject: r.subject,
          party:
            r.party_id === null || r.party === null || (r.name === OBJECTION && !r.mine)
              ? null
              : { id: r.party_id, name: r.party },
          mine: r.mine,
          level:
            r.index === null ? ('committed' as const) : r.witnessed ? ('witnessed' as const) : ('sequenced' as const),
          index: r.index,
          decisions: r.mine ? r.decisions.map((d) => decided(r.name, d)) : [],
        })),
        nextCursor,
      };
    },
  });
