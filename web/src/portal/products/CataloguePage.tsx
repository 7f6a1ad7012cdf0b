import { useLocation, useNavigate, useSearchParams } from 'react-router';
import type { Page, ProductPageOf } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { SearchBox } from '../../shared/Filters.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { CatalogueTabs } from './CatalogueTabs.tsx';
import { Facets } from './Facets.tsx';
import { ProductRow } from './ProductRow.tsx';
import './products.css';

const WORDS = words(
  {
    title: '产品目录',
    sub: '在售的数据产品。每一件都经过合规与质量评估，来源和加工过程可以逐级追溯。',
    search: '搜索产品名称、简介、应用场景',
    kind: '种类',
    sector: '行业',
    sort: '排序',
    newest: '最新挂牌',
    priceUp: '价格从低到高',
    priceDown: '价格从高到低',
    quality: '质量从高到低',
    asked: '查询产品目录',
    none: '还没有在售的产品',
    noneText: '产品经评估并挂牌后出现在这里。',
    noMatch: '没有符合条件的产品',
    noMatchText: '换个词，减少筛选条件，或者发布一条需求请供方来找您。',
    next: '下一页',
    previous: '上一页',
    first: '回到首页',
    pages: '翻页',
  },
  {
    title: 'Catalogue',
    sub: 'Data products on the market. Each was assessed for compliance and quality; its sources and processing can be traced step by step.',
    search: 'Search titles, summaries, scenarios',
    kind: 'Kind',
    sector: 'Sector',
    sort: 'Sort',
    newest: 'Newest first',
    priceUp: 'Price, low to high',
    priceDown: 'Price, high to low',
    quality: 'Quality, high to low',
    asked: 'search the catalogue',
    none: 'Nothing is on the market yet',
    noneText: 'Products appear here once they are assessed and listed.',
    noMatch: 'No product matches',
    noMatchText: 'Try another word or fewer filters, or publish a demand and let suppliers find you.',
    next: 'Next',
    previous: 'Previous',
    first: 'First page',
    pages: 'Pages',
  },
);

const KINDS = ['dataset', 'report', 'query-service'];
const FILTERS = ['q', 'kind', 'sector', 'sort'] as const;

export default function CataloguePage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const [search, setSearch] = useSearchParams();
  const query = Object.fromEntries([...FILTERS, 'cursor'].map((name) => [name, search.get(name)]));
  const products = useRead<ProductPageOf>('/products', query, { keep: true });
  const filtered = Boolean(search.get('q') || search.get('kind') || search.get('sector'));
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    next.delete('cursor');
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next, { replace: true, preventScrollReset: true });
  };
  const facets = products.data?.facets;
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <CatalogueTabs />
      <div className="catalogue">
        <aside>
          <SearchBox label={t.search} value={search.get('q') ?? ''} onSearch={(value) => set('q', value)} />
          <Facets
            name="kind"
            title={t.kind}
            facets={facets?.kind ?? KINDS.map((value) => ({ value, count: 0 }))}
            titleOf={term}
          />
          <Facets name="sector" title={t.sector} facets={facets?.sector ?? []} titleOf={term} />
        </aside>
        <section>
          <div className="catalogue-sort">
            <label htmlFor="sort">{t.sort}</label>
            <select
              id="sort"
              className="input"
              value={search.get('sort') ?? ''}
              onChange={(event) => set('sort', event.target.value)}
            >
              <option value="">{t.newest}</option>
              <option value="price">{t.priceUp}</option>
              <option value="-price">{t.priceDown}</option>
              <option value="-quality">{t.quality}</option>
            </select>
          </div>
          <Loaded of={products} asked={t.asked} lines={12}>
            {(page) =>
              page.items.length === 0 ? (
                <Empty title={filtered ? t.noMatch : t.none}>{filtered ? t.noMatchText : t.noneText}</Empty>
              ) : (
                <>
                  <ul className="rows">
                    {page.items.map((product) => (
                      <ProductRow key={product.id} product={product} />
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

/** Forward by the cursor of the page; back by the browser's own history. */
export function Pager({ page }: { readonly page: Page<unknown> }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const location = useLocation();
  const [search, setSearch] = useSearchParams();
  const fromHere = (location.state as { fromTable?: boolean } | null)?.fromTable === true;
  const cursor = search.get('cursor');
  if (!cursor && !page.nextCursor) return null;
  const go = (to: string | null) => {
    const next = new URLSearchParams(search);
    if (to) next.set('cursor', to);
    else next.delete('cursor');
    setSearch(next, to ? { state: { fromTable: true } } : {});
  };
  return (
    <nav className="buttons pager" aria-label={t.pages}>
      {cursor ? (
        <button type="button" className="button" onClick={() => (fromHere ? navigate(-1) : go(null))}>
          {fromHere ? t.previous : t.first}
        </button>
      ) : null}
      {page.nextCursor ? (
        <button type="button" className="button" onClick={() => go(page.nextCursor)}>
          {t.next}
        </button>
      ) : null}
    </nav>
  );
}
