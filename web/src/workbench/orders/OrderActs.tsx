import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Page } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { useRead } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, type useDone } from '../shared/acts.tsx';
import type { Account, Order } from '../types.ts';

const WORDS = words(
  {
    sign: '签署合约',
    signText: '请通读下面的条款与合约全文。签署的是条款摘要所对应的冻结条款，双方签署后合约成立。',
    pay: '付款',
    payText: '款项转入交易所托管，验收之前不会划给任何一方；发生争议可申请退款。',
    available: '可用余额',
    due: '应付',
    short: '余额不足。请先向结算银行汇款，由交易所结算岗登记入金。',
    account: '资金账户',
    deliver: '交付',
    deliverText: '平台把产品文件或查询服务开放给买方，并按合约计量；原始数据不出平台。',
    accept: '验收',
    acceptText: '请先下载或查询，核对数据与约定相符。验收后款项即清算到各权利人，不能撤回。',
    acceptButton: '验收通过',
    dispute: '提出异议',
    disputeText: '写明数据与约定不符之处。提出后款项继续托管，由交易所调解并决定放款或退款。',
    cancel: '取消订单',
    cancelText: '付款之前可以取消；取消后不能恢复。',
    resolve: '处理争议',
    resolveText: '放款：视为验收通过并清算。退款：款项退还买方，交付授权同时撤销。',
    release: '放款给卖方',
    refund: '退款给买方',
  },
  {
    sign: 'Sign the contract',
    signText:
      'Please read the terms and the contract below. You sign the frozen terms behind the digest; the contract stands when both have signed.',
    pay: 'Pay',
    payText:
      'The price goes into escrow at the exchange and to nobody before acceptance; in a dispute it can be refunded.',
    available: 'Available',
    due: 'Due',
    short: 'Not enough. Transfer money to the settlement bank first; the settlement officer credits it.',
    account: 'Money',
    deliver: 'Deliver',
    deliverText:
      'The platform opens the file or the query service to the buyer and meters it by the contract; raw data stays.',
    accept: 'Accept',
    acceptText:
      'Download or query first and check the data against the contract. Acceptance clears the price to the right holders and cannot be undone.',
    acceptButton: 'Accept the delivery',
    dispute: 'Dispute',
    disputeText:
      'Say where the data departs from the contract. The price stays in escrow; the exchange mediates and decides.',
    cancel: 'Cancel the order',
    cancelText: 'Until payment an order can be cancelled; it does not come back.',
    resolve: 'Decide the dispute',
    resolveText:
      'Release: counts as accepted and is cleared. Refund: the price goes back, and the delivery is revoked.',
    release: 'Release to the seller',
    refund: 'Refund to the buyer',
  },
);

type Tell = ReturnType<typeof useDone>['tell'];

/** What the reader may do with the order now: one primary act, the others beside it. */
export function OrderActs({ order, tell }: { readonly order: Order; readonly tell: Tell }) {
  const t = useWords(WORDS);
  const may = (act: string) => order.actions.includes(act);
  const common = { version: order.version, tell };
  const justOrder = { orderId: order.id };
  const side: ReactNode = (
    <>
      {may('order.dispute') ? (
        <ActDrawer act="order.dispute" label={t.dispute} explain={t.disputeText} fixed={justOrder} danger {...common} />
      ) : null}
      {may('order.cancel') ? (
        <ActDrawer act="order.cancel" label={t.cancel} explain={t.cancelText} fixed={justOrder} danger {...common} />
      ) : null}
    </>
  );
  if (may('contract.sign'))
    return (
      <Panel title={t.sign} text={t.signText}>
        <ActButton
          act="contract.sign"
          input={{ orderId: order.id, termsHash: order.termsHash }}
          label={t.sign}
          primary
          {...common}
        />
        {side}
      </Panel>
    );
  if (may('order.pay')) return <Pay order={order} tell={tell} side={side} />;
  if (may('delivery.deliver'))
    return (
      <Panel title={t.deliver} text={t.deliverText}>
        <ActButton act="delivery.deliver" input={justOrder} label={t.deliver} primary {...common} />
        {side}
      </Panel>
    );
  if (may('order.accept'))
    return (
      <Panel title={t.accept} text={t.acceptText}>
        <ActButton act="order.accept" input={justOrder} label={t.acceptButton} primary {...common} />
        {side}
      </Panel>
    );
  if (may('order.resolve'))
    return (
      <Panel title={t.resolve} text={t.resolveText}>
        <ActDrawer
          act="order.resolve"
          label={t.resolve}
          primary
          fixed={justOrder}
          options={{
            decision: [
              { value: 'release', title: t.release },
              { value: 'refund', title: t.refund },
            ],
          }}
          {...common}
        />
      </Panel>
    );
  return may('order.dispute') || may('order.cancel') ? <div className="buttons">{side}</div> : null;
}

function Panel(props: {
  readonly title: string;
  readonly text: string;
  readonly more?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="my-act">
      <h2>{props.title}</h2>
      <p>{props.text}</p>
      {props.more}
      <div className="buttons">{props.children}</div>
    </div>
  );
}

function Pay({ order, tell, side }: { readonly order: Order; readonly tell: Tell; readonly side: ReactNode }) {
  const t = useWords(WORDS);
  const { data } = useRead<Page<Account>>('/accounts', { limit: 20 });
  const account = data?.items.find((a) => a.owner?.id === order.buyer.id);
  const short = account !== undefined && BigInt(account.available.amountFen) < BigInt(order.total.amountFen);
  return (
    <Panel
      title={t.pay}
      text={t.payText}
      more={
        <>
          <dl className="facts">
            <dt>{t.due}</dt>
            <dd>
              <b>
                <Amount value={order.total} />
              </b>
            </dd>
            <dt>{t.available}</dt>
            <dd>{account ? <Amount value={account.available} /> : '—'}</dd>
          </dl>
          {short ? (
            <p className="turn late work-gap">
              {t.short} <Link to="/work/account">{t.account}</Link>
            </p>
          ) : null}
        </>
      }
    >
      <ActButton
        act="order.pay"
        input={{ orderId: order.id }}
        version={order.version}
        label={t.pay}
        primary
        tell={tell}
      />
      {side}
    </Panel>
  );
}
