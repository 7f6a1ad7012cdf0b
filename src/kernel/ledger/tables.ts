export interface LedgerAccountTable {
  id: string;
  owner_party_id: string | null;
  group_id: string;
  limited: boolean;
  debits_pending: number;
  debits_posted: number;
  credits_pending: number;
  credits_posted: number;
  version: number;
}

export interface LedgerTransferTable {
  id: string;
  debit_account_id: string;
  credit_account_id: string;
  amount_fen: number;
  kind: 'posted' | 'pending' | 'post' | 'void';
  pending_id: string | null;
  code: string;
  reference: string;
  at: Date;
  act_id: string;
}

export interface LedgerEntryTable {
  account_id: string;
  version: number;
  transfer_id: string;
  delta_fen: number;
  balance_after_fen: number;
}

declare module '../database/database.ts' {
  interface Tables {
    ledger_account: LedgerAccountTable;
    ledger_transfer: LedgerTransferTable;
    ledger_entry: LedgerEntryTable;
  }
}
