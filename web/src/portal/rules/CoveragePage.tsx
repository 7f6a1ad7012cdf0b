import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { locatorInEnglish } from '../../../../src/kernel/rulebook/locator.ts';
import type { Coverage, CoverageStatus, Page, RulebookDocument } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { Chart, type ChartData } from '../../shared/Chart.tsx';
import { COVERAGE_STATUSES, CoverageTag, coverageTerm } from '../../shared/CoverageTag.tsx';
import { csvOf, saveFile } from '../../shared/csv.ts';
import { Filters } from '../../shared/Filters.tsx';
import { percent } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { termOf, useTerm } from '../../shared/vocabulary.ts';
import '../market/figures.css';
import './rules.css';

const WORDS = words(
  {
    title: '规则覆盖情况',
    sub: '来源文件的每一条在系统中怎样落实。由正在运行的业务清单实时数出，不是填报的。',
    asked: '查看覆盖情况',
    chart: '各文件条文的落实情况',
    unit: '条',
    source: '规则库与业务清单，实时计算',
    ofAll: (share: string) => `占全部 ${share}`,
    enforced: '规则约束业务，不符合即拒绝并说明依据。',
    monitored: '业务放行，同时产生监管预警。',
    recorded: '由人作出声明或判断，系统留存。',
    'not-encoded': '说明原因后不编码，例如只约束政府内部职责。',
    open: '应当落实而尚未落实。',
    document: '文件',
    status: '执行情况',
    article: '条文',
    tier: '等级',
    reason: '原因',
    acts: '约束的业务',
    csv: '导出 CSV',
    count: (n: number) => `${n} 条`,
    list: '逐条清单',
    more: (n: number) => `再显示 ${n} 条`,
  },
  {
    title: 'Rule coverage',
    sub: 'How each article of the source documents lives in the system. Counted from the acts that run, not reported by hand.',
    asked: 'see the coverage',
    chart: 'How the articles of each document are kept',
    unit: 'articles',
    source: 'rulebook and list of acts, computed live',
    ofAll: (share: string) => `${share} of all`,
    enforced: 'A rule guards acts: what does not meet it is refused, with the reason.',
    monitored: 'The act passes and an alert is raised.',
    recorded: 'People state or judge; the system keeps it.',
    'not-encoded': 'Left out for a stated reason, such as duties inside government.',
    open: 'Should be kept and is not yet.',
    document: 'Document',
    status: 'How it is kept',
    article: 'Article',
    tier: 'Tier',
    reason: 'Reason',
    acts: 'Guarded acts',
    csv: 'Export CSV',
    count: (n: number) => `${n} articles`,
    list: 'Article by article',
    more: (n: number) => `Show ${n} more`,
  },
);

const SHOWN_STEP = 50;

const COLOURS = {
  enforced: 'teal',
  monitored: 'blue',
  recorded: 'violet',
  'not-encoded': 'edge',
  open: 'amber-fill',
} as const;

export default function CoveragePage() {
  const t = useWords(WORDS);
  const query = useRead<Coverage>('/rules/coverage', {}, { staleMs: 60_000 });
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <Loaded of={query} asked={t.asked} lines={10}>
        {(coverage) => <Figures coverage={coverage} />}
      </Loaded>
    </>
  );
}

function Figures({ coverage }: { readonly coverage: Coverage }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const language = useLanguage();
  const documents = useRead<Page<RulebookDocument>>('/rulebook-documents', { limit: 100 }, { staleMs: 60_000 });
  const all = coverage.items.length;
  const data = useMemo<ChartData>(() => {
    const names = new Map(documents.data?.items.map((d) => [d.code, d.short[language]]));
    const codes = Object.keys(coverage.documents);
    return {
      kind: 'bar',
      horizontal: true,
      stacked: true,
      categories: codes.map((c) => names.get(c) ?? c),
      series: COVERAGE_STATUSES.map((s) => ({
        name: termOf(coverageTerm(s))[language],
        colour: COLOURS[s],
        values: codes.map((c) => coverage.documents[c]?.[s] ?? 0),
      })),
    };
  }, [coverage, documents.data, language]);
  return (
    <>
      <dl className="figures five">
        {COVERAGE_STATUSES.map((s) => (
          <div key={s}>
            <dt>{term(coverageTerm(s))}</dt>
            <dd className="figure">
              <b>{coverage.totals[s]}</b>
            </dd>
            <dd>
              <small>{t.ofAll(percent(all > 0 ? coverage.totals[s] / all : 0))}</small>
              <small>{t[s]}</small>
            </dd>
          </div>
        ))}
      </dl>
      <Chart title={t.chart} unit={t.unit} source={t.source} data={data} height={60 + data.categories.length * 34} />
      <h2>{t.list}</h2>
      <List coverage={coverage} documents={documents.data?.items ?? []} />
    </>
  );
}

function List({
  coverage,
  documents,
}: {
  readonly coverage: Coverage;
  readonly documents: readonly RulebookDocument[];
}) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const term = useTerm();
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const [status, document] = [search.get('status'), search.get('document')];
  const shown = coverage.items.filter(
    (i) => (!status || i.status === status) && (!document || i.document === document),
  );
  const [limit, setLimit] = useState(SHOWN_STEP);
  const exportCsv = () =>
    saveFile(
      'rule-coverage.csv',
      csvOf([
        ['id', t.document, t.article, t.tier, t.status, t.reason, t.acts],
        ...shown.map((i) => [
          i.id,
          i.document,
          i.article,
          i.tier,
          term(coverageTerm(i.status)),
          say(i.reason),
          i.acts.join(' '),
        ]),
      ]),
      'text/csv;charset=utf-8',
    );
  return (
    <>
      <div className="data-table-top">
        <Filters
          values={search}
          onChange={(values) => {
            const next = new URLSearchParams(search);
            for (const [name, value] of Object.entries(values)) value ? next.set(name, value) : next.delete(name);
            setSearch(next, { replace: true, preventScrollReset: true });
          }}
          filters={[
            {
              name: 'document',
              kind: 'choice',
              label: t.document,
              options: documents
                .filter((d) => d.group === 'source')
                .map((d) => ({ value: d.code, title: say(d.short) })),
            },
            {
              name: 'status',
              kind: 'choice',
              label: t.status,
              options: COVERAGE_STATUSES.map((s) => ({ value: s, title: term(coverageTerm(s)) })),
            },
          ]}
        />
        <button type="button" className="button quiet" onClick={exportCsv}>
          <Icon name="download" />
          {t.csv}
        </button>
      </div>
      <p className="faint" role="status">
        {t.count(shown.length)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard too */}
      <section className="scroll coverage-list" aria-label={t.list} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.article}</th>
              <th scope="col">{t.tier}</th>
              <th scope="col">{t.status}</th>
              <th scope="col">{t.reason}</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, limit).map((i) => (
              <tr key={i.id}>
                <td className="money">
                  <Link to={`/rules/${i.document}/${i.id}`}>
                    {language === 'en' ? locatorInEnglish(i.article) : i.article}
                  </Link>
                  <small className="faint mono block">{i.id}</small>
                </td>
                <td>{i.tier}</td>
                <td>
                  <CoverageTag status={i.status as CoverageStatus} />
                </td>
                <td className="faint">{say(i.reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {shown.length > limit ? (
        <p className="buttons coverage-more">
          <button type="button" className="button" onClick={() => setLimit(limit + SHOWN_STEP)}>
            {t.more(Math.min(SHOWN_STEP, shown.length - limit))}
          </button>
        </p>
      ) : null}
    </>
  );
}
