import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database, Tx } from '../database/index.ts';
import { newId } from '../ids.ts';
import { buildEntry, insertEntry } from './entry.ts';
import { fileKeyProvider } from './keys.ts';
import { diskTileStore } from './store.ts';

/** Entries as acts write them, with their row in act_log, each in a transaction of its own. @returns the receipt ids */
export async function writeEntries(db: Database, count: number, partyId = 'pty_test'): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await db.transaction().execute((tx) => writeEntry(tx, partyId)));
  return ids;
}

/** Some thousand entries quickly, in one transaction. */
export async function writeManyEntries(db: Database, count: number, partyId = 'pty_test'): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push(await writeEntry(tx, partyId));
    return ids;
  });
}

const COPIES_AT_ONCE = 20_000;

/** Very many entries, each with its row in act_log: copies of one real entry under numbers that follow its own, made where they lie. */
export async function writeCopies(db: Database, count: number): Promise<void> {
  const [model = ''] = await writeEntries(db, 1);
  for (let done = 1; done < count; done += COPIES_AT_ONCE) {
    const last = Math.min(done + COPIES_AT_ONCE, count) - 1;
    // The first ten characters of a ULID are its time; the rest counts up here, where it is random in life.
    await sql`with copy as (
        select substr(id, 1, 14) || lpad(to_hex(n), 8, '0') || substr(md5(n::text), 1, 8) as id, m.at, m.id as model, m.bytes, m.sealed
          from evidence_entry m, generate_series(${done}::int, ${last}::int) n where m.id = ${model}),
      made as (
        insert into evidence_entry (id, at, bytes, sealed)
          select id, at, convert_to(replace(convert_from(bytes, 'UTF8'), model, id), 'UTF8'), sealed from copy
          returning id, at, bytes),
      queued as (
        insert into evidence_queue (entry_id, leaf) select id, sha256('\\x00'::bytea || bytes) from made)
      insert into act_log (id, name, at, party_id, person_id, subject, scope, input_hash, result, decisions)
        select 'act_' || substr(id, 5), 'test.write', at, 'pty_test', null, 'prd_copy', 'test', ''::bytea, '{}', '[]'
          from made`.execute(db);
  }
}

async function writeEntry(tx: Tx, partyId: string): Promise<string> {
  const id = newId('rct');
  const at = new Date();
  const subject = newId('prd');
  const { bytes, sealed } = buildEntry(
    {
      id,
      act: 'test.write',
      at: at.toISOString(),
      party: partyId,
      subject,
      open: { board: 'main' },
      rules: [],
    },
    { shared: { price: { amountFen: '100', currency: 'CNY' } }, own: { input: { board: 'main' } } },
  );
  const actId = id.replace('rct_', 'act_');
  await sql`with ${insertEntry({ id, at, bytes, sealed })} insert into act_log (id, name, at, party_id, person_id, subject, scope, input_hash, result, decisions)
    values (${actId}, 'test.write', ${at}, ${partyId}, null, ${subject}, 'test', ''::bytea, '{}', '[]')`.execute(tx);
  await sql`insert into act_party (party_id, act_id) values (${partyId}, ${actId})`.execute(tx);
  return id;
}

/** A folder for a log, its key beside it, gone after `drop`. */
export async function testLog() {
  const folder = await mkdtemp(join(tmpdir(), 'shuheng-log-'));
  return {
    folder,
    logFolder: join(folder, 'log'),
    keyFile: join(folder, 'log.key'),
    store: diskTileStore(join(folder, 'log')),
    keys: fileKeyProvider(folder),
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}
