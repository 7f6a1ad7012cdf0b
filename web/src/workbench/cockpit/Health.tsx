import type { Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { number, yuan } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';

const WORDS = words(
  {
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
