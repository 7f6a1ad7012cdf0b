import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { newId } from '../ids.ts';
import { appendEntry, buildEntry } from './entry.ts';
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

async function writeEntry(tx: Parameters<typeof appendEntry>[0], partyId: string): Promise<string> {
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
  await appendEntry(tx, { id, at, bytes, sealed });
  const actId = id.replace('rct_', 'act_');
  await sql`insert into act_log (id, name, at, party_id, person_id, subject, scope, input_hash, result, decisions)
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
    keys: fileKeyProvider(join(folder, 'log.key')),
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}
