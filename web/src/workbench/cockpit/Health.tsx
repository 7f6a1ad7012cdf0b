import { useQuery } from '@tanstack/react-query';
import { getText, type Problem, type Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { number, yuan } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty, Skeleton } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  {
    evidence: '查看存证运行',
    size: '已公开的存证条目',
    receipts: '全部回执',
    waiting: '等待写入',
    checkpoint: '最新检查点',
    checkpointNote: '由交易所签名；见证方与任何人都可据此核对数据交易链只增不改。第二行是条目数，第三行是默克尔树根。',
    behind: (n: string) => `有 ${n} 条回执正在排队写入，通常一秒之内完成。`,
    even: '全部回执都已写入数据交易链。',
    ledger: '试算平衡',
    balanced: '借贷平衡',
    unbalanced: '借贷不平衡',
    debits: '借方发生额',
    credits: '贷方发生额',
    pending: '托管与冻结',
    accounts: '账户数',
    account: '账户',
    balance: '余额',
    none: '还没有账户',
    asked: '查看试算平衡',
  },
  {
    evidence: 'see the evidence',
    size: 'Entries published',
    receipts: 'Receipts in all',
    waiting: 'Waiting',
    checkpoint: 'Latest checkpoint',
    checkpointNote:
      'Signed by the exchange; with it witnesses and anyone can check that the log only grows. The second line is its size, the third its Merkle root.',
    behind: (n: string) => `${n} receipts wait to be written, usually for less than a second.`,
    even: 'Every receipt stands in the log.',
    ledger: 'Trial balance',
    balanced: 'Balanced',
    unbalanced: 'Not balanced',
    debits: 'Debits',
    credits: 'Credits',
    pending: 'Escrow and reserves',
    accounts: 'Accounts',
    account: 'Account',
    balance: 'Balance',
    none: 'No account yet',
    asked: 'see the trial balance',
  },
);

const REFETCH_MS = 5000;

/** Whether the log keeps up: receipts against published entries, and the checkpoint itself. */
export function EvidenceHealth() {
  const t = useWords(WORDS);
  const market = useRead<{ receipts: number; logSize: number }>('/market', {}, { refetchMs: REFETCH_MS });
  const checkpoint = useQuery<string, Problem>({
    queryKey: ['log', 'checkpoint'],
    queryFn: () => getText('/log/checkpoint'),
    refetchInterval: REFETCH_MS,
  });
  if (market.error)
    return <RefusalPanel problem={market.error} asked={t.evidence} retry={() => void market.refetch()} />;
  if (!market.data) return <Skeleton lines={4} />;
  const waiting = market.data.receipts - market.data.logSize;
  return (
    <>
      <div className="figures-row">
        <Figure title={t.size} value={number(market.data.logSize)} />
        <Figure title={t.receipts} value={number(market.data.receipts)} />
        <Figure title={t.waiting} value={number(waiting)} />
      </div>
      <p className={`turn ${waiting > 0 ? '' : 'mine'}`}>{waiting > 0 ? t.behind(number(waiting)) : t.even}</p>
      <h2>{t.checkpoint}</h2>
      <p className="faint">{t.checkpointNote}</p>
      {checkpoint.data ? (
        <pre className="contract mono">{checkpoint.data.trim()}</pre>
      ) : checkpoint.error ? (
        <RefusalPanel problem={checkpoint.error} asked={t.checkpoint} />
      ) : null}
    </>
  );
}

function Figure({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div>
      <small>{title}</small>
      <b>{value}</b>
    </div>
  );
}

interface Trial {
  readonly debitsFen: string;
  readonly creditsFen: string;
  readonly pendingDebitsFen: string;
  readonly balanced: boolean;
  readonly accounts: number;
}

interface TrialLine {
  readonly accountId: string;
  readonly title: Text;
  readonly debitsFen: string;
  readonly creditsFen: string;
  readonly balanceFen: string;
}

export function TrialBalance() {
  const t = useWords(WORDS);
  const say = useSay();
  const sums = useRead<Trial>('/ledger/trial-balance', { limit: 1 });
  const cell = (fen: string) => <span className="money">{`¥ ${yuan(fen)}`}</span>;
  return (
    <>
      {sums.error ? <RefusalPanel problem={sums.error} asked={t.asked} /> : null}
      {sums.data ? (
        <>
          <div className="figures-row">
            <Figure title={t.debits} value={`¥ ${yuan(sums.data.debitsFen)}`} />
            <Figure title={t.credits} value={`¥ ${yuan(sums.data.creditsFen)}`} />
            <Figure title={t.pending} value={`¥ ${yuan(sums.data.pendingDebitsFen)}`} />
            <Figure title={t.accounts} value={number(sums.data.accounts)} />
          </div>
          <p className={`turn ${sums.data.balanced ? 'mine' : 'late'}`}>
            {sums.data.balanced ? t.balanced : t.unbalanced}
          </p>
        </>
      ) : null}
      <DataTable<TrialLine>
        path="/ledger/trial-balance"
        caption={t.ledger}
        rowKey={(l) => l.accountId}
        csvName="trial-balance"
        empty={<Empty title={t.none} />}
        columns={[
          { key: 'account', title: t.account, render: (l) => say(l.title), csv: (l) => say(l.title) },
          { key: 'debits', title: t.debits, number: true, render: (l) => cell(l.debitsFen), csv: (l) => l.debitsFen },
          {
            key: 'credits',
            title: t.credits,
            number: true,
            render: (l) => cell(l.creditsFen),
            csv: (l) => l.creditsFen,
          },
          {
            key: 'balance',
            title: t.balance,
            number: true,
            render: (l) => cell(l.balanceFen),
            csv: (l) => l.balanceFen,
          },
        ]}
      />
    </>
  );
}
