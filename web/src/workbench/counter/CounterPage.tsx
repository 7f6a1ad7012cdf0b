import { Link, useSearchParams } from 'react-router';
import type { Me, Page, PartySummary } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, fromNow, lastDay, money } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { NeedsSecondFactor } from '../shared/NeedsSecondFactor.tsx';
import { PartyTable } from '../shared/PartyTable.tsx';
import { Tabs } from '../shared/Tabs.tsx';
import type { OrderItem, Withdrawal } from '../types.ts';
import { Documents } from './Documents.tsx';
import { Recognition } from './Recognition.tsx';
import { Reports } from './Reports.tsx';

const WORDS = words(
  {
    title: '柜台',
    admissions: '入驻',
    money: '入金',
    withdrawals: '出金',
    disputes: '争议',
    reports: '举报',
    documents: '文件采用',
    recognition: '证书互认',
    open: '审核',
    see: '查看',
    noPartiesText: '有单位申请入驻时，会出现在这里和您的待办中。',
    deposit: '登记入金',
    depositText: '按结算银行的到账记录登记；同一银行流水号只能登记一次。',
    depositNote: '收到银行到账通知后，把金额记入对应单位的资金账户。',
    at: '申请时间',
    party: '单位',
    bank: '收款账户',
    amount: '金额',
    approve: '批准',
    sureApprove: (amount: string, party: string, account: string) =>
      `批准后，${amount} 从${party}的账户划往 ${account}，不能撤回。请先核对收款账户。`,
    refuse: '驳回',
    ownRequest: '本人申请的，须由另一人复核',
    noWithdrawals: '没有待复核的出金申请',
    product: '产品',
    sides: '买方 / 卖方',
    due: '期限',
    handle: '调解与决定',
    noDisputes: '没有争议中的订单',
    accounts: '各账户余额',
    owner: '户主',
    available: '可用',
    reserved: '冻结',
    debit: '借方',
    referenceHint: '4 至 64 位字母、数字或连字符，照银行回单填写',
    bankHint: '只有一家结算银行时不必改；同一银行的同一流水号只入账一次',
    notHere: '您没有柜台业务',
    notHereText: '柜台由交易所、结算岗和大数据主管部门办理。',
  },
  {
    title: 'Counter',
    admissions: 'Admissions',
    money: 'Deposits',
    withdrawals: 'Withdrawals',
    disputes: 'Disputes',
    reports: 'Reports',
    documents: 'Documents',
    recognition: 'Recognition',
    open: 'Decide',
    see: 'See',
    noPartiesText: 'An application shows up here and in your tasks.',
    deposit: 'Credit a deposit',
    depositText: 'By the settlement bank’s record; a bank reference is credited once.',
    depositNote: 'When the bank reports a transfer, credit it to the account of the party.',
    at: 'Asked',
    party: 'Party',
    bank: 'Bank account',
    amount: 'Amount',
    approve: 'Approve',
    sureApprove: (amount: string, party: string, account: string) =>
      `${amount} leaves the account of ${party} for ${account} and does not come back. Check the bank account first.`,
    refuse: 'Refuse',
    ownRequest: 'Your own request: somebody else decides',
    noWithdrawals: 'No withdrawal waits',
    product: 'Product',
    sides: 'Buyer / seller',
    due: 'Due',
    handle: 'Mediate and decide',
    noDisputes: 'No order is in dispute',
    accounts: 'Balances',
    owner: 'Owner',
    available: 'Available',
    reserved: 'Reserved',
    debit: 'debit',
    referenceHint: '4 to 64 letters, digits or hyphens, as on the bank’s slip',
    bankHint: 'Leave it when there is one settlement bank; a reference is credited once at each bank',
    notHere: 'Nothing at the counter is for you',
    notHereText: 'The counter is for the exchange, its settlement desk and the data authority.',
  },
);

type Part = 'admissions' | 'money' | 'withdrawals' | 'disputes' | 'reports' | 'documents' | 'recognition';

function partsOf(me: Me): readonly Part[] {
  const has = (...roles: string[]) => me.roles.some((r) => roles.includes(r));
  return [
    ...(has('exchange', 'data-authority') ? (['admissions'] as const) : []),
    ...(has('settlement-officer') ? (['money', 'withdrawals'] as const) : []),
    ...(has('exchange') ? (['disputes', 'recognition', 'reports'] as const) : []),
    ...(has('exchange', 'data-authority') ? (['documents'] as const) : []),
  ];
}

/** Where the exchange and the data authority decide: each queue for those who may act on it. */
export default function CounterPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  if (!me) return null;
  const parts = partsOf(me);
  const part = parts.find((p) => p === search.get('part')) ?? parts[0];
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <NeedsSecondFactor next="/work/counter" />
      {parts.length === 0 ? <Empty title={t.notHere}>{t.notHereText}</Empty> : null}
      {parts.length > 1 ? <Tabs parts={parts.map((p) => [p, t[p]] as const)} /> : null}
      {part === 'admissions' ? <Admissions /> : null}
      {part === 'money' ? <Deposits /> : null}
      {part === 'withdrawals' ? <Withdrawals /> : null}
      {part === 'disputes' ? <Disputes /> : null}
      {part === 'recognition' ? <Recognition /> : null}
      {part === 'reports' ? <Reports /> : null}
      {part === 'documents' ? <Documents /> : null}
    </>
  );
}

function Admissions() {
  const t = useWords(WORDS);
  return (
    <div className="work-gap">
      <PartyTable
        states={['applied', 'admitted', 'suspended', 'refused']}
        emptyText={t.noPartiesText}
        acts={(p) => <Link to={`/work/counter/parties/${p.id}`}>{p.state === 'applied' ? t.open : t.see}</Link>}
      />
    </div>
  );
}

interface AccountItem {
  readonly id: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly available: OrderItem['total'];
  readonly reserved: OrderItem['total'];
}

function Deposits() {
  const t = useWords(WORDS);
  const say = useSay();
  const { note, tell } = useDone();
  const parties = useRead<Page<PartySummary>>('/parties', { limit: 100 });
  const options = (parties.data?.items ?? []).map((p) => ({ value: p.id, title: p.name }));
  return (
    <div className="work-gap">
      {note}
      <div className="head-row">
        <p className="sub">{t.depositNote}</p>
        <ActDrawer
          act="account.deposit"
          label={t.deposit}
          explain={t.depositText}
          options={{ partyId: options }}
          hints={{ bankReference: t.referenceHint, bank: t.bankHint }}
          primary
          tell={tell}
        />
      </div>
      <h2>{t.accounts}</h2>
      <DataTable<AccountItem>
        path="/accounts"
        caption={t.accounts}
        rowKey={(a) => a.id}
        csvName="accounts"
        empty={<Empty title="—" />}
        columns={[
          { key: 'owner', title: t.owner, render: (a) => say(a.title), csv: (a) => say(a.title) },
          {
            key: 'available',
            title: t.available,
            number: true,
            render: (a) => <Balance value={a.available} />,
            csv: (a) => a.available.amountFen,
          },
          {
            key: 'reserved',
            title: t.reserved,
            number: true,
            render: (a) => <Amount value={a.reserved} />,
            csv: (a) => a.reserved.amountFen,
          },
        ]}
      />
    </div>
  );
}

/** A balance is credits minus debits; what the exchange keeps at the bank is a debit, and said so. */
function Balance({ value }: { readonly value: OrderItem['total'] }) {
  const t = useWords(WORDS);
  if (!value.amountFen.startsWith('-')) return <Amount value={value} />;
  return (
    <>
      <small className="faint">{t.debit}</small> <Amount value={{ ...value, amountFen: value.amountFen.slice(1) }} />
    </>
  );
}

function Withdrawals() {
  const t = useWords(WORDS);
  const { note, tell } = useDone();
  return (
    <div className="work-gap">
      {note}
      <DataTable<Withdrawal>
        path="/withdrawals"
        query={{ state: 'requested' }}
        caption={t.withdrawals}
        rowKey={(w) => w.id}
        empty={<Empty title={t.noWithdrawals} />}
        columns={[
          { key: 'at', title: t.at, render: (w) => dateTime(w.requestedAt) },
          { key: 'party', title: t.party, render: (w) => w.party.name },
          { key: 'bank', title: t.bank, render: (w) => <code>{w.bankAccount}</code> },
          { key: 'amount', title: t.amount, number: true, render: (w) => <Amount value={w.amount} /> },
          {
            key: 'acts',
            title: '',
            render: (w) =>
              w.requestedByMe ? (
                <small className="faint">{t.ownRequest}</small>
              ) : (
                <div className="table-actions">
                  <ActButton
                    act="account.approve-withdrawal"
                    input={{ withdrawalId: w.id }}
                    label={t.approve}
                    confirm={t.sureApprove(money(w.amount), w.party.name, w.bankAccount)}
                    tell={tell}
                  />
                  <ActDrawer
                    act="account.refuse-withdrawal"
                    label={t.refuse}
                    fixed={{ withdrawalId: w.id }}
                    initial={{ reason: '' }}
                    danger
                    tell={tell}
                  />
                </div>
              ),
          },
        ]}
      />
    </div>
  );
}

function Disputes() {
  const t = useWords(WORDS);
  const language = useLanguage();
  return (
    <DataTable<OrderItem>
      path="/orders"
      query={{ state: 'disputed' }}
      caption={t.disputes}
      rowKey={(o) => o.id}
      empty={<Empty title={t.noDisputes} />}
      columns={[
        { key: 'product', title: t.product, render: (o) => <Link to={`/work/orders/${o.id}`}>{o.product.title}</Link> },
        { key: 'sides', title: t.sides, render: (o) => `${o.buyer.name} / ${o.seller.name}` },
        { key: 'amount', title: t.amount, number: true, render: (o) => <Amount value={o.total} /> },
        {
          key: 'due',
          title: t.due,
          render: (o) =>
            o.waitingFor ? `${lastDay(o.waitingFor.dueAt)} · ${fromNow(o.waitingFor.dueAt, language)}` : '—',
        },
        { key: 'handle', title: '', render: (o) => <Link to={`/work/orders/${o.id}`}>{t.handle}</Link> },
      ]}
    />
  );
}
