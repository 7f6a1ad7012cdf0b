import type { GatheredFigures } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { number, percent } from '../../shared/format.ts';
import './departments.css';

const WORDS = words(
  {
    share: '归集率',
    of: (whole: string, due: string) => `${whole} / ${due} 条已归集、按计划更新且描述完整`,
    nothing: '没有应归集的条目',
    gathered: '已归集',
    fresh: '按计划更新',
    described: '描述完整',
    overdue: '更新逾期',
    excepted: '依法不予归集',
    unconditional: '无条件开放',
    conditional: '有条件开放',
    paid: '有偿使用',
  },
  {
    share: 'Share gathered',
    of: (whole: string, due: string) => `${whole} of ${due} entries gathered, as new as planned, completely described`,
    nothing: 'Nothing is to be gathered',
    gathered: 'Gathered',
    fresh: 'As new as planned',
    described: 'Completely described',
    overdue: 'Overdue',
    excepted: 'Kept out by law',
    unconditional: 'Open without conditions',
    conditional: 'Open under conditions',
    paid: 'Against payment',
  },
);

const PARTS = [
  'gathered',
  'fresh',
  'described',
  'overdue',
  'excepted',
  'unconditional',
  'conditional',
  'paid',
] as const;

/** The share of a directory that is gathered, and what it is made of. */
export function Share({ title, figures }: { readonly title: string; readonly figures: GatheredFigures }) {
  const t = useWords(WORDS);
  const due = figures.entries - figures.excepted;
  return (
    <section className="panel gathered" aria-label={title}>
      <div className="gathered-share">
        <small className="faint">
          {title} · {t.share}
        </small>
        <strong>{figures.share === null ? '—' : percent(figures.share)}</strong>
        <progress max={1} value={figures.share ?? 0} aria-label={t.share} />
        <small>{figures.share === null ? t.nothing : t.of(number(figures.whole), number(due))}</small>
        <CitationChip rule="GY-1.1" article="" citation={{ zh: '贵阳措施 三(一)1', en: 'Guiyang measures, 3(1)1' }} />
      </div>
      <dl className="gathered-parts">
        {PARTS.map((part) => (
          <div key={part}>
            <dt>{t[part]}</dt>
            <dd className={part === 'overdue' && figures.overdue > 0 ? 'overdue' : ''}>{number(figures[part])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
