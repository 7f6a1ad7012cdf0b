import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../root.ts';
import { execKeyProvider } from '../exec-keys.ts';
import { ed25519Signer, type LogSigner, parsePrivateKey, signNote } from '../note.ts';
import {
  base64,
  checkMisbehaviour,
  checkNote,
  cosignatureTime,
  formatKey,
  isConsistent,
  linesOf,
  type NoteKey,
  parseCheckpoint,
  parseKey,
  parseNote,
} from '../verify/index.ts';
import { lockFolder } from './lock.ts';
import { cosigner } from './signer.ts';
import { KEPT_MAX, originHash, WitnessStore } from './store.ts';
import { type MemoryLog, memoryLog, requestOf, scratch } from './testing.ts';
import { type Answer, Witness, type WitnessOptions } from './witness.ts';

let place: Awaited<ReturnType<typeof scratch>>;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.drop());

/** Each call of the clock is a second later, so that no limit is met by accident. */
function ticking(from = 1_770_000_000_000): () => number {
  let now = from;
  return () => {
    now += 1_000;
    return now;
  };
}

async function openWitness(logs: readonly NoteKey[], options: Partial<WitnessOptions> = {}): Promise<Witness> {
  const store = await WitnessStore.open(place.folder);
  return Witness.open({ store, logs, name: 'witness.example/w1', nowMs: ticking(), ...options });
}

const ask = (witness: Witness, body: string | Uint8Array): Promise<Answer> => witness.addCheckpoint(Buffer.from(body));
const log = memoryLog();
const forked = memoryLog({ forkedAt: 90 });

function keyOf(vkey: string): NoteKey {
  const key = parseKey(vkey);
  if (!key) throw new Error(vkey);
  return key;
}

/** What an answer of 200 proves: a cosignature of this witness on this checkpoint. */
function cosigned(witness: Witness, checkpoint: string, answer: Answer): bigint {
  const note = parseNote(checkpoint + answer.body);
  if (answer.status !== 200 || !note) throw new Error(`${answer.status} ${answer.body}`);
  expect(checkNote(note, witness.key)).toBe('signed');
  return cosignatureTime(linesOf(note, witness.key)[0]?.signature ?? new Uint8Array()) ?? 0n;
}

describe('the transcript of litewitness (FiloSottile/torchwood), with the status codes of the pinned text', () => {
  const origin = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
  const publicKey = Buffer.from('ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f', 'hex');
  const note = (size: number, root: string, signature: string, name = origin) =>
    `${name}\n${size}\n${root}\n\n— ${name} ${signature}\n`;
  const one = note(
    1,
    'KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=',
  );
  const ROOT3 = 'RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=';
  const SIGNATURE3 = 'UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=';
  const three = note(3, ROOT3, SIGNATURE3);
  const five = note(
    5,
    'QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=',
    'UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=',
  );
  const h = (start: string) => `${start}${'A'.repeat(43 - start.length)}=\n`;
  const P13 = h('KgE') + h('KgI');
  const steps: [string, string, number, string?][] = [
    ['the first checkpoint', `old 0\n\n${one}`, 200],
    // A letter of the signature changed: in the original the last one is cut short.
    ['a wrong signature', `old 1\n${P13}\n${note(3, ROOT3, SIGNATURE3.replace('VbtI', 'VbtJ'))}`, 403],
    ['an unknown log', `old 1\n${P13}\n${note(3, ROOT3, SIGNATURE3, origin.replace(/2$/, '3'))}`, 404],
    ['no proof', `old 1\n\n${three}`, 422],
    ['a wrong proof', `old 1\n${h('KgE')}${`KgI${'A'.repeat(37)}ABA=\n`}\n${three}`, 422],
    ['a right proof', `old 1\n${P13}\n${three}`, 200],
    [
      'an old size that is past',
      `old 1\n${h('KgE')}+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\n${h('KgQ')}\n${five}`,
      409,
      '3\n',
    ],
    [
      'the right one',
      `old 3\n${h('KgI')}${h('KgM')}wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=\n${h('KgQ')}\n${five}`,
      200,
    ],
    ['an old size of nought, to learn the size', `old 0\n\n${five}`, 409, '5\n'],
  ];

  it('is answered step by step', async () => {
    const witness = await openWitness([keyOf(formatKey(origin, publicKey))], { name: 'example.com/witness' });
    for (const [step, body, status, text] of steps) {
      const answer = await ask(witness, body);
      expect([step, answer.status]).toEqual([step, status]);
      if (status === 200) cosigned(witness, body.slice(body.indexOf('\n\n') + 2), answer);
      if (text !== undefined) expect(answer).toMatchObject({ body: text, mediaType: 'text/x.tlog.size' });
    }
  });
});

describe('the cases of transparency-dev/witness', () => {
  const monkeys = keyOf('monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT');
  const five =
    'monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n\n— monkeys 202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=\n';
  const eight =
    'monkeys\n8\nV8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=\n\n— monkeys 202ffoUEboiQYpHzICeaFmoy3RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8GxrjePZhvDCH7Ag=\n';
  const proof = [
    'b9e1d62618f7fee8034e4c5010f727ab24d8e4705cb296c374bf2025a87a10d2',
    'aac66cd7a79ce4012d80762fe8eec3a77f22d1ca4145c3f4cee022e7efcd599d',
    '89d0f753f66a290c483b39cd5e9eafb12021293395fad3d4a2ad053cfbcfdc9e',
    '29e40bb79c966f4c6fe96aff6f30acfce5f3e8d84c02215175d6e018a5dee833',
  ].map((hash) => Buffer.from(hash, 'hex'));
  const signer = parsePrivateKey(
    'PRIVATE+KEY+monkeys+db4d9f7e+ATWIAF3yVBG+Hv1rZFQoNt/BaURkLPtOFMAM2HrEeIr6',
  ) as LogSigner;
  const made = (size: number, root: string) =>
    signNote(`monkeys\n${size}\n${base64(Buffer.from(root, 'hex'))}\n`, [signer]);
  const ROOT5 = 'e35b268c1522014ef412d2a54fa94838862d453631617b0307e5c77dcbeefc11';
  const FORGED5 = `ffffffffffffffff${ROOT5.slice(16)}`;
  const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

  const cases: [string, string | [number, string], number, Buffer[], string | [number, string], number][] = [
    ['a tree that grew', five, 5, proof, eight, 200],
    ['an old size that is another', five, 2, proof, eight, 409],
    ['a proof from the empty tree', [0, EMPTY], 0, proof, [5, ROOT5], 422],
    ['the empty tree, then a larger one', [0, EMPTY], 0, [], [5, ROOT5], 200],
    ['the same again', five, 5, [], [5, ROOT5], 200],
    ['the same size with another root', five, 5, [], [5, FORGED5], 422],
    ['a missing proof', [4, ROOT5], 4, [], [5, ROOT5], 422],
    ['a smaller checkpoint', eight, 8, proof, five, 400],
    ['a proof of garbage', five, 5, proof.map((_, i) => Buffer.alloc(32, i)), eight, 422],
    ['an empty tree with another root', [0, EMPTY], 0, [], [0, ROOT5], 422],
  ];
  it.each(cases)('%s', async (_, first, old, hashes, second, status) => {
    const noteOf = async (given: string | [number, string]) => (typeof given === 'string' ? given : made(...given));
    const witness = await openWitness([monkeys]);
    expect((await ask(witness, requestOf(0, [], await noteOf(first)))).status).toBe(200);
    expect((await ask(witness, requestOf(old, hashes, await noteOf(second)))).status).toBe(status);
    const kept = witness.checkpointOf(originHash('monkeys')) ?? '';
    expect(parseNote(kept)?.text).toBe(parseNote(await noteOf(status === 200 ? second : first))?.text);
  });
});

describe('what is malformed', () => {
  const good = (): Promise<string> => log.request(0, 10);
  const cases: [string, (body: string) => string | Uint8Array, number][] = [
    ['nothing', () => '', 400],
    ['no old size', (b) => b.replace('old 0\n', ''), 400],
    ['a word for old', (b) => b.replace('old 0', 'new 0'), 400],
    ['two spaces', (b) => b.replace('old 0', 'old  0'), 400],
    ['a size with a zero in front', (b) => b.replace('old 0', 'old 00'), 400],
    ['a size with a sign', (b) => b.replace('old 0', 'old +0'), 400],
    ['a size of 2^63', (b) => b.replace('old 0', `old ${2n ** 63n}`), 400],
    ['carriage returns', (b) => b.replaceAll('\n', '\r\n'), 400],
    ['a proof that is no base64', (b) => b.replace('old 0\n', 'old 0\nZ043\n423ed\n'), 400],
    ['a hash of 31 bytes', (b) => b.replace('old 0\n', `old 0\n${base64(Buffer.alloc(31))}\n`), 400],
    ['sixty-four hashes', (b) => b.replace('old 0\n', `old 0\n${`${base64(Buffer.alloc(32))}\n`.repeat(64)}`), 400],
    [
      'sixty-three hashes, but from an empty tree',
      (b) => b.replace('old 0\n', `old 0\n${`${base64(Buffer.alloc(32))}\n`.repeat(63)}`),
      422,
    ],
    ['no empty line', (b) => b.replace('\n\n', '\n'), 400],
    ['no signature', (b) => b.replace(/— .*\n/, ''), 400],
    ['bytes that are not UTF-8', (b) => Buffer.concat([Buffer.from(b), Buffer.of(0xff)]), 400],
    ['no newline at the end', (b) => b.slice(0, -1), 400],
    ['an old size above the new', (b) => b.replace('old 0', 'old 11'), 400],
    ['another log', (b) => b.replaceAll('log.example/memory', 'log.example/other'), 404],
    ['a changed size', (b) => b.replace('\n10\n', '\n11\n'), 403],
    ['only a stranger’s signature', (b) => b.replace(/— log.example\/memory /, '— stranger.example '), 403],
  ];
  it.each(cases)('%s', async (_, change, status) => {
    const witness = await openWitness([log.key]);
    expect((await ask(witness, change(await good()))).status).toBe(status);
    expect(witness.checkpointOf(originHash(log.key.name))).toBeUndefined();
  });

  it('a signed text that is no checkpoint', async () => {
    const witness = await openWitness([log.key]);
    const note = await signNote('log.example/memory\nten\n', [log.signer]);
    expect((await ask(witness, requestOf(0, [], note))).status).toBe(400);
  });

  it('a right line beside a wrong one of the same key', async () => {
    const witness = await openWitness([log.key]);
    const checkpoint = await log.checkpoint(10);
    const wrong = checkpoint.replace('\n10\n', '\n11\n').replace('\n11\n', '\n10\n');
    const lineOf12 = (await log.checkpoint(12)).split('\n').at(-2);
    expect((await ask(witness, requestOf(0, [], `${wrong}${lineOf12}\n`))).status).toBe(403);
  });
});

describe('a witness', () => {
  it('cosigns every way a log may grow, again with a fresh time, and serves its latest', async () => {
    const witness = await openWitness([log.key]);
    let size = 0;
    let before = 0n;
    for (const next of [0, 1, 2, 3, 3, 7, 8, 255, 256, 257, 512, 600, 600]) {
      const time = cosigned(witness, await log.checkpoint(next), await ask(witness, await log.request(size, next)));
      expect(time).toBeGreaterThan(before);
      before = time;
      size = next;
    }
    const served = parseNote(witness.checkpointOf(originHash(log.key.name)) ?? '');
    expect(served && [checkNote(served, log.key), checkNote(served, witness.key)]).toEqual(['signed', 'signed']);
    expect(served?.signatures).toHaveLength(2);
    expect(witness.checkpointOf(originHash('another'))).toBeUndefined();
  });

  it('takes any of several keys of a log, and passes on no line it did not check', async () => {
    const next = ed25519Signer(log.key.name, Buffer.alloc(32, 8));
    const witness = await openWitness([log.key, keyOf(next.vkey)]);
    const stranger = ed25519Signer('stranger.example', Buffer.alloc(32, 9));
    const both = await log.checkpoint(5, [log.signer, next, stranger]);
    expect((await ask(witness, requestOf(0, [], both))).status).toBe(200);
    const served = parseNote(witness.checkpointOf(originHash(log.key.name)) ?? '');
    expect(served?.signatures.map((s) => s.name)).toEqual([log.key.name, log.key.name, 'witness.example/w1']);
    const newOnly = requestOf(5, log.consistency(5, 9), await log.checkpoint(9, [next]));
    expect((await ask(witness, newOnly)).status).toBe(200);
  });

  it('keeps logs apart', async () => {
    const other = memoryLog({ origin: 'log.example/second', seed: 30 });
    const witness = await openWitness([log.key, other.key]);
    expect((await ask(witness, await log.request(0, 10))).status).toBe(200);
    expect((await ask(witness, await other.request(0, 20))).status).toBe(200);
    expect((await ask(witness, await log.request(0, 20))).body).toBe('10\n');
  });

  it('knows after a restart what it cosigned before; its key and name stay', async () => {
    const first = await openWitness([log.key]);
    await ask(first, await log.request(0, 33));
    const second = await openWitness([log.key], { name: undefined });
    expect(second.key.vkey).toBe(first.key.vkey);
    expect((await ask(second, await log.request(0, 40))).body).toBe('33\n');
    expect((await ask(second, await log.request(33, 40))).status).toBe(200);
    await expect(openWitness([log.key], { name: 'witness.example/w2' })).rejects.toThrow('is named witness.example/w1');
    const key = join(place.folder, 'witness.key');
    expect(((await stat(key)).mode & 0o777).toString(8)).toBe('600');
  });

  it('does not begin anew over a lost key or a damaged record', async () => {
    const witness = await openWitness([log.key]);
    await ask(witness, await log.request(0, 5));
    await ask(witness, await log.request(5, 9));
    const folder = join(place.folder, 'logs', originHash(log.key.name));
    const newest = join(folder, (await readdir(folder)).sort().at(-1) ?? '');
    const sound = await readFile(newest);
    await writeFile(newest, sound.subarray(0, 20));
    await expect(openWitness([log.key])).rejects.toThrow('roll it back');
    await writeFile(newest, sound);
    await rm(join(place.folder, 'witness.key'));
    await expect(openWitness([log.key])).rejects.toThrow('key is gone');
  });

  it('signs with a key that a program keeps, and does not begin anew when that is lost', async () => {
    const elsewhere = join(place.folder, 'elsewhere');
    process.env.SHUHENG_KEY_FOLDER = elsewhere;
    try {
      const keys = execKeyProvider(join(ROOT, 'examples/keys/openssl.sh'));
      const witness = await openWitness([log.key], { keys, name: 'held.example/w' });
      const answer = await ask(witness, await log.request(0, 5));
      expect(answer.status).toBe(200);
      const note = parseNote((await log.checkpoint(5)) + answer.body);
      expect(note && checkNote(note, witness.key)).toBe('signed');
      expect(await readdir(elsewhere)).toEqual(['witness.pem']);
      expect(await readdir(place.folder)).not.toContain('witness.key');
      const again = await openWitness([log.key], { keys, name: 'held.example/w' });
      expect(again.key.vkey).toBe(witness.key.vkey);
      await rm(join(elsewhere, 'witness.pem'));
      await expect(openWitness([log.key], { keys, name: 'held.example/w' })).rejects.toThrow('key is gone');
    } finally {
      delete process.env.SHUHENG_KEY_FOLDER;
    }
  });

  it('keeps a bounded past', async () => {
    const witness = await openWitness([log.key]);
    const store = await WitnessStore.open(place.folder);
    const { signer } = log;
    const own = cosigner('any.example', Buffer.alloc(32, 1));
    const note = await log.checkpoint(1, [signer, own]);
    for (let number = 1; number <= KEPT_MAX + 9; number++)
      expect(await store.append(log.key.name, number - 1, note)).toBe(number);
    // A slow writer whose number was used and swept since is told that it was not first.
    expect(await store.append(log.key.name, 3, note)).toBeUndefined();
    expect(await store.append(log.key.name, KEPT_MAX, note)).toBeUndefined();
    expect((await readdir(join(place.folder, 'logs', originHash(log.key.name)))).length).toBeLessThanOrEqual(
      KEPT_MAX + 1,
    );
    expect(await readdir(join(place.folder, '.making'))).toEqual([]);
    expect(witness.checkpointOf(originHash(log.key.name))).toBeUndefined();
  });

  it('answers one request of many at once for the same step; the others learn the new size', async () => {
    const witness = await openWitness([log.key]);
    await ask(witness, await log.request(0, 10));
    const bodies = await Promise.all([20, 30, 40, 50, 60].map((size) => log.request(10, size)));
    const answers = await Promise.all(bodies.map((body) => ask(witness, body)));
    expect(answers.map((a) => a.status)).toEqual([200, 409, 409, 409, 409]);
    expect(answers[4]?.body).toBe('20\n');
  });

  it('two processes on one store: one step for one of them, never back', async () => {
    const [a, b] = [await openWitness([log.key]), await openWitness([log.key])];
    let size = 0;
    const at = { a: 0, b: 0 };
    for (let round = 1; round <= 20; round++) {
      const [longer, shorter] = [await log.request(size, size + 9), await log.request(size, size + 4)];
      const answers = await Promise.all([ask(a, longer), ask(b, shorter)]);
      const won = answers.map((x) => x.status).sort();
      expect(won, `round ${round}`).toEqual([200, 409]);
      size += answers[0]?.status === 200 ? 9 : 4;
      at[answers[0]?.status === 200 ? 'a' : 'b']++;
      const reopened = await openWitness([log.key]);
      expect(parseCheckpoint(parseNote(reopened.checkpointOf(originHash(log.key.name)) ?? '')?.text ?? '')?.size).toBe(
        BigInt(size),
      );
    }
    expect(at.a + at.b).toBe(20);
  });

  it('a folder is for one process: the second is told', async () => {
    const unlock = await lockFolder(place.folder);
    await expect(lockFolder(place.folder)).rejects.toThrow('Another witness process');
    await unlock();
    // One that died holding it does not stand in the way, nor does another process that got its number.
    await writeFile(join(place.folder, 'lock'), '4194304 12\n');
    await (await lockFolder(place.folder))();
    await writeFile(join(place.folder, 'lock'), `${process.pid} 12\n`);
    await (await lockFolder(place.folder))();
  }, 30_000);

  it('signs no later tree with an earlier time, and stops when its clock is far behind', async () => {
    let now = 1_770_000_000_000;
    const witness = await openWitness([log.key], { nowMs: () => now });
    const step = async (older: number, size: number) => ask(witness, await log.request(older, size));
    const first = cosigned(witness, await log.checkpoint(5), await step(0, 5));
    now -= 200_000;
    expect(cosigned(witness, await log.checkpoint(6), await step(5, 6))).toBe(first);
    now -= 200_000;
    expect((await step(6, 7)).status).toBe(503);
    // Also after a restart, and for another log: time is one.
    const again = await openWitness([log.key], { nowMs: () => now });
    expect((await ask(again, await log.request(6, 7))).status).toBe(503);
    now += 400_000;
    expect((await step(6, 7)).status).toBe(200);
    now = 0;
    expect((await step(7, 8)).status).toBe(503);
  });

  it('lets no log use up the others’ time', async () => {
    const witness = await openWitness([log.key], { nowMs: () => 1_770_000_000_000 });
    const body = await log.request(0, 10);
    const statuses: number[] = [];
    for (let i = 0; i < 25; i++) statuses.push((await ask(witness, body)).status);
    expect([statuses[0], statuses.filter((s) => s === 409).length, statuses.filter((s) => s === 429).length]).toEqual([
      200, 19, 5,
    ]);
  });
});

describe('misbehaviour', () => {
  const findings = async (): Promise<string[]> => {
    const cases = await (await WitnessStore.open(place.folder)).cases();
    return cases.map((one) => checkMisbehaviour(one, [log.key]).finding);
  };
  const alarms: string[] = [];
  const witnessOf = () => openWitness([log.key], { onAlarm: (text) => void alarms.push(text) });

  it('a split view of one size is refused, and proof of it kept once', async () => {
    const witness = await witnessOf();
    await ask(witness, await log.request(0, 100));
    for (let i = 0; i < 2; i++)
      expect((await ask(witness, requestOf(100, [], await forked.checkpoint(100)))).status).toBe(422);
    expect(await findings()).toEqual(['proven']);
    expect(alarms.at(-1)).toContain('the log signed two histories');
    const [kept] = await (await WitnessStore.open(place.folder)).cases();
    if (!kept) throw new Error('no case');
    // Nobody can make such evidence without the log's key.
    expect(checkMisbehaviour(kept, []).finding).toBe('unsigned');
    expect(checkMisbehaviour({ ...kept, shown: kept.shown.replace('\n100\n', '\n101\n') }, [log.key]).finding).toBe(
      'unsigned',
    );
    expect(checkMisbehaviour({ ...kept, shown: kept.held }, [log.key]).finding).toBe('consistent');
    expect(checkMisbehaviour({ ...kept, held: 'x' }, [log.key]).finding).toBe('unreadable');
  });

  it('a split view of an earlier size is seen too, though the answer is the present size', async () => {
    const witness = await witnessOf();
    await ask(witness, await log.request(0, 95));
    await ask(witness, await log.request(95, 120));
    expect((await ask(witness, requestOf(0, [], await forked.checkpoint(95)))).body).toBe('120\n');
    expect(await findings()).toEqual(['proven']);
  });

  it('a larger tree that does not begin with the cosigned one is proven by its own consistency proof', async () => {
    const witness = await witnessOf();
    await ask(witness, await log.request(0, 100));
    const answer = await ask(witness, await forked.request(100, 150));
    expect(answer.status).toBe(422);
    expect(await findings()).toEqual(['proven']);
    const { held, shown } = (await (await WitnessStore.open(place.folder)).cases())[0] ?? { held: '', shown: '' };
    expect([held, shown].map((note) => note.split('\n')[1])).toEqual(['100', '150']);
    expect(parseCheckpoint(parseNote(shown)?.text ?? '')?.root).toEqual(Uint8Array.from(forked.root(150)));
  });

  it('a wrong proof alone is suspicion, not proof', async () => {
    const witness = await witnessOf();
    await ask(witness, await log.request(0, 100));
    const proof = log.consistency(100, 150).map((_, i) => Buffer.alloc(32, i));
    expect((await ask(witness, requestOf(100, proof, await log.checkpoint(150)))).status).toBe(422);
    expect((await ask(witness, requestOf(100, [], await log.checkpoint(160)))).status).toBe(422);
    expect(await findings()).toEqual(['suspect', 'suspect']);
    // The log mends its proof and goes on.
    expect((await ask(witness, await log.request(100, 150))).status).toBe(200);
  });

  it('an honest log leaves nothing, whatever it asks', async () => {
    const witness = await witnessOf();
    for (const [older, size] of [
      [0, 50],
      [0, 60],
      [20, 60],
      [50, 60],
      [50, 60],
      [60, 40],
      [60, 60],
    ] as const)
      await ask(witness, await log.request(older, size));
    expect(await findings()).toEqual([]);
  });

  it('a roll-back to an older database is refused for as long as it is shorter, and proven once it is not', async () => {
    const witness = await witnessOf();
    await ask(witness, await log.request(0, 100));
    const rolledBack: MemoryLog = forked;
    expect((await ask(witness, await rolledBack.request(90, 95))).body).toBe('100\n');
    expect((await ask(witness, requestOf(100, [], await rolledBack.checkpoint(95)))).status).toBe(400);
    expect((await ask(witness, await rolledBack.request(100, 130))).status).toBe(422);
    expect(await findings()).toContain('proven');
    const served = parseCheckpoint(parseNote(witness.checkpointOf(originHash(log.key.name)) ?? '')?.text ?? '');
    expect(served?.size).toBe(100n);
  });
});

describe('the cosigner', () => {
  it('makes the line that Go made from the same seed', async () => {
    const file = new URL('../../../../conformance/vectors/tlog-vectors.json', import.meta.url);
    const vectors = JSON.parse(await readFile(file, 'utf8')) as Record<string, string> & { cosignature_time: number };
    const signer = cosigner(
      'example.com/witness/regulator',
      Buffer.from(vectors.witness_seed_hex ?? '', 'hex'),
      () => vectors.cosignature_time,
    );
    expect(signer.vkey).toBe(vectors.witness_vkey);
    const text = parseNote(vectors.checkpoint ?? '')?.text ?? '';
    expect(await signNote(text, [signer])).toBe(`${text}\n${vectors.cosignature_line}`);
    expect(() => cosigner('a name', Buffer.alloc(32))).toThrow('cannot name a witness');
  });
  it('consistency is what the witness checks, and no more than that', () => {
    const tree = (l: MemoryLog, size: number) => ({ size: BigInt(size), root: l.root(size) });
    expect(isConsistent(tree(log, 64), tree(log, 100), log.consistency(64, 100))).toBe(true);
    expect(isConsistent(tree(log, 95), tree(forked, 100), forked.consistency(95, 100))).toBe(false);
    expect(isConsistent(tree(log, 80), tree(forked, 100), forked.consistency(80, 100))).toBe(true);
  });
});
