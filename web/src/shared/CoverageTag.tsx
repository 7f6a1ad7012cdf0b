import type { CoverageStatus, CoverageTotals } from '../api.ts';
import { useTerm } from './vocabulary.ts';
import './article.css';

export const COVERAGE_STATUSES: readonly CoverageStatus[] = [
  'enforced',
  'monitored',
  'recorded',
  'not-encoded',
  'open',
];

/** `open` as a state of coverage is not the `open` of a demand. */
export const coverageTerm = (status: CoverageStatus): string => (status === 'open' ? 'coverage-open' : status);

export function CoverageTag({ status }: { readonly status: CoverageStatus }) {
  const term = useTerm();
  const colour = status === 'enforced' ? 'good' : status === 'open' ? 'wait' : '';
  return <span className={`tag ${colour}`}>{term(coverageTerm(status))}</span>;
}

/** The shares of the states as one thin bar; its words stand in the title and for screen readers. */
export function CoverageBar({ totals }: { readonly totals: CoverageTotals }) {
  const term = useTerm();
  const all = COVERAGE_STATUSES.reduce((sum, s) => sum + totals[s], 0);
  const said = COVERAGE_STATUSES.filter((s) => totals[s] > 0)
    .map((s) => `${term(coverageTerm(s))} ${totals[s]}`)
    .join('，');
  return (
    <span className="coverage-bar" role="img" aria-label={said} title={said}>
      {COVERAGE_STATUSES.map((s) =>
        totals[s] > 0 ? <span key={s} className={s} style={{ width: `${(100 * totals[s]) / all}%` }} /> : null,
      )}
    </span>
  );
}
