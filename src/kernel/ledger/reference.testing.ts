import type { TransferInput } from './transfer.ts';

interface Account {
  limited: boolean;
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
  entries: { transferId: string; delta: bigint; after: bigint }[];
}

/** The ledger in plain TypeScript, item by item: what the database's set-based batch is compared with. */
export class ReferenceLedger {
  readonly accounts = new Map<string, Account>();
  readonly transfers = new Map<string, TransferInput>();

  open(id: string, limited: boolean): void {
    if (this.accounts.has(id)) return;
    this.accounts.set(id, {
      limited,
      debitsPending: 0n,
      debitsPosted: 0n,
      creditsPending: 0n,
      creditsPosted: 0n,
      entries: [],
    });
  }

  batch(inputs: readonly TransferInput[]): string[] {
    const verdicts = inputs.map((input, n) => {
      if (inputs.filter((i) => i.id === input.id).length > 1) return 'id_twice_in_batch';
      const verdict = this.judge(input);
      const resolves = input.kind === 'post' || input.kind === 'void';
      const again = resolves && inputs.slice(0, n).some((i) => i.pendingId === input.pendingId);
      return verdict === 'created' && again ? 'pending_resolved_twice_in_batch' : verdict;
    });
    if (verdicts.some((v) => v !== 'created' && v !== 'exists')) {
      return verdicts.map((v) => (v === 'created' || v === 'exists' ? 'linked_transfer_failed' : v));
    }
    const before = structuredClone(this.accounts);
    for (const [n, input] of inputs.entries()) {
      if (verdicts[n] === 'exists') continue;
      if (!this.apply(input)) {
        this.accounts.clear();
        for (const [id, account] of before) this.accounts.set(id, account);
        return inputs.map((_, m) => (m === n ? 'exceeds_credits' : 'linked_transfer_failed'));
      }
    }
    for (const [n, input] of inputs.entries()) if (verdicts[n] === 'created') this.transfers.set(input.id, input);
    return verdicts;
  }

  private judge(i: TransferInput): string {
    const t = this.transfers.get(i.id);
    if (t) {
      if (t.debitAccountId !== i.debitAccountId) return 'different_debit_account';
      if (t.creditAccountId !== i.creditAccountId) return 'different_credit_account';
      if (t.amountFen !== i.amountFen) return 'different_amount';
      if (t.kind !== i.kind) return 'different_kind';
      if (t.pendingId !== i.pendingId) return 'different_pending_id';
      if (t.code !== i.code) return 'different_code';
      if (t.reference !== i.reference) return 'different_reference';
      return 'exists';
    }
    if (i.amountFen <= 0n) return 'amount_not_positive';
    if (i.debitAccountId === i.creditAccountId) return 'accounts_same';
    if (!this.accounts.has(i.debitAccountId)) return 'debit_account_not_found';
    if (!this.accounts.has(i.creditAccountId)) return 'credit_account_not_found';
    if (i.kind === 'posted' || i.kind === 'pending') return i.pendingId ? 'pending_id_not_empty' : 'created';
    if (!i.pendingId) return 'pending_id_empty';
    const p = this.transfers.get(i.pendingId);
    if (!p) return 'pending_not_found';
    if (p.kind !== 'pending') return 'pending_not_pending';
    if (p.debitAccountId !== i.debitAccountId) return 'pending_different_debit_account';
    if (p.creditAccountId !== i.creditAccountId) return 'pending_different_credit_account';
    if (i.amountFen > p.amountFen) return 'exceeds_pending_amount';
    if (i.kind === 'void' && i.amountFen !== p.amountFen) return 'pending_different_amount';
    const resolution = [...this.transfers.values()].find((r) => r.pendingId === i.pendingId);
    if (resolution) return resolution.kind === 'post' ? 'pending_already_posted' : 'pending_already_voided';
    return 'created';
  }

  /** False when a limited account cannot cover the item. */
  private apply(i: TransferInput): boolean {
    const debit = this.account(i.debitAccountId);
    const credit = this.account(i.creditAccountId);
    const held = i.pendingId ? (this.transfers.get(i.pendingId)?.amountFen ?? 0n) : 0n;
    const pending = i.kind === 'pending' ? i.amountFen : -held;
    const posted = i.kind === 'posted' || i.kind === 'post' ? i.amountFen : 0n;
    debit.debitsPending += pending;
    credit.creditsPending += pending;
    debit.debitsPosted += posted;
    credit.creditsPosted += posted;
    if (debit.limited && debit.debitsPending + debit.debitsPosted > debit.creditsPosted) return false;
    if (posted > 0n) {
      debit.entries.push({ transferId: i.id, delta: -posted, after: debit.creditsPosted - debit.debitsPosted });
      credit.entries.push({ transferId: i.id, delta: posted, after: credit.creditsPosted - credit.debitsPosted });
    }
    return true;
  }

  private account(id: string): Account {
    const account = this.accounts.get(id);
    if (!account) throw new Error(`account ${id} is not open`);
    return account;
  }
}
