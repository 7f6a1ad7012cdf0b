import type pg from 'pg';
import type { Ledger } from './lanes.ts';

/** The first thing that is not as it must be. */
export class Broken extends Error {
  override name = 'Broken';
}

type Row = Record<string, string | number | null>;

/**
 * Everything that must hold at any moment, kills or not, seen in one snapshot of the database beside the program.
 * @throws Broken with the first thing that does not hold
 */
export async function checkAll(db: pg.Client, ledger: Ledger, since: number): Promise<void> {
  await db.query('begin isolation level repeatable read read only');
  try {
    await checkPromises(db, ledger, since);
    await checkEvidence(db);
    await checkMoney(db);
  } finally {
    await db.query('rollback');
  }
}

/** Each answered request is in the log of acts under its key, with the very result that was answered, and has its evidence. */
async function checkPromises(db: pg.Client, ledger: Ledger, since: number): Promise<void> {
  const promised = ledger.acknowledged.slice(since);
  const { rows } = await db.query<{ act: string; key: string; name: string; result: unknown; entry: string | null }>(
    `select a.id as act, a.idempotency_key as key, a.name, a.result, e.id as entry
       from unnest($1::text[]) k join act_log a on a.idempotency_key = k left join evidence_entry e on e.id = 'rct_' || substr(a.id, 5)`,
    [promised.map((p) => p.key)],
  );
  const byKey = new Map<string, typeof rows>();
  for (const row of rows) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  for (const { key, name, receiptId, result } of promised) {
    const found = byKey.get(key) ?? [];
    if (found.length !== 1) throw new Broken(`${name} ${receiptId} was acknowledged, its key has ${found.length} acts`);
    const [act] = found;
    if (act?.act !== `act_${receiptId.slice(4)}`)
      throw new Broken(`${name}: the receipt is ${receiptId}, the act ${act?.act}`);
    if (act.entry !== receiptId) throw new Broken(`${name} ${receiptId} has no evidence entry`);
    if (!same(act.result, JSON.parse(result)))
      throw new Broken(`${name} ${receiptId} answered another result than it kept`);
  }
}

function same(kept: unknown, answered: unknown): boolean {
  const flat = (v: unknown): string =>
    JSON.stringify(v, (_, x) =>
      x !== null && typeof x === 'object' && !Array.isArray(x)
        ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1)))
        : x,
    );
  return flat(kept) === flat(answered);
}

async function none(db: pg.Client, what: string, sql: string): Promise<void> {
  const { rows } = await db.query<Row>(`${sql} limit 1`);
  if (rows[0]) throw new Broken(`${what}: ${JSON.stringify(rows[0])}`);
}

async function checkEvidence(db: pg.Client): Promise<void> {
  await none(
    db,
    'an act without evidence, or evidence without an act',
    `select a.id as act, e.id as entry from act_log a full join evidence_entry e on substr(e.id, 5) = substr(a.id, 5) where a.id is null or e.id is null`,
  );
  await none(
    db,
    'an entry that is neither waiting nor sequenced, or both',
    `select e.id, q.entry_id as waiting, l.index from evidence_entry e left join evidence_queue q on q.entry_id = e.id
       left join evidence_leaf l on l.entry_id = e.id where (q.entry_id is null) = (l.entry_id is null)`,
  );
  await none(
    db,
    'a leaf or a waiting line without its entry',
    `select x.entry_id from (select entry_id from evidence_leaf union all select entry_id from evidence_queue) x
      where not exists (select 1 from evidence_entry e where e.id = x.entry_id)`,
  );
  await none(
    db,
    'the indexes have a gap or the state another size',
    `select s.size, count(l.index) as leaves, max(l.index) as last from log_state s left join evidence_leaf l on true group by s.size
      having count(l.index) <> s.size or coalesce(max(l.index), -1) <> s.size - 1`,
  );
}

async function checkMoney(db: pg.Client): Promise<void> {
  await none(
    db,
    'debits are not credits',
    `select sum(debits_posted) as dp, sum(credits_posted) as cp, sum(debits_pending) as dd, sum(credits_pending) as cc from ledger_account
      having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)`,
  );
  await none(
    db,
    'the counters of an account are not the sum of its entries',
    `select a.id, a.credits_posted - a.debits_posted as counter, coalesce(sum(e.delta_fen), 0) as entries, a.version, count(e.version) as n
       from ledger_account a left join ledger_entry e on e.account_id = a.id group by a.id
      having a.credits_posted - a.debits_posted <> coalesce(sum(e.delta_fen), 0) or a.version <> count(e.version)`,
  );
  await none(
    db,
    'what is reserved is not the sum of the pending transfers',
    `with open as (select t.debit_account_id as id, sum(t.amount_fen) as fen from ledger_transfer t
         where t.kind = 'pending' and not exists (select 1 from ledger_transfer r where r.pending_id = t.id) group by 1)
     select a.id, a.debits_pending, o.fen from ledger_account a left join open o on o.id = a.id where a.debits_pending <> coalesce(o.fen, 0)`,
  );
  // What came in and did not go out lies in the cash accounts and in the exchange's fees, to the fen.
  await none(
    db,
    'money was lost or made',
    `with m as (select (select coalesce(sum(amount_fen), 0) from bank_deposit) - (select coalesce(sum(amount_fen), 0) from withdrawal where state = 'approved') as came,
            (select coalesce(sum(credits_posted - debits_posted), 0) from ledger_account where id not like 'settlement:%') as lies)
     select * from m where came <> lies`,
  );
  await none(
    db,
    'the money of an order is not where its state says',
    `select o.id, o.state, o.total_fen, c.state as clearing,
            coalesce(sum(t.amount_fen) filter (where t.kind = 'pending'), 0) as held, coalesce(sum(t.amount_fen) filter (where t.kind = 'post'), 0) as paid
       from trade_order o left join clearing c on c.order_id = o.id left join ledger_transfer t on t.reference = o.id
      group by o.id, c.state
     having (o.state in ('placed', 'signed') and (c.state is not null or count(t.id) > 0))
         or (o.state in ('paid', 'delivered', 'accepted') and (c.state is distinct from 'reserved' or coalesce(sum(t.amount_fen) filter (where t.kind = 'pending'), 0) <> o.total_fen
             or count(t.id) filter (where t.kind <> 'pending') > 0))
         or (o.state = 'cleared' and (c.state is distinct from 'cleared' or coalesce(sum(t.amount_fen) filter (where t.kind = 'pending'), 0) <> o.total_fen
             or coalesce(sum(t.amount_fen) filter (where t.kind = 'post'), 0) <> o.total_fen))`,
  );
}

/** Each key ever sent has at most one act; each accepted order is cleared. To be asked when all is quiet. */
export async function checkEnd(db: pg.Client, ledger: Ledger): Promise<void> {
  const { rows } = await db.query<{ key: string; n: number }>(
    `select idempotency_key as key, count(*)::int as n from act_log where idempotency_key = any($1) group by 1 having count(*) > 1`,
    [[...ledger.keys]],
  );
  if (rows[0]) throw new Broken(`key ${rows[0].key} had ${rows[0].n} effects`);
  const orders = ledger.orders.filter((o) => o.accepted).map((o) => o.orderId);
  const { rows: open } = await db.query<{ id: string; state: string }>(
    `select id, state from trade_order where id = any($1) and state <> 'cleared'`,
    [orders],
  );
  if (open[0]) throw new Broken(`order ${open[0].id} was accepted and is ${open[0].state}; ${open.length} such`);
  const { rows: known } = await db.query<{ n: number }>(
    'select count(*)::int as n from trade_order where id = any($1)',
    [orders],
  );
  if (known[0]?.n !== orders.length)
    throw new Broken(`${orders.length} orders were accepted, ${known[0]?.n} are there`);
}
