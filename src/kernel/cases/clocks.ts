import { sql } from 'kysely';
import type { JobRequest } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import { BeyondCalendar, type Calendar } from './calendar.ts';
import { dueAt, type Pause, type Period, type PeriodUnit } from './clock.ts';
import { type Procedure, periodOn } from './procedure.ts';
import type { CaseClock, StoredPause } from './tables.ts';

export const CLOCK_TASK = 'case-clock';
type Enqueue = (job: JobRequest) => void;

export interface ClockMove {
  readonly tx: Tx;
  readonly caseId: string;
  readonly procedure: Procedure;
  readonly calendar: Calendar;
  /** The state the case enters. */
  readonly state: string;
  /** The state's clock begins anew even where it ran before. */
  readonly restarts?: boolean;
  readonly at: Date;
  readonly enqueue: Enqueue;
}

/**
 * Brings a case's clocks to what the state it enters says: the state's own runs (begun, or going on after a pause), those
 * it names stand still, all others stop.
 * @returns when the state's clock is over; null where none runs or its year is not known yet
 */
export async function turnClocks(move: ClockMove): Promise<Date | null> {
  const { tx, caseId, procedure, at } = move;
  const { clock: own, pauses = [] } = procedure.states[move.state] ?? {};
  const living = await tx
    .selectFrom('case_clock')
    .selectAll()
    .where('case_id', '=', caseId)
    .where('state', 'in', ['running', 'paused', 'overdue'])
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const clock of living) {
    if (clock.name === own && !move.restarts) continue;
    if (!pauses.includes(clock.name)) await end(tx, clock.id, at);
    else if (clock.state === 'running') await pause(tx, clock, at);
  }
  if (own === undefined) return null;
  const going = move.restarts ? undefined : living.find((c) => c.name === own);
  return going ? goOn(going, move) : begin(own, move);
}

async function end(tx: Tx, clockId: string, at: Date): Promise<void> {
  await tx
    .updateTable('case_clock')
    .set({ state: 'stopped', ended_at: at, due_at: null, warn_at: null })
    .where('id', '=', clockId)
    .execute();
}

async function pause(tx: Tx, { id, pauses }: CaseClock, at: Date): Promise<void> {
  const now: StoredPause[] = [...pauses, { from: at.toISOString(), to: null }];
  await tx
    .updateTable('case_clock')
    .set({ state: 'paused', pauses: JSON.stringify(now), due_at: null, warn_at: null })
    .where('id', '=', id)
    .execute();
}

async function goOn(clock: CaseClock, { tx, calendar, procedure, at, enqueue }: ClockMove): Promise<Date | null> {
  if (clock.state !== 'paused') return clock.due_at;
  const pauses = clock.pauses.map((p) => ({ from: p.from, to: p.to ?? at.toISOString() }));
  const times = timesOf({ ...clock, pauses }, procedure, calendar);
  await tx
    .updateTable('case_clock')
    .set({ state: 'running', pauses: JSON.stringify(pauses), ...times })
    .where('id', '=', clock.id)
    .execute();
  schedule(clock.id, times, enqueue);
  return times.due_at;
}

async function begin(name: string, { tx, caseId, procedure, calendar, at, enqueue }: ClockMove): Promise<Date | null> {
  const definition = procedure.clocks[name];
  if (!definition) throw new Error(`procedure ${procedure.name} has no clock ${name}`);
  const { unit, count, reference } = periodOn(definition.period, at);
  const id = newId('clk');
  const times = timesOf({ name, unit, count, started_at: at, pauses: [] }, procedure, calendar);
  await tx
    .insertInto('case_clock')
    .values({
      id,
      case_id: caseId,
      name,
      state: 'running',
      started_at: at,
      unit,
      count,
      reference,
      pauses: '[]',
      warned_at: null,
      ended_at: null,
      ...times,
    })
    .execute();
  schedule(id, times, enqueue);
  return times.due_at;
}

interface Times {
  readonly due_at: Date | null;
  readonly warn_at: Date | null;
}

/** Null, both, where the holiday notice of the year is not known yet: never a guess. */
function timesOf(
  clock: Pick<CaseClock, 'name' | 'unit' | 'count' | 'started_at' | 'pauses'>,
  procedure: Procedure,
  calendar: Calendar,
): Times {
  const pauses: Pause[] = clock.pauses.map((p) => ({ from: new Date(p.from), to: new Date(p.to ?? p.from) }));
  const ends = (count: number) => dueAt(clock.started_at, { unit: clock.unit, count }, calendar, pauses);
  const definition = procedure.clocks[clock.name]?.warnBefore;
  const before = definition && periodOn(definition, clock.started_at);
  try {
    const due = ends(clock.count);
    if (before === undefined) return { due_at: due, warn_at: null };
    if (before.unit !== clock.unit) return { due_at: due, warn_at: earlier(due, before, clock.started_at) };
    const warnCount = clock.count - before.count;
    return { due_at: due, warn_at: warnCount <= 0 ? null : ends(warnCount) };
  } catch (error) {
    if (error instanceof BeyondCalendar) return { due_at: null, warn_at: null };
    throw error;
  }
}

const UNIT_MS: Readonly<Partial<Record<PeriodUnit, number>>> = { day: 86_400_000, hour: 3_600_000 };

/** A reminder in days or hours before the end of a period counted otherwise; none where it would come before the start. */
function earlier(due: Date, { unit, count }: Period, started: Date): Date | null {
  const ms = UNIT_MS[unit];
  if (ms === undefined) throw new RangeError(`a reminder ${count} ${unit} before cannot be counted back`);
  const at = new Date(due.getTime() - count * ms);
  return at > started ? at : null;
}

/** One job a clock and stage: a later date replaces the earlier one, and the job looks again before it does anything. */
function schedule(clockId: string, { due_at, warn_at }: Times, enqueue: Enqueue): void {
  if (due_at !== null) enqueue(clockJob(clockId, 'due', due_at));
  if (warn_at !== null) enqueue(clockJob(clockId, 'warn', warn_at));
}

export type Stage = 'due' | 'warn';

export const clockJob = (clockId: string, stage: Stage, runAt: Date): JobRequest => ({
  task: CLOCK_TASK,
  payload: { clockId, stage },
  key: `clock ${clockId} ${stage}`,
  runAt,
});

/** Gives clocks their dates that waited for a year's holiday notice. @returns how many */
export async function rescheduleWaiting(
  tx: Tx,
  calendar: Calendar,
  procedures: ReadonlyMap<string, Procedure>,
  enqueue: Enqueue,
): Promise<number> {
  const { rows } = await sql<CaseClock & { procedure: string }>`select k.*, c.procedure from case_clock k
    join case_file c on c.id = k.case_id where k.state = 'running' and k.due_at is null order by k.id for update of k`.execute(
    tx,
  );
  let dated = 0;
  for (const clock of rows) {
    const procedure = procedures.get(clock.procedure);
    const times = procedure && timesOf(clock, procedure, calendar);
    if (!times?.due_at) continue;
    await tx.updateTable('case_clock').set(times).where('id', '=', clock.id).execute();
    await tx.updateTable('case_file').set({ due_at: times.due_at }).where('id', '=', clock.case_id).execute();
    schedule(clock.id, times, enqueue);
    dated += 1;
  }
  return dated;
}
