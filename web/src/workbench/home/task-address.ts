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
};
const PLACES: Readonly<Record<string, string>> = {
  wdr: '/work/counter?part=withdrawals',
  vio: '/work/counter?part=reports',
  dst: '/work/resources/new',
};

export function addressOfTask({ subject }: Pick<Task, 'subject'>): string {
  const prefix = subject.split('_')[0] ?? '';
  const page = PAGES[prefix];
  return page ? `${page}/${subject}` : (PLACES[prefix] ?? '/work');
}
