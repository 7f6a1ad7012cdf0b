import { useEffect } from 'react';
import { Link, useLocation, useParams, useSearchParams } from 'react-router';
import { locatorInEnglish } from '../../../../src/kernel/rulebook/locator.ts';
import type { Article, CoverageStatus, RulebookDocumentDetail } from '../../api.ts';
import { useJoin, useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { COVERAGE_STATUSES, CoverageBar, CoverageTag, coverageTerm } from '../../shared/CoverageTag.tsx';
import { Filters } from '../../shared/Filters.tsx';
import { day } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import './rules.css';

const WORDS = words(
  {
    rules: '规则',
    asked: '查看文件',
    issuer: '发布机关',
    status: '效力状态',
    valid: '有效期间',
    scope: '适用范围',
    notes: '说明',
    adoption: '采用',
    adopted: (from: string, reason: string) => `本所自 ${from} 起采用为业务规则。理由：${reason}`,
    revoked: (from: string, to: string) => `曾自 ${from} 采用，${to} 停止采用。`,
    binding: '今天有约束力',
    informing: '今天仅作提示',
    from: '自',
    until: '至',
    search: '在本文件中查找',
    statusFilter: '执行情况',
    tier: '等级',
    tierOf: (tier: string) => `${tier} 级`,
    count: (shown: number, all: number) => (shown === all ? `共 ${all} 条` : `共 ${all} 条，显示 ${shown} 条`),
    none: '没有符合筛选条件的条文。',
    guards: '约束：',
    tierA: 'A 由系统判定并拦截',
    tierB: 'B 监测预警',
    tierC: 'C 由人判断、系统留痕',
    tierD: 'D 不由系统承担',
  },
  {
    rules: 'Rules',
    asked: 'open the document',
    issuer: 'Issuer',
    status: 'Status',
    valid: 'Valid',
    scope: 'Scope',
    notes: 'Notes',
    adoption: 'Adoption',
    adopted: (from: string, reason: string) => `Adopted as a house rule from ${from}. Reason: ${reason}`,
    revoked: (from: string, to: string) => `Was adopted from ${from}, given up on ${to}.`,
    binding: 'binds today',
    informing: 'informs only today',
    from: 'from',
    until: 'until',
    search: 'Find in this document',
    statusFilter: 'How it is kept',
    tier: 'Tier',
    tierOf: (tier: string) => `Tier ${tier}`,
    count: (shown: number, all: number) => (shown === all ? `${all} articles` : `${shown} of ${all} articles`),
    none: 'No article matches the filters.',
    guards: 'Guards: ',
    tierA: 'A decided and enforced by the system',
    tierB: 'B watched, with alerts',
    tierC: 'C judged by people, recorded by the system',
    tierD: 'D not for the system',
  },
);

export default function DocumentPage() {
  const t = useWords(WORDS);
  const say = useSay();
  const { document: code = '' } = useParams();
  const query = useRead<RulebookDocumentDetail>(
    `/rulebook-documents/${encodeURIComponent(code)}`,
    {},
    { staleMs: 60_000 },
  );
  return (
    <>
      <p className="crumbs">
        <Link to="/rules">{t.rules}</Link> › {query.data ? say(query.data.short) : code}
      </p>
      {query.data ? null : <h1>{code}</h1>}
      <Loaded of={query} asked={t.asked} lines={10}>
        {(document) => <Document document={document} />}
      </Loaded>
    </>
  );
}

function Document({ document }: { readonly document: RulebookDocumentDetail }) {
  const t = useWords(WORDS);
  const say = useSay();
  const term = useTerm();
  const [search, setSearch] = useSearchParams();
  const { hash } = useLocation();
  const [status, tier, q] = [search.get('status'), search.get('tier'), search.get('q')?.toLowerCase() ?? ''];
  const shown = document.articles.filter((a) => {
    if (status && a.status !== status) return false;
    if (tier && a.tier !== tier) return false;
    return (
      !q || [a.id, a.article, a.text.zh, a.text.en, a.actor?.zh, a.actor?.en].some((w) => w?.toLowerCase().includes(q))
    );
  });

  // The address may name an article, as in a citation from elsewhere.
  useEffect(() => {
    if (hash) window.document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
  }, [hash]);

  return (
    <>
      <title>{say(document.title)}</title>
      <h1>{say(document.title)}</h1>
      <div className="tags">
        <span className="tag">{term(document.status === 'draft' ? 'document-draft' : document.status)}</span>
        <span className={`tag ${document.binding ? 'good' : ''}`}>{document.binding ? t.binding : t.informing}</span>
      </div>
      <dl className="facts document-facts">
        <dt>{t.issuer}</dt>
        <dd>
          {say(document.issuer)}
          {document.date ? <span className="faint"> · {document.date}</span> : null}
        </dd>
        <dt>{t.status}</dt>
        <dd>
          {say(document.statusNote)}
          {document.validFrom ? ` · ${t.from} ${document.validFrom}` : ''}
          {document.validTo ? ` ${t.until} ${document.validTo}` : ''}
        </dd>
        <dt>{t.scope}</dt>
        <dd>{say(document.scope)}</dd>
        {document.notes && say(document.notes) ? (
          <>
            <dt>{t.notes}</dt>
            <dd>{say(document.notes)}</dd>
          </>
        ) : null}
        {document.adoptions.length > 0 ? (
          <>
            <dt>{t.adoption}</dt>
            <dd>
              {document.adoptions.map((a) => (
                <p key={a.actId}>
                  {a.revokedAt ? t.revoked(a.adoptedFrom, day(a.revokedAt)) : t.adopted(a.adoptedFrom, a.reason)}
                </p>
              ))}
            </dd>
          </>
        ) : null}
      </dl>
      <div className="document-coverage">
        <CoverageBar totals={document.totals} />
        <ul className="legend">
          {COVERAGE_STATUSES.map((s) => (
            <li key={s} className={s}>
              {term(coverageTerm(s))} {document.totals[s]}
            </li>
          ))}
        </ul>
      </div>
      <Filters
        values={search}
        onChange={(values) => {
          const next = new URLSearchParams(search);
          for (const [name, value] of Object.entries(values)) value ? next.set(name, value) : next.delete(name);
          setSearch(next, { replace: true, preventScrollReset: true });
        }}
        filters={[
          { name: 'q', kind: 'search', label: t.search },
          {
            name: 'status',
            kind: 'choice',
            label: t.statusFilter,
            options: COVERAGE_STATUSES.map((s) => ({ value: s, title: term(coverageTerm(s)) })),
          },
          {
            name: 'tier',
            kind: 'choice',
            label: t.tier,
            options: [
              { value: 'A', title: t.tierA },
              { value: 'B', title: t.tierB },
              { value: 'C', title: t.tierC },
              { value: 'D', title: t.tierD },
            ],
          },
        ]}
      />
      <p className="faint document-count" role="status">
        {shown.length === 0 ? t.none : t.count(shown.length, document.articles.length)}
      </p>
      <ol className="articles">
        {shown.map((article) => (
          <ArticleRow key={article.id} article={article} />
        ))}
      </ol>
    </>
  );
}

function ArticleRow({ article }: { readonly article: Article }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const join = useJoin();
  const say = useSay();
  return (
    <li id={article.id}>
      <div className="articles-place">
        <Link to={`/rules/${article.document}/${article.id}`}>
          {language === 'en' ? locatorInEnglish(article.article) : article.article}
        </Link>
        <small className="faint mono">{article.id}</small>
      </div>
      <div>
        <p>{say(article.text)}</p>
        <div className="tags">
          <CoverageTag status={article.status as CoverageStatus} />
          <span className="tag">{t.tierOf(article.tier)}</span>
          {article.actor ? <small className="faint">{say(article.actor)}</small> : null}
        </div>
        {article.reason ? <small className="faint articles-note">{say(article.reason)}</small> : null}
        {article.acts.length > 0 ? (
          <small className="faint articles-note">
            {t.guards}
            {join(article.acts.map((a) => say(a.title)))}
          </small>
        ) : null}
      </div>
    </li>
  );
}
