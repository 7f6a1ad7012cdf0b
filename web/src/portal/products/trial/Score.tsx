import { useWords, words } from '../../../app/words.ts';
import type { Told } from './measures.ts';

const WORDS = words(
  { few: '匹配过少，不给出结果', within: (w: string) => `误差多在 ±${w} 以内` },
  { few: 'too few match; no score', within: (w: string) => `mostly within ±${w}` },
);

const DIGITS = 2;

/** The score and how far noise and rounding may have moved it. */
export function Score({ told }: { readonly told: Pick<Told, 'outcome' | 'score' | 'within'> }) {
  const t = useWords(WORDS);
  if (told.score === null || told.within === null) return <span className="tag wait">{t.few}</span>;
  return (
    <>
      <b className="score">{told.score.toFixed(DIGITS)}</b>{' '}
      <small className="faint">{t.within(told.within.toFixed(DIGITS))}</small>
    </>
  );
}
