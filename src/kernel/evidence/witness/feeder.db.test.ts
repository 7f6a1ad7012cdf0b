import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Kernel } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { rotateKeys } from '../key-acts.ts';
import { logFile } from '../log-files.ts';
import { signatureLine } from '../note.ts';
import { entryBytes, logStatus, proofFor, settled } from '../receipts.ts';
import { type Sequencer, startSequencer } from '../sequencer.ts';
import type { SigningKeys } from '../signers.ts';
import { testLog, writeEntries } from '../testing.ts';
import {
  checkMisbehaviour,
  type NoteKey,
  parseCheckpoint,
  parseKey,
  parseNote,
  verifyReceipt,
} from '../verify/index.ts';
import { type Feeder, startFeeder } from './feeder.ts';
import { logVkeys, operatorPolicy, policyFile, setWitnessPolicy } from './policies.ts';
import { serveWitness, type WitnessServer } from './server.ts';
import { cosigner } from './signer.ts';
import { WitnessStore } from './store.ts';
import { Witness } from './witness.ts';

const ORIGIN = 'log.example/fed';
let t: TestDatabase;
let log: Awaited<ReturnType<typeof testLog>>;
let sequencer: Sequencer;
const feeders: Feeder[] = [];
const sequencers: Sequencer[] = [];
const servers: (() => Promise<unknown>)[] = [];
const alarms: string[] = [];

beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());
beforeEach(async () => {
  await sql`truncate evidence_entry, evidence_queue, evidence_leaf, log_state, log_tile, log_witness, log_alarm, act_log, act_party`.execute(
    t.db,
  );
  log = await testLog();
  alarms.length = 0;
  sequencer = await sequence(t);
});
afterEach(async () => {
  for (const feeder of feeders.splice(0)) await feeder.stop();
  for (const one of sequencers.splice(0)) await one.stop();
  for (const close of servers.splice(0)) await close();
  await log.drop();
});

async function sequence(database: TestDatabase, folder = log): Promise<Sequencer> {
  const one = await startSequencer({
    url: database.url,
    store: folder.store,
    keys: log.keys,
    origin: ORIGIN,
    retryMs: 20,
    onPublished: () => {
      for (const feeder of feeders) feeder.nudge();
    },
  });
  sequencers.push(one);
  return one;
}

function feed(database: TestDatabase, options: { refreshMs?: number } = {}): Feeder {
  const feeder = startFeeder({
    db: database.db,
    leading: () => true,
    roundMs: 50,
    onAlarm: (text) => void alarms.push(text),
    onError: (error) => void alarms.push(String(error)),
    ...options,
  });
  feeders.push(feeder);
  return feeder;
}

const logKeyOf = async (): Promise<NoteKey> => {
  const vkey = (await logFile(t.db, log.store, 'vkey'))?.bytes.toString() ?? '';
  return parseKey(vkey) as NoteKey;
};

interface Friend {
  readonly witness: Witness;
  readonly server: WitnessServer;
  readonly store: WitnessStore;
  readonly line: (name: string) => string;
  readonly close: () => Promise<void>;
}

/** A real witness behind real HTTP. */
async function friend(
  name: string,
  { port = 0, store: folder = name, logs }: { port?: number; store?: string; logs?: readonly NoteKey[] } = {},
): Promise<Friend> {
  const store = await WitnessStore.open(join(log.folder, 'witnesses', folder));
  const witness = await Witness.open({ store, logs: logs ?? [await logKeyOf()], name: `${name}.example/w` });
  const server = await serveWitness(witness, { host: '127.0.0.1', port });
  const line = (as: string) => `witness ${as} ${witness.key.vkey} ${server.url}\n`;
  servers.push(server.close);
  return { witness, server, store, line, close: server.close };
}

/** Something that answers as told. */
async function stranger(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  servers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const both = (a: string, b: string) => `${a}${b}group both all a b\nquorum both\n`;

/** Waits until something is so; tests fail by time-out, never by luck. */
async function until(true_: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await true_()) return;
    await sleep(25);
  }
  throw new Error(`never: ${what}`);
}
const witnessedUpTo = (size: number) =>
  until(async () => (await logStatus(t.db))?.witnessedSize === size, `witnessed up to ${size}`);
const troubleOf = async (name: string): Promise<string> => {
  const { rows } = await sql<{ trouble: string | null }>`select trouble from log_witness where name = ${name}`.execute(
    t.db,
  );
  return rows[0]?.trouble ?? '';
};
const alarmRows = async () =>
  (
    await sql<{
      witness: string;
      kind: string;
      evidence: string | null;
    }>`select witness, kind, evidence from log_alarm`.execute(t.db)
  ).rows;

async function verified(id: string, policy: string) {
  const entry = (await entryBytes(t.db, id)) ?? Buffer.alloc(0);
  return verifyReceipt({ proof: (await proofFor(t.db, id)) ?? '', entry, policy });
}

describe('witnessing', () => {
  it('brings every receipt to the quorum of the policy, and says by whom', async () => {
    const [a, b] = [await friend('regulator'), await friend('notary')];
    await setWitnessPolicy(t.db, both(a.line('a'), b.line('b')));
    feed(t);
    const ids = await writeEntries(t.db, 5);
    sequencer.nudge();
    await settled(t.db);
    await witnessedUpTo(5);
    const policy = (await logFile(t.db, log.store, 'policy'))?.bytes.toString() ?? '';
    expect(policy).toBe(`log ${(await logKeyOf()).vkey}\n${both(a.line('a'), b.line('b'))}`);
    for (const id of ids) {
      expect(await verified(id, policy)).toMatchObject({
        outcome: 'proven',
        proven: { level: 'witnessed', size: 5n, witnesses: [{ name: 'a' }, { name: 'b' }] },
      });
    }
    // The checkpoint everybody fetches carries the same lines; the file in the store is the log's alone.
    const served = parseNote((await logFile(t.db, log.store, 'checkpoint'))?.bytes.toString() ?? '');
    expect(served?.signatures.map((s) => s.name)).toEqual([ORIGIN, 'regulator.example/w', 'notary.example/w']);
    // Addresses are not needed to verify.
    expect(await verified(ids[0] ?? '', policy.replaceAll(/ http:\S+/g, ''))).toMatchObject({ outcome: 'proven' });
    await writeEntries(t.db, 700);
    sequencer.nudge();
    await settled(t.db);
    await witnessedUpTo(705);
    expect(alarms).toEqual([]);
  });

  it('goes on without a witness that is dead, and with it when it is back', async () => {
    const [a, b] = [await friend('regulator'), await friend('notary')];
    const port = Number(new URL(b.server.url).port);
    await setWitnessPolicy(t.db, both(a.line('a'), b.line('b')));
    feed(t);
    await writeEntries(t.db, 3);
    sequencer.nudge();
    await witnessedUpTo(3);
    await b.close();
    const [id = ''] = await writeEntries(t.db, 2);
    sequencer.nudge();
    await settled(t.db);
    await until(async () => (await troubleOf('b')).includes('ECONNREFUSED'), 'the trouble is noted');
    const policy = (await policyFile(t.db)) ?? '';
    expect(await verified(id, policy)).toMatchObject({ outcome: 'false', check: 'quorum' });
    // The newest checkpoint carries the line of the one that is up.
    const served = async () => (await logFile(t.db, log.store, 'checkpoint'))?.bytes.toString() ?? '';
    await until(async () => (await served()).includes('— regulator.example/w'), 'the line of the other');
    expect(await served()).not.toContain('notary');
    await friend('notary', { port });
    await witnessedUpTo(5);
    expect(await verified(id, policy)).toMatchObject({ proven: { level: 'witnessed' } });
    expect(await troubleOf('b')).toBe('');
    expect(await alarmRows()).toEqual([]);
  });

  it('is not held up by one that never answers, where the policy can do without it', async () => {
    const a = await friend('regulator');
    const silent = await stranger(() => undefined);
    const key = cosigner('silent.example/w', Buffer.alloc(32, 5)).vkey;
    await setWitnessPolicy(t.db, `${a.line('a')}witness s ${key} ${silent}\ngroup g any a s\nquorum g\n`);
    const feeder = feed(t);
    for (let i = 1; i <= 4; i++) {
      await writeEntries(t.db, 1);
      sequencer.nudge();
      await witnessedUpTo(i);
    }
    // Stopping does not wait for it either.
    const started = Date.now();
    await feeder.stop();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('cosigns a quiet log again, so that times stay fresh', async () => {
    const a = await friend('regulator');
    await setWitnessPolicy(t.db, `${a.line('a')}quorum a\n`);
    feed(t, { refreshMs: 1_000 });
    await writeEntries(t.db, 1);
    sequencer.nudge();
    await witnessedUpTo(1);
    const at = async () =>
      (await sql<{ at: Date }>`select cosigned_at as at from log_witness`.execute(t.db)).rows[0]?.at;
    const first = await at();
    await until(async () => ((await at())?.getTime() ?? 0) > (first?.getTime() ?? 0), 'a later time');
    const { rows } = await sql<{ note: string }>`select witnessed_checkpoint as note from log_state`.execute(t.db);
    expect(parseNote(rows[0]?.note ?? '')?.signatures).toHaveLength(2);
  });

  it('learns the size of a witness that knows less, or nothing any more', async () => {
    const a = await friend('regulator');
    await setWitnessPolicy(t.db, `${a.line('a')}quorum a\n`);
    const first = feed(t);
    await writeEntries(t.db, 40);
    sequencer.nudge();
    await witnessedUpTo(40);
    await first.stop();
    feeders.splice(0);
    // The database remembers another size than the witness has.
    await sql`update log_witness set size = 17`.execute(t.db);
    feed(t);
    await writeEntries(t.db, 1);
    sequencer.nudge();
    await witnessedUpTo(41);
    expect(alarms).toEqual([]);
  });
});

describe('a policy', () => {
  it('that asks for more makes what was witnessed before count anew', async () => {
    const [a, b] = [await friend('regulator'), await friend('notary')];
    await setWitnessPolicy(t.db, `${a.line('a')}quorum a\n`);
    feed(t);
    await writeEntries(t.db, 2);
    sequencer.nudge();
    await witnessedUpTo(2);
    await setWitnessPolicy(t.db, both(a.line('a'), b.line('b')));
    expect((await logStatus(t.db))?.witnessedSize).toBeNull();
    await witnessedUpTo(2);
    // One that asks for less takes it as it is.
    await setWitnessPolicy(t.db, `${b.line('b')}quorum b\n`);
    expect((await logStatus(t.db))?.witnessedSize).toBe(2);
    const { rows } = await sql<{ name: string }>`select name from log_witness`.execute(t.db);
    expect(rows).toEqual([{ name: 'b' }]);
    await setWitnessPolicy(t.db, null);
    expect((await logStatus(t.db))?.witnessedSize).toBeNull();
    expect(await policyFile(t.db)).toMatch(/^log \S+\nquorum none\n$/);
  });

  it('of an operator is taken without its logs, and refused with the line when it is wrong', () => {
    const w = cosigner('w.example', Buffer.alloc(32, 1)).vkey;
    const text = `# ours\nlog ${'x'}\n`;
    expect(() => operatorPolicy(Buffer.from(text))).toThrow('line 2');
    const logLine = 'log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n';
    expect(operatorPolicy(Buffer.from(`# ours\n${logLine}witness 公证 ${w} https://w.example/\nquorum 公证`))).toBe(
      `# ours\nwitness 公证 ${w} https://w.example/\nquorum 公证\n`,
    );
    expect(() => operatorPolicy(Buffer.from(`witness w ${w}\nquorum w\n`))).toThrow('no http(s) address for w');
    expect(() => operatorPolicy(Buffer.from(`witness w ${w} ftp://x/\nquorum w\n`))).toThrow('no http(s) address');
    expect(() => operatorPolicy(Buffer.from(`witness w\xff ${w} http://x/\nquorum none\n`, 'latin1'))).toThrow('UTF-8');
  });
});

describe('a hostile or broken witness', () => {
  const key = cosigner('odd.example/w', Buffer.alloc(32, 9));
  const answers: [string, RequestListener, RegExp, boolean][] = [
    ['a page of HTML', (_, r) => void r.end('<html></html>'), /no right cosignature/, true],
    ['an empty answer', (_, r) => void r.end(), /no right cosignature/, true],
    [
      'another witness’s line',
      (_, r) => void r.end('— other.example/w AAAAAAAAAAAAAAAA\n'),
      /no right cosignature/,
      true,
    ],
    [
      'a signature of nothing',
      (_, r) => void r.end(`— ${key.name} ${Buffer.concat([key.keyId, Buffer.alloc(72, 1)]).toString('base64')}\n`),
      /no right cosignature/,
      true,
    ],
    ['an answer without end', (_, r) => void r.end('x'.repeat(100_000)), /too long/, false],
    ['a redirect', (_, r) => void r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /redirect/, false],
    ['404', (_, r) => void r.writeHead(404).end('unknown log\n'), /HTTP 404: unknown log/, false],
    ['a size that is none', (_, r) => void r.writeHead(409).end('-1\n'), /HTTP 409/, false],
    ['the size it was asked for', (_, r) => void r.writeHead(409).end('0\n'), /refuses that/, false],
    ['500', (_, r) => void r.writeHead(500).end(), /HTTP 500/, false],
    ['a broken connection', (request) => void request.destroy(), /fetch failed/, false],
  ];
  it.each(answers)('%s is no cosignature', async (_, listener, trouble, alarm) => {
    const url = await stranger(listener);
    await setWitnessPolicy(t.db, `witness odd ${key.vkey} ${url}\nquorum odd\n`);
    feed(t);
    await writeEntries(t.db, 2);
    sequencer.nudge();
    await settled(t.db);
    await until(async () => trouble.test(await troubleOf('odd')), `the trouble is noted: ${await troubleOf('odd')}`);
    expect((await alarmRows()).map((row) => row.kind)).toEqual(alarm ? ['bad-cosignature'] : []);
    expect((await logStatus(t.db))?.witnessedSize).toBeNull();
    expect((await logFile(t.db, log.store, 'checkpoint'))?.bytes.toString().match(/—/g)).toHaveLength(1);
  });

  it('a clock an hour ahead says nothing of now', async () => {
    const ahead = cosigner('odd.example/w', Buffer.alloc(32, 9), () => Math.floor(Date.now() / 1000) + 3_600);
    const url = await stranger(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      const text = parseNote(body.slice(body.indexOf('\n\n') + 2))?.text ?? '';
      response.end(await signatureLine(text, ahead));
    });
    await setWitnessPolicy(t.db, `witness odd ${key.vkey} ${url}\nquorum odd\n`);
    feed(t);
    await writeEntries(t.db, 2);
    sequencer.nudge();
    await until(async () => (await troubleOf('odd')).includes('its clock is ahead'), 'the trouble is noted');
    expect((await logStatus(t.db))?.witnessedSize).toBeNull();
  });
});

describe('two histories under one key', () => {
  /** A second database whose log has the same key and name: what a thief of the key, or a restored back-up, would run. */
  async function secondHistory(entries: number): Promise<TestDatabase> {
    const other = await testDatabase();
    const folder = await testLog();
    servers.push(folder.drop, other.drop);
    await writeEntries(other.db, entries);
    const second = await sequence(other, { ...folder, keys: log.keys } as typeof log);
    second.nudge();
    await settled(other.db);
    return other;
  }

  it('only the first is cosigned; the second is refused, told, and proven', async () => {
    const a = await friend('regulator');
    await setWitnessPolicy(t.db, `${a.line('a')}quorum a\n`);
    feed(t);
    await writeEntries(t.db, 10);
    sequencer.nudge();
    await settled(t.db);
    await witnessedUpTo(10);
    const other = await secondHistory(14);
    await setWitnessPolicy(other.db, `${a.line('a')}quorum a\n`);
    feed(other);
    const found = () => sql<{ kind: string }>`select kind from log_alarm`.execute(other.db);
    await until(async () => (await found()).rows.some((row) => row.kind === 'inconsistent'), 'the alarm');
    expect((await logStatus(other.db))?.witnessedSize).toBeNull();
    const cases = await a.store.cases();
    expect(cases.map((one) => checkMisbehaviour(one, [a.witness.key]).finding)).toEqual(['unsigned']);
    const key = await logKeyOf();
    expect(cases.map((one) => checkMisbehaviour(one, [key]).finding)).toEqual(['proven']);
    // The first goes on as if nothing had been.
    await writeEntries(t.db, 1);
    sequencer.nudge();
    await witnessedUpTo(11);
  });

  it('a log that is behind its witness learns that it is not the whole, with the signed proof of it', async () => {
    const a = await friend('regulator');
    await setWitnessPolicy(t.db, `${a.line('a')}quorum a\n`);
    feed(t);
    await writeEntries(t.db, 10);
    sequencer.nudge();
    await settled(t.db);
    await witnessedUpTo(10);
    const other = await secondHistory(4);
    await setWitnessPolicy(other.db, `${a.line('a')}quorum a\n`);
    feed(other);
    const found = () =>
      sql<{ kind: string; detail: string; evidence: string | null }>`select * from log_alarm`.execute(other.db);
    await until(async () => (await found()).rows.length > 0, 'the alarm');
    const { rows } = await found();
    expect(rows).toMatchObject([{ kind: 'witness-ahead', detail: 'it cosigned 10 entries, more than the log has' }]);
    expect(parseCheckpoint(parseNote(rows[0]?.evidence ?? '')?.text ?? '')?.size).toBe(10n);
    expect(alarms.filter((text) => text.includes('witness-ahead'))).toHaveLength(1);
  });
});

describe('a change of the log’s key', () => {
  it('is followed by a witness with both keys, and while both sign by one with the old key alone', async () => {
    const keys: SigningKeys = { provider: log.keys, suite: 'international', origin: ORIGIN };
    const kernel: Kernel = { db: t.db, rulebook: loadRulebook(), committed: () => sequencer.nudge() };
    const old = await logKeyOf();
    const a = await friend('regulator');
    await setWitnessPolicy(t.db, `${a.line('a')}quorum a\n`);
    feed(t);
    const [early = ''] = await writeEntries(t.db, 2);
    sequencer.nudge();
    await witnessedUpTo(2);
    await rotateKeys(kernel, keys, { purpose: 'log', reason: 'scheduled', overlapDays: 1 });
    await until(async () => (await logKeyOf()).vkey !== old.vkey, 'the new key signs');
    // The old key still signs beside the new one: this witness knows only that, and goes on.
    await writeEntries(t.db, 2);
    sequencer.nudge();
    await witnessedUpTo(5);
    const now = await logKeyOf();
    expect((await logVkeys(t.db)).sort()).toEqual([old.vkey, now.vkey].sort());
    await sql`update signing_key set signs_until = now() - interval '1 second' where signs_until is not null`.execute(
      t.db,
    );
    const served = async () => (await logFile(t.db, log.store, 'checkpoint'))?.bytes.toString() ?? '';
    const oldLine = Buffer.from(old.id).toString('base64').slice(0, 5);
    await until(async () => !(await served()).includes(`— ${ORIGIN} ${oldLine}`), 'the old key has ended');
    await writeEntries(t.db, 1);
    sequencer.nudge();
    await until(async () => (await troubleOf('a')) !== '', 'it does not take a key it does not know');
    // Its operator gives it the new key: same store, same address.
    const port = Number(new URL(a.server.url).port);
    await a.close();
    await friend('regulator', { port, logs: [old, now] });
    await witnessedUpTo(6);
    const policy = (await policyFile(t.db)) ?? '';
    expect(await verified(early, policy)).toMatchObject({ proven: { level: 'witnessed', size: 6n } });
    expect(await alarmRows()).toEqual([]);
  });
});
