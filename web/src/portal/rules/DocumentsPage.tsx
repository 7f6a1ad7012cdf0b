import { Link, useSearchParams } from 'react-router';
import type { Article, Page, RulebookDocument } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { CoverageBar, CoverageTag } from '../../shared/CoverageTag.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { SearchBox } from '../../shared/Filters.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import './rules.css';

const WORDS = words(
  {
    title: '规则',
    sub: '系统拒绝或放行每一笔业务，都依据这里的条文；每一条怎样落实，逐条公开。',
    search: '搜索条文、主体、规则',
    found: '符合的条文',
    none: '没有符合的条文；换个词，或从下面的文件进入。',
    coverage: '查看覆盖情况',
    asked: '查看规则文件',
    articles: (n: number) => `${n} 条`,
    binding: '有约束力',
    informing: '仅作提示',
    adoptedFrom: (day: string) => `自 ${day} 采用`,
    article: '条文',
    text: '大意',
    status: '执行情况',
  },
  {
    title: 'Rules',
    sub: 'Each act is let through or refused under the articles here; how each article is kept is public, one by one.',
    search: 'Search articles, duties, rules',
    found: 'Articles found',
    none: 'No article matches; try another word, or open a document below.',
    coverage: 'See the coverage',
    asked: 'open the rulebook',
    articles: (n: number) => `${n} articles`,
    binding: 'binding',
    informing: 'informs only',
    adoptedFrom: (day: string) => `adopted from ${day}`,
    article: 'Article',
    text: 'In own words',
    status: 'How it is kept',
  },
);

const GROUPS = ['source', 'house', 'law'] as const;

export default function DocumentsPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const [search, setSearch] = useSearchParams();
  const q = search.get('q') ?? '';
  const query = useRead<Page<RulebookDocument>>('/rulebook-documents', { limit: 100 }, { staleMs: 60_000 });
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <div className="rules-top">
        <SearchBox
          label={t.search}
          value={q}
          onSearch={(value) => setSearch(value ? { q: value } : {}, { replace: true })}
        />
        <Link to="/coverage">{t.coverage}</Link>
      </div>
      {q ? <Found /> : null}
      <Loaded of={query} asked={t.asked} lines={10}>
        {({ items }) =>
          GROUPS.map((group) => (
            <section key={group}>
              <h2>{term(group)}</h2>
              <ul className="documents">
                {items
                  .filter((d) => d.group === group)
                  .map((d) => (
                    <DocumentRow key={d.code} document={d} />
                  ))}
              </ul>
            </section>
          ))
        }
      </Loaded>
    </>
  );
}

function DocumentRow({ document }: { readonly document: RulebookDocument }) {
  const t = useWords(WORDS);
  const say = useSay();
  const term = useTerm();
  return (
    <li>
      <div>
        <Link className="documents-title" to={`/rules/${document.code}`}>
          {say(document.title)}
        </Link>
        <small className="faint">
          {say(document.issuer)}
          {document.date ? ` · ${document.date}` : ''}
        </small>
      </div>
      <div className="tags">
        <span className="tag">{term(document.status === 'draft' ? 'document-draft' : document.status)}</span>
        <span className={`tag ${document.binding ? 'good' : ''}`}>
          {document.binding && document.adoption
            ? t.adoptedFrom(document.adoption.adoptedFrom)
            : document.binding
              ? t.binding
              : t.informing}
        </span>
      </div>
      <div className="documents-bar">
        <CoverageBar totals={document.totals} />
        <small className="faint">{t.articles(document.articles)}</small>
      </div>
    </li>
  );
}

function Found() {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <section>
      <h2>{t.found}</h2>
      <FoundTable t={t} say={say} />
    </section>
  );
}

function FoundTable({ t, say }: { readonly t: (typeof WORDS)['zh']; readonly say: ReturnType<typeof useSay> }) {
  const [search] = useSearchParams();
  return (
    <DataTable<Article>
      path="/rules"
      caption={t.found}
      query={{ q: search.get('q') }}
      rowKey={(a) => a.id}
      empty={<Empty title={t.none} />}
      columns={[
        {
          key: 'article',
          title: t.article,
          render: (a) => <Link to={`/rules/${a.document}/${a.id}`}>{say(a.citation)}</Link>,
        },
        { key: 'text', title: t.text, render: (a) => say(a.text) },
        { key: 'status', title: t.status, render: (a) => <CoverageTag status={a.status} /> },
      ]}
    />
  );
}
