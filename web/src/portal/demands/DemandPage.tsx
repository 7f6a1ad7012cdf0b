import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { type DemandDetail, mayAct, type ProductPageOf } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { ActForm } from '../../shared/act-form/index.tsx';
import { Drawer } from '../../shared/Drawer.tsx';
import { dateTime, fromNow } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import '../products/products.css';

const WORDS = words(
  {
    demands: '需求',
    asked: '查看需求',
    by: '需求方',
    sector: '行业',
    purpose: '用途',
    budget: '预算',
    open: '面议',
    until: '截止',
    responses: '回应',
    noResponses: '还没有回应。',
    respond: '我来供应',
    signIn: '登录后回应',
    hidden: (n: number) => `共 ${n} 条；需求方能看到全部，供方能看到自己的。`,
    product: '所附的产品',
  },
  {
    demands: 'Demands',
    asked: 'open the demand',
    by: 'Wanted by',
    sector: 'Sector',
    purpose: 'Purpose',
    budget: 'Budget',
    open: 'open',
    until: 'Until',
    responses: 'Responses',
    noResponses: 'No response yet.',
    respond: 'I can supply this',
    signIn: 'Sign in to respond',
    hidden: (n: number) => `${n} in all; the party that asked sees all of them, a supplier its own.`,
    product: 'The product offered',
  },
);

export default function DemandPage() {
  const t = useWords(WORDS);
  const { demandId = '' } = useParams();
  const query = useRead<DemandDetail>(`/demands/${encodeURIComponent(demandId)}`);
  return (
    <div className="reading">
      <p className="crumbs">
        <Link to="/demands">{t.demands}</Link> ›
      </p>
      <h1>{query.data?.title ?? (query.error ? t.asked : '　')}</h1>
      <Loaded of={query} asked={t.asked} lines={6}>
        {(demand) => <Content demand={demand} />}
      </Loaded>
    </div>
  );
}

function Content({ demand }: { readonly demand: DemandDetail }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const language = useLanguage();
  const me = useMe();
  const acts = useActs();
  const [responding, setResponding] = useState(false);
  const info = acts?.get('demand.respond');
  const may = me && info && demand.state === 'open' && mayAct(info, me.roles) && me.party.id !== demand.party.id;
  const products = useRead<ProductPageOf>(may ? '/products' : null, { mine: true, limit: 100 });
  return (
    <>
      <title>{demand.title}</title>
      <p className="product-summary">{demand.description}</p>
      <dl className="facts">
        <dt>{t.by}</dt>
        <dd>
          <Link to={`/parties/${demand.party.id}`}>{demand.party.name}</Link>
        </dd>
        <dt>{t.sector}</dt>
        <dd>{term(demand.sector)}</dd>
        <dt>{t.purpose}</dt>
        <dd>{demand.purpose}</dd>
        <dt>{t.budget}</dt>
        <dd>{demand.budget ? <Amount value={demand.budget} /> : t.open}</dd>
        <dt>{t.until}</dt>
        <dd>
          {dateTime(demand.until)} <span className="faint">{fromNow(demand.until, language)}</span>{' '}
          {demand.state !== 'open' ? <span className="tag">{term(demand.state)}</span> : null}
        </dd>
      </dl>
      <p style={{ marginTop: 20 }}>
        {me === null && demand.state === 'open' ? (
          <Link className="button primary" to={`/sign-in?next=/demands/${demand.id}`}>
            {t.signIn}
          </Link>
        ) : may ? (
          <button type="button" className="button primary" onClick={() => setResponding(true)}>
            {t.respond}
          </button>
        ) : null}
      </p>
      <h2>{t.responses}</h2>
      {demand.responses === 0 ? <p className="faint">{t.noResponses}</p> : null}
      {demand.answers.length < demand.responses ? <p className="faint">{t.hidden(demand.responses)}</p> : null}
      <ul className="plain-list">
        {demand.answers.map((r) => (
          <li key={r.id}>
            <b>{r.party.name}</b> <small className="faint">{dateTime(r.respondedAt)}</small>
            <p>{r.message}</p>
            {r.productId ? <Link to={`/products/${r.productId}`}>{t.product}</Link> : null}
          </li>
        ))}
      </ul>
      {responding ? (
        <Drawer title={t.respond} onClose={() => setResponding(false)}>
          <ActForm
            act="demand.respond"
            fixed={{ demandId: demand.id }}
            options={{ productId: (products.data?.items ?? []).map((p) => ({ value: p.id, title: p.title })) }}
          />
        </Drawer>
      ) : null}
    </>
  );
}
