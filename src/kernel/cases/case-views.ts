import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { type Text, TextSchema, text } from '../text.ts';
import { BeyondCalendar, type Calendar } from './calendar.ts';
import { leftUntil, PERIOD_UNITS } from './clock.ts';
import { asksForAnAct, type ClockDefinition, type Procedure } from './procedure.ts';
import { stateOf } from './store.ts';
import type { CaseClock, CaseRow } from './tables.ts';

/** Who must act next, in words and as parties. */
const WaitingFor = z.object({
  part: z.string(),
  title: TextSchema,
  what: TextSchema,
  parties: z.array(z.object({ id: z.string(), name: z.string(), person: z.string().nullable() })),
  /** It waits for the reader's own party, and for the reader where the party has given it to one person. */
  mine: z.boolean(),
  /** Nobody has to act: time moves it on, or somebody outside does. */
  idle: z.boolean(),
});

export const Left = z.object({ unit: z.enum(PERIOD_UNITS), count: z.number().int() });

export const Case = z.object({
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
  /** What is left until then, as the law counts it: whole working days where the period is one of working days. */
  left: Left.nullable(),
  overdue: z.boolean(),
  /** Its clock runs, yet without a date: the holiday notice of a year is not recorded. */
  unscheduled: z.boolean(),
  version: z.number(),
});

export const Clock = z.object({
  name: z.string(),
  title: TextSchema,
  rule: z.string(),
  citation: TextSchema,
  state: z.enum(['running', 'paused', 'stopped', 'overdue']),
  startedAt: z.iso.datetime(),
  unit: z.enum(PERIOD_UNITS),
  count: z.number(),
  dueAt: z.iso.datetime().nullable(),
  /** In its own unit; in days for months and years. */
  left: z.number().int().nullable(),
  /** When whoever must act is reminded, and when that happened. */
  remindAt: z.iso.datetime().nullable(),
  remindedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** What happens by itself when the time is over. */
  whenOver: TextSchema,
  /** Running, yet without a date: the holiday notice of a year is not recorded. */
  unscheduled: z.boolean(),
  pauses: z.array(z.object({ from: z.string(), to: z.string().nullable() })),
});

export interface Player {
  readonly case_id: string;
  readonly part: string;
  readonly party_id: string;
  readonly name: string;
  readonly person_id: string | null;
  readonly person: string | null;
}

export async function playersOf(db: Queryable, caseIds: readonly string[]): Promise<Player[]> {
  const { rows } = await sql<Player>`select c.case_id, c.part, c.party_id, p.name, c.person_id, h.display_name as person
    from case_part c join party p on p.id = c.party_id left join person h on h.id = c.person_id
   where c.case_id = any (${caseIds}::text[]) order by c.case_id, c.part, c.party_id`.execute(db);
  return rows;
}

export const clocksOf = (db: Queryable, caseIds: readonly string[]): Promise<CaseClock[]> =>
  db.selectFrom('case_clock').selectAll().where('case_id', 'in', caseIds).orderBy('id').execute();

export const partTitle = ({ parts }: Procedure, part: string): Text => parts[part] ?? text(part, part);

export const isTurnOf = (player: Player, actor: Actor): boolean =>
  player.party_id === actor.partyId && (player.person_id === null || player.person_id === actor.personId);

/** What a case is read with. */
export interface View {
  readonly procedure: Procedure;
  readonly players: readonly Player[];
  readonly clocks: readonly CaseClock[];
  readonly calendar: Calendar;
  /** How people cite a row of the rulebook. */
  readonly citation: (ruleId: string) => Text;
  readonly actor: Actor;
  readonly at: Date;
}

export function caseShown(row: CaseRow, view: View): z.input<typeof Case> {
  const { procedure, actor, at } = view;
  const { waits, title } = stateOf(procedure, row.state);
  const asked = asksForAnAct(procedure, row.state);
  const waiting = view.players.filter((p) => p.case_id === row.id && p.part === waits?.part);
  return {
    id: row.id,
    procedure: row.procedure,
    procedureTitle: procedure.title,
    subject: row.subject_id,
    title: row.title,
    state: row.state,
    stateTitle: title,
    waitingFor: waits
      ? {
          part: waits.part,
          title: partTitle(procedure, waits.part),
          what: waits.what,
          parties: waiting.map((p) => ({ id: p.party_id, name: p.name, person: p.person })),
          mine: asked && waiting.some((p) => isTurnOf(p, actor)),
          idle: !asked,
        }
      : null,
    openedAt: row.opened_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    dueAt: row.due_at?.toISOString() ?? null,
    left: caseLeft(row, view),
    overdue: row.closed_at === null && row.due_at !== null && row.due_at <= at,
    unscheduled:
      row.due_at === null &&
      view.clocks.some((c) => c.case_id === row.id && c.state === 'running' && c.due_at === null),
    version: row.version,
  };
}

/** What is left of the clock of its present state. */
export function caseLeft(
  row: CaseRow,
  view: Pick<View, 'procedure' | 'clocks' | 'calendar' | 'at'>,
): z.infer<typeof Left> | null {
  const { clock } = stateOf(view.procedure, row.state);
  const running = view.clocks.find((c) => c.case_id === row.id && c.name === clock && c.state === 'running');
  const count = running ? leftOn(running, view) : null;
  return running && count !== null ? { unit: countedIn(running), count } : null;
}

/** Months and years are long: what is left of them is said in days. */
const countedIn = ({ unit }: CaseClock) => (unit === 'month' || unit === 'year' ? 'day' : unit);

/** Null where no date is known, so that nothing is guessed. */
function leftOn({ due_at, unit }: CaseClock, { calendar, at }: Pick<View, 'calendar' | 'at'>): number | null {
  if (due_at === null) return null;
  try {
    return leftUntil(due_at, unit, at, calendar);
  } catch (error) {
    if (error instanceof BeyondCalendar) return null;
    throw error;
  }
}

export function clockShown(c: CaseClock, view: View): z.input<typeof Clock> {
  const definition = view.procedure.clocks[c.name];
  const rule = definition?.rule ?? view.procedure.rule;
  return {
    name: c.name,
    title: definition?.title ?? text(c.name, c.name),
    rule,
    citation: view.citation(rule),
    state: c.state,
    startedAt: c.started_at.toISOString(),
    unit: c.unit,
    count: c.count,
    dueAt: c.due_at?.toISOString() ?? null,
    left: c.state === 'running' ? leftOn(c, view) : null,
    remindAt: c.warn_at?.toISOString() ?? null,
    remindedAt: c.warned_at?.toISOString() ?? null,
    endedAt: c.ended_at?.toISOString() ?? null,
    whenOver: definition ? whenOver(view.procedure, definition) : text('', ''),
    unscheduled: c.state === 'running' && c.due_at === null,
    pauses: [...c.pauses],
  };
}

/** The supervisor is told and an alert stays on record, or the system makes the move the clock names. */
function whenOver(procedure: Procedure, { onDue }: ClockDefinition): Text {
  if (onDue === 'escalate') {
    const { zh, en } = partTitle(procedure, procedure.supervisor);
    return text(
      `逾期将自动上报${zh}并留痕`,
      `when it is over, the ${en.toLowerCase()} is told and an alert is recorded`,
    );
  }
  const to = Object.values(procedure.states).flatMap((s) => s.moves[onDue.event]?.to ?? [])[0];
  const { zh, en } = to === undefined ? text('下一步', 'the next step') : stateOf(procedure, to).title;
  return text(`期满自动转为“${zh}”`, `when it is over, it becomes “${en}” by itself`);
}
