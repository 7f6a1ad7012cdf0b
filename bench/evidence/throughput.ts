import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../../src/kernel/database/index.ts';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import { diskTileStore, fileKeyProvider, settled, startSequencer } from '../../src/kernel/evidence/index.ts';
import { BATCH_ENTRIES_MAX } from '../../src/kernel/evidence/log.ts';
import { Edge, leafHash } from '../../src/kernel/evidence/merkle.ts';
import { writeCopies } from '../../src/kernel/evidence/testing.ts';
import { median, print } from '../client.ts';
import { temporaryFolder } from '../exchange.ts';
import { countFsyncs } from './fsyncs.ts';

const ENTRIES = 100_000;
const ROUNDS = 3;
const SETTLE_MS = 600_000;
const POLL_MS = 10;
const GO_PACKAGES = '/usr/share/gocode/src/golang.org/x/mod/sumdb';

/**
 * A backlog taken from the queue: until every entry has its index in a signed, durable state, and until all of it is
 * public. Against the least that any such log does, in Node and in Go, over the same entries and in batches of the same
 * size.
 */
export async function throughput(): Promise<void> {
  const { db, url, drop } = await testDatabase();
  const folder = await temporaryFolder();
  const place = { url, store: diskTileStore(join(folder, 'log')), keys: fileKeyProvider(join(folder, 'keys')) };
  const figures = { sequenced: [] as number[], published: [] as number[], node: [] as number[], go: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await writeCopies(db, ENTRIES);
      const started = performance.now();
      const sequencer = await startSequencer(place);
      await queueEmpty(db);
      figures.sequenced.push(rate(started));
      await settled(db, SETTLE_MS);
      figures.published.push(rate(started));
      await sequencer.stop();
      const entries = await lastEntries(db);
      figures.node.push(await bareLoop(entries, folder));
      const go = await goLoop(entries, folder);
      if (go !== undefined) figures.go.push(go);
    }
    const node = `bare Node loop: tree hashes, append, fdatasync each ${BATCH_ENTRIES_MAX}, entries/s`;
    const go = `Go loop: sumdb/tlog, append, fsync each ${BATCH_ENTRIES_MAX}, entries/s`;
    for (const [baseline, baselineValue] of [
      [node, median(figures.node)],
      [go, median(figures.go)],
    ] as const) {
      if (Number.isNaN(baselineValue)) continue;
      const against = { baseline, baselineValue };
      print({ name: 'evidence', value: median(figures.sequenced), unit: 'entries sequenced/s', ...against });
      print({
        name: 'evidence',
        value: median(figures.published),
        unit: 'entries sequenced and published/s',
        ...against,
      });
    }
    await counted(db, place);
  } finally {
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}

const rate = (startedMs: number): number => ENTRIES / ((performance.now() - startedMs) / 1000);

/** The same again with strace watching this process and the two connections of the sequencer. */
async function counted(db: Database, place: Parameters<typeof startSequencer>[0]): Promise<void> {
  const sequencer = await startSequencer(place);
  await settled(db, SETTLE_MS);
  const { rows } = await sql<{ pid: number }>`select pid from pg_stat_activity
    where datname = current_database() and application_name in ('shuheng-sequencer', 'shuheng-publisher')`.execute(db);
  const count = await countFsyncs([process.pid, ...rows.map((row) => row.pid)], async () => {
    await writeCopies(db, ENTRIES);
    sequencer.nudge();
    await settled(db, SETTLE_MS);
  });
  await sequencer.stop();
  if (count === undefined) return;
  print({
    name: 'evidence',
    value: count,
    unit: `fsyncs and fdatasyncs for ${ENTRIES} entries, counted by strace`,
    baseline: 'bare loop',
    baselineValue: Math.ceil(ENTRIES / BATCH_ENTRIES_MAX),
  });
}

async function queueEmpty(db: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waits: boolean }>`select exists (select from evidence_queue) as waits`.execute(db);
    if (!rows[0]?.waits) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function lastEntries(db: Database): Promise<Buffer[]> {
  const { rows } = await sql<{
    bytes: Buffer;
  }>`select bytes from evidence_entry order by id desc limit ${ENTRIES}`.execute(db);
  return rows.map((row) => row.bytes);
}

async function bareLoop(entries: readonly Buffer[], folder: string): Promise<number> {
  const file = await open(join(folder, 'bare'), 'w');
  const edge = Edge.empty();
  const started = performance.now();
  for (let from = 0; from < entries.length; from += BATCH_ENTRIES_MAX) {
    const batch = entries.slice(from, from + BATCH_ENTRIES_MAX);
    edge.append(Buffer.concat(batch.map(leafHash)));
    edge.root();
    await file.appendFile(Buffer.concat(batch));
    await file.datasync();
  }
  const found = rate(started);
  await file.close();
  return found;
}

/** @returns undefined without Go and its module, which are Debian packages */
async function goLoop(entries: readonly Buffer[], folder: string): Promise<number | undefined> {
  if (!existsSync(GO_PACKAGES) || !existsSync('/usr/bin/go')) return undefined;
  const program = join(folder, 'loop');
  if (!existsSync(program)) {
    const environment = {
      GO111MODULE: 'off',
      GOFLAGS: '',
      GOPATH: `${folder}/go:/usr/share/gocode`,
      GOCACHE: `${folder}/cache`,
    };
    const source = join(import.meta.dirname, 'loop.go');
    const built = spawnSync('/usr/bin/go', ['build', '-o', program, source], {
      env: { ...process.env, ...environment },
    });
    if (built.status !== 0) throw new Error(`the Go loop does not build: ${built.stderr}`);
  }
  const framed = entries.flatMap((entry) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(entry.length);
    return [length, entry];
  });
  await writeFile(join(folder, 'entries'), Buffer.concat(framed));
  const run = spawnSync(program, [join(folder, 'entries'), String(BATCH_ENTRIES_MAX), join(folder, 'go.log')]);
  if (run.status !== 0) throw new Error(`the Go loop failed: ${run.stderr}`);
  return Number(run.stdout.toString());
}
