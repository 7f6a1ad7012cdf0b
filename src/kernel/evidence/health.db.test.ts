import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANONYMOUS } from '../acts/index.ts';
import { type TestDatabase, testDatabase } from '../database/testing.ts';
import { WITNESSES } from './bundle/testing.ts';
import { healthRead } from './health.ts';
import { type Sequencer, settled, setWitnessPolicy, startSequencer } from './index.ts';
import { testLog, writeEntries } from './testing.ts';

interface Shown {
  readonly state: string;
  readonly publishedSize: number;
  readonly waiting: number;
  readonly quorum: { readonly met: boolean; readonly says: { readonly en: string } } | null;
  readonly witnesses: readonly { readonly name: string; readonly state: string }[];
  readonly keys: readonly { readonly purpose: string; readonly state: string }[];
  readonly alarms: readonly { readonly kind: string }[];
  readonly checkpoint: { readonly text: string } | null;
}

let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
let sequencer: Sequencer | undefined;
beforeAll(async () => {
  t = await testDatabase();
  log = await testLog();
});
afterAll(async () => {
  await sequencer?.stop();
  await t?.drop();
  await log?.drop();
});

let clock = Date.now();
/** Each look is later than the last by more than an answer is kept. */
async function see(laterMs = 10_000): Promise<Shown | null> {
  clock += laterMs;
  const asked = { db: t.db, actor: ANONYMOUS, params: {}, query: {}, at: new Date(clock) };
  const { health } = healthRead.output.parse(await healthRead.run(asked as never)) as { health: Shown | null };
  return health;
}

it('says nothing before there is a log, and then that all is well', async () => {
  expect(await see()).toBeNull();
  sequencer = await startSequencer({ url: t.url, store: log.store, keys: log.keys, origin: 'log.example/health' });
  await writeEntries(t.db, 3);
  sequencer.nudge();
  await settled(t.db);
  const health = await see();
  expect(health).toMatchObject({
    state: 'good',
    publishedSize: 3,
    waiting: 0,
    quorum: null,
    witnesses: [],
    alarms: [],
  });
  expect(health?.checkpoint?.text).toContain('log.example/health\n3\n');
  expect(health?.keys.length).toBeGreaterThan(0);
});

it('tells a fresh witness from one that is behind, late or silent', async () => {
  const [regulator, notary] = WITNESSES;
  await setWitnessPolicy(
    t.db,
    `witness regulator ${regulator.vkey}\nwitness notary ${notary.vkey}\ngroup both all regulator notary\nquorum both\n`,
  );
  const set = (name: string, vkey: string, size: number | null, at: Date | null) =>
    sql`insert into log_witness (name, vkey, url, size, cosigned_at) values (${name}, ${vkey}, null, ${size}, ${at})
      on conflict (name) do update set size = excluded.size, cosigned_at = excluded.cosigned_at`.execute(t.db);
  await set('regulator', regulator.vkey, 3, new Date(clock));
  await set('notary', notary.vkey, null, null);
  const silent = await see();
  expect(silent?.witnesses.map((w) => [w.name, w.state])).toEqual([
    ['notary', 'silent'],
    ['regulator', 'fresh'],
  ]);
  expect(silent).toMatchObject({ state: 'alarm', quorum: { met: false, says: { en: 'regulator and notary' } } });
  expect(silent?.alarms.map((a) => a.kind)).toEqual(['witness-silent']);

  await set('notary', notary.vkey, 2, new Date(clock));
  expect((await see())?.witnesses[0]).toMatchObject({ state: 'behind' });
  const late = await see(300_000);
  expect(late?.witnesses[0]).toMatchObject({ state: 'late' });
  expect(late?.alarms.map((a) => a.kind)).toEqual(['witness-late']);
});

it('raises an alarm for entries that wait too long and for misbehaviour that was found', async () => {
  await sequencer?.stop();
  sequencer = undefined;
  await writeEntries(t.db, 1);
  await sql`insert into log_alarm (witness, kind, detail) values ('regulator', 'witness-ahead', 'size 9')`.execute(
    t.db,
  );
  const kinds = (await see(120_000))?.alarms.map((a) => a.kind);
  expect(kinds).toContain('lag');
  expect(kinds).toContain('witness-ahead');
});
