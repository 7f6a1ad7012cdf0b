import { Link, useSearchParams } from 'react-router';
import type { Money, Page, Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, money } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { Tabs } from '../shared/Tabs.tsx';
import type { Account, Withdrawal } from '../types.ts';

const WORDS = words(
  {
    title: '资金账户',
    asked: '查看资金账户',
    available: '可用余额',
    balance: '账面余额',
    reserved: '已冻结（付款托管、出金中）',
    incoming: '待清算收入',
    withdraw: '申请出金',
    withdrawText: '提交后金额即冻结，由交易所结算岗另一人复核后划出。',
    statement: '明细',
    withdrawals: '出金申请',
    at: '时间',
    purpose: '事由',
    counterparty: '对方',
    amount: '金额',
    after: '余额',
    reference: '关联',
    receipt: '回执',
    none: '账户还没有往来',
    noneText: '向结算银行汇款并注明单位名称，结算岗登记后即可使用。',
    noWithdrawals: '没有出金申请',
    noWithdrawalsText: '可用余额可以随时申请划回本单位的银行账户。',
    bank: '收款账户',
    state: '状态',
    decided: '办理时间',
    reason: '理由',
  },
  {
    title: 'Money',
    asked: 'see the account',
    available: 'Available',
    balance: 'Balance',
    reserved: 'Reserved (escrow, withdrawals)',
    incoming: 'Income to be cleared',
    withdraw: 'Ask for a withdrawal',
    withdrawText: 'The amount is reserved at once; another person at the settlement desk checks it and pays it out.',
    statement: 'Statement',
    withdrawals: 'Withdrawals',
    at: 'Time',
    purpose: 'Purpose',
    counterparty: 'Counterparty',
    amount: 'Amount',
    after: 'Balance',
    reference: 'Belongs to',
    receipt: 'Receipt',
    none: 'Nothing has moved yet',
    noneText:
      'Transfer money to the settlement bank under your party’s name; once the settlement officer credits it you can use it.',
    noWithdrawals: 'No withdrawal was asked for',
    noWithdrawalsText: 'What is available can be paid out to your bank account at any time.',
    bank: 'Bank account',
    state: 'State',
    decided: 'Decided',
    reason: 'Reason',
  },
);

export default function AccountPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const query = useRead<Page<Account>>('/accounts', { limit: 100, partyId: me?.party?.id });
  const [search] = useSearchParams();
  const part = search.get('part');
  const { note, tell } = useDone();
  return (
    <>
      <title>{t.title}</title>
      <Loaded of={query} asked={t.asked} lines={8}>
        {({ items }) => {
          const account = items.find((a) => a.id.endsWith(':cash')) ?? items[0];
          if (!account) return <Empty title={t.none}>{t.noneText}</Empty>;
          return (
            <>
              <div className="head-row">
                <h1>{t.title}</h1>
                <ActDrawer
                  act="account.request-withdrawal"
                  label={t.withdraw}
                  explain={t.withdrawText}
                  primary
                  tell={tell}
                />
              </div>
              {note}
              <Figures account={account} />
              <Tabs
                parts={[
                  ['', t.statement],
                  ['withdrawals', t.withdrawals],
                ]}
              />
              {part === 'withdrawals' ? <Withdrawals /> : <Statement accountId={account.id} />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Figures({ account }: { readonly account: Account }) {
  const t = useWords(WORDS);
  const figures: readonly (readonly [string, Money])[] = [
    [t.available, account.available],
    [t.balance, account.balance],
    [t.reserved, account.reserved],
    [t.incoming, account.incoming],
  ];
  return (
    <div className="figures-row">
      {figures.map(([title, value]) => (
        <div key={title}>
          <small>{title}</small>
          <b>
            <Amount value={value} />
          </b>
        </div>
      ))}
    </div>
  );
}

interface Line {
  readonly id: string;
  readonly at: string;
  readonly purpose: Text;
  readonly amount: Money;
  readonly balanceAfter: Money;
  readonly counterparty: Text;
  readonly reference: string;
  readonly receiptId: string;
}

function Statement({ accountId }: { readonly accountId: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<Line>
      path="/statements"
      query={{ accountId }}
      caption={t.statement}
      rowKey={(l) => l.id}
      csvName="statement"
      empty={<Empty title={t.none}>{t.noneText}</Empty>}
      columns={[
        { key: 'at', title: t.at, render: (l) => dateTime(l.at), csv: (l) => l.at },
        { key: 'purpose', title: t.purpose, render: (l) => <Purpose line={l} />, csv: (l) => say(l.purpose) },
        {
          key: 'counterparty',
          title: t.counterparty,
          render: (l) => say(l.counterparty),
          csv: (l) => say(l.counterparty),
        },
        {
          key: 'amount',
          title: t.amount,
          number: true,
          render: (l) => <Signed value={l.amount} />,
          csv: (l) => money(l.amount),
        },
        {
          key: 'after',
          title: t.after,
          number: true,
          render: (l) => <Amount value={l.balanceAfter} />,
          csv: (l) => money(l.balanceAfter),
        },
        {
          key: 'receipt',
          title: t.receipt,
          render: (l) => <ReceiptChip id={l.receiptId} label="" />,
          csv: (l) => l.receiptId,
        },
      ]}
    />
  );
}

function Purpose({ line }: { readonly line: Line }) {
  const say = useSay();
  return line.reference.startsWith('ord_') ? (
    <Link to={`/work/orders/${line.reference}`}>{say(line.purpose)}</Link>
  ) : (
    say(line.purpose)
  );
}

const Signed = ({ value }: { readonly value: Money }) => (
  <span className={`money ${value.amountFen.startsWith('-') ? '' : 'sum-ok'}`}>
    {value.amountFen.startsWith('-') ? '' : '+'}
    {money(value)}
  </span>
);

function Withdrawals() {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<Withdrawal>
      path="/withdrawals"
      caption={t.withdrawals}
      rowKey={(w) => w.id}
      empty={<Empty title={t.noWithdrawals}>{t.noWithdrawalsText}</Empty>}
      columns={[
        { key: 'at', title: t.at, render: (w) => dateTime(w.requestedAt) },
        { key: 'bank', title: t.bank, render: (w) => <code>{w.bankAccount}</code> },
        { key: 'amount', title: t.amount, number: true, render: (w) => <Amount value={w.amount} /> },
        {
          key: 'state',
          title: t.state,
          render: (w) => (
            <span className={`tag ${w.state === 'approved' ? 'good' : w.state === 'refused' ? 'bad' : 'wait'}`}>
              {say(w.stateTitle)}
            </span>
          ),
        },
        { key: 'decided', title: t.decided, render: (w) => (w.decidedAt ? dateTime(w.decidedAt) : '—') },
        { key: 'reason', title: t.reason, render: (w) => w.reason ?? '' },
      ]}
    />
  );
}
