/**
 * Builds an evidence log of some thousand entries with the real sequencer on a real PostgreSQL, and lays out what an
 * outsider gets: `log/` with tiles and checkpoint, `receipts/` with each receipt and its entry, `vkey`, and an older
 * checkpoint. Arguments: folder, number of entries.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import {
  diskTileStore,
  entryBytes,
  fileKeyProvider,
  fsck,
  logFile,
  logKey,
  proofFor,
  settled,
  startSequencer,
} from '../../src/kernel/evidence/index.ts';
import { writeManyEntries } from '../../src/kernel/evidence/testing.ts';
import { verifyReceipt } from '../../src/kernel/evidence/verify/index.ts';

const [folder, countText] = process.argv.slice(2);
const count = Number(countText);
if (!folder || !Number.isSafeInteger(count) || count < 2)
  throw new Error('usage: build-log.ts <folder> <entries, 2 or more>');

await rm(folder, { recursive: true, force: true });
await mkdir(join(folder, 'receipts'), { recursive: true });
const { db, url, drop } = await testDatabase();
try {
  const store = diskTileStore(join(folder, 'log'));
  const sequencer = await startSequencer({ url, store, keys: fileKeyProvider(folder) });
  const first = Math.floor(count / 3);
  const ids = await writeManyEntries(db, first);
  await settled(db);
  const older = await logFile(db, store, 'checkpoint');
  await writeFile(join(folder, 'older-checkpoint'), older?.bytes ?? '');
  ids.push(...(await writeManyEntries(db, count - first)));
  await settled(db);
  await sequencer.stop();

  const vkey = (await logKey(db)) ?? '';
  await writeFile(join(folder, 'vkey'), `${vkey}\n`);
  for (const id of ids) {
    const entry = (await entryBytes(db, id)) ?? Buffer.alloc(0);
    const proof = (await proofFor(db, id)) ?? '';
    const result = verifyReceipt({ proof, entry, vkey });
    if (result.outcome !== 'proven') throw new Error(`${id}: ${result.says.en}`);
    await writeFile(join(folder, 'receipts', `${id}.tlog-proof`), proof);
    await writeFile(join(folder, 'receipts', `${id}.json`), entry);
  }
  const report = await fsck(db, store);
  if (!report.ok) throw new Error(report.difference.en);
  process.stdout.write(`built a log of ${report.size} entries; our own verifier proved all ${ids.length} receipts\n`);
} finally {
  await drop();
}
process.exit(0);
