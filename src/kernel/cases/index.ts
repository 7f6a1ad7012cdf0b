import type { Act, Actor, Read } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import type { Task } from '../jobs.ts';
import type { Text } from '../text.ts';
import type { FileViewer } from '../vault/index.ts';
import { clockActs, clockSweepTask, clockTask } from './firing.ts';
import { historyRead } from './history.ts';
import { noticeReads } from './notice-reads.ts';
import { noticeActs } from './notices.ts';
import { markRead, notificationsRead } from './notifications.ts';
import { outboundActs, outboundReads, outboundTasks } from './outbound/index.ts';
import { caseFileActs, caseFileViewer } from './papers.ts';
import type { Procedure } from './procedure.ts';
import { caseReads, type Turn, waitingCases } from './reads.ts';
import { calendarActs, calendarRead } from './years.ts';

export { BeyondCalendar, type Calendar, type CalendarYear, calendarOf, type Day, shippedYears } from './calendar.ts';
export { dueAt, lastDay, type Pause, type Period, type PeriodUnit } from './clock.ts';
export { closeNotices, openNotice } from './notices.ts';
export { notifyParty } from './notifications.ts';
export { configureOutbound, type OutboundSetting } from './outbound/index.ts';
export { CaseId, missingPapers } from './papers.ts';
export { checkProcedures, type Procedure, procedure } from './procedure.ts';
export type { Turn } from './reads.ts';
export {
  alsoAbout,
  changePart,
  lockCase,
  moveCase,
  oneAtATime,
  openCase,
  partsOf,
  seesAllCases,
  seesCase,
  takePart,
} from './store.ts';
export type { CaseRow } from './tables.ts';
export { calendarNow, undatedClocks } from './years.ts';

export interface CaseRoom {
  readonly acts: readonly Act[];
  readonly reads: readonly Read[];
  readonly tasks: readonly Task[];
  readonly fileViewers: readonly FileViewer[];
  /** Cases that wait for a person, the most urgent first; at most `limit`. */
  readonly turns: (
    db: Queryable,
    actor: Actor,
    page: { readonly limit: number; readonly at: Date },
  ) => Promise<readonly Turn[]>;
}

/**
 * What every procedure has in common, made once for all procedures of the house.
 * @param acts all acts, once they are known
 * @param citation how people cite a row of the rulebook
 */
export function caseRoom(
  procedures: readonly Procedure[],
  acts: () => readonly Act[],
  citation: (ruleId: string) => Text,
): CaseRoom {
  const byName = new Map(procedures.map((p) => [p.name, p]));
  if (byName.size < procedures.length) throw new Error('two procedures share a name');
  return {
    acts: [
      ...clockActs(byName),
      ...noticeActs(byName),
      ...caseFileActs(byName),
      ...calendarActs(byName),
      markRead,
      ...outboundActs,
    ],
    reads: [
      ...caseReads(byName, citation),
      historyRead(acts, citation),
      ...noticeReads(byName, citation),
      notificationsRead,
      ...outboundReads,
      calendarRead,
    ],
    tasks: [clockTask(byName, acts), clockSweepTask, ...outboundTasks(byName)],
    fileViewers: [caseFileViewer],
    turns: (db, actor, page) => waitingCases(db, byName, actor, page),
  };
}
