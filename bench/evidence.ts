/**
 * Entries sequenced a second (read from the queue, hashed into the tree, checkpoint signed, tiles durable on disk), against
 * a bare loop that hashes the same bytes, appends them to a file and calls fdatasync once for each batch of the same size.
 */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { testDatabase } from '../src/kernel/database/testing.ts';
import { diskTileStore, fileKeyProvider, settled, startSequencer } from '../src/kernel/evidence/index.ts';
import { writeManyEntries } from '../src/kernel/evidence/testing.ts';
import { median, print } from './client.ts';
import { temporaryFolder } from './exchange.ts';

const ENTRIES = 20_000;
const BATCH = 1_024;
const ROUNDS = 3;
const SETTLE_MS = 300_000;

const { db, url, drop } = await testDatabase();
const folder = await temporaryFolder();
try {
  const store = diskTileStore(join(folder, 'log'));
  const keys = fileKeyProvider(folder);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await writeManyEntries(db, ENTRIES);
    const started = performance.now();
    const sequencer = await startSequencer({ url, store, keys });
    await settled(db, SETTLE_MS);
    ours.push(ENTRIES / ((performance.now() - started) / 1000));
    await sequencer.stop();
    const { rows } = await sql<{
      bytes: Buffer;
    }>`select bytes from evidence_entry order by id desc limit ${ENTRIES}`.execute(db);
    theirs.push(await bareLoop(rows.map((r) => r.bytes)));
  }
  print({
    name: 'evidence',
    value: median(ours),
    unit: 'entries sequenced and published/s',
    baseline: `bare hash, append and fdatasync in batches of ${BATCH}, entries/s`,
    baselineValue: median(theirs),
  });
} finally {
  await drop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);

async function bareLoop(entries: readonly Buffer[]): Promise<number> {
  const file = await open(join(folder, 'bare'), 'w');
  const started = performance.now();
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = entries.slice(from, from + BATCH);
    for (const bytes of batch) createHash('sha256').update(bytes).digest();
    await file.appendFile(Buffer.concat(batch));
    await file.datasync();
  }
  const took = (performance.now() - started) / 1000;
  await file.close();
  return entries.length / took;
}
