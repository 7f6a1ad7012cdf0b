import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, afterOf, notFound, PageQuery, page, pageOf, type Read, read, signedIn } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { type Text, TextSchema, text } from '../text.ts';
import {
  Case,
  Clock,
  caseLeft,
  caseShown,
  clockShown,
  clocksOf,
  type Left,
  partTitle,
  playersOf,
  type View,
} from './case-views.ts';
import { CaseId, papersOf } from './papers.ts';
import { asksForAnAct, isFinal, type Procedure } from './procedure.ts';
import { partsOf, seesAllCases, seesCase, stateOf } from './store.ts';
import type { CaseRow } from './tables.ts';
import { calendarNow } from './years.ts';

type Procedures = ReadonlyMap<string, Procedure>;

const Person = z.object({ id: z.string(), name: z.string() });

const CaseDetail = Case.extend({
  /** Every state of the procedure. */
  states: z.array(z.object({ name: z.string(), title: TextSchema, final: z.boolean() })),
  /** The usual way through it, and the way this case has gone so far. */
  way: z.array(z.string()),
  steps: z.array(z.object({ state: z.string(), at: z.iso.datetime() })),
  /** Ids of everything the case is about: forms of its acts are filled in with them. */
  subjects: z.array(z.string()),
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
  /** Acts that move the case on from here, and whether the reader's part makes the move. */
  moves: z.array(z.object({ event: z.string(), act: z.string(), to: z.string(), mine: z.boolean() })),
  /** Names of all acts the reader's parts may do now, those that do not move the case included. */
  myActs: z.array(z.string()),
  /** The reader's own people, to whom its turn can be given, and who has it; null: anybody. */
  colleagues: z.array(Person),
  handledBy: Person.nullable(),
});

/** A case that waits for somebody, for the list of everything that does. */
export interface Turn {
  readonly caseId: string;
  readonly subject: string;
  readonly title: Text;
  readonly what: Text;
  readonly act: string;
  readonly dueAt: Date | null;
  /** As the law counts it; null where no date is known. */
  readonly left: z.infer<typeof Left> | null;
}

/** Every state that asks somebody to act, as `procedure state part`. */
const turnsOf = (procedures: Procedures): string[] =>
  [...procedures.values()].flatMap((procedure) =>
    Object.entries(procedure.states).flatMap(([state, { waits }]) =>
      waits && asksForAnAct(procedure, state) ? [`${procedure.name} ${state} ${waits.part}`] : [],
    ),
  );

const isMyTurn = (actor: Actor, turns: readonly string[]) => sql<boolean>`exists (select from case_part t
   where t.case_id = c.id and t.party_id = ${actor.partyId} and (t.person_id is null or t.person_id = ${actor.personId})
     and c.closed_at is null and c.procedure || ' ' || c.state || ' ' || t.part = any (${turns}::text[]))`;

const procedureOf = (procedures: Procedures, { id, procedure }: Pick<CaseRow, 'id' | 'procedure'>): Procedure => {
  const found = procedures.get(procedure);
  if (!found) throw new Error(`case ${id} follows ${procedure}, which this program does not know`);
  return found;
};

/** Cases that wait for this person, the most urgent first; at most `limit`. */
export async function waitingCases(
  db: Queryable,
  procedures: Procedures,
  actor: Actor,
  { limit, at }: { readonly limit: number; readonly at: Date },
): Promise<Turn[]> {
  const { rows } = await sql<CaseRow>`select c.* from case_file c where ${isMyTurn(actor, turnsOf(procedures))}
    order by c.due_at nulls last, c.id limit ${limit}`.execute(db);
  if (rows.length === 0) return [];
  const clocks = await clocksOf(
    db,
    rows.map((r) => r.id),
  );
  const calendar = await calendarNow(db);
  return rows.map((row) => {
    const procedure = procedureOf(procedures, row);
    const state = stateOf(procedure, row.state);
    return {
      caseId: row.id,
      subject: row.subject_id,
      title: row.title,
      what: state.waits?.what ?? state.title,
      act: Object.keys(state.acts ?? {})[0] ?? Object.values(state.moves)[0]?.act ?? '',
      dueAt: row.due_at,
      left: caseLeft(row, { procedure, clocks, calendar, at }),
    };
  });
}

const STATE_IS = {
  all: sql`true`,
  open: sql`c.closed_at is null`,
  closed: sql`c.closed_at is not null`,
} as const;

/** @param procedures every procedure of the house, by name */
export function caseReads(procedures: Procedures, citation: View['citation']): Read[] {
  const list = read({
    path: '/cases',
    title: text('办理事项', 'Cases'),
    by: signedIn(),
    params: z.object({}),
    query: PageQuery.extend({
      procedure: z.string().max(60).optional(),
      subject: z.string().max(64).optional(),
      state: z.enum(['open', 'closed', 'all']).default('open'),
      waiting: z.enum(['me']).optional().describe('Only cases that wait for the reader'),
    }),
    output: pageOf(Case),
    run: async ({ db, actor, query, at }) => {
      const myTurn = isMyTurn(actor, turnsOf(procedures));
      const rows = await sql<CaseRow & { key: string }>`select * from (
        select c.*, (case when ${myTurn} then '0' else '1' end)
            || coalesce(to_char(c.due_at at time zone 'UTC', 'YYYYMMDDHH24MISS'), '99999999999999') || c.id as key
          from case_file c
         where ${seesAllCases(actor) ? sql`true` : sql`exists (select from case_part p where p.case_id = c.id and p.party_id = ${actor.partyId})`}
           and ${STATE_IS[query.state]} and ${query.waiting === 'me' ? myTurn : sql`true`}
           and (${query.procedure ?? null}::text is null or c.procedure = ${query.procedure ?? null})
           and (${query.subject ?? null}::text is null or exists (
             select from case_subject s where s.case_id = c.id and s.subject_id = ${query.subject ?? null}))) c
        where (${afterOf(query.cursor) ?? null}::text is null or key > ${afterOf(query.cursor) ?? null})
        order by key limit ${query.limit + 1}`.execute(db);
      const { items, nextCursor } = page(rows.rows, query.limit, (r) => r.key);
      const ids = items.map((r) => r.id);
      const players = await playersOf(db, ids);
      const clocks = ids.length === 0 ? [] : await clocksOf(db, ids);
      const calendar = await calendarNow(db);
      return {
        items: items.map((r) =>
          caseShown(r, { procedure: procedureOf(procedures, r), players, clocks, calendar, citation, actor, at }),
        ),
        nextCursor,
      };
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
      const procedure = procedureOf(procedures, row);
      const view: View = {
        procedure,
        players: await playersOf(db, [row.id]),
        clocks: await clocksOf(db, [row.id]),
        calendar: await calendarNow(db),
        citation,
        actor,
        at,
      };
      return { ...caseShown(row, view), ...(await insideOf(db, row, view)) };
    },
  });

  return [list, detail];
}

/** What the page of a case shows beside what the list does. */
async function insideOf(db: Queryable, row: CaseRow, view: View) {
  const { procedure, players, clocks, actor } = view;
  const [steps, subjects, notices] = await Promise.all([
    db
      .selectFrom('case_step')
      .select(['state', 'entered_at'])
      .where('case_id', '=', row.id)
      .orderBy('version')
      .execute(),
    db.selectFrom('case_subject').select('subject_id').where('case_id', '=', row.id).orderBy('subject_id').execute(),
    db.selectFrom('public_notice').select('id').where('case_id', '=', row.id).orderBy('id').execute(),
  ]);
  const mine = await partsOf(db, actor, row.id);
  const { waits, moves, acts = {} } = stateOf(procedure, row.state);
  const isMine = (parts: readonly string[]) => parts.some((part) => mine.includes(part));
  const shownMoves = Object.entries(moves).map(([event, { act, to, by }]) => ({
    ...{ event, act, to },
    mine: isMine(by ?? (waits ? [waits.part] : [])),
  }));
  const beside = Object.entries(acts).flatMap(([act, parts]) => (isMine(parts) ? [act] : []));
  const handler = players.find((p) => p.party_id === actor.partyId && p.person_id !== null);
  return {
    states: Object.entries(procedure.states).map(([name, s]) => ({ name, title: s.title, final: isFinal(s) })),
    way: [...procedure.way],
    steps: steps.map((s) => ({ state: s.state, at: s.entered_at.toISOString() })),
    subjects: subjects.map((s) => s.subject_id),
    parts: players.map((p) => ({
      part: p.part,
      title: partTitle(procedure, p.part),
      partyId: p.party_id,
      name: p.name,
    })),
    mine,
    clocks: clocks.map((c) => clockShown(c, view)),
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
    moves: shownMoves,
    myActs: [...new Set([...beside, ...shownMoves.flatMap((m) => (m.mine ? [m.act] : []))])],
    colleagues: mine.length === 0 ? [] : await colleaguesOf(db, actor),
    handledBy: handler ? { id: handler.person_id ?? '', name: handler.person ?? '' } : null,
  };
}

const COLLEAGUES_MAX = 500;

async function colleaguesOf(db: Queryable, { partyId }: Actor): Promise<z.infer<typeof Person>[]> {
  return db
    .selectFrom('person')
    .select(['id', 'display_name as name'])
    .where('party_id', '=', partyId ?? '')
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .limit(COLLEAGUES_MAX)
    .execute();
}
