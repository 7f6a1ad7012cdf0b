import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refused } from '../acts/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import {
  balanceOf,
  ensureAccount,
  ensureAccounts,
  statement,
  stripeOf,
  type TransferInput,
  type TransferKind,
  transfer,
  transferBatch,
  trialBalance,
} from './index.ts';
import { ReferenceLedger } from './reference.testing.ts';

const AT = new Date('2026-11-23T08:00:00Z');
let database: TestDatabase;
let world = 0;

beforeAll(async () => {
  database = await testDatabase({ max: 10 });
});
afterAll(() => database.drop());

const inTx = <T>(
  run: (tx: Parameters<Parameters<ReturnType<TestDatabase['db']['transaction']>['execute']>[0]>[0]) => Promise<T>,
): Promise<T> => database.db.transaction().execute(run);
const send = (inputs: readonly TransferInput[]) => inTx((tx) => transferBatch(tx, 'act_test', AT, inputs));
const words = async (inputs: readonly TransferInput[]) => (await send(inputs)).map((o) => o.outcome);

/** Accounts and ids of one test, apart from all others in the same database. */
function place() {
  const w = `w${++world}`;
  const account = (name: string) => `${w}:${name}`;
  const item = (
    id: string,
    debit: string,
    credit: string,
    amount: number | bigint,
    kind: TransferKind = 'posted',
    pendingId?: string,
  ): TransferInput => ({
    id: `${w}:${id}`,
    debitAccountId: account(debit),
    creditAccountId: account(credit),
    amountFen: BigInt(amount),
    kind,
    ...(pendingId === undefined ? {} : { pendingId: `${w}:${pendingId}` }),
    code: 'test',
    reference: w,
  });
  const open = (...names: string[]) =>
    inTx((tx) =>
      ensureAccounts(
        tx,
        names.map((n) => ({ id: account(n), ownerPartyId: null, limited: n !== 'bank' })),
      ),
    );
  const balance = async (name: string) => {
    const b = await balanceOf(database.db, account(name));
    return b && { balance: b.balanceFen, reserved: b.reservedFen, available: b.availableFen, incoming: b.incomingFen };
  };
  return { w, account, item, open, balance };
}

/** Faults an auditor would look for, over the whole database; empty when all is well. */
async function faults(): Promise<unknown[]> {
  const { rows } = await sql`
    select 'counters' as fault, a.id from ledger_account a
      left join (select account_id, count(*) n, max(version) last, coalesce(sum(delta_fen), 0) sum from ledger_entry group by account_id) e on e.account_id = a.id
     where a.version <> coalesce(e.n, 0) or coalesce(e.last, 0) <> a.version or coalesce(e.sum, 0) <> a.credits_posted - a.debits_posted
    union all
    select 'running balance', x.account_id from (select account_id, balance_after_fen, sum(delta_fen) over (partition by account_id order by version) s from ledger_entry) x
     where x.s <> x.balance_after_fen
    union all
    select 'pending', a.id from ledger_account a where a.debits_pending <> coalesce((select sum(t.amount_fen) from ledger_transfer t
       where t.debit_account_id = a.id and t.kind = 'pending' and not exists (select 1 from ledger_transfer r where r.pending_id = t.id)), 0)
    union all
    select 'stray', e.transfer_id from ledger_entry e
      where not exists (select 1 from ledger_transfer t where t.id = e.transfer_id and e.account_id in (t.debit_account_id, t.credit_account_id))
    union all
    select 'entries', t.id from ledger_transfer t
      where (select count(*) from ledger_entry e where e.account_id in (t.debit_account_id, t.credit_account_id) and e.transfer_id = t.id)
        <> case when t.kind in ('posted', 'post') then 2 else 0 end
    union all
    select 'trial balance', '-' from ledger_account having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)`.execute(
    database.db,
  );
  return rows;
}

describe('two-phase transfers', () => {
  test('a reservation is pessimistic, a partial post frees the rest, a void frees all', async () => {
    const { item, open, balance } = place();
    await open('bank', 'a', 'b');
    expect(await words([item('1', 'bank', 'a', 100), item('2', 'a', 'b', 80, 'pending')])).toEqual([
      'created',
      'created',
    ]);
    expect(await balance('a')).toEqual({ balance: 100n, reserved: 80n, available: 20n, incoming: 0n });
    expect(await balance('b')).toEqual({ balance: 0n, reserved: 0n, available: 0n, incoming: 80n });
    expect(await words([item('3', 'a', 'b', 21)])).toEqual(['exceeds_credits']);
    expect(await words([item('4', 'a', 'b', 50, 'post', '2')])).toEqual(['created']);
    expect(await balance('a')).toEqual({ balance: 50n, reserved: 0n, available: 50n, incoming: 0n });
    expect(await balance('b')).toEqual({ balance: 50n, reserved: 0n, available: 50n, incoming: 0n });
    expect(await words([item('5', 'a', 'b', 80, 'void', '2')])).toEqual(['pending_already_posted']);
    expect(await words([item('6', 'a', 'b', 50, 'pending')])).toEqual(['created']);
    expect(await words([item('7', 'a', 'b', 50, 'void', '6')])).toEqual(['created']);
    expect(await words([item('8', 'a', 'b', 50, 'post', '6')])).toEqual(['pending_already_voided']);
    expect(await balance('a')).toEqual({ balance: 50n, reserved: 0n, available: 50n, incoming: 0n });
    expect(await faults()).toEqual([]);
  });

  test('a limit holds at every prefix of a batch, not only at its end', async () => {
    const { item, open, balance } = place();
    await open('bank', 'a', 'b');
    expect(await words([item('1', 'a', 'b', 10), item('2', 'bank', 'a', 10)])).toEqual([
      'exceeds_credits',
      'linked_transfer_failed',
    ]);
    expect(await words([item('1', 'bank', 'a', 10), item('2', 'a', 'b', 10)])).toEqual(['created', 'created']);
    expect(await balance('b')).toMatchObject({ available: 10n });
  });

  test('the same batch twice changes nothing; one changed field is named', async () => {
    const { w, account, item, open, balance } = place();
    await open('bank', 'a', 'b');
    const batch = [item('1', 'bank', 'a', 10), item('2', 'a', 'b', 4, 'pending')];
    expect(await words(batch)).toEqual(['created', 'created']);
    const resolve = [item('3', 'a', 'b', 4, 'post', '2')];
    expect(await words(resolve)).toEqual(['created']);
    expect(await words(batch)).toEqual(['exists', 'exists']);
    expect(await words(resolve)).toEqual(['exists']);
    expect(await balance('a')).toEqual({ balance: 6n, reserved: 0n, available: 6n, incoming: 0n });
    const first = item('1', 'bank', 'a', 10);
    const changed: [Partial<TransferInput>, string][] = [
      [{ debitAccountId: account('b') }, 'different_debit_account'],
      [{ creditAccountId: account('b') }, 'different_credit_account'],
      [{ amountFen: 11n }, 'different_amount'],
      [{ kind: 'pending' }, 'different_kind'],
      [{ kind: 'post', pendingId: `${w}:2` }, 'different_kind'],
      [{ pendingId: `${w}:2` }, 'different_pending_id'],
      [{ code: 'other' }, 'different_code'],
      [{ reference: 'other' }, 'different_reference'],
    ];
    for (const [change, outcome] of changed) expect(await words([{ ...first, ...change }])).toEqual([outcome]);
  });

  test('refusals say the rule and both amounts; a fault of the program is no refusal', async () => {
    const { item, open } = place();
    await open('bank', 'a', 'b');
    const refusalOf = async (inputs: TransferInput[]) => {
      const error = await inTx((tx) => transfer(tx, 'act_test', AT, inputs)).catch((e: unknown) => e);
      if (!(error instanceof Refused)) throw error;
      return error.refusal;
    };
    await inTx((tx) =>
      transfer(tx, 'act_test', AT, [item('1', 'bank', 'a', 123_456), item('2', 'a', 'b', 100, 'pending')]),
    );
    const poor = await refusalOf([item('3', 'a', 'b', 1_000_000)]);
    expect(poor.kind).toBe('rule');
    expect(poor.violations[0]?.rule).toBe('HS-6.1');
    expect(poor.violations[0]?.fact.zh).toBe('本笔需要 ¥10,000.00，账户可用余额为 ¥1,233.56，尚缺 ¥8,766.44。');
    await inTx((tx) => transfer(tx, 'act_test', AT, [item('4', 'a', 'b', 100, 'void', '2')]));
    expect(await refusalOf([item('5', 'a', 'b', 100, 'post', '2')])).toMatchObject({
      kind: 'state',
      violations: [{ rule: 'HS-6.2' }],
    });
    expect(await refusalOf([item('4', 'a', 'b', 7, 'void', '2')])).toMatchObject({
      kind: 'state',
      violations: [{ rule: 'HS-6.3' }],
    });
    await expect(refusalOf([item('6', 'a', 'nobody', 1)])).rejects.toThrow('credit_account_not_found');
    await expect(refusalOf([{ ...item('7', 'a', 'b', 1), amountFen: 1_000_000_000_001n }])).rejects.toThrow(RangeError);
  });

  test('transfers and entries cannot be edited', async () => {
    const { item, open } = place();
    await open('bank', 'a');
    await send([item('1', 'bank', 'a', 5)]);
    for (const statementText of [
      'update ledger_transfer set amount_fen = 6',
      'delete from ledger_entry',
      'truncate ledger_entry',
      'delete from ledger_transfer',
      'delete from ledger_account',
      'truncate ledger_account',
      'update ledger_account set limited = false',
    ]) {
      await expect(sql.raw(statementText).execute(database.db)).rejects.toThrow('insert-only');
    }
  });
});

/** Ids, accounts and amounts from small sets, so that collisions, resolutions and empty accounts are common. */
const anyItem = fc.record({
  id: fc.constantFrom('p', 'q', 'r', 's', 't', 'u', 'v'),
  debit: fc.constantFrom('bank', 'a', 'b', 'closed'),
  credit: fc.constantFrom('bank', 'a', 'b', 'a'),
  amount: fc.integer({ min: 0, max: 4 }),
  kind: fc.constantFrom<TransferKind>('posted', 'pending', 'pending', 'post', 'post', 'void'),
  pending: fc.option(fc.constantFrom('p', 'q', 'r', 's', 't'), { nil: undefined, freq: 4 }),
});
type AnyItem = typeof anyItem extends fc.Arbitrary<infer T> ? T : never;

/** Mostly right, so that runs go deep: resolutions usually name the accounts and amount of what they resolve. */
function shape(
  i: AnyItem,
  model: ReferenceLedger,
  w: string,
  item: ReturnType<typeof place>['item'],
  right: boolean,
): TransferInput {
  const resolves = i.kind === 'post' || i.kind === 'void';
  const pending = i.pending ? model.transfers.get(`${w}:${i.pending}`) : undefined;
  if (right && !resolves) return item(i.id, i.debit, i.credit, i.amount, i.kind);
  const raw = item(i.id, i.debit, i.credit, i.amount, i.kind, i.pending);
  if (!right || !pending) return raw;
  const amountFen = i.kind === 'void' ? pending.amountFen : raw.amountFen;
  return { ...raw, debitAccountId: pending.debitAccountId, creditAccountId: pending.creditAccountId, amountFen };
}

describe('against the plain ledger', () => {
  async function compare(model: ReferenceLedger, names: readonly string[], account: (name: string) => string) {
    for (const name of names) {
      const expected = model.accounts.get(account(name));
      const { rows } = await sql<
        Record<string, unknown>
      >`select debits_pending, debits_posted, credits_pending, credits_posted, version from ledger_account where id = ${account(name)}`.execute(
        database.db,
      );
      expect(rows[0]).toEqual(
        expected && {
          debits_pending: Number(expected.debitsPending),
          debits_posted: Number(expected.debitsPosted),
          credits_pending: Number(expected.creditsPending),
          credits_posted: Number(expected.creditsPosted),
          version: expected.entries.length,
        },
      );
      const { rows: entries } =
        await sql`select transfer_id as "transferId", delta_fen as delta, balance_after_fen as after from ledger_entry where account_id = ${account(name)} order by version`.execute(
          database.db,
        );
      expect(entries).toEqual(expected?.entries.map((e) => ({ ...e, delta: Number(e.delta), after: Number(e.after) })));
    }
  }

  test('random batches get the same answers and leave the same accounts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(anyItem, { minLength: 1, maxLength: 5 }), fc.boolean()), {
          minLength: 1,
          maxLength: 12,
        }),
        async (batches) => {
          const { w, account, item, open } = place();
          const model = new ReferenceLedger();
          await open('bank', 'a', 'b');
          for (const name of ['bank', 'a', 'b']) model.open(account(name), name !== 'bank');
          for (const [items, right] of batches) {
            const inputs = items.map((i) => shape(i, model, w, item, right));
            expect(await words(inputs)).toEqual(model.batch(inputs));
          }
          await compare(model, ['bank', 'a', 'b'], account);
        },
      ),
      { numRuns: 150 },
    );
    expect(await faults()).toEqual([]);
  }, 120_000);

  test('every order of two resolutions of one pending transfer, every amount from 0 to 3', async () => {
    const kinds: TransferKind[] = ['post', 'void'];
    for (const first of kinds) {
      for (const second of kinds) {
        for (let x = 0; x <= 3; x++) {
          for (let y = 0; y <= 3; y++) {
            for (const together of [true, false]) {
              const { account, item, open } = place();
              const model = new ReferenceLedger();
              await open('bank', 'a', 'b');
              for (const name of ['bank', 'a', 'b']) model.open(account(name), name !== 'bank');
              const steps = [[item('1', 'bank', 'a', 2), item('2', 'a', 'b', 2, 'pending')]];
              const [one, two] = [item('3', 'a', 'b', x, first, '2'), item('4', 'a', 'b', y, second, '2')];
              steps.push(...(together ? [[one, two]] : [[one], [two]]), [item('5', 'a', 'b', 1)]);
              for (const step of steps) expect(await words(step)).toEqual(model.batch(step));
              await compare(model, ['bank', 'a', 'b'], account);
            }
          }
        }
      }
    }
  }, 120_000);
});

describe('many at once', () => {
  test('eight connections on the same accounts: no deadlock, sums equal, versions without a gap', async () => {
    const { w, account, item, open } = place();
    const names = ['a', 'b', 'c', 'd'];
    await open('bank', ...names);
    await send(names.map((n) => item(`fund-${n}`, 'bank', n, 10_000)));
    const worker = async (k: number) => {
      const outcomes: string[] = [];
      for (let n = 0; n < 40; n++) {
        const at = (offset: number) => names[(k + n * (offset + 1) + offset) % 4] as string;
        const [x, y, z] = [at(0), at(1), at(2)];
        const legs = [
          item(`${k}-${n}-0`, x, y === x ? 'bank' : y, 30 + k),
          item(`${k}-${n}-1`, z, z === x ? 'bank' : x, 70),
        ];
        outcomes.push(...(await words(k % 2 ? legs : legs.reverse())));
      }
      return outcomes;
    };
    const outcomes = (await Promise.all(Array.from({ length: 8 }, (_, k) => worker(k)))).flat();
    expect(outcomes).toHaveLength(640);
    expect(outcomes.filter((o) => o === 'created').length).toBeGreaterThan(300);
    expect(outcomes.every((o) => ['created', 'exceeds_credits', 'linked_transfer_failed'].includes(o))).toBe(true);
    const { rows } = await sql<{
      sum: string;
    }>`select sum(credits_posted - debits_posted)::text as sum from ledger_account where id like ${`${w}:%`}`.execute(
      database.db,
    );
    expect(rows[0]?.sum).toBe('0');
    expect(await faults()).toEqual([]);
    const lines = await statement(database.db, account('a'), { limit: 3 });
    expect(lines.items).toHaveLength(3);
  });

  test('the same batch from eight connections moves the money once', async () => {
    const { item, open, balance } = place();
    await open('bank', 'a', 'b');
    await send([item('fund', 'bank', 'a', 100)]);
    const batch = [item('x', 'a', 'b', 60, 'pending'), item('y', 'bank', 'b', 1)];
    const answers = await Promise.all(Array.from({ length: 8 }, () => words(batch)));
    expect(answers.filter((a) => a.every((o) => o === 'created'))).toHaveLength(1);
    expect(answers.filter((a) => a.every((o) => o === 'exists'))).toHaveLength(7);
    expect(await balance('a')).toEqual({ balance: 100n, reserved: 60n, available: 40n, incoming: 0n });
  });

  test('two racing resolutions: one wins, the other is told', async () => {
    const { item, open, balance } = place();
    await open('bank', 'a', 'b');
    await send([item('fund', 'bank', 'a', 10), item('hold', 'a', 'b', 10, 'pending')]);
    const answers = await Promise.all([
      words([item('post', 'a', 'b', 10, 'post', 'hold')]),
      words([item('void', 'a', 'b', 10, 'void', 'hold')]),
    ]);
    expect(answers.flat().filter((o) => o === 'created')).toHaveLength(1);
    expect(answers.flat().filter((o) => o.startsWith('pending_already_'))).toHaveLength(1);
    expect((await balance('a'))?.reserved).toBe(0n);
  });
});

describe('reads', () => {
  test('a striped account is one account with one statement, paged without loss', async () => {
    const base = `w${++world}:fee`;
    const payer = `w${world}:payer`;
    const references = Array.from({ length: 23 }, (_, n) => `order-${n}`);
    await inTx(async (tx) => {
      await ensureAccount(tx, { id: payer, ownerPartyId: 'pty_x', limited: false });
      await ensureAccounts(
        tx,
        references.map((r) => ({ id: stripeOf(base, r), ownerPartyId: null, limited: false })),
      );
    });
    for (const [n, reference] of references.entries()) {
      const at = new Date(AT.getTime() + n * 1_000);
      await inTx((tx) =>
        transfer(tx, `act_${n}`, at, [
          {
            id: `${base}-${n}`,
            debitAccountId: payer,
            creditAccountId: stripeOf(base, reference),
            amountFen: 7n,
            kind: 'posted',
            code: 'fee',
            reference,
          },
        ]),
      );
    }
    expect(new Set(references.map((r) => stripeOf(base, r))).size).toBeGreaterThan(4);
    expect(await balanceOf(database.db, base)).toMatchObject({ balanceFen: 161n, entries: 23 });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await statement(database.db, base, { limit: 5, cursor });
      seen.push(...page.items.map((i) => i.reference));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...references].reverse());
    const trial = await trialBalance(database.db);
    expect(trial.debitsPostedFen).toBe(trial.creditsPostedFen);
    expect(trial.debitsPendingFen).toBe(trial.creditsPendingFen);
    expect(trial.debitsPostedFen).toBeGreaterThan(0n);
  });

  test('sums beyond bigint stay exact', async () => {
    const { item, open, account } = place();
    await open('bank', 'a');
    const max = 1_000_000_000_000n;
    await send(Array.from({ length: 20 }, (_, n) => item(`big-${n}`, 'bank', 'a', max)));
    expect((await balanceOf(database.db, account('a')))?.balanceFen).toBe(20n * max);
    expect((await balanceOf(database.db, account('bank')))?.balanceFen).toBe(-20n * max);
  });
});
