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
  signedIn,
} from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { type Text, TextSchema, text } from '../text.ts';
import { NoticeId } from './notices.ts';
import { CaseId, papersOf } from './papers.ts';
import { isFinal, type Procedure } from './procedure.ts';
import { partsOf, seesAllCases, seesCase, stateOf } from './store.ts';
import type { CaseClock, CaseRow } from './tables.ts';

type Procedures = ReadonlyMap<string, Procedure>;

/** Who must act next, in words and as parties. */
const WaitingFor = z.object({
  part: z.string(),
  title: TextSchema,
  what: TextSchema,
  parties: z.array(z.object({ id: z.string(), name: z.string(), person: z.string().nullable() })),
  /** It waits for the reader's own party, and for the reader where the party has given it to one person. */
  mine: z.boolean(),
});

const Case = z.object({
  id: z.string(),
  procedure: z.string(),
  procedureTitle: TextSchema,
  subject: z.string(),
  title: TextSchema,
  state: z.string(),
  stateTitle: TextSchema,
  waitingFor: WaitingFor.nullable(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  /** When the present state's clock is over; null where none runs, or where `unscheduled` says why. */
  dueAt: z.iso.datetime().nullable(),
  overdue: z.boolean(),
  version: z.number(),
});

const Clock = z.object({
  name: z.string(),
  title: TextSchema,
  rule: z.string(),
  state: z.enum(['running', 'paused', 'stopped', 'overdue']),
  startedAt: z.iso.datetime(),
  unit: z.string(),
  count: z.number(),
  dueAt: z.iso.datetime().nullable(),
  /** Running, yet without a date: the holiday notice of a year is not recorded. */
  unscheduled: z.boolean(),
  pauses: z.array(z.object({ from: z.string(), to: z.string().nullable() })),
});

const CaseDetail = Case.extend({
  /** The way from the first state to the end, for the steps on the page. */
  states: z.array(z.object({ name: z.string(), title: TextSchema, final: z.boolean() })),
  parts: z.array(z.object({ part: z.string(), title: TextSchema, partyId: z.string(), name: z.string() })),
  /** The reader's parts. */
  mine: z.array(z.string()),
  clocks: z.array(Clock),
  papers: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      kindTitle: TextSchema,
      party: z.string(),
      fileId: z.string(),
      name: z.string(),
      bytes: z.number().nullable(),
      sha256: z.string().nullable(),
      attachedAt: z.iso.datetime(),
    }),
  ),
  /** Kinds of paper the procedure knows. */
  kinds: z.array(z.object({ kind: z.string(), title: TextSchema, neededFor: z.array(z.string()) })),
  notices: z.array(z.string()),
  /** Acts that move the case on from here, by whoever plays the part. */
  moves: z.array(z.object({ event: z.string(), act: z.string(), to: z.string() })),
});

interface Player {
  readonly case_id: string;
  readonly part: string;
  readonly party_id: string;
  readonly name: string;
  readonly person_id: string | null;
  readonly person: string | null;
}

async function playersOf(db: Queryable, caseIds: readonly string[]): Promise<Player[]> {
  const { rows } = await sql<Player>`select c.case_id, c.part, c.party_id, p.name, c.person_id, h.display_name as person
    from case_part c join party p on p.id = c.party_id left join person h on h.id = c.person_id
   where c.case_id = any (${caseIds}::text[]) order by c.case_id, c.part, c.party_id`.execute(db);
  return rows;
}

/** @param procedures every procedure of the house, by name */
export function caseReads(procedures: Procedures): Read[] {
  const shown = (row: CaseRow, players: readonly Player[], actor: Actor, at: Date): z.input<typeof Case> => {
    const procedure = procedures.get(row.procedure);
    if (!procedure) throw new Error(`case ${row.id} follows ${row.procedure}, which this program does not know`);
    const state = stateOf(procedure, row.state);
    const waiting = state.waits && players.filter((p) => p.case_id === row.id && p.part === state.waits?.part);
    return {
      id: row.id,
      procedure: row.procedure,
      procedureTitle: procedure.title,
      subject: row.subject_id,
      title: row.title,
      state: row.state,
      stateTitle: state.title,
      waitingFor:
        state.waits && waiting
          ? {
              part: state.waits.part,
              title: partTitle(procedure, state.waits.part),
              what: state.waits.what,
              parties: waiting.map((p) => ({ id: p.party_id, name: p.name, person: p.person })),
              mine: waiting.some((p) => isTurnOf(p, actor)),
            }
          : null,
      openedAt: row.opened_at.toISOString(),
      closedAt: row.closed_at?.toISOString() ?? null,
      dueAt: row.due_at?.toISOString() ?? null,
      overdue: row.closed_at === null && row.due_at !== null && row.due_at <= at,
      version: row.version,
    };
  };

  const list = read({
    path: '/cases',
    title: text('办理事项', 'Cases'),
    by: signedIn(),
    params: z.object({}),
    query: PageQuery.extend({
      procedure: z.string().max(60).optional(),
      subject: z.string().max(64).optional(),
      state: z.enum(['open', 'closed', 'all']).default('open'),
    }),
    output: pageOf(Case),
    run: async ({ db, actor, query, at }) => {
      const turns = turnsOf(procedures);
      const rows = await sql<CaseRow & { key: string }>`select * from (
        select c.*, (case when ${isMyTurn(actor, turns)} then '0' else '1' end)
            || coalesce(to_char(c.due_at at time zone 'UTC', 'YYYYMMDDHH24MISS'), '99999999999999') || c.id as key
          from case_file c
         where ${seesAllCases(actor) ? sql`true` : sql`exists (select from case_part p where p.case_id = c.id and p.party_id = ${actor.partyId})`}
           and ${query.state === 'all' ? sql`true` : query.state === 'open' ? sql`c.closed_at is null` : sql`c.closed_at is not null`}
           and (${query.procedure ?? null}::text is null or c.procedure = ${query.procedure ?? null})
           and (${query.subject ?? null}::text is null or c.subject_id = ${query.subject ?? null})) c
        where (${afterOf(query.cursor) ?? null}::text is null or key > ${afterOf(query.cursor) ?? null})
        order by key limit ${query.limit + 1}`.execute(db);
      const { items, nextCursor } = page(rows.rows, query.limit, (r) => r.key);
      const players = await playersOf(
        db,
        items.map((r) => r.id),
      );
      return { items: items.map((r) => shown(r, players, actor, at)), nextCursor };
    },
  });

  const detail = read({
    path: '/cases/:caseId',
    title: text('办理事项详情', 'Case'),
    by: signedIn(),
    params: z.object({ caseId: CaseId }),
    query: z.object({}),
    output: CaseDetail,
    run: async ({ db, actor, params, at }) => {
      const row = await db.selectFrom('case_file').selectAll().where('id', '=', params.caseId).executeTakeFirst();
      if (!row || !(await seesCase(db, actor, row.id))) throw notFound();
      const procedure = procedures.get(row.procedure);
      if (!procedure) throw notFound();
      const players = await playersOf(db, [row.id]);
      const notices = await db
        .selectFrom('public_notice')
        .select('id')
        .where('case_id', '=', row.id)
        .orderBy('id')
        .execute();
      const clocks = await db
        .selectFrom('case_clock')
        .selectAll()
        .where('case_id', '=', row.id)
        .orderBy('id')
        .execute();
      return {
        ...shown(row, players, actor, at),
        states: Object.entries(procedure.states).map(([name, s]) => ({ name, title: s.title, final: isFinal(s) })),
        parts: players.map((p) => ({
          part: p.part,
          title: partTitle(procedure, p.part),
          partyId: p.party_id,
          name: p.name,
        })),
        mine: await partsOf(db, actor, row.id),
        clocks: clocks.map((c) => clockShown(procedure, c)),
        papers: (await papersOf(db, row.id)).map((p) => ({
          ...p,
          kindTitle: procedure.papers[p.kind]?.title ?? text(p.kind, p.kind),
          attachedAt: p.attachedAt.toISOString(),
        })),
        kinds: Object.entries(procedure.papers).map(([kind, p]) => ({
          kind,
          title: p.title,
          neededFor: [...p.neededFor],
        })),
        notices: notices.map((n) => n.id),
        moves: Object.entries(stateOf(procedure, row.state).moves).map(([event, m]) => ({ event, ...m })),
      };
    },
  });

  return [list, detail, noticeList, noticeDetail, notifications];
}

const partTitle = ({ parts }: Procedure, part: string): Text => parts[part] ?? text(part, part);

const isTurnOf = (player: Player, actor: Actor): boolean =>
  player.party_id === actor.partyId && (player.person_id === null || player.person_id === actor.personId);

/** Every state that waits, as `procedure state part`. */
const turnsOf = (procedures: Procedures): string[] =>
  [...procedures.values()].flatMap(({ name, states }) =>
    Object.entries(states).flatMap(([state, { waits }]) => (waits ? [`${name} ${state} ${waits.part}`] : [])),
  );

const isMyTurn = (actor: Actor, turns: readonly string[]) => sql`exists (select from case_part t
   where t.case_id = c.id and t.party_id = ${actor.partyId} and (t.person_id is null or t.person_id = ${actor.personId})
     and c.closed_at is null and c.procedure || ' ' || c.state || ' ' || t.part = any (${turns}::text[]))`;

function clockShown(procedure: Procedure, c: CaseClock): z.input<typeof Clock> {
  const definition = procedure.clocks[c.name];
  return {
    name: c.name,
    title: definition?.title ?? text(c.name, c.name),
    rule: definition?.rule ?? '',
    state: c.state,
    startedAt: c.started_at.toISOString(),
    unit: c.unit,
    count: c.count,
    dueAt: c.due_at?.toISOString() ?? null,
    unscheduled: c.state === 'running' && c.due_at === null,
    pauses: [...c.pauses],
  };
}

const NoticeItem = z.object({
  id: z.string(),
  title: TextSchema,
  openedAt: z.iso.datetime(),
  /** Null while an objection is looked into, or where a holiday notice is not recorded. */
  closesAt: z.iso.datetime().nullable(),
  closedAt: z.iso.datetime().nullable(),
  objections: z.number().int(),
});

/** Without grounds and contact: an objection is between who objects and who decides, its outcome is public. */
const NoticeDetail = NoticeItem.extend({
  body: TextSchema,
  /** Only for whoever plays a part in the case. */
  caseId: z.string().nullable(),
  decisions: z.array(z.object({ id: z.string(), state: z.string(), decidedAt: z.iso.datetime().nullable() })),
  /** With grounds and contact, for whoever plays a part in the case. */
  objectionsInFull: z
    .array(
      z.object({
        id: z.string(),
        grounds: z.string(),
        contact: z.string().nullable(),
        filedAt: z.iso.datetime(),
        state: z.string(),
        reason: z.string().nullable(),
      }),
    )
    .nullable(),
});

interface NoticeRow {
  readonly id: string;
  readonly case_id: string;
  readonly title: Text;
  readonly body: Text;
  readonly opened_at: Date;
  readonly closes_at: Date | null;
  readonly closed_at: Date | null;
  readonly objections: number;
}

const noticeShown = (n: NoticeRow): z.input<typeof NoticeItem> => ({
  id: n.id,
  title: n.title,
  openedAt: n.opened_at.toISOString(),
  closesAt: n.closes_at?.toISOString() ?? null,
  closedAt: n.closed_at?.toISOString() ?? null,
  objections: n.objections,
});

const NOTICE = sql`select n.*, (select count(*)::int from objection o where o.notice_id = n.id) as objections from public_notice n`;

const noticeList = read({
  path: '/notices',
  title: text('公示', 'Public notices'),
  by: anyone(),
  params: z.object({}),
  query: PageQuery.extend({ open: z.enum(['true', 'false']).optional() }),
  output: pageOf(NoticeItem),
  run: async ({ db, query }) => {
    const after = afterOf(query.cursor) ?? null;
    const open =
      query.open === undefined
        ? sql`true`
        : query.open === 'true'
          ? sql`n.closed_at is null`
          : sql`n.closed_at is not null`;
    const { rows } = await sql<NoticeRow>`${NOTICE} where ${open} and (${after}::text is null or n.id < ${after})
      order by n.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (n) => n.id);
    return { items: items.map(noticeShown), nextCursor };
  },
});

const noticeDetail = read({
  path: '/notices/:noticeId',
  title: text('公示详情', 'Public notice'),
  by: anyone(),
  params: z.object({ noticeId: NoticeId }),
  query: z.object({}),
  output: NoticeDetail,
  run: async ({ db, actor, params }) => {
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
    return {
      ...noticeShown(notice),
      body: notice.body,
      caseId: inside ? notice.case_id : null,
      decisions: objections.map((o) => ({ id: o.id, state: o.state, decidedAt: o.decided_at?.toISOString() ?? null })),
      objectionsInFull: inside
        ? objections.map((o) => ({
            id: o.id,
            grounds: o.grounds,
            contact: o.contact,
            filedAt: o.filed_at.toISOString(),
            state: o.state,
            reason: o.reason,
          }))
        : null,
    };
  },
});

const NotificationItem = z.object({
  id: z.string(),
  caseId: z.string().nullable(),
  words: TextSchema,
  at: z.iso.datetime(),
});

const notifications = read({
  path: '/notifications',
  title: text('通知', 'Notifications'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery,
  output: pageOf(NotificationItem),
  run: async ({ db, actor, query }) => {
    let rows = db
      .selectFrom('notification')
      .selectAll()
      .where('party_id', '=', actor.partyId ?? '')
      .where((e) => e.or([e('person_id', 'is', null), e('person_id', '=', actor.personId)]));
    const after = afterOf(query.cursor);
    if (after) rows = rows.where('id', '<', after);
    const found = await rows
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(found, query.limit, (n) => n.id);
    return {
      items: items.map((n) => ({ id: n.id, caseId: n.case_id, words: n.words, at: n.at.toISOString() })),
      nextCursor,
    };
  },
});
