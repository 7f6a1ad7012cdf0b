import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, enqueue, execute, notFound, SYSTEM, system } from '../acts/index.ts';
import type { Database, Tx } from '../database/index.ts';
import { idOf, newId } from '../ids.ts';
import { type Task, task } from '../jobs.ts';
import { text } from '../text.ts';
import { CLOCK_TASK, clockJob, type Stage } from './clocks.ts';
import { notifyPart } from './notifications.ts';
import type { ClockDefinition, Procedure } from './procedure.ts';
import { stillRunning } from './rules.ts';
import { stateOf } from './store.ts';
import type { CaseClock, CaseRow } from './tables.ts';

const ClockId = idOf('clk', text('期限', 'Clock'));
type Procedures = ReadonlyMap<string, Procedure>;

interface Fired {
  readonly clock: CaseClock;
  readonly row: CaseRow;
  readonly state: string;
  readonly dueAt: string | null;
}

/** What clocks do by themselves: remind whoever must act, and tell whoever supervises when the time is over. */
export function clockActs(procedures: Procedures): Act[] {
  const load = async (tx: Tx, clockId: string): Promise<Fired> => {
    const found = await tx.selectFrom('case_clock').select('case_id').where('id', '=', clockId).executeTakeFirst();
    if (!found) throw notFound();
    // The case first, as every act locks it, then its clock.
    const row = await tx
      .selectFrom('case_file')
      .selectAll()
      .where('id', '=', found.case_id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const clock = await tx
      .selectFrom('case_clock')
      .selectAll()
      .where('id', '=', clockId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    return { clock, row, state: clock.state, dueAt: clock.due_at?.toISOString() ?? null };
  };

  const remind = act({
    name: 'case.remind',
    title: text('期限将至提醒', 'Remind that time is running out'),
    by: system(),
    input: z.object({ clockId: ClockId }),
    output: z.object({ caseId: z.string(), told: z.number() }),
    facts: ({ tx, input }) => load(tx, input.clockId),
    perform: async ({ tx, facts: { clock, row }, at }) => {
      await tx.updateTable('case_clock').set({ warned_at: at }).where('id', '=', clock.id).execute();
      const definition = procedureOf(procedures, row);
      const { waits } = stateOf(definition, row.state);
      if (!waits) return { caseId: row.id, told: 0 };
      const words = text(
        `${waits.what.zh}，期限至${moment(clock.due_at)}。`,
        `${waits.what.en}; the time ends at ${moment(clock.due_at)}.`,
      );
      return { caseId: row.id, told: await notifyPart(tx, row, waits.part, words, at) };
    },
    entry: ({ facts: { clock, row } }) => ({ subject: row.id, sealed: { clock: clock.name } }),
  });

  const escalate = act({
    name: 'case.escalate',
    title: text('逾期上报', 'Report that time is over'),
    by: system(),
    rules: [stillRunning],
    input: z.object({ clockId: ClockId }),
    output: z.object({ caseId: z.string(), told: z.number() }),
    facts: ({ tx, input }) => load(tx, input.clockId),
    perform: async ({ tx, facts: { clock, row }, at, actId }) => {
      await tx.updateTable('case_clock').set({ state: 'overdue' }).where('id', '=', clock.id).execute();
      const definition = procedureOf(procedures, row);
      const { waits } = stateOf(definition, row.state);
      const { title: name, rule } = clockOf(definition, clock);
      const fact = text(
        `“${row.title.zh}”的${name.zh}已于${moment(clock.due_at)}届满，尚待：${waits?.what.zh ?? ''}。`,
        `${name.en} of “${row.title.en}” ended at ${moment(clock.due_at)}; still waiting: ${waits?.what.en ?? ''}.`,
      );
      await sql`insert into alert (id, act_id, rule_id, party_id, subject, at, fact, remedy)
        values (${newId('alt')}, ${actId}, ${rule}, null, ${row.id}, ${at},
                ${JSON.stringify(fact)}::jsonb, ${JSON.stringify(REMEDY)}::jsonb)`.execute(tx);
      return { caseId: row.id, told: await notifyPart(tx, row, definition.supervisor, fact, at) };
    },
    entry: ({ facts: { clock, row } }) => ({ subject: row.id, sealed: { clock: clock.name, state: row.state } }),
  });

  return [remind, escalate];
}

const REMEDY = text('请督促承办单位尽快办理，并说明逾期原因。', 'Urge whoever must act, and have the reason recorded.');
const BEIJING_OFFSET_MS = 8 * 3_600_000;
const moment = (at: Date | null): string =>
  at === null ? '—' : new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');

function clockOf({ name, clocks }: Procedure, clock: CaseClock): ClockDefinition {
  const found = clocks[clock.name];
  if (!found) throw new Error(`procedure ${name} has no clock ${clock.name}`);
  return found;
}

function procedureOf(procedures: Procedures, row: CaseRow): Procedure {
  const found = procedures.get(row.procedure);
  if (!found) throw new Error(`case ${row.id} follows ${row.procedure}, which this program does not know`);
  return found;
}

const COLUMN = { due: 'due_at', warn: 'warn_at' } as const satisfies Record<Stage, string>;

/**
 * The job behind each clock and stage. It looks again: a clock that stopped, stands still or was moved does nothing. The
 * act's key makes it happen once, whatever dies on the way.
 */
export function clockTask(procedures: Procedures, acts: () => readonly Act[]): Task {
  return task(CLOCK_TASK, async (payload, { kernel }) => {
    const clockId = String(payload.clockId);
    const found = await dueNow(kernel.db, clockId, payload.stage === 'warn' ? 'warn' : 'due');
    if (!found) return;
    const { clock, row } = found;
    const onDue = procedureOf(procedures, row).clocks[clock.name]?.onDue;
    const event = payload.stage === 'due' && typeof onDue === 'object' ? onDue.event : undefined;
    const move = event === undefined ? undefined : stateOf(procedureOf(procedures, row), row.state).moves[event];
    if (event !== undefined && !move) return;
    const name = move?.act ?? (payload.stage === 'warn' ? 'case.remind' : 'case.escalate');
    const firing = acts().find((a) => a.name === name);
    if (!firing) throw new Error(`there is no act ${name}`);
    const outcome = await execute(kernel, firing, SYSTEM, move ? { caseId: row.id } : { clockId }, {
      idempotencyKey: `${CLOCK_TASK} ${clockId} ${payload.stage} ${clock.due_at?.toISOString()}`,
    });
    // Another move came first: the case no longer waits for this.
    if (!outcome.ok && outcome.refusal.kind !== 'state') throw new Error(`${name}: ${outcome.refusal.title.en}`);
  });
}

async function dueNow(db: Database, clockId: string, stage: Stage) {
  const column = COLUMN[stage];
  const clock = await db
    .selectFrom('case_clock')
    .selectAll()
    .select(sql<boolean>`${sql.ref(column)} <= now()`.as('due'))
    .where('id', '=', clockId)
    .where('state', '=', 'running')
    .where(column, 'is not', null)
    .executeTakeFirst();
  if (!clock) return undefined;
  if (!clock.due) {
    // The machine's clock was set back since the job was taken: without this nobody would look again.
    await enqueue(db, clockJob(clockId, stage, clock[column] ?? new Date()));
    return undefined;
  }
  const row = await db.selectFrom('case_file').selectAll().where('id', '=', clock.case_id).executeTakeFirst();
  return row && { clock, row };
}

const SWEEP_TASK = 'case-clock.sweep';
const LOST_AFTER = '10 minutes';
const SWEPT_MAX = 10_000;

/** Looks for what should long have fired and has no job any more, such as after the last attempt of one that failed. */
export const clockSweepTask: Task = task(
  SWEEP_TASK,
  async (_payload, { kernel: { db } }) => {
    for (const stage of ['due', 'warn'] as const) {
      const column = sql.ref(COLUMN[stage]);
      const { rows } = await sql<{ id: string }>`select id from case_clock
        where state = 'running' and ${column} < now() - ${LOST_AFTER}::interval
          and ${stage === 'warn' ? sql`warned_at is null` : sql`true`} order by ${column} limit ${SWEPT_MAX}`.execute(
        db,
      );
      for (const { id } of rows) await enqueue(db, clockJob(id, stage, new Date()));
    }
  },
  { cron: '*/10 * * * *' },
);
