import { sql } from 'kysely';
import { type Actor, type JobRequest, notFound, refused } from '../acts/index.ts';
import type { Queryable, Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import type { Text } from '../text.ts';
import { turnClocks } from './clocks.ts';
import { firstState, isFinal, type Move, type Procedure, type StateDefinition } from './procedure.ts';
import type { CaseRow } from './tables.ts';
import { calendarNow } from './years.ts';

interface Moment {
  readonly at: Date;
  readonly enqueue: (job: JobRequest) => void;
}

export interface NewCase {
  readonly procedure: Procedure;
  readonly subjectId: string;
  readonly title: Text;
  /** Who plays each part from the beginning. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

/** Opens a case in its first state and starts that state's clock. */
export async function openCase(tx: Tx, opening: NewCase, { at, enqueue }: Moment): Promise<CaseRow> {
  const { procedure, subjectId, title, parts } = opening;
  const id = newId('cas');
  const state = firstState(procedure);
  await tx
    .insertInto('case_file')
    .values({
      id,
      procedure: procedure.name,
      subject_id: subjectId,
      title: JSON.stringify(title),
      state,
      opened_at: at,
      moved_at: at,
      closed_at: null,
      due_at: null,
    })
    .execute();
  await alsoAbout(tx, id, subjectId);
  await noteStep(tx, id, 1, state, at);
  for (const [part, partyIds] of Object.entries(parts)) await takePart(tx, procedure, id, part, partyIds);
  const calendar = await calendarNow(tx);
  const dueAt = await turnClocks({ tx, caseId: id, procedure, calendar, state, at, enqueue });
  return tx
    .updateTable('case_file')
    .set({ due_at: dueAt })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The case is about this too, such as the agreement an application led to: acts on it belong to its history. */
export async function alsoAbout(tx: Tx, caseId: string, subjectId: string): Promise<void> {
  await tx
    .insertInto('case_subject')
    .values({ case_id: caseId, subject_id: subjectId })
    .onConflict((c) => c.doNothing())
    .execute();
}

const noteStep = (tx: Tx, caseId: string, version: number, state: string, at: Date): Promise<unknown> =>
  tx.insertInto('case_step').values({ case_id: caseId, version, state, entered_at: at }).execute();

/** Parties join a case as it goes on: experts named, a provider asked. */
export async function takePart(
  tx: Tx,
  procedure: Procedure,
  caseId: string,
  part: string,
  partyIds: readonly string[],
): Promise<void> {
  if (!procedure.parts[part]) throw new Error(`procedure ${procedure.name} has no part ${part}`);
  for (const partyId of new Set(partyIds))
    await tx
      .insertInto('case_part')
      .values({ case_id: caseId, part, party_id: partyId, person_id: null })
      .onConflict((c) => c.doNothing())
      .execute();
}

/** A party has done its part: the case no longer waits for it, though it still reads it under the other part. */
export async function changePart(tx: Tx, caseId: string, partyId: string, from: string, to: string): Promise<void> {
  await tx
    .updateTable('case_part')
    .set({ part: to, person_id: null })
    .where('case_id', '=', caseId)
    .where('party_id', '=', partyId)
    .where('part', '=', from)
    .execute();
}

/** A case, locked, for whoever plays a part in it. @throws notFound for all others, as for what does not exist */
export async function lockCase(tx: Tx, actor: Actor, caseId: string): Promise<CaseRow> {
  const row = await tx.selectFrom('case_file').selectAll().where('id', '=', caseId).forUpdate().executeTakeFirst();
  if (!row || !(await seesCase(tx, actor, row.id))) throw notFound();
  return row;
}

export const isOpen = (row: Pick<CaseRow, 'closed_at'>): boolean => row.closed_at === null;

/** Supervisors read every case; whoever plays a part, their own. */
const SEES_ALL: readonly string[] = ['regulator', 'audit-admin'];
export const seesAllCases = (actor: Actor): boolean =>
  actor.kind === 'system' || actor.roles.some((r) => SEES_ALL.includes(r));

export async function seesCase(db: Queryable, actor: Actor, caseId: string): Promise<boolean> {
  return seesAllCases(actor) || (await partsOf(db, actor, caseId)).length > 0;
}

/** The parts the actor's party plays in a case. */
export async function partsOf(db: Queryable, actor: Actor, caseId: string): Promise<string[]> {
  if (actor.partyId === null) return [];
  const rows = await db
    .selectFrom('case_part')
    .select('part')
    .where('case_id', '=', caseId)
    .where('party_id', '=', actor.partyId)
    .execute();
  return rows.map((r) => r.part);
}

export interface CaseMove {
  readonly procedure: Procedure;
  readonly row: CaseRow;
  readonly event: string;
}

/**
 * Moves a locked case: its clocks turn, its version counts up. @returns the case as it stands now
 * @throws Refused of kind `state`, saying what the case waits for instead
 */
export async function moveCase(tx: Tx, { procedure, row, event }: CaseMove, { at, enqueue }: Moment): Promise<CaseRow> {
  const { to: state, restarts = false } = nextMove(procedure, row.state, event);
  const definition = stateOf(procedure, state);
  const calendar = await calendarNow(tx);
  const dueAt = await turnClocks({ tx, caseId: row.id, procedure, calendar, state, restarts, at, enqueue });
  await noteStep(tx, row.id, row.version + 1, state, at);
  return tx
    .updateTable('case_file')
    .set((e) => ({
      state,
      version: e('version', '+', 1),
      moved_at: at,
      due_at: dueAt,
      closed_at: isFinal(definition) ? at : null,
    }))
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function stateOf(procedure: Procedure, state: string): StateDefinition {
  const definition = procedure.states[state];
  if (!definition) throw new Error(`procedure ${procedure.name} has no state ${state}`);
  return definition;
}

/** Where an event leads. @throws Refused of kind `state` */
function nextMove(procedure: Procedure, state: string, event: string): Move {
  const now = stateOf(procedure, state);
  const move = now.moves[event];
  if (move) return move;
  const allowed = Object.values(procedure.states).filter((s) => s.moves[event]);
  const { zh, en } = procedure.title;
  throw refused(
    'state',
    procedure.rule,
    { zh: `${zh}当前阶段不能办理此事`, en: `${en}: not at this stage` },
    {
      zh: `现在是“${now.title.zh}”${now.waits ? `，${now.waits.what.zh}` : ''}。`,
      en: `The case is “${now.title.en}”${now.waits ? `: ${now.waits.what.en}` : ''}.`,
    },
    {
      zh: `只有在“${allowed.map((s) => s.title.zh).join('”或“')}”时可以办理。`,
      en: `It is possible only at “${allowed.map((s) => s.title.en).join('” or “')}”.`,
    },
  );
}

/** Waits in a row for whatever is done about one subject at once, where there is no row to lock yet. */
export async function oneAtATime(tx: Tx, what: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`.execute(tx);
}
