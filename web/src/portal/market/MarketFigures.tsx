import type { ReactNode } from 'react';
import type { Market } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { number } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useRead } from '../../shared/use-api.ts';
import './figures.css';

const WORDS = words(
  {
    asked: '查看市场数字',
    turnover: '累计成交额',
    month: (amount: string) => `本月 ${amount}`,
    products: '在售产品',
    sellers: (n: string) => `${n} 家供方`,
    trades: '成交',
    cleared: (n: string) => `${n} 笔已清算`,
    receipts: '链上回执',
    log: '存证日志实时条数',
  },
  {
    asked: 'see the figures',
    turnover: 'Traded in all',
    month: (amount: string) => `${amount} this month`,
    products: 'Products listed',
    sellers: (n: string) => `from ${n} sellers`,
    trades: 'Trades',
    cleared: (n: string) => `${n} cleared`,
    receipts: 'Receipts in the log',
    log: 'entries of the evidence log, live',
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
      <Figure title={t.turnover}>{data ? <Amount value={data.turnover} /> : null}</Figure>
      <Figure title={t.products} note={data ? t.sellers(number(data.sellers)) : null}>
        {data ? number(data.products) : null}
      </Figure>
      <Figure title={t.trades}>{data ? number(data.trades) : null}</Figure>
      <Figure title={t.receipts} note={t.log}>
        {data ? number(data.receipts) : null}
      </Figure>
    </dl>
  );
}

function Figure({ title, note, children }: { readonly title: string; readonly note?: string | null; readonly children: ReactNode }) {
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
