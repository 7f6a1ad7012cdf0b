import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Demand, Notice, Page, ProductPageOf } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { day } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { NoticeTime } from '../notices/NoticeTime.tsx';
import { ProductRow } from '../products/ProductRow.tsx';
import { MarketFigures } from './MarketFigures.tsx';
import '../../shared/table.css';
import '../products/products.css';
import './market.css';

const WORDS = words(
  {
    title: '今天的市场',
    documentTitle: '数衡 · 市场',
    sub: '每一笔登记、交易、交付和清算都有回执，任何人都可离线核验。',
    search: '找数据',
    searchHint: '搜索产品名称、简介、应用场景',
    newest: '新近挂牌',
    allProducts: '全部产品',
    none: '还没有在售的产品',
    noneText: '第一步：数据提供单位登记资源，运营单位或数商据此做成产品，评估后挂牌。',
    notices: '公示中',
    allNotices: '全部公示',
    noNotices: '现在没有公示中的事项。',
    supply: '我来供应',
    demands: '正在找数据',
    allDemands: '全部需求',
    noDemands: '现在没有公开的需求。',
    asked: '查看市场',
    budget: '预算',
    within: '以内',
    budgetOpen: '预算面议',
    until: (at: string) => `${at} 前`,
    verify: '核验回执',
    verifyText: '拿到一份回执？在浏览器里就能核验，不需要信任本站。',
    verifyButton: '去核验',
    rules: '每一次拒绝都有依据',
    rulesText: '条文、规则、参数和判例逐条公开。',
    rulesButton: '看规则',
  },
  {
    title: 'The market today',
    documentTitle: 'Shuheng · Market',
    sub: 'Every registration, trade, delivery and settlement has a receipt that anyone can verify offline.',
    search: 'Find data',
    searchHint: 'Search titles, summaries, scenarios',
    newest: 'Newly listed',
    allProducts: 'All products',
    none: 'Nothing is on the market yet',
    noneText:
      'First step: a department registers a resource; an operating unit or merchant makes a product of it, has it assessed and lists it.',
    notices: 'Before the public',
    allNotices: 'All notices',
    noNotices: 'No notice is open now.',
    supply: 'I can supply this',
    demands: 'Wanted',
    allDemands: 'All demands',
    noDemands: 'No demand is open now.',
    asked: 'see the market',
    budget: 'Budget',
    within: 'at most',
    budgetOpen: 'Budget open',
    until: (at: string) => `until ${at}`,
    verify: 'Verify a receipt',
    verifyText: 'Got a receipt? Verify it in the browser, without trusting this site.',
    verifyButton: 'Verify',
    rules: 'Each refusal names its ground',
    rulesText: 'Articles, rules, parameters and examples are public, one by one.',
    rulesButton: 'Rules',
  },
);

const NEWEST = 6;
const DEMANDS = 2;
const NOTICES = 3;

export default function MarketPage() {
  const t = useWords(WORDS);
  const products = useRead<ProductPageOf>('/products', { limit: NEWEST });
  const demands = useRead<Page<Demand>>('/demands', { limit: DEMANDS });
  const notices = useRead<Page<Notice>>('/notices', { limit: NOTICES, open: 'true' });
  return (
    <>
      <title>{t.documentTitle}</title>
      <div className="head-row">
        <div>
          <h1>{t.title}</h1>
          <p className="sub">{t.sub}</p>
        </div>
        <Search />
      </div>
      <MarketFigures />
      <div className="columns">
        <section>
          <div className="section-head">
            <h2>{t.newest}</h2>
            <Link to="/products">{t.allProducts}</Link>
          </div>
          <Loaded of={products} asked={t.asked} lines={9}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t.none}>{t.noneText}</Empty>
              ) : (
                <ul className="rows">
                  {items.map((product) => (
                    <ProductRow key={product.id} product={product} />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
        <aside>
          <div className="section-head">
            <h2>{t.notices}</h2>
            <Link to="/notices">{t.allNotices}</Link>
          </div>
          <div className="panel">
            <Loaded of={notices} asked={t.asked}>
              {({ items }) =>
                items.length === 0 ? (
                  <p className="faint">{t.noNotices}</p>
                ) : (
                  items.map((n) => <NoticeNote key={n.id} notice={n} />)
                )
              }
            </Loaded>
          </div>
          <div className="section-head">
            <h2>{t.demands}</h2>
            <Link to="/demands">{t.allDemands}</Link>
          </div>
          <div className="panel">
            <Loaded of={demands} asked={t.asked}>
              {({ items }) =>
                items.length === 0 ? (
                  <p className="faint">{t.noDemands}</p>
                ) : (
                  items.map((d) => <DemandNote key={d.id} demand={d} />)
                )
              }
            </Loaded>
          </div>
          <h2>{t.verify}</h2>
          <div className="panel">
            <p>{t.verifyText}</p>
            <Link className="button" to="/verify">
              <Icon name="shield" />
              {t.verifyButton}
            </Link>
          </div>
          <h2>{t.rules}</h2>
          <div className="panel">
            <p>{t.rulesText}</p>
            <Link className="button" to="/rules">
              {t.rulesButton}
            </Link>
          </div>
        </aside>
      </div>
    </>
  );
}

function NoticeNote({ notice }: { readonly notice: Notice }) {
  const say = useSay();
  return (
    <div className="notice">
      <Link to={`/notices/${notice.id}`}>{say(notice.title)}</Link>
      <small className="faint">
        <NoticeTime notice={notice} /> · {say(notice.citation)}
      </small>
    </div>
  );
}

function DemandNote({ demand }: { readonly demand: Demand }) {
  const t = useWords(WORDS);
  return (
    <div className="notice">
      <Link to={`/demands/${demand.id}`}>{demand.title}</Link>
      <small className="faint">
        {demand.budget ? (
          <>
            {t.budget} <Amount value={demand.budget} /> {t.within}
          </>
        ) : (
          t.budgetOpen
        )}{' '}
        · {t.until(day(demand.until))}
      </small>
      <Link className="button" to={`/demands/${demand.id}`}>
        {t.supply}
      </Link>
    </div>
  );
}

function Search() {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const [words, setTyped] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate(words.trim() ? `/products?q=${encodeURIComponent(words.trim())}` : '/products');
  };
  return (
    <search className="search-box market-search">
      <form onSubmit={submit}>
        <label className="hidden-visually" htmlFor="market-search">
          {t.search}
        </label>
        <Icon name="search" />
        <input
          id="market-search"
          className="input"
          type="search"
          enterKeyHint="search"
          placeholder={t.searchHint}
          value={words}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
    </search>
  );
}
