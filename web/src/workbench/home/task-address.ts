import type { CaseItem } from '../../api.ts';
import type { Task } from '../types.ts';

/** Where the subject of a task has its page, by the prefix of its id. */
const PAGES: Readonly<Record<string, string>> = {
  ord: '/work/orders',
  prd: '/work/products',
  asm: '/work/assessments',
  res: '/work/resources',
  dmd: '/work/demands',
  pty: '/work/counter/parties',
  imp: '/work/recognition',
  apl: '/work/authorisation/applications',
  scn: '/work/authorisation/scenarios',
  rev: '/work/authorisation/revenues',
  cap: '/work/authorisation/caps',
  gvd: '/work/authorisation/demands',
  sbp: '/work/sandbox',
  sbj: '/work/sandbox/jobs',
  jns: '/work/sandbox/joint',
};
const PLACES: Readonly<Record<string, string>> = {
  wdr: '/work/counter?part=withdrawals',
  vio: '/work/counter?part=reports',
  dst: '/work/resources/new',
  ers: '/work/team?part=people',
  calendar: '/work/calendar',
};

/** The page of a subject, where it has one of its own. */
export function pageOfSubject(subject: string): string | null {
  const page = PAGES[subject.split('_')[0] ?? ''];
  return page ? `${page}/${subject}` : null;
}

/** A subject's own page where it has one; what is only a case shows as that. */
export function addressOfTask({ subject, caseId, link }: Pick<Task, 'subject' | 'caseId' | 'link'>): string {
  // A query service has its place on the page of its project.
  if (subject.startsWith('sbs_') && link) return `/work/sandbox/${link.split('/').at(-1)}?part=services`;
  if (caseId) return pageOfSubject(subject) ?? `/work/cases/${caseId}`;
  return pageOfSubject(subject) ?? PLACES[subject.split(/[_-]/)[0] ?? ''] ?? '/work';
}

export const addressOfCase = ({ id, subject }: Pick<CaseItem, 'id' | 'subject'>): string =>
  addressOfTask({ subject, caseId: id });
