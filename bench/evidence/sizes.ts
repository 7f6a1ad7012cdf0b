import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/kernel/database/index.ts';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import { diskTileStore, fileKeyProvider, fsck, settled, startSequencer } from '../../src/kernel/evidence/index.ts';
import { writeCopies } from '../../src/kernel/evidence/testing.ts';
import { print } from '../client.ts';
import { temporaryFolder } from '../exchange.ts';

const SETTLE_MS = 3_600_000;
const MEMORY_LOOK_MS = 50;

interface Level {
  readonly size: number;
  readonly databaseBytes: number;
  readonly fileBytes: number;
  readonly fsckSeconds: number;
  /** Most the process grew during fsck. */
  readonly memoryBytes: number;
}

/** What a log weighs and what it costs to check all of it, as it grows. */
export async function sizes(levels: readonly number[]): Promise<void> {
  const { db, url, drop } = await testDatabase();
  const folder = await temporaryFolder();
  const store = diskTileStore(join(folder, 'log'));
  let first: Level | undefined;
  try {
    const sequencer = await startSequencer({ url, store, keys: fileKeyProvider(join(folder, 'keys')) });
    let filled = 0;
    for (const size of levels) {
      await writeCopies(db, size - filled);
      filled = size;
      await settled(db, SETTLE_MS);
      await sql`vacuum analyze`.execute(db);
      const level = await look(db, size, folder, () => fsck(db, store));
      first ??= level;
      tell(level, first);
    }
    await sequencer.stop();
  } finally {
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function look(db: Database, size: number, folder: string, check: () => ReturnType<typeof fsck>): Promise<Level> {
  const { rows } = await sql<{ bytes: number }>`select sum(pg_total_relation_size(t::regclass))::bigint as bytes
    from unnest(array['evidence_entry', 'evidence_leaf', 'evidence_queue', 'log_tile']) t`.execute(db);
  const du = spawnSync('du', ['-s', '--block-size=1', join(folder, 'log')]);
  let over = false;
  const before = process.memoryUsage.rss();
  let most = before;
  const watching = (async () => {
    while (!over) {
      most = Math.max(most, process.memoryUsage.rss());
      await sleep(MEMORY_LOOK_MS);
    }
  })();
  const started = performance.now();
  const report = await check();
  const fsckSeconds = (performance.now() - started) / 1000;
  over = true;
  await watching;
  if (!report.ok) throw new Error(report.difference.en);
  return {
    size,
    databaseBytes: Number(rows[0]?.bytes),
    fileBytes: Number(du.stdout.toString().split('\t')[0]),
    fsckSeconds,
    memoryBytes: most - before,
  };
}

function tell(level: Level, first: Level): void {
  const compared = (value: number, baselineValue: number, unit: string) =>
    print({
      name: `evidence at ${level.size} entries`,
      value,
      unit,
      baseline: `at ${first.size}`,
      baselineValue,
    });
  compared(
    level.databaseBytes / level.size,
    first.databaseBytes / first.size,
    'bytes an entry in the database (entry, index, tree)',
  );
  compared(level.fileBytes / level.size, first.fileBytes / first.size, 'bytes an entry in files, on disk');
  compared(
    level.size / level.fsckSeconds,
    first.size / first.fsckSeconds,
    `entries/s by fsck (${level.fsckSeconds.toFixed(1)} s in all)`,
  );
  compared(level.memoryBytes / 1024 ** 2, first.memoryBytes / 1024 ** 2, 'MiB that fsck adds to the process');
}
