/**
 * Builds an evidence log with the real sequencer on a real PostgreSQL, and lays out what an outsider gets: `log/` with
 * tiles and checkpoint, `checkpoints/` with every checkpoint it ever published, `receipts/` with some receipts and their
 * entries, `vkey`, and `paths` with tiles and the paths we give them. Arguments: folder, number of entries, receipts.
 * With SUITE=sm checkpoints carry an SM2 line, whose key is announced in the log and laid out as `vkey.sm2`.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import {
  DEFAULT_ORIGIN,
  diskTileStore,
  entryBytes,
  fileKeyProvider,
  fsck,
  logFile,
  logKey,
  proofFor,
  settled,
  startSequencer,
  type TileStore,
} from '../../src/kernel/evidence/index.ts';
import { ensureKeys } from '../../src/kernel/evidence/key-acts.ts';
import { CHECKPOINT_PATH, tilePath } from '../../src/kernel/evidence/layout.ts';
import { writeCopies } from '../../src/kernel/evidence/testing.ts';
import { verifyReceipt } from '../../src/kernel/evidence/verify/index.ts';
import { loadRulebook } from '../../src/kernel/rulebook/index.ts';

const SETTLE_MS = 300_000;
const PATHS = 20_000;
const [folder, countText, receiptsText = '500'] = process.argv.slice(2);
const count = Number(countText);
if (!folder || !Number.isSafeInteger(count) || count < 100)
  throw new Error('usage: build-log.ts <folder> <entries, 100 or more> [receipts]');

/** A repeatable sequence of numbers in [0, 1), so that a failing run can be run again (Park–Miller). */
let state = Number(process.env.SEED ?? 20_261_125);
const random = (): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};

await rm(folder, { recursive: true, force: true });
for (const name of ['receipts', 'checkpoints']) await mkdir(join(folder, name), { recursive: true });
const { db, url, drop } = await testDatabase();
try {
  const store = keepingCheckpoints(diskTileStore(join(folder, 'log')));
  const suite = process.env.SUITE === 'sm' ? 'sm' : 'international';
  const provider = fileKeyProvider(join(folder, 'keys'));
  const sequencer = await startSequencer({ url, store, keys: provider, suite });
  if (suite === 'sm') {
    await ensureKeys({ db, rulebook: loadRulebook() }, { provider, suite, origin: DEFAULT_ORIGIN });
    await settled(db, SETTLE_MS);
    while (!(await logFile(db, store, 'vkey.sm2'))) await new Promise((resolve) => setTimeout(resolve, 50));
    await writeFile(join(folder, 'vkey.sm2'), (await logFile(db, store, 'vkey.sm2'))?.bytes ?? '');
  }
  for (let written = 0; written < count; ) {
    // Odd ones and whole tiles, single entries and thousands: the sizes at which checkpoints are made.
    const wanted = [1, 2, 7, 255, 256, 257, Math.ceil(random() * 3_000)][Math.floor(random() * 7)] ?? 1;
    const few = Math.min(Math.max(wanted, Math.ceil(count / 150)), count - written);
    await writeCopies(db, few);
    sequencer.nudge();
    await settled(db, SETTLE_MS);
    written += few;
  }
  await sequencer.stop();

  const vkey = (await logKey(db)) ?? '';
  await writeFile(join(folder, 'vkey'), `${vkey}\n`);
  const { rows } = await sql<{
    id: string;
  }>`select id from evidence_entry order by md5(id) limit ${Number(receiptsText)}`.execute(db);
  for (const { id } of rows) {
    const entry = (await entryBytes(db, id)) ?? Buffer.alloc(0);
    const proof = (await proofFor(db, id)) ?? '';
    const result = verifyReceipt({ proof, entry, vkey });
    if (result.outcome !== 'proven') throw new Error(`${id}: ${result.says.en}`);
    await writeFile(join(folder, 'receipts', `${id}.tlog-proof`), proof);
    await writeFile(join(folder, 'receipts', `${id}.json`), entry);
  }
  await writeFile(join(folder, 'paths'), Array.from({ length: PATHS }, path).join(''));
  const report = await fsck(db, store);
  if (!report.ok) throw new Error(report.difference.en);
  process.stdout.write(`built a log of ${report.size} entries; our own verifier proved ${rows.length} receipts\n`);
} finally {
  await drop();
}
process.exit(0);

/** Also writes down every checkpoint that is published, by its size. */
function keepingCheckpoints(store: TileStore): TileStore {
  return {
    ...store,
    put: async (path, bytes) => {
      await store.put(path, bytes);
      if (path !== CHECKPOINT_PATH) return;
      const [, size = ''] = Buffer.from(bytes).toString().split('\n');
      await writeFile(join(folder ?? '', 'checkpoints', size), bytes);
    },
  };
}

/** `<level> <n> <width> <path>`, of any tile there could be. */
function path(): string {
  const tile = {
    level: Math.floor(random() * 8),
    n: Math.floor(random() ** 4 * 2 ** 40),
    width: 1 + Math.floor(random() * 256),
  };
  return `${tile.level} ${tile.n} ${tile.width} ${tilePath(tile)}\n`;
}
