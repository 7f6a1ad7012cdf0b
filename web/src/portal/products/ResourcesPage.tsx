import { Link, useSearchParams } from 'react-router';
import type { ResourcePageOf } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { SearchBox } from '../../shared/Filters.tsx';
import { number } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Pager } from './CataloguePage.tsx';
import { CatalogueTabs } from './CatalogueTabs.tsx';
import { Facets } from './Facets.tsx';
import './products.css';

const WORDS = words(
  {
    title: '资源目录',
    sub: '已登记的数据资源：它们不直接出售，经授权加工成产品后流通。',
    search: '搜索资源名称、简介、数据项',
    sector: '行业',
    asked: '查询资源目录',
    none: '没有符合条件的资源',
    noneText: '换个词，或者减少筛选条件。',
    rows: (n: string) => `${n} 行`,
    columns: (n: number) => `${n} 列`,
    public: '公共数据',
  },
  {
    title: 'Resources',
    sub: 'Registered data resources: not sold as such; they circulate as products made under an authorisation.',
    search: 'Search titles, summaries, columns',
    sector: 'Sector',
    asked: 'search the resources',
    none: 'No resource matches',
    noneText: 'Try another word or fewer filters.',
    rows: (n: string) => `${n} rows`,
    columns: (n: number) => `${n} columns`,
    public: 'Public data',
  },
);

export default function ResourcesPage() {
  const t = useWords(WORDS);
  const term = useTerm('opening');
  const [search, setSearch] = useSearchParams();
  const query = Object.fromEntries(['q', 'sector', 'cursor'].map((name) => [name, search.get(name)]));
  const resources = useRead<ResourcePageOf>('/resources', query, { keep: true });
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <CatalogueTabs />
      <div className="catalogue">
        <aside>
          <SearchBox
            label={t.search}
            value={search.get('q') ?? ''}
            onSearch={(value) => {
              const next = new URLSearchParams(search);
              next.delete('cursor');
              if (value) next.set('q', value);
              else next.delete('q');
              setSearch(next, { replace: true, preventScrollReset: true });
            }}
          />
          <Facets name="sector" title={t.sector} facets={resources.data?.facets.sector ?? []} titleOf={term} />
        </aside>
        <section>
          <Loaded of={resources} asked={t.asked} lines={12}>
            {(page) =>
              page.items.length === 0 ? (
                <Empty title={t.none}>{t.noneText}</Empty>
              ) : (
                <>
                  <ul className="rows">
                    {page.items.map((r) => (
                      <li key={r.id} className="product-row">
                        <div>
                          <Link className="product-title" to={`/resources/${r.id}`}>
                            {r.title}
                          </Link>
                          <small className="faint">{r.holder.name}</small>
                        </div>
                        <div className="price">
                          <span className="resource-size">{t.rows(number(r.rows))}</span>
                          <small>{t.columns(r.columnCount)}</small>
                        </div>
                        <div className="product-row-text">
                          <p>{r.summary}</p>
                          <div className="tags">
                            <span className="tag">{term(r.sector)}</span>
                            <span className="tag">{term(r.classification.grade)}</span>
                            {r.opening ? <span className="tag">{term(r.opening)}</span> : null}
                            {r.publicData ? <span className="tag good">{t.public}</span> : null}
                          </div>
                        </div>
                      </li>
                    ))}
                  </ul>
                  <Pager page={page} />
                </>
              )
            }
          </Loaded>
        </section>
      </div>
    </>
  );
}
