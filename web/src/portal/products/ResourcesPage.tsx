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
import { useDataTerm, useZoneTerm } from './data-terms.ts';
import { Facets } from './Facets.tsx';
import './products.css';

const WORDS = words(
  {
    title: '资源目录',
    sub: '各单位编目和登记的数据资源：无条件开放的直接下载，有条件开放的申请使用，其余经授权加工成产品后流通。',
    search: '搜索资源名称、简介、数据项',
    sector: '行业',
    openingTitle: '开放属性',
    grade: '数据级别',
    department: '持有单位',
    data: '数据状态',
    zone: '公共数据专区',
    more: '更多筛选',
    asked: '查询资源目录',
    none: '没有符合条件的资源',
    noneText: '换个词，或者减少筛选条件。',
    rows: (n: string) => `${n} 行`,
    columns: (n: number) => `${n} 列`,
    public: '公共数据',
  },
  {
    title: 'Resources',
    sub: 'What departments and firms list and register: some may be downloaded at once, some upon application; the rest circulates as products made under an authorisation.',
    search: 'Search titles, summaries, columns',
    sector: 'Sector',
    openingTitle: 'Opening',
    grade: 'Grade',
    department: 'Held by',
    data: 'Data',
    zone: 'Zone of public data',
    more: 'More filters',
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
  const dataTerm = useDataTerm();
  const names = ['q', 'sector', 'opening', 'grade', 'department', 'data', 'zone', 'cursor'];
  const query = Object.fromEntries(names.map((name) => [name, search.get(name)]));
  const zoneTerm = useZoneTerm();
  const resources = useRead<ResourcePageOf>('/resources', query, { keep: true });
  const facets = resources.data?.facets;
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
          <Facets name="opening" title={t.openingTitle} facets={facets?.opening ?? []} titleOf={term} />
          <Facets name="data" title={t.data} facets={facets?.data ?? []} titleOf={dataTerm} />
          <Facets name="sector" title={t.sector} facets={facets?.sector ?? []} titleOf={term} />
          <Facets
            name="department"
            title={t.department}
            facets={facets?.department ?? []}
            titleOf={(id) => facets?.department.find((d) => d.value === id)?.title ?? id}
          />
          <Facets name="grade" title={t.grade} facets={facets?.grade ?? []} titleOf={term} />
          <Facets name="zone" title={t.zone} facets={facets?.zone ?? []} titleOf={zoneTerm} />
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
                          {r.data === 'listed' ? (
                            <span className="faint">{dataTerm('listed')}</span>
                          ) : (
                            <span className="resource-size">{t.rows(number(r.rows))}</span>
                          )}
                          {r.columnCount > 0 ? <small>{t.columns(r.columnCount)}</small> : null}
                        </div>
                        <div className="product-row-text">
                          <p>{r.summary}</p>
                          <div className="tags">
                            <span className="tag">{term(r.sector)}</span>
                            <span className="tag">{term(r.classification.grade)}</span>
                            {r.opening ? <span className="tag">{term(r.opening)}</span> : null}
                            {r.publicData ? <span className="tag good">{t.public}</span> : null}
                            {r.data === 'overdue' ? <span className="tag wait">{dataTerm('overdue')}</span> : null}
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
