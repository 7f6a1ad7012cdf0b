import type pg from 'pg';

const CHUNK_ORDERS = 5_000;

/**
 * Puts trades behind an exchange quickly: copies of a trade that was really made, row for row: order, delivery, clearing,
 * its acts with their parties and evidence entries, each under ids of its own, spread over the last ids of the template's
 * millisecond. The exchange's own sequencer then numbers the entries. Not copied: the ledger's transfers, whose counters
 * must follow from them; 10^6 acts are some 10^5 orders.
 * @returns how many acts were added
 */
export async function fill(
  db: pg.Client,
  templateOrderId: string,
  acts: number,
  begun: number,
): Promise<{ acts: number; orders: number }> {
  const { rows: template } = await db.query<{ id: string }>(
    `select id from act_log where subject = $1 and idempotency_key is not null order by id`,
    [templateOrderId],
  );
  if (template.length === 0) throw new Error(`order ${templateOrderId} has no acts`);
  const orders = Math.ceil(acts / template.length);
  for (let from = begun; from < begun + orders; from += CHUNK_ORDERS) {
    const to = Math.min(from + CHUNK_ORDERS, begun + orders) - 1;
    await db.query('begin');
    await db.query('set local statement_timeout = 0');
    for (const statement of COPIES)
      await db.query(statement.replaceAll('$from', String(from)).replaceAll('$to', String(to)), [templateOrderId]);
    await db.query('commit');
  }
  return { acts: orders * template.length, orders };
}

/** A new id beside the template's: its kind and time, then a number where the random part is. */
const idLike = (template: string, n: string): string => `substr(${template}, 1, 14) || lpad(to_hex(${n}), 16, '0')`;
const copyOf = (table: string, where: string, changes: string): string =>
  `insert into ${table} select r.* from ${table} t, generate_series($from, $to) n, lateral jsonb_populate_record(t, ${changes}) r where ${where}`;

const orderId = idLike('$1::text', 'n');
/** Acts of a trade are numbered within it, so that no two get one id. */
const acts = `(select a.*, row_number() over (order by a.id) as k from act_log a where a.subject = $1 and a.idempotency_key is not null) t`;
const actId = idLike('t.id', 'n * 16 + t.k');
const COPIES = [
  copyOf('trade_order', 't.id = $1', `jsonb_build_object('id', ${orderId})`),
  copyOf('delivery', 't.order_id = $1', `jsonb_build_object('id', ${idLike('t.id', 'n')}, 'order_id', ${orderId})`),
  copyOf('clearing', 't.order_id = $1', `jsonb_build_object('id', ${idLike('t.id', 'n')}, 'order_id', ${orderId})`),
  `insert into clearing_party select p.party_id, ${idLike('c.id', 'n')} from clearing c join clearing_party p on p.clearing_id = c.id,
     generate_series($from, $to) n where c.order_id = $1`,
  `insert into act_log (id, name, at, party_id, person_id, subject, scope, idempotency_key, input_hash, result, decisions)
     select ${actId}, t.name, t.at, t.party_id, t.person_id, ${orderId}, t.scope, null, t.input_hash, t.result, t.decisions
       from ${acts}, generate_series($from, $to) n`,
  `insert into act_party (party_id, act_id) select p.party_id, ${actId} from ${acts} join act_party p on p.act_id = t.id, generate_series($from, $to) n`,
  `with made as (insert into evidence_entry (id, at, bytes, sealed)
     select replace(${actId}, 'act_', 'rct_'), e.at,
            convert_to(replace(replace(convert_from(e.bytes, 'UTF8'), e.id, replace(${actId}, 'act_', 'rct_')), $1, ${orderId}), 'UTF8'), e.sealed
       from ${acts} join evidence_entry e on e.id = 'rct_' || substr(t.id, 5), generate_series($from, $to) n returning id, bytes)
   insert into evidence_queue (entry_id, leaf) select id, sha256('\\x00'::bytea || bytes) from made`,
];
