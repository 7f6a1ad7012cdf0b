import { sql } from 'kysely';
import { afterOf } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import type { TransferKind } from './transfer.ts';

/** One account as people see it: the sum of its stripes. All amounts in fen. */
export interface Balance {
  readonly accountId: string;
  readonly ownerPartyId: string | null;
  /** Credits minus debits posted: what the exchange owes the owner (negative for what others owe the exchange). */
  readonly balanceFen: bigint;
  /** Reserved for payments under way. */
  readonly reservedFen: bigint;
  /** Balance without what is reserved. */
  readonly availableFen: bigint;
  /** Reserved by others for this account, not yet paid out. */
  readonly incomingFen: bigint;
  readonly debitsPostedFen: bigint;
  readonly creditsPostedFen: bigint;
  readonly entries: number;
}

interface BalanceRow {
  group_id: string;
  owner_party_id: string | null;
  debits_pending: string;
  debits_posted: string;
  credits_pending: string;
  credits_posted: string;
  version: string;
}

const balanceColumns = sql`group_id, min(owner_party_id) as owner_party_id, sum(debits_pending)::text as debits_pending, sum(debits_posted)::text as debits_posted,
  sum(credits_pending)::text as credits_pending, sum(credits_posted)::text as credits_posted, sum(version)::text as version`;

function balance(row: BalanceRow): Balance {
  const [reservedFen, debitsPostedFen, incomingFen, creditsPostedFen] = [
    row.debits_pending,
    row.debits_posted,
    row.credits_pending,
    row.credits_posted,
  ].map(BigInt) as [bigint, bigint, bigint, bigint];
  const balanceFen = creditsPostedFen - debitsPostedFen;
  return {
    accountId: row.group_id,
    ownerPartyId: row.owner_party_id,
    balanceFen,
    reservedFen,
    availableFen: balanceFen - reservedFen,
    incomingFen,
    debitsPostedFen,
    creditsPostedFen,
    entries: Number(row.version),
  };
}

/** Balance of an account, of all its stripes together; undefined when it was never opened. */
export async function balanceOf(q: Queryable, accountId: string): Promise<Balance | undefined> {
  const { rows } =
    await sql<BalanceRow>`select ${balanceColumns} from ledger_account where group_id = ${accountId} group by group_id`.execute(
      q,
    );
  return rows[0] && balance(rows[0]);
}

/** Accounts in the order of their ids. @param owner only this party's; @param after the last id of the page before */
export async function balances(
  q: Queryable,
  { owner, after, limit }: { owner?: string; after?: string; limit: number },
): Promise<Balance[]> {
  const { rows } = await sql<BalanceRow>`select ${balanceColumns} from ledger_account
    where (${owner ?? null}::text is null or owner_party_id = ${owner ?? null}) and (${after ?? null}::text is null or group_id > ${after ?? null})
    group by group_id order by group_id limit ${limit}`.execute(q);
  return rows.map(balance);
}

export interface TrialBalance {
  readonly debitsPostedFen: bigint;
  readonly creditsPostedFen: bigint;
  readonly debitsPendingFen: bigint;
  readonly creditsPendingFen: bigint;
  readonly accounts: number;
}

/** Over all accounts debits equal credits, posted and pending; anything else is a fault. Sums are exact beyond bigint. */
export async function trialBalance(q: Queryable): Promise<TrialBalance> {
  const { rows } = await sql<{ dp: string; cp: string; dd: string; cc: string; accounts: string }>`select
    coalesce(sum(debits_posted), 0)::text as dp, coalesce(sum(credits_posted), 0)::text as cp, coalesce(sum(debits_pending), 0)::text as dd,
    coalesce(sum(credits_pending), 0)::text as cc, count(distinct group_id)::text as accounts from ledger_account`.execute(
    q,
  );
  const row = rows[0];
  if (!row) throw new Error('the database answered no row to a sum');
  return {
    debitsPostedFen: BigInt(row.dp),
    creditsPostedFen: BigInt(row.cp),
    debitsPendingFen: BigInt(row.dd),
    creditsPendingFen: BigInt(row.cc),
    accounts: Number(row.accounts),
  };
}

export interface StatementLine {
  readonly accountId: string;
  readonly version: number;
  readonly transferId: string;
  readonly at: Date;
  readonly deltaFen: bigint;
  /** Of the row the line stands on: of a striped account, of the stripe. */
  readonly balanceAfterFen: bigint;
  readonly kind: TransferKind;
  readonly code: string;
  readonly reference: string;
  readonly counterAccountId: string;
  readonly actId: string;
}

/**
 * Newest entries first; the stripes of an account are merged by time. The cursor holds the last version seen of each
 * stripe, so a page is exact whatever was posted meanwhile, and needs no index beside the key.
 */
export async function statement(
  q: Queryable,
  accountId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: StatementLine[]; nextCursor: string | null }> {
  const { rows: accounts } = await sql<{
    id: string;
    version: number;
  }>`select id, version from ledger_account where group_id = ${accountId} order by length(id), id`.execute(q);
  const seen = afterOf(cursor)?.split('.') ?? [];
  const below = accounts.map((a, n) => (/^\d{1,15}$/.test(seen[n] ?? '') ? Number(seen[n]) : a.version + 1));
  const { rows } = await sql<{
    account_id: string;
    version: number;
    transfer_id: string;
    delta_fen: string;
    balance_after_fen: string;
    at: Date;
    kind: TransferKind;
    code: string;
    reference: string;
    counter: string;
    act_id: string;
  }>`
    select e.account_id, e.version, e.transfer_id, e.delta_fen::text, e.balance_after_fen::text, t.at, t.kind, t.code, t.reference, t.act_id,
           case when t.debit_account_id = e.account_id then t.credit_account_id else t.debit_account_id end as counter
      from unnest(${accounts.map((a) => a.id)}::text[], ${below}::bigint[]) as s (id, below),
           lateral (select * from ledger_entry x where x.account_id = s.id and x.version < s.below order by x.version desc limit ${limit + 1}) e
      join ledger_transfer t on t.id = e.transfer_id`.execute(q);

  const queues = accounts.map((a) => rows.filter((r) => r.account_id === a.id).sort((x, y) => y.version - x.version));
  const items: StatementLine[] = [];
  while (items.length < limit) {
    let newest = -1;
    queues.forEach((queue, n) => {
      const [head, best] = [queue[0], queues[newest]?.[0]];
      if (head && (!best || head.at > best.at)) newest = n;
    });
    const row = queues[newest]?.shift();
    if (!row) break;
    below[newest] = row.version;
    items.push({
      accountId: row.account_id,
      version: row.version,
      transferId: row.transfer_id,
      at: row.at,
      deltaFen: BigInt(row.delta_fen),
      balanceAfterFen: BigInt(row.balance_after_fen),
      kind: row.kind,
      code: row.code,
      reference: row.reference,
      counterAccountId: row.counter,
      actId: row.act_id,
    });
  }
  const more = queues.some((queue) => queue.length > 0);
  return { items, nextCursor: more ? Buffer.from(below.join('.')).toString('base64url') : null };
}

/** What is still reserved for a business, in fen: its pending transfers that were neither posted nor voided. */
export async function heldFor(q: Queryable, reference: string): Promise<bigint> {
  const { rows } = await sql<{
    held: string;
  }>`select coalesce(sum(t.amount_fen), 0)::text as held from ledger_transfer t
    where t.reference = ${reference} and t.kind = 'pending' and not exists (select 1 from ledger_transfer r where r.pending_id = t.id)`.execute(
    q,
  );
  return BigInt(rows[0]?.held ?? 0);
}
