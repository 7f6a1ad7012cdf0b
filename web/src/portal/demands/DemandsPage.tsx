import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { type Demand, mayAct, type Page } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { ActForm } from '../../shared/act-form/index.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { day, fromNow } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Pager } from '../products/CataloguePage.tsx';
import '../products/products.css';

const WORDS = words(
  {
    title: '需求',
    sub: '正在寻找的数据。供方可以回应并附上自己的产品。',
    asked: '查看需求',
    none: '现在没有公开的需求',
    noneText: '需要目录里没有的数据？登录后发布一条需求。',
    publish: '发布需求',
    signIn: '登录后发布需求',
    until: (at: string, left: string) => `${at} 截止（${left}）`,
    noBudget: '预算面议',
    budget: '预算以内',
  },
  {
    title: 'Demands',
    sub: 'Data people are looking for. Suppliers can respond and attach a product of theirs.',
    asked: 'see the demands',
    none: 'No demand is open now',
    noneText: 'Need data that is not in the catalogue? Sign in and publish a demand.',
    publish: 'Publish a demand',
    signIn: 'Sign in to publish a demand',
    until: (at: string, left: string) => `until ${at} (${left})`,
    noBudget: 'budget open',
    budget: 'at most',
  },
);

export default function DemandsPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const acts = useActs();
  const [search] = useSearchParams();
  const [publishing, setPublishing] = useState(false);
  const query = useRead<Page<Demand>>('/demands', { cursor: search.get('cursor') }, { keep: true });
  const info = acts?.get('demand.publish');
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <div>
          <h1>{t.title}</h1>
          <p className="sub">{t.sub}</p>
        </div>
        {me === null ? (
          <Link className="button" to="/sign-in?next=/demands">
            {t.signIn}
          </Link>
        ) : me && info && mayAct(info, me.roles) ? (
          <button type="button" className="button primary" onClick={() => setPublishing(true)}>
            {t.publish}
          </button>
        ) : null}
      </div>
      <Loaded of={query} asked={t.asked} lines={8}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t.none}>{t.noneText}</Empty>
          ) : (
            <>
              <ul className="rows">
                {page.items.map((demand) => (
                  <DemandRow key={demand.id} demand={demand} />
                ))}
              </ul>
              <Pager page={page} />
            </>
          )
        }
      </Loaded>
      {publishing ? (
        <Drawer title={t.publish} onClose={() => setPublishing(false)}>
          <ActForm act="demand.publish" />
        </Drawer>
      ) : null}
    </>
  );
}

export function DemandRow({ demand }: { readonly demand: Demand }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const language = useLanguage();
  return (
    <li className="product-row">
      <div>
        <Link className="product-title" to={`/demands/${demand.id}`}>
          {demand.title}
        </Link>
        <small className="faint">
          {demand.party.name} · {t.until(day(demand.until), fromNow(demand.until, language))}
        </small>
      </div>
      <div className="price">
        {demand.budget ? <Amount value={demand.budget} /> : <span className="resource-size">{t.noBudget}</span>}
        {demand.budget ? <small>{t.budget}</small> : null}
      </div>
      <div className="product-row-text">
        <p>{demand.description}</p>
        <div className="tags">
          <span className="tag">{term(demand.sector)}</span>
          <span className="tag">{demand.purpose}</span>
        </div>
      </div>
    </li>
  );
}
