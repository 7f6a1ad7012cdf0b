export interface StoredLeg {
  /** Null: the exchange's fee. */
  readonly partyId: string | null;
  readonly amountFen: string;
  readonly accountId: string;
}

export interface ClearingTable {
  id: string;
  order_id: string;
  buyer_party_id: string;
  total_fen: number;
  fee_fen: number;
  legs: readonly StoredLeg[];
  state: 'reserved' | 'cleared' | 'refunded';
  reserved_at: Date;
  reserved_act: string;
  closed_at: Date | null;
  closed_act: string | null;
}

interface BankDepositTable {
  id: string;
  party_id: string;
  amount_fen: number;
  bank: string;
  bank_reference: string;
  at: Date;
  act_id: string;
}

interface WithdrawalTable {
  id: string;
  party_id: string;
  amount_fen: number;
  bank_account: string;
  state: 'requested' | 'approved' | 'refused';
  requested_at: Date;
  requested_by: string;
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    clearing: ClearingTable;
    clearing_party: { party_id: string; clearing_id: string };
    bank_deposit: BankDepositTable;
    withdrawal: WithdrawalTable;
  }
}
