import type { Quality } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { number, percent } from '../../shared/format.ts';
import { useTerm } from '../../shared/vocabulary.ts';

const WORDS = words(
  {
    score: '综合得分',
    basis: '按 GB/T 36344—2018 由系统在数据上计算；缺少依据的指标标为不可评，不计入得分。',
    indicator: '指标',
    value: '结果',
    notAssessable: '不可评',
    none: '没有可评的指标，因此没有综合得分。',
    counts: (measured: number, not: number) => `${measured} 项已测，${not} 项不可评`,
  },
  {
    score: 'Overall',
    basis:
      'Computed from the data under GB/T 36344—2018; indicators without grounds are marked not assessable and left out of the score.',
    indicator: 'Indicator',
    value: 'Result',
    notAssessable: 'not assessable',
    none: 'No indicator could be assessed, hence no score.',
    counts: (measured: number, not: number) => `${measured} measured, ${not} not assessable`,
  },
);

export function QualityReport({ quality }: { readonly quality: Quality }) {
  const t = useWords(WORDS);
  const say = useSay();
  const term = useTerm('dimension');
  const dimensions = [...new Set(quality.indicators.map((i) => i.dimension))];
  const measured = quality.indicators.filter((i) => i.assessable).length;
  return (
    <div className="quality">
      <p className="quality-score">
        {quality.score === null ? (
          t.none
        ) : (
          <>
            <b>{number(Math.round(quality.score * 10) / 10)}</b> <span className="faint">/ 100 {t.score}</span>
          </>
        )}
        <small className="faint">
          {t.counts(measured, quality.indicators.length - measured)} · {t.basis}
        </small>
      </p>
      {dimensions.map((dimension) => (
        <section key={dimension}>
          <h3>{term(dimension)}</h3>
          <ul>
            {quality.indicators
              .filter((i) => i.dimension === dimension)
              .map((i) => (
                <li key={i.code} className={i.assessable ? '' : 'not-assessable'}>
                  <span>
                    {say(i.title)} <small className="faint mono">{i.code}</small>
                  </span>
                  {i.assessable && i.value !== null ? (
                    <>
                      <meter min={0} max={1} value={i.value} aria-label={say(i.title)} />
                      <b className="quality-value">{percent(i.value)}</b>
                    </>
                  ) : (
                    <span className="quality-reason">
                      <span className="tag wait">{t.notAssessable}</span>{' '}
                      <small className="faint">{say(i.reason)}</small>
                    </span>
                  )}
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
