import { Link, useLocation, useParams } from 'react-router';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { dateTime, day, number, percent } from '../../shared/format.ts';
import { LifeLink } from '../../shared/LifeLink.tsx';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { Timeline } from '../../shared/Timeline.tsx';
import { TurnBanner } from '../../shared/TurnBanner.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { type Done, DoneNote, useDone } from '../shared/acts.tsx';
import { Certificates } from '../shared/Certificates.tsx';
import type { Order } from '../types.ts';
import { DeliveryPart } from './DeliveryPart.tsx';
import { OrderActs } from './OrderActs.tsx';
import { ORDER_LINE } from './order-state.ts';
import '../../portal/products/products.css';

const WORDS = words(
  {
    crumb: '订单',
    asked: '查看订单',
    terms: '条款',
    product: '产品',
    version: (n: number) => `第 ${n} 版`,
    buyer: '买方',
    seller: '卖方',
    quantity: '数量',
    calls: (n: string) => `合计 ${n} 次调用`,
    price: '总价',
    unit: '单价',
    purpose: '使用用途',
    scenario: '应用场景',
    licence: '许可',
    licenceText: (days: number) => `自交付起 ${days} 天`,
    redistribution: '可再次提供',
    noRedistribution: '不得转让或再次提供',
    deadlines: '期限',
    deadlinesText: (delivery: number, acceptance: number) =>
      `付款后 ${delivery} 日内交付，交付后 ${acceptance} 日内验收`,
    split: '价款分配',
    reserved: '款项由交易所托管，验收后按下表清算。',
    notPaid: '付款后由交易所托管，验收后按下表清算。',
    cleared: (at: string) => `已于 ${at} 清算到各方账户。`,
    refunded: '款项已退还买方。',
    recipient: '收款方',
    ground: '依据',
    share: '比例',
    ofTotal: (share: string) => `总价的 ${share}`,
    ofRest: (share: string) => `余额的 ${share}`,
    exchange: '交易所',
    fee: '交易服务费',
    feeFirst: '先从总价中扣除交易服务费，余额按比例分配，尾差精确到分。',
    amount: '金额',
    sum: '合计',
    contract: '合约全文',
    hash: '条款摘要（SHA-256）',
    signed: (at: string) => `${at} 签署`,
    unsigned: '未签署',
    timeline: '经过',
    reason: '理由',
    resolution: '处理意见',
    byDeadline: '逾期未提出异议，视为验收通过。',
  },
  {
    crumb: 'Orders',
    asked: 'see the order',
    terms: 'Terms',
    product: 'Product',
    version: (n: number) => `version ${n}`,
    buyer: 'Buyer',
    seller: 'Seller',
    quantity: 'Quantity',
    calls: (n: string) => `${n} calls in all`,
    price: 'Total',
    unit: 'each',
    purpose: 'Purpose',
    scenario: 'Scenario',
    licence: 'Licence',
    licenceText: (days: number) => `${days} days from delivery`,
    redistribution: 'may be passed on',
    noRedistribution: 'may not be passed on',
    deadlines: 'Deadlines',
    deadlinesText: (delivery: number, acceptance: number) =>
      `delivery within ${delivery} days of payment, acceptance within ${acceptance} days of delivery`,
    split: 'Who gets what',
    reserved: 'The exchange holds the price; after acceptance it is cleared as below.',
    notPaid: 'Once paid, the exchange holds the price; after acceptance it is cleared as below.',
    cleared: (at: string) => `Cleared to the accounts on ${at}.`,
    refunded: 'The price went back to the buyer.',
    recipient: 'Recipient',
    ground: 'Ground',
    share: 'Share',
    ofTotal: (share: string) => `${share} of the total`,
    ofRest: (share: string) => `${share} of the rest`,
    exchange: 'The exchange',
    fee: 'Trading fee',
    feeFirst: 'The trading fee comes off the total first; the rest is shared out, exact to the fen.',
    amount: 'Amount',
    sum: 'Total',
    contract: 'The contract',
    hash: 'Digest of the terms (SHA-256)',
    signed: (at: string) => `signed ${at}`,
    unsigned: 'not signed',
    timeline: 'History',
    reason: 'Reason',
    resolution: 'Decision',
    byDeadline: 'Nobody objected in time: the delivery counts as accepted.',
  },
);

const MOVING_REFETCH_MS = 1500;
const WAITING_REFETCH_MS = 12_000;

export default function OrderPage() {
  const t = useWords(WORDS);
  const { orderId = '' } = useParams();
  const path = `/orders/${encodeURIComponent(orderId)}`;
  const query = useRead<Order>(path);
  const state = query.data?.state;
  const over = state === 'cleared' || state === 'cancelled' || state === 'refunded';
  useRead<Order>(
    state && !over ? path : null,
    {},
    { refetchMs: state === 'accepted' ? MOVING_REFETCH_MS : WAITING_REFETCH_MS },
  );
  const arrived = (useLocation().state as { done?: Done } | null)?.done;
  return (
    <>
      <p className="crumbs">
        <Link to="/work/orders">{t.crumb}</Link> ›{query.data ? ` ${query.data.id}` : ''}
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={14}>
        {(order) => <Content order={order} arrived={arrived ?? null} />}
      </Loaded>
    </>
  );
}

function Content({ order, arrived }: { readonly order: Order; readonly arrived: Done | null }) {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  const mine =
    order.waitingFor !== null &&
    (order.waitingFor.partyId === me?.party?.id ||
      (order.state === 'disputed' && order.actions.includes('order.resolve')));
  const side = me?.party?.id === order.buyer.id ? 'buyer' : me?.party?.id === order.seller.id ? 'seller' : null;
  return (
    <>
      <title>{order.product.title}</title>
      <h1>{order.product.title}</h1>
      <StepsBar steps={useSteps(order)} />
      {note ?? (arrived && order.state === 'placed' ? <DoneNote done={arrived} /> : null)}
      <TurnBanner waitingFor={order.waitingFor} mine={mine} />
      <div className="columns">
        <div>
          <OrderActs order={order} tell={tell} />
          {order.delivery ? <DeliveryPart order={order} delivery={order.delivery} side={side} tell={tell} /> : null}
          <Terms order={order} />
          <Split order={order} mine={me?.party?.id ?? ''} />
          <Contract order={order} />
        </div>
        <aside>
          <h2>{t.timeline}</h2>
          <Timeline
            events={order.timeline.map((e) => ({
              title: e.title,
              at: e.at,
              party: e.party?.name ?? null,
              receiptId: e.receiptId,
            }))}
          />
          <LifeLink subject={order.id} />
          {side && (order.state === 'cleared' || order.delivery) ? (
            <Certificates
              kind="trade"
              subjectId={order.id}
              also={[
                ...(order.delivery ? [{ kind: 'delivery' as const, subjectId: order.delivery.id }] : []),
                ...(order.state === 'cleared' ? [{ kind: 'clearing' as const, subjectId: order.id }] : []),
              ]}
              tell={tell}
            />
          ) : null}
        </aside>
      </div>
    </>
  );
}

/** The straight line of an order; one that was cancelled, disputed or refunded shows where it left the line. */
function useSteps(order: Order): readonly Step[] {
  const term = useTerm();
  const say = useSay();
  const language = useLanguage();
  const dates = new Map<string, string>();
  const byAct: Readonly<Record<string, (typeof ORDER_LINE)[number]>> = {
    'order.place': 'placed',
    'contract.sign': 'signed',
    'order.pay': 'paid',
    'delivery.deliver': 'delivered',
    'order.accept': 'accepted',
    'order.accept-by-deadline': 'accepted',
    'order.resolve': 'accepted',
    'clearing.clear': 'cleared',
  };
  for (const e of order.timeline) {
    const state = byAct[e.act];
    if (state) dates.set(state, e.at);
  }
  const off = order.state === 'cancelled' || order.state === 'disputed' || order.state === 'refunded';
  const reached = off ? lastReached(order) : ORDER_LINE.indexOf(order.state as (typeof ORDER_LINE)[number]);
  const steps = ORDER_LINE.map((state, i): Step => {
    const at = i <= reached ? dates.get(state) : undefined;
    return {
      title: language === 'zh' ? term(state).replace(/^已/, '') : term(state),
      ...(at ? { note: dateTime(at).slice(5) } : {}),
      state: i <= reached ? 'done' : i === reached + 1 && !off ? 'now' : 'next',
    };
  });
  if (!off) return steps;
  return [
    ...steps.slice(0, reached + 1),
    { title: say(order.stateTitle), state: 'stopped' },
    ...(order.state === 'disputed' ? steps.slice(reached + 1) : []),
  ];
}

function lastReached(order: Order): number {
  if (order.delivery) return ORDER_LINE.indexOf('delivered');
  if (order.clearing) return ORDER_LINE.indexOf('paid');
  return order.contract.signatures.every((s) => s.at) ? ORDER_LINE.indexOf('signed') : ORDER_LINE.indexOf('placed');
}

function Terms({ order }: { readonly order: Order }) {
  const t = useWords(WORDS);
  const { terms } = order;
  return (
    <>
      <h2>{t.terms}</h2>
      <dl className="facts">
        <dt>{t.product}</dt>
        <dd>
          <Link to={`/products/${order.product.id}`}>{order.product.title}</Link> · {t.version(order.product.version)}
        </dd>
        <dt>{t.buyer}</dt>
        <dd>{order.buyer.name}</dd>
        <dt>{t.seller}</dt>
        <dd>{order.seller.name}</dd>
        <dt>{t.price}</dt>
        <dd>
          <b>
            <Amount value={order.total} />
          </b>
          {order.quantity > 1 ? (
            <span className="faint">
              {' '}
              {t.unit} <Amount value={terms.price.unit} /> × {number(order.quantity)}
            </span>
          ) : null}
          {terms.calls === null ? null : <span className="faint"> · {t.calls(number(terms.calls))}</span>}
        </dd>
        <dt>{t.purpose}</dt>
        <dd>{order.purpose}</dd>
        <dt>{t.scenario}</dt>
        <dd>{order.scenario}</dd>
        <dt>{t.licence}</dt>
        <dd>
          {t.licenceText(terms.licence.validDays)} ·{' '}
          {terms.licence.redistribution ? t.redistribution : t.noRedistribution}
        </dd>
        <dt>{t.deadlines}</dt>
        <dd>{t.deadlinesText(terms.delivery.days, terms.acceptance.days)}</dd>
        {order.reason ? (
          <>
            <dt>{t.reason}</dt>
            <dd>{order.reason}</dd>
          </>
        ) : null}
        {order.resolution ? (
          <>
            <dt>{t.resolution}</dt>
            <dd>{order.resolution}</dd>
          </>
        ) : null}
      </dl>
      {order.acceptedByDeadline ? <p className="faint">{t.byDeadline}</p> : null}
    </>
  );
}

function Split({ order, mine }: { readonly order: Order; readonly mine: string }) {
  const t = useWords(WORDS);
  const clearing = order.clearing;
  const said = !clearing
    ? t.notPaid
    : clearing.state === 'cleared'
      ? t.cleared(dateTime(clearing.clearedAt ?? ''))
      : clearing.state === 'refunded'
        ? t.refunded
        : t.reserved;
  return (
    <>
      <h2 id="split">{t.split}</h2>
      <p className="faint">
        {order.state === 'cancelled' ? null : said} {order.split.some((p) => p.role === 'exchange') ? t.feeFirst : null}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll" aria-label={t.split} tabIndex={0}>
        <table className="split-table">
          <thead>
            <tr>
              <th scope="col">{t.recipient}</th>
              <th scope="col">{t.ground}</th>
              <th scope="col" className="number">
                {t.share}
              </th>
              <th scope="col" className="number">
                {t.amount}
              </th>
            </tr>
          </thead>
          <tbody>
            {order.split.map((p) => (
              <tr key={`${p.partyId}${p.role}`}>
                <td>{p.role === 'exchange' ? t.exchange : p.partyId === mine ? <b>{p.name}</b> : p.name}</td>
                <td>
                  {p.role === 'exchange' ? (
                    <>
                      {t.fee} <CitationChip rule={order.terms.fee.reference} article={order.terms.fee.reference} />
                    </>
                  ) : (
                    p.reason
                  )}
                </td>
                <td className="number">
                  {(p.role === 'exchange' ? t.ofTotal : t.ofRest)(percent(p.basisPoints / 10_000))}
                </td>
                <td className="number">
                  <Amount value={p.amount} />
                </td>
              </tr>
            ))}
            <tr className="total-row">
              <td>{t.sum}</td>
              <td />
              <td />
              <td className="number">
                <Amount value={order.total} />
              </td>
            </tr>
          </tbody>
        </table>
      </section>
    </>
  );
}

function Contract({ order }: { readonly order: Order }) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <>
      <h2>{t.contract}</h2>
      <ul className="plain-list">
        {order.contract.signatures.map((s) => (
          <li key={s.side} className="head-row">
            <span>
              {s.side === 'buyer' ? t.buyer : t.seller} {s.name}
            </span>
            <span className={`tag ${s.at ? 'good' : 'wait'}`}>{s.at ? t.signed(day(s.at)) : t.unsigned}</span>
          </li>
        ))}
      </ul>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long contract scrolls by keyboard too */}
      <section className="contract work-gap" aria-label={t.contract} tabIndex={0}>
        {say(order.contract.text)}
      </section>
      <p className="small faint">
        {t.hash} <code className="hash">{order.termsHash}</code>
      </p>
    </>
  );
}
