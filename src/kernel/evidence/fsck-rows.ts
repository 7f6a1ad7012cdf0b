import { Difference } from './difference.ts';
import { commitment, type SealedValue } from './entry.ts';
import { TILE_WIDTH } from './layout.ts';
import type { Rows } from './tiles.ts';

/** Nothing beyond what a log of this size has: neither tiles nor indexes. */
export async function checkCounts(rows: Rows, size: number): Promise<void> {
  let expected = 0;
  for (let count = size; count > 0; count = Math.floor(count / TILE_WIDTH)) expected += Math.ceil(count / TILE_WIDTH);
  const [tiles] = await rows<{ count: number }>('select count(*) as count from log_tile', []);
  if (tiles?.count !== expected) {
    throw new Difference(
      `数据库有 ${tiles?.count} 个哈希块，应为 ${expected} 个。`,
      `The database holds ${tiles?.count} hash tiles, not ${expected}.`,
    );
  }
  const [leaves] = await rows<{ count: number }>('select count(*) as count from evidence_leaf', []);
  if (leaves?.count !== size) {
    throw new Difference(
      `有 ${leaves?.count} 个序号，应为 ${size} 个。`,
      `There are ${leaves?.count} indexes, not ${size}.`,
    );
  }
}

/** The entry is the one it says, and what opens its commitments still does (what was erased is not there). */
export function checkEntry(index: number, id: string, bytes: Buffer, sealed: Record<string, SealedValue>): void {
  let entry: { id?: unknown; sealed?: Record<string, unknown> } | null;
  try {
    entry = JSON.parse(bytes.toString()) as typeof entry;
  } catch {
    entry = null;
  }
  if (entry?.id !== id) {
    throw new Difference(
      `序号 ${index}：记录 ${id} 的内容不是这条记录。`,
      `Index ${index}: the bytes of entry ${id} are not that entry.`,
    );
  }
  for (const [name, value] of Object.entries(sealed)) {
    if (!('erasedAt' in value) && commitment(value) !== entry.sealed?.[name]) {
      throw new Difference(
        `记录 ${id}：“${name}”与其承诺值不符。`,
        `Entry ${id}: the value of ${name} does not fit its commitment.`,
      );
    }
  }
}

/** Each entry is either sequenced or waiting. @returns how many wait */
export async function checkQueue(rows: Rows): Promise<number> {
  const [odd] = await rows<{ id: string; both: boolean }>(
    `select coalesce(e.id, q.entry_id) as id, l.entry_id is not null and q.entry_id is not null as both
       from evidence_entry e
       full join evidence_queue q on q.entry_id = e.id
       left join evidence_leaf l on l.entry_id = coalesce(e.id, q.entry_id)
      where e.id is null or (l.entry_id is null) = (q.entry_id is null) order by 1 limit 1`,
    [],
  );
  if (odd?.both)
    throw new Difference(`记录 ${odd.id} 已编号却仍在待编队列。`, `Entry ${odd.id} is sequenced and still waiting.`);
  if (odd)
    throw new Difference(
      `记录 ${odd.id} 既未编号也不在待编队列，或只在队列中。`,
      `Entry ${odd.id} is neither sequenced nor waiting, or only in the queue.`,
    );
  const [other] = await rows<{ entry_id: string }>(
    `select q.entry_id from evidence_queue q join evidence_entry e on e.id = q.entry_id
      where q.leaf <> sha256('\\x00'::bytea || e.bytes) order by 1 limit 1`,
    [],
  );
  if (other)
    throw new Difference(
      `待编队列中记录 ${other.entry_id} 的哈希不是这条记录的。`,
      `The hash waiting for entry ${other.entry_id} is not the hash of its entry.`,
    );
  const [queue] = await rows<{ count: number }>('select count(*) as count from evidence_queue', []);
  return queue?.count ?? 0;
}

/** No act without evidence, no evidence without act: they share their ULID. */
export async function checkActs(rows: Rows): Promise<void> {
  const [odd] = await rows<{ act: string | null; entry: string | null }>(
    `select a.id as act, e.id as entry from act_log a full join evidence_entry e on substr(e.id, 5) = substr(a.id, 5)
      where a.id is null or e.id is null limit 1`,
    [],
  );
  if (odd?.act) throw new Difference(`业务 ${odd.act} 没有存证记录。`, `Act ${odd.act} has no evidence entry.`);
  if (odd) throw new Difference(`记录 ${odd.entry} 没有对应的业务。`, `Entry ${odd.entry} has no act.`);
}
