import { useSay, useWords, words } from '../../app/words.ts';
import { day, number } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import type { LifeStage } from './types.ts';

const WORDS = words(
  {
    stations: '按阶段筛选',
    acts: (n: string) => `${n} 件`,
    none: '—',
    all: '全部阶段',
  },
  {
    stations: 'Filter by station',
    acts: (n: string) => (n === '1' ? '1 act' : `${n} acts`),
    none: '—',
    all: 'All stations',
  },
);

/** The stations of a life in the order data travels; pressing one shows its acts, pressing it again shows all. */
export function Stations({
  stages,
  chosen,
  choose,
}: {
  readonly stages: readonly LifeStage[];
  readonly chosen: string;
  readonly choose: (stage: string) => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <nav className="stations" aria-label={t.stations}>
      <ol>
        {stages.map((s) => (
          <li key={s.stage} className={`${s.events > 0 ? 'reached' : ''} ${chosen === s.stage ? 'chosen' : ''}`}>
            <button
              type="button"
              aria-pressed={chosen === s.stage}
              disabled={s.events === 0}
              onClick={() => choose(chosen === s.stage ? '' : s.stage)}
            >
              <span className="station-dot" aria-hidden="true">
                {s.events > 0 ? <Icon name="check" size={12} /> : null}
              </span>
              <b>{say(s.title)}</b>
              <small>{s.events > 0 ? t.acts(number(s.events)) : t.none}</small>
              <small>{s.last ? day(s.last) : ''}</small>
            </button>
          </li>
        ))}
      </ol>
      {chosen ? (
        <button type="button" className="button quiet" onClick={() => choose('')}>
          {t.all}
        </button>
      ) : null}
    </nav>
  );
}
