import { Link, useSearchParams } from 'react-router';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { day, fromNow, money } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useWaitingName } from '../../shared/TurnBanner.tsx';
import { useMe } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { holdsAny, TRADERS } from '../roles.ts';
import { Tabs } from '../shared/Tabs.tsx';
import type { OrderItem } from '../types.ts';
import { orderColour } from './order-state.ts';

const WORDS = words(
  {
    title: '订单',
    all: '全部',
    bought: '买入',
    sold: '卖出',
    market: '去市场选产品',
    product: '产品',
    buyer: '买方',
    seller: '卖方',
    state: '状态',
    total: '总价',
    placed: '下单日',
    waiting: '等待',
    mine: '轮到贵方',
    none: '还没有订单',
    noneBuyer: '在市场选好产品，下单后双方签约，款项托管到验收。',
    noneOther: '有订单时会出现在这里。',
  },
  {
    title: 'Orders',
    all: 'All',
    bought: 'Bought',
    sold: 'Sold',
    market: 'Choose a product',
    product: 'Product',
    buyer: 'Buyer',
    seller: 'Seller',
    state: 'State',
    total: 'Total',
    placed: 'Placed',
    waiting: 'Waiting for',
    mine: 'your turn',
    none: 'No order yet',
    noneBuyer: 'Choose a product on the market; both sides sign, and the price is held in escrow until acceptance.',
    noneOther: 'Orders will show up here.',
  },
);

const STATES = ['placed', 'signed', 'paid', 'delivered', 'accepted', 'cleared', 'disputed', 'refunded', 'cancelled'];

export default function OrdersPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const me = useMe();
  const [search] = useSearchParams();
  const side = search.get('part');
  const trades = holdsAny(me?.roles ?? [], TRADERS);
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        {trades ? (
          <Link className="button primary" to="/products">
            {t.market}
          </Link>
        ) : null}
      </div>
      {trades ? (
        <Tabs
          parts={[
            ['', t.all],
            ['buyer', t.bought],
            ['seller', t.sold],
          ]}
        />
      ) : null}
      <DataTable<OrderItem>
        key={side}
        path="/orders"
        query={{ side }}
        caption={t.title}
        rowKey={(o) => o.id}
        csvName="orders"
        filters={[
          { name: 'state', kind: 'choice', label: t.state, options: STATES.map((s) => ({ value: s, title: term(s) })) },
        ]}
        empty={<Empty title={t.none}>{trades ? t.noneBuyer : t.noneOther}</Empty>}
        columns={[
          {
            key: 'product',
            title: t.product,
            render: (o) => <Link to={`/work/orders/${o.id}`}>{o.product.title}</Link>,
            csv: (o) => o.product.title,
          },
          {
            key: 'parties',
            title: `${t.buyer} / ${t.seller}`,
            render: (o) => <Sides order={o} mine={me?.party?.id ?? ''} />,
            csv: (o) => `${o.buyer.name} / ${o.seller.name}`,
          },
          { key: 'state', title: t.state, render: (o) => <State order={o} />, csv: (o) => term(o.state) },
          {
            key: 'waiting',
            title: t.waiting,
            render: (o) => <Waiting order={o} mine={me?.party?.id ?? ''} />,
            csv: (o) => o.waitingFor?.name ?? '',
          },
          {
            key: 'total',
            title: t.total,
            number: true,
            render: (o) => <Amount value={o.total} />,
            csv: (o) => money(o.total),
          },
          { key: 'placed', title: t.placed, render: (o) => day(o.placedAt), csv: (o) => o.placedAt },
        ]}
      />
    </>
  );
}

function Sides({ order, mine }: { readonly order: OrderItem; readonly mine: string }) {
  const t = useWords(WORDS);
  if (order.buyer.id === mine)
    return (
      <>
        <small className="faint">{t.seller}</small> {order.seller.name}
      </>
    );
  if (order.seller.id === mine)
    return (
      <>
        <small className="faint">{t.buyer}</small> {order.buyer.name}
      </>
    );
  return (
    <>
      {order.buyer.name} ← {order.seller.name}
    </>
  );
}

function State({ order }: { readonly order: OrderItem }) {
  const say = useSay();
  return <span className={`tag ${orderColour(order.state)}`}>{say(order.stateTitle)}</span>;
}

function Waiting({ order, mine }: { readonly order: OrderItem; readonly mine: string }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const nameOf = useWaitingName();
  const w = order.waitingFor;
  if (!w) return '—';
  return (
    <>
      {w.partyId === mine ? <b>{t.mine}</b> : nameOf(w)}
      <small className="faint block">{fromNow(w.dueAt, language)}</small>
    </>
  );
}
