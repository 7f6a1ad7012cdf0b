import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/kernel/database/index.ts';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import {
  diskTileStore,
  fileKeyProvider,
  keepWitnesses,
  logVkeys,
  settled,
  setWitnessPolicy,
  startFeeder,
  startSequencer,
} from '../../src/kernel/evidence/index.ts';
import { writeEntries } from '../../src/kernel/evidence/testing.ts';
import { print } from '../client.ts';
import { temporaryFolder } from '../exchange.ts';

const ACTS_A_SECOND = 500;
const SECONDS = 20;
const LOOK_MS = 5;
const WITNESS_START_MS = 120_000;

interface Look {
  readonly at: number;
  readonly size: number;
  readonly published: number;
  readonly witnessed: number;
}

/** Entries committed at a steady rate, two witnesses in processes of their own: how long until each stage. */
export async function latency(): Promise<void> {
  const { db, url, drop } = await testDatabase();
  const folder = await temporaryFolder();
  let nudge: () => void = () => undefined;
  const sequencer = await startSequencer({
    url,
    store: diskTileStore(join(folder, 'log')),
    keys: fileKeyProvider(join(folder, 'keys')),
    onPublished: () => nudge(),
  });
  const feeder = startFeeder({ db, leading: sequencer.leading });
  nudge = feeder.nudge;
  let witnesses: () => Promise<void> = async () => undefined;
  try {
    const arranged = new Promise<void>((resolve) => {
      witnesses = keepWitnesses({
        children: ['one', 'two'].map((name) => ({
          name,
          keyName: `${name}.example/witness`,
          folder: join(folder, name),
        })),
        wanted: () => true,
        logKeys: () => logVkeys(db),
        onLines: async (lines) => {
          await setWitnessPolicy(db, `${lines.join('\n')}\ngroup both all one two\nquorum both\n`);
          resolve();
        },
        onError: (error) => process.stderr.write(`${error}\n`),
      });
    });
    await Promise.race([arranged, sleep(WITNESS_START_MS).then(() => Promise.reject(new Error('no witnesses')))]);
    await writeEntries(db, 50);
    await settled(db);
    await measure(db, sequencer.nudge);
  } finally {
    await feeder.stop();
    await witnesses();
    await sequencer.stop();
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(db: Database, committed: () => void): Promise<void> {
  const looks: Look[] = [];
  let over = false;
  const looking = (async () => {
    while (!over) {
      const { rows } = await sql<Omit<Look, 'at'>>`select size, coalesce(published_size, 0) as published,
        coalesce(witnessed_size, 0) as witnessed from log_state`.execute(db);
      if (rows[0]) looks.push({ at: performance.now(), ...rows[0] });
      await sleep(LOOK_MS);
    }
  })();
  const commits = new Map<string, number>();
  const busy = new Set<Promise<void>>();
  const started = performance.now();
  for (let i = 0; i < ACTS_A_SECOND * SECONDS; i++) {
    const ahead = started + (i * 1000) / ACTS_A_SECOND - performance.now();
    if (ahead > 1) await sleep(ahead);
    const one = writeEntries(db, 1).then(([id = '']) => {
      commits.set(id, performance.now());
      committed();
    });
    busy.add(one);
    void one.finally(() => busy.delete(one));
  }
  await Promise.all(busy);
  const rate = commits.size / ((performance.now() - started) / 1000);
  await settled(db);
  await witnessedAll(db);
  over = true;
  await looking;
  const { rows } = await sql<{ entry_id: string; index: number }>`select entry_id, index from evidence_leaf`.execute(
    db,
  );
  for (const stage of ['size', 'published', 'witnessed'] as const) {
    const waits = rows.flatMap(({ entry_id: id, index }) => {
      const from = commits.get(id);
      const seen = looks.find((look) => look[stage] > index);
      return from === undefined || !seen ? [] : [Math.max(0, seen.at - from)];
    });
    waits.sort((a, b) => a - b);
    const name = { size: 'sequenced', published: 'public', witnessed: 'witnessed by two' }[stage];
    print({
      name: `evidence, commit to ${name} at ${rate.toFixed(0)} acts/s`,
      value: waits[Math.floor(waits.length * 0.99)] ?? Number.NaN,
      unit: `ms p99 of ${waits.length} (seen each ${LOOK_MS} ms)`,
      baseline: 'p50, ms',
      baselineValue: waits[Math.floor(waits.length * 0.5)] ?? Number.NaN,
    });
  }
}

async function witnessedAll(db: Database): Promise<void> {
  for (const limit = performance.now() + 60_000; performance.now() < limit; await sleep(20)) {
    const { rows } = await sql<{ all: boolean }>`select witnessed_size = size as all from log_state`.execute(db);
    if (rows[0]?.all) return;
  }
  throw new Error('the witnesses did not come to the end of the log');
}
