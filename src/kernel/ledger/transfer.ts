import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Refused } from '../acts/index.ts';
import { refused } from '../acts/index.ts';
import { send, type Tx } from '../database/index.ts';
import { pg } from '../postgres.ts';
import type { Text } from '../text.ts';
import { AMOUNT_FEN_MAX, yuan } from './money.ts';

/** More legs than this in one batch get slower, not faster (measured). */
const BATCH_MAX = 1_000;
/** Rows a hot account is spread over. */
const STRIPES = 8;

export type TransferKind = 'posted' | 'pending' | 'post' | 'void';

export interface TransferInput {
  /** Made by the caller from what it moves money for, so that a retry names the same transfer. */
  readonly id: string;
  readonly debitAccountId: string;
  readonly creditAccountId: string;
  /** Of a post: at most the pending amount, the rest becomes free. Of a void: the pending amount. */
  readonly amountFen: bigint;
  readonly kind: TransferKind;
  /** The pending transfer that a post or void resolves; it names the same two accounts. */
  readonly pendingId?: string;
  /** What kind of business it is, such as `order.hold`. */
  readonly code: string;
  /** Id of the business it belongs to. */
  readonly reference: string;
}

export interface AccountInput {
  readonly id: string;
  readonly ownerPartyId: string | null;
  /** May not spend more than came in. */
  readonly limited: boolean;
}

/** What became of one item of a batch; after any failure nothing of the batch stands. */
export interface TransferOutcome {
  readonly id: string;
  readonly outcome: string;
  /** For `exceeds_credits`: the account and what it could still spend before this item. */
  readonly accountId: string | null;
  readonly availableFen: bigint | null;
  /** For `different_…`: the transfer that stands under the id. */
  readonly stored: string | null;
}

/** The row of a hot account that movements with this reference use: `exchange:fee` → `exchange:fee:3`. */
export function stripeOf(groupId: string, reference: string): string {
  const [first = 0] = createHash('sha256').update(reference).digest();
  return `${groupId}:${first % STRIPES}`;
}

const STRIPED = /^(.+):[0-9]$/;
const groupOf = (accountId: string): string => STRIPED.exec(accountId)?.[1] ?? accountId;

/** Opens an account if it is not open yet; an open one stays as it is. */
export async function ensureAccount(tx: Tx, account: AccountInput): Promise<void> {
  await ensureAccounts(tx, [account]);
}

/**
 * In the order of ids, so that two acts that open the same accounts never wait for each other in a circle. Open ones are
 * left out: a conflict with a row that another act is moving money on would wait for that act.
 */
export async function ensureAccounts(tx: Tx, accounts: readonly AccountInput[]): Promise<void> {
  if (accounts.length === 0) return;
  const statement = sql`insert into ledger_account (id, owner_party_id, group_id, limited)
    select u.id, u.owner, u.group_id, u.limited
      from unnest(${accounts.map((a) => a.id)}::text[], ${accounts.map((a) => a.ownerPartyId)}::text[],
                  ${accounts.map((a) => groupOf(a.id))}::text[], ${accounts.map((a) => a.limited)}::bool[]) as u (id, owner, group_id, limited)
     where not exists (select from ledger_account a where a.id = u.id)
     order by u.id on conflict do nothing`;
  await send(tx, statement.compile(tx));
}

/**
 * Moves money, all items or none, and answers one outcome an item in the order given. Sending the same items again
 * changes nothing (`exists`). The accounts must be open. See the migration for the words of the outcomes.
 * @throws RangeError for a batch that is too large or an amount no bigint column should hold
 */
export async function transferBatch(
  tx: Tx,
  actId: string,
  at: Date,
  inputs: readonly TransferInput[],
): Promise<TransferOutcome[]> {
  if (inputs.length === 0) return [];
  const { rows } = await sql<{
    ordinal: number;
    outcome: string;
    account_id: string | null;
    available_fen: string | number | null;
    stored: string | null;
  }>`
    select * from ledger_transfer_batch(${actId}, ${at}, ${columns(inputs)})`.execute(tx);
  return inputs.map((input, n) => {
    const row = rows[n];
    if (row?.ordinal !== n + 1) throw new Error('the ledger answered another number of items than it was asked');
    return {
      id: input.id,
      outcome: row.outcome,
      accountId: row.account_id,
      availableFen: row.available_fen === null ? null : BigInt(row.available_fen),
      stored: row.stored,
    };
  });
}

/**
 * Moves money for an act: all items or none, once, however often it is sent. It is sent and not waited for (see
 * {@link send}): what it throws comes with the next statement that is waited for, or with the commit. Best as the last
 * change of an act, because the accounts are locked from here to the commit.
 * @throws Refused `rule` under HS-6.1 when an account cannot cover an item, with both amounts
 * @throws Refused `state` under HS-6.2 when a pending item is resolved already, under HS-6.3 when an id stands for another transfer
 * @throws Error for what only a fault of the program can cause, such as an account that is not open
 */
export async function transfer(tx: Tx, actId: string, at: Date, inputs: readonly TransferInput[]): Promise<void> {
  if (inputs.length === 0) return;
  const statement = sql`select ledger_transfer(${actId}, ${at}, ${columns(inputs)})`;
  await send(tx, statement.compile(tx), (error) => meaningOf(error, inputs));
}

/** @throws RangeError for a batch that is too large or an amount no bigint column should hold */
function columns(inputs: readonly TransferInput[]): RawBuilder<unknown> {
  if (inputs.length > BATCH_MAX)
    throw new RangeError(`a batch has at most ${BATCH_MAX} transfers, not ${inputs.length}`);
  if (inputs.some((i) => i.amountFen > AMOUNT_FEN_MAX))
    throw new RangeError(`an amount is above ${AMOUNT_FEN_MAX} fen`);
  const column = <T>(pick: (input: TransferInput) => T): T[] => inputs.map(pick);
  return sql`${column((i) => i.id)}::text[], ${column((i) => i.debitAccountId)}::text[],
    ${column((i) => i.creditAccountId)}::text[], ${column((i) => i.amountFen.toString())}::bigint[], ${column((i) => i.kind)}::text[],
    ${column((i) => i.pendingId ?? null)}::text[], ${column((i) => i.code)}::text[], ${column((i) => i.reference)}::text[]`;
}

/** How `ledger_transfer` says that an item failed. */
const TRANSFER_FAILED = 'LT001';

function meaningOf(error: unknown, inputs: readonly TransferInput[]): unknown {
  if (!(error instanceof pg.DatabaseError) || error.code !== TRANSFER_FAILED) return error;
  const failed = JSON.parse(error.detail ?? '{}') as { ordinal: number; outcome: string; availableFen: string | null };
  const input = inputs[failed.ordinal - 1];
  return input ? refusalOf(failed.outcome, BigInt(failed.availableFen ?? 0), input) : error;
}

const RESOLVED = new Set([
  'pending_already_posted',
  'pending_already_voided',
  'pending_resolved_twice_in_batch',
  'exceeds_pending_amount',
]);

function refusalOf(outcome: string, availableFen: bigint, input: TransferInput): Refused | Error {
  if (outcome === 'exceeds_credits') return insufficient(availableFen, input.amountFen);
  if (RESOLVED.has(outcome)) {
    const posted = outcome === 'pending_already_posted';
    return refused(
      'state',
      'HS-6.2',
      text('冻结款项已处理', 'The reserved money is no longer reserved'),
      posted
        ? text(
            `业务 ${input.reference} 的冻结款项已划付。`,
            `The money reserved for ${input.reference} was already paid out.`,
          )
        : text(
            `业务 ${input.reference} 的冻结款项已解冻、已处理或金额不足。`,
            `The money reserved for ${input.reference} was already freed or resolved, or is less than asked.`,
          ),
      text('请刷新后查看最新状态。', 'Reload and look at the present state.'),
    );
  }
  if (outcome.startsWith('different_')) {
    return refused(
      'state',
      'HS-6.3',
      text('同一编号已用于另一笔划转', 'This id stands for another transfer'),
      text(
        `划转 ${input.id} 已登记，内容不同（${outcome}）。`,
        `Transfer ${input.id} stands already with other content (${outcome}).`,
      ),
      text('请核对原划转；更正须另行办理。', 'Check the transfer that stands; a correction is a transfer of its own.'),
    );
  }
  return new Error(`ledger transfer ${input.id}: ${outcome}`);
}

function insufficient(availableFen: bigint, amountFen: bigint): Refused {
  return refused(
    'rule',
    'HS-6.1',
    text('账户可用余额不足', 'The account does not cover it'),
    text(
      `本笔需要 ${yuan(amountFen)}，账户可用余额为 ${yuan(availableFen)}，尚缺 ${yuan(amountFen - availableFen)}。`,
      `This needs ${yuan(amountFen)}; the account has ${yuan(availableFen)} to spend, ${yuan(amountFen - availableFen)} too little.`,
    ),
    text(
      '请先向结算账户入金，或撤销尚未完成的冻结后再办理。',
      'Deposit money first, or free money reserved elsewhere, then try again.',
    ),
  );
}

function text(zh: string, en: string): Text {
  return { zh, en };
}
