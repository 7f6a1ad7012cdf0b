import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, afterOf, anyone, notFound, PageQuery, page, pageOf, type Read, read } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { type Text, TextSchema, text } from '../text.ts';
import { BeyondCalendar, type Calendar } from './calendar.ts';
import { leftUntil } from './clock.ts';
import { NoticeId } from './notices.ts';
import { CaseId } from './papers.ts';
import type { Procedure } from './procedure.ts';
import { partsOf, seesCase } from './store.ts';
import { calendarNow } from './years.ts';

type Procedures = ReadonlyMap<string, Procedure>;

const NoticeItem = z.object({
  id: z.string(),
  title: TextSchema,
  procedureTitle: TextSchema,
  /** The row of the rulebook the procedure follows. */
  rule: z.string(),
  citation: TextSchema,
  openedAt: z.iso.datetime(),
  /** Null while an objection is looked into, or where a holiday notice is not recorded. */
  closesAt: z.iso.datetime().nullable(),
  closedAt: z.iso.datetime().nullable(),
  /** Whole working days left to object; zero on the last day, null where no date is known. */
  workingDaysLeft: z.number().int().nullable(),
  objections: z.number().int(),
  /** Objections not decided yet: publicity stands still. */
  undecided: z.number().int(),
});

const OBJECTION_STATES = ['filed', 'upheld', 'dismissed'] as const;

/** Without grounds and contact: an objection is between who objects and who decides, its outcome is public. */
const NoticeDetail = NoticeItem.extend({
  body: TextSchema,
  /** Only for whoever plays a part in the case. */
  caseId: z.string().nullable(),
  decisions: z.array(
    z.object({
      id: z.string(),
      state: z.enum(OBJECTION_STATES),
      filedAt: z.iso.datetime(),
      decidedAt: z.iso.datetime().nullable(),
    }),
  ),
  /** With grounds, for whoever plays a part in the case; the contact for whoever looks into it alone. */
  objectionsInFull: z
    .array(
      z.object({
        id: z.string(),
        grounds: z.string(),
        contact: z.string().nullable(),
        filedAt: z.iso.datetime(),
        state: z.enum(OBJECTION_STATES),
        reason: z.string().nullable(),
      }),
    )
    .nullable(),
});

interface NoticeRow {
  readonly id: string;
  readonly case_id: string;
  readonly procedure: string;
  readonly title: Text;
  readonly body: Text;
  readonly opened_at: Date;
  readonly closes_at: Date | null;
  readonly closed_at: Date | null;
  readonly objections: number;
  readonly undecided: number;
}

const NOTICE = sql`select n.*, c.procedure,
    (select count(*)::int from objection o where o.notice_id = n.id) as objections,
    (select count(*)::int from objection o where o.notice_id = n.id and o.state = 'filed') as undecided
  from public_notice n join case_file c on c.id = n.case_id`;

function daysLeft({ closes_at, closed_at }: NoticeRow, calendar: Calendar, at: Date): number | null {
  if (closes_at === null || closed_at !== null) return null;
  try {
    return leftUntil(closes_at, 'working-day', at, calendar);
  } catch (error) {
    if (error instanceof BeyondCalendar) return null;
    throw error;
  }
}

/**
 * @param procedures every procedure of the house, by name
 * @param citation how people cite a row of the rulebook
 */
export function noticeReads(procedures: Procedures, citation: (ruleId: string) => Text): Read[] {
  const procedureOf = ({ id, procedure }: NoticeRow): Procedure => {
    const found = procedures.get(procedure);
    if (!found) throw new Error(`notice ${id} belongs to ${procedure}, which this program does not know`);
    return found;
  };
  const shown = (n: NoticeRow, calendar: Calendar, at: Date): z.input<typeof NoticeItem> => {
    const { title, rule } = procedureOf(n);
    return {
      id: n.id,
      title: n.title,
      procedureTitle: title,
      rule,
      citation: citation(rule),
      openedAt: n.opened_at.toISOString(),
      closesAt: n.closes_at?.toISOString() ?? null,
      closedAt: n.closed_at?.toISOString() ?? null,
      workingDaysLeft: daysLeft(n, calendar, at),
      objections: n.objections,
      undecided: n.undecided,
    };
  };

  const list = read({
    path: '/notices',
    title: text('公示', 'Public notices'),
    by: anyone(),
    params: z.object({}),
    query: PageQuery.extend({ open: z.enum(['true', 'false']).optional(), case: CaseId.optional() }),
    output: pageOf(NoticeItem),
    run: async ({ db, query, at }) => {
      const after = afterOf(query.cursor) ?? null;
      const open =
        query.open === undefined
          ? sql`true`
          : query.open === 'true'
            ? sql`n.closed_at is null`
            : sql`n.closed_at is not null`;
      const { rows } = await sql<NoticeRow>`${NOTICE} where ${open} and (${after}::text is null or n.id < ${after})
        and (${query.case ?? null}::text is null or n.case_id = ${query.case ?? null})
        order by n.id desc limit ${query.limit + 1}`.execute(db);
      const { items, nextCursor } = page(rows, query.limit, (n) => n.id);
      const calendar = await calendarNow(db);
      return { items: items.map((n) => shown(n, calendar, at)), nextCursor };
    },
  });

  const detail = read({
    path: '/notices/:noticeId',
    title: text('公示详情', 'Public notice'),
    by: anyone(),
    params: z.object({ noticeId: NoticeId }),
    query: z.object({}),
    output: NoticeDetail,
    run: async ({ db, actor, params, at }) => {
      const { rows } = await sql<NoticeRow>`${NOTICE} where n.id = ${params.noticeId}`.execute(db);
      const [notice] = rows;
      if (!notice) throw notFound();
      const objections = await db
        .selectFrom('objection')
        .selectAll()
        .where('notice_id', '=', notice.id)
        .orderBy('id')
        .execute();
      const inside = await seesCase(db, actor, notice.case_id);
      const investigates = await looksInto(db, actor, notice, procedureOf(notice));
      return {
        ...shown(notice, await calendarNow(db), at),
        body: notice.body,
        caseId: inside ? notice.case_id : null,
        decisions: objections.map((o) => ({
          id: o.id,
          state: o.state,
          filedAt: o.filed_at.toISOString(),
          decidedAt: o.decided_at?.toISOString() ?? null,
        })),
        objectionsInFull: inside
          ? objections.map((o) => ({
              id: o.id,
              grounds: o.grounds,
              contact: investigates ? o.contact : null,
              filedAt: o.filed_at.toISOString(),
              state: o.state,
              reason: o.reason,
            }))
          : null,
      };
    },
  });

  return [list, detail];
}

/** Whether the reader's party decides objections in this procedure: nobody else is told whom to call. */
async function looksInto(db: Queryable, actor: Actor, notice: NoticeRow, procedure: Procedure): Promise<boolean> {
  const deciders = Object.values(procedure.states).flatMap(({ waits, moves }) =>
    waits && Object.values(moves).some((m) => m.act === 'notice.decide-objection') ? [waits.part] : [],
  );
  return (await partsOf(db, actor, notice.case_id)).some((part) => deciders.includes(part));
}
