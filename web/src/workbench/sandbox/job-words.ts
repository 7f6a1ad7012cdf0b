import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  {
    queued: '排队中',
    running: '运行中',
    checking: '检查中',
    review: '待审核',
    released: '已放行',
    rejected: '不予放行',
    failed: '运行失败',
    cancelled: '已取消',
  },
  {
    queued: 'queued',
    running: 'running',
    checking: 'being checked',
    review: 'in review',
    released: 'released',
    rejected: 'rejected',
    failed: 'failed',
    cancelled: 'cancelled',
  },
);

export const JOB_STATES = [
  'queued',
  'running',
  'checking',
  'review',
  'released',
  'rejected',
  'failed',
  'cancelled',
] as const;
export type JobState = (typeof JOB_STATES)[number];

export function useJobState(): (state: string) => string {
  const t = useWords(WORDS);
  return (state) => {
    const known = JOB_STATES.find((s) => s === state);
    return known ? t[known] : state;
  };
}

export const jobLook = (state: string): string =>
  state === 'released'
    ? 'good'
    : state === 'rejected' || state === 'failed'
      ? 'bad'
      : state === 'cancelled'
        ? ''
        : 'wait';

export const jobGoesOn = (state: string): boolean => ['queued', 'running', 'checking'].includes(state);
