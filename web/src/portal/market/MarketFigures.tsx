import type { ReactNode } from 'react';
import type { Market } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { money, number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useRead } from '../../shared/use-api.ts';
import './figures.css';

const WORDS = words(
  {
    asked: '查看市场数字',
    month: '本月成交额',
    turnover: (amount: string) => `累计 ${amount}`,
    products: '在售产品',
    sellers: (n: string) => `${n} 家供方`,
    trades: '已清算的交易',
    orders: (n: string) => `共 ${n} 笔订单`,
    receipts: '链上回执',
    log: (waiting: number) => (waiting === 0 ? '全部已写入数据交易链' : `${number(waiting)} 条等待上链`),
  },
  {
    asked: 'see the figures',
    month: 'Traded this month',
    turnover: (amount: string) => `${amount} in all`,
    products: 'Products listed',
    sellers: (n: string) => `from ${n} sellers`,
    trades: 'Trades cleared',
    orders: (n: string) => `of ${n} orders`,
    receipts: 'Receipts in the log',
    log: (waiting: number) => (waiting === 0 ? 'all of them are written' : `${number(waiting)} waiting for the log`),
  },
);

const REFRESH_MS = 15_000;

/** Figures of the running exchange, fetched again while the page is open. */
export function MarketFigures() {
  const t = useWords(WORDS);
  const { data, error, refetch } = useRead<Market>('/market', {}, { refetchMs: REFRESH_MS });
  if (error && !data) return <RefusalPanel problem={error} asked={t.asked} retry={() => void refetch()} />;
  return (
    <dl className="figures">
      <Figure title={t.month} note={data ? t.turnover(money(data.turnover)) : null}>
        {data ? <Amount value={data.turnoverMonth} /> : null}
      </Figure>
      <Figure title={t.products} note={data ? t.sellers(number(data.sellers)) : null}>
        {data ? number(data.products) : null}
      </Figure>
      <Figure title={t.trades} note={data ? t.orders(number(data.orders)) : null}>
        {data ? number(data.trades) : null}
      </Figure>
      <Figure title={t.receipts} note={data ? t.log(Math.max(0, data.receipts - data.logSize)) : null}>
        {data ? number(data.logSize) : null}
      </Figure>
    </dl>
  );
}

function Figure({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: string | null;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <dt>{title}</dt>
      <dd className="figure">
        <b>{children ?? <span className="skeleton" style={{ height: 26, width: 120, margin: '4px 0' }} />}</b>
      </dd>
      {note ? (
        <dd>
          <small>{note}</small>
        </dd>
      ) : null}
    </div>
  );
}
