import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  { open: '征集中', closed: '已关闭', ended: '已截止' },
  { open: 'Open', closed: 'Closed', ended: 'Ended' },
);

export const demandColour = (state: string): string => (state === 'open' ? 'good' : '');

export function useDemandState(): (state: string) => string {
  const t = useWords(WORDS);
  return (state) => (state === 'open' || state === 'closed' || state === 'ended' ? t[state] : state);
}
