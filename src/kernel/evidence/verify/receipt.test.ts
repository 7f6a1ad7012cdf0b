import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Edge, inclusionRanges, leafHash, rangeRoot } from '../merkle.ts';
import { checkpointText, ed25519Signer, type LogSigner, signatureLine, signNote } from '../note.ts';
import { cosigner } from '../witness/signer.ts';
import {
  base64,
  type FailedCheck,
  formatProof,
  fromBase64,
  parseNote,
  parseProof,
  type UnreadablePart,
  verifyReceipt,
} from './index.ts';

const ORIGIN = 'log.example/exchange';
const SIZE = 11;
const INDEX = 6;
const signer = ed25519Signer(ORIGIN, Buffer.alloc(32, 7));
const entries = Array.from({ length: SIZE }, (_, i) =>
  Buffer.from(
    JSON.stringify({
      act: 'product.list',
      at: '2026-01-02T03:04:05.000Z',
      id: `rct_${i}`,
      party: 'pty_1',
      subject: `prd_${i}`,
      type: 'shuheng/act/1',
    }),
  ),
);
const entry = entries[INDEX] ?? Buffer.alloc(0);

async function receipt(): Promise<string> {
  const edge = Edge.empty();
  const [tile] = edge.append(Buffer.concat(entries.map(leafHash)));
  const hashes = inclusionRanges(INDEX, SIZE).map((range) => rangeRoot(range, () => tile?.hashes));
  const checkpoint = await signNote(checkpointText({ origin: ORIGIN, size: SIZE, root: edge.root() }), [signer]);
  return formatProof({ index: BigInt(INDEX), hashes, checkpoint });
}

describe('a true receipt', () => {
  it('is proven, and says what that means', async () => {
    const result = verifyReceipt({ proof: await receipt(), entry, vkey: signer.vkey });
    if (result.outcome !== 'proven') throw new Error(result.says.en);
    expect(result.proven).toMatchObject({ log: ORIGIN, index: 6n, size: 11n });
    expect(result.proven.entry).toEqual({
      id: 'rct_6',
      act: 'product.list',
      at: '2026-01-02T03:04:05.000Z',
      party: 'pty_1',
      subject: 'prd_6',
    });
    const words = JSON.stringify([result.says, result.details]);
    for (const word of [ORIGIN, 'rct_6', '2026-01-02T03:04:05.000Z', result.proven.entryHash, '核验通过'])
      expect(words).toContain(word);
  });

  it('is also proven as bytes, with an extra line, with a further signature, for an entry of any form', async () => {
    const proof = await receipt();
    const proven = (parts: Partial<Parameters<typeof verifyReceipt>[0]>) =>
      verifyReceipt({ proof, entry, vkey: signer.vkey, ...parts }).outcome;
    expect(proven({ proof: Buffer.from(proof) })).toBe('proven');
    expect(proven({ vkey: `${signer.vkey}\n` })).toBe('proven');
    expect(proven({ proof: proof.replace('index', 'extra aGVsbG8=\nindex') })).toBe('proven');
    expect(proven({ proof: `${proof}— other.example AAAAAAAA\n` })).toBe('proven');
    const plain = Buffer.from([0xff, 0, 1]);
    const edge = Edge.empty();
    edge.append(leafHash(plain));
    const checkpoint = await signNote(checkpointText({ origin: ORIGIN, size: 1, root: edge.root() }), [signer]);
    expect(proven({ proof: formatProof({ index: 0n, hashes: [], checkpoint }), entry: plain })).toBe('proven');
  });
});

describe('a changed receipt', () => {
  it('no flipped bit passes, in the proof, the entry or the key', async () => {
    const parts = { proof: Buffer.from(await receipt()), entry, vkey: Buffer.from(signer.vkey) };
    for (const name of ['proof', 'entry', 'vkey'] as const) {
      for (let at = 0; at < parts[name].length; at++) {
        const changed = Buffer.from(parts[name]);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        const now = { ...parts, [name]: changed };
        const { outcome } = verifyReceipt({ ...now, vkey: now.vkey.toString('latin1') });
        expect(outcome, `${name} byte ${at}`).not.toBe('proven');
        if (name === 'entry') expect(outcome).toBe('false');
        if (name === 'vkey') expect(outcome).toBe('unreadable');
      }
    }
  });

  const other = ed25519Signer('other.example/log', Buffer.alloc(32, 8));
  const impostor = ed25519Signer(ORIGIN, Buffer.alloc(32, 9));
  const forge = (proof: string, change: (checkpoint: string) => string): string => {
    const parsed = parseProof(proof);
    if (!parsed) throw new Error('unreadable');
    return formatProof({ ...parsed, checkpoint: change(parsed.checkpoint) });
  };
  const untrue: [string, FailedCheck, (proof: string) => Partial<Parameters<typeof verifyReceipt>[0]>][] = [
    ['another entry of the log', 'inclusion', () => ({ entry: entries[5] ?? entry })],
    ['an added newline', 'inclusion', () => ({ entry: Buffer.concat([entry, Buffer.from('\n')]) })],
    ['another index', 'inclusion', (p) => ({ proof: p.replace('index 6', 'index 7') })],
    ['an index beyond the log', 'inclusion', (p) => ({ proof: p.replace('index 6', 'index 11') })],
    ['a hash left out', 'inclusion', (p) => ({ proof: p.replace(/(index 6\n)[^\n]+\n/, '$1') })],
    [
      'a hash too many',
      'inclusion',
      (p) => ({ proof: p.replace('index 6\n', `index 6\n${base64(Buffer.alloc(32))}\n`) }),
    ],
    [
      'a larger size under the old signature',
      'signature',
      (p) => ({ proof: forge(p, (c) => c.replace('\n11\n', '\n12\n')) }),
    ],
    ['the key of another log', 'origin', () => ({ vkey: other.vkey })],
    ['a key of the same name', 'signature', () => ({ vkey: impostor.vkey })],
    [
      'a second, wrong line by the right key',
      'signature',
      (p) => ({ proof: `${p}— ${ORIGIN} ${base64(Buffer.concat([signer.keyId, Buffer.alloc(64)]))}\n` }),
    ],
  ];
  it.each(untrue)('%s is false (%s)', async (_, check, change) => {
    const proof = await receipt();
    const result = verifyReceipt({ proof, entry, vkey: signer.vkey, ...change(proof) });
    expect(result).toMatchObject({ outcome: 'false', check });
    expect(result.says.zh).toContain('不通过');
  });

  const broken: [string, UnreadablePart, (proof: string) => Partial<Parameters<typeof verifyReceipt>[0]>][] = [
    ['nothing', 'proof', () => ({ proof: '' })],
    ['a web page', 'proof', () => ({ proof: '<!doctype html>\n\n<p>Not found</p>\n' })],
    ['carriage returns', 'proof', (p) => ({ proof: p.replaceAll('\n', '\r\n') })],
    ['a byte order mark', 'proof', (p) => ({ proof: `\ufeff${p}` })],
    ['bytes that are not UTF-8', 'proof', (p) => ({ proof: Buffer.concat([Buffer.from(p), Buffer.of(0xff)]) })],
    ['a leading zero', 'proof', (p) => ({ proof: p.replace('index 6', 'index 06') })],
    ['a sign', 'proof', (p) => ({ proof: p.replace('index 6', 'index +6') })],
    ['an index of 2^63', 'proof', (p) => ({ proof: p.replace('index 6', `index ${2n ** 63n}`) })],
    ['a short hash', 'proof', (p) => ({ proof: p.replace(/(index 6\n)[^\n]+\n/, '$1AAAA\n') })],
    [
      'stray bits in base64',
      'proof',
      (p) => ({ proof: p.replace(/(index 6\n[^\n]+)[A-Za-z0-9+/]=\n/, (_, b: string) => `${b}B=\n`) }),
    ],
    [
      'sixty-four hashes',
      'proof',
      (p) => ({ proof: p.replace('index 6\n', `index 6\n${`${base64(Buffer.alloc(32))}\n`.repeat(64)}`) }),
    ],
    ['no signature', 'checkpoint', (p) => ({ proof: p.replace(/— .*\n/, '') })],
    ['a cut signature line', 'checkpoint', (p) => ({ proof: p.slice(0, -9) })],
    ['a size with a zero in front', 'checkpoint', (p) => ({ proof: forge(p, (c) => c.replace('\n11\n', '\n011\n')) })],
    ['a control character', 'checkpoint', (p) => ({ proof: forge(p, (c) => c.replace(ORIGIN, `${ORIGIN}\t`)) })],
    ['an empty entry', 'entry', () => ({ entry: Buffer.alloc(0) })],
    ['an entry of 65,536 bytes', 'entry', () => ({ entry: Buffer.alloc(65_536) })],
    ['a word for a key', 'key', () => ({ vkey: 'secret' })],
    ['a private key for a public one', 'key', () => ({ vkey: `PRIVATE+KEY+${signer.vkey}` })],
  ];
  it.each(broken)('%s is unreadable (%s)', async (_, part, change) => {
    const proof = await receipt();
    expect(verifyReceipt({ proof, entry, vkey: signer.vkey, ...change(proof) })).toMatchObject({
      outcome: 'unreadable',
      part,
    });
  });
});

describe('a cosigned receipt', () => {
  const [regulator, notary, third] = ['regulator', 'notary', 'third'].map((name, i) =>
    cosigner(`${name}.example/w`, Buffer.alloc(32, 20 + i), () => 1_770_000_000 + i),
  ) as [LogSigner, LogSigner, LogSigner];
  const policy = `log ${signer.vkey}\nwitness 监管 ${regulator.vkey}\nwitness 公证 ${notary.vkey}\ngroup both all 监管 公证\nquorum both\n`;
  const cosigned = async (...witnesses: LogSigner[]) => {
    const parsed = parseProof(await receipt());
    const note = parseNote(parsed?.checkpoint ?? '');
    if (!parsed || !note) throw new Error('unreadable');
    return formatProof({ ...parsed, checkpoint: await signNote(note.text, [signer, ...witnesses]) });
  };

  it('is witnessed when the quorum cosigned, and says by whom and when', async () => {
    const result = verifyReceipt({ proof: await cosigned(regulator, notary, third), entry, policy });
    if (result.outcome !== 'proven') throw new Error(result.says.en);
    expect(result.proven).toMatchObject({
      level: 'witnessed',
      witnesses: [
        { name: '监管', at: '2026-02-02T02:40:00Z' },
        { name: '公证', at: '2026-02-02T02:40:01Z' },
      ],
      signatures: ['ed25519'],
    });
    const words = JSON.stringify([result.says, result.details]);
    for (const word of ['已见证', 'witnessed', '监管', '2026-02-02T02:40:01Z']) expect(words).toContain(word);
    expect(words).not.toContain('no independent party');
  });

  it('is but sequenced for who has only the log key, or asks for no quorum', async () => {
    const proof = await cosigned(regulator, notary);
    expect(verifyReceipt({ proof, entry, vkey: signer.vkey })).toMatchObject({
      outcome: 'proven',
      proven: { level: 'sequenced', witnesses: [] },
    });
    const none = `log ${signer.vkey}\nwitness w ${notary.vkey}\nquorum none\n`;
    expect(verifyReceipt({ proof, entry, policy: none })).toMatchObject({
      outcome: 'proven',
      proven: { level: 'sequenced', witnesses: [{ name: 'w' }] },
    });
  });

  it('of too few witnesses is not true by the policy, yet said to be in the log', async () => {
    for (const who of [[], [regulator], [notary, third]]) {
      const result = verifyReceipt({ proof: await cosigned(...who), entry, policy });
      expect(result).toMatchObject({ outcome: 'false', check: 'quorum' });
      expect(result.details[0]?.en).toContain('level: sequenced');
    }
    // Nothing of that is said of an entry that is not in the log.
    const other = verifyReceipt({ proof: await cosigned(regulator), entry: entries[5] ?? entry, policy });
    expect(other).toMatchObject({ outcome: 'false', check: 'inclusion' });
  });

  it('takes the log from the policy, or from the key where both are given', async () => {
    const proof = await cosigned(regulator, notary);
    const rotated = ed25519Signer(ORIGIN, Buffer.alloc(32, 70));
    const older = ed25519Signer('older.example', Buffer.alloc(32, 71));
    const logs = (...vkeys: string[]) => policy.replace(/^log .*\n/, vkeys.map((v) => `log ${v}\n`).join(''));
    expect(verifyReceipt({ proof, entry, policy: logs(older.vkey, rotated.vkey, signer.vkey) }).outcome).toBe('proven');
    expect(verifyReceipt({ proof, entry, policy: logs(rotated.vkey) })).toMatchObject({ check: 'signature' });
    expect(verifyReceipt({ proof, entry, policy: logs(older.vkey) })).toMatchObject({ check: 'origin' });
    expect(verifyReceipt({ proof, entry, policy: logs() })).toMatchObject({ outcome: 'unreadable', part: 'key' });
    expect(verifyReceipt({ proof, entry })).toMatchObject({ outcome: 'unreadable', part: 'key' });
    expect(verifyReceipt({ proof, entry, policy: logs(), vkey: signer.vkey })).toMatchObject({ outcome: 'proven' });
    expect(verifyReceipt({ proof, entry, policy, vkey: rotated.vkey })).toMatchObject({ check: 'signature' });
    const broken = verifyReceipt({ proof, entry, policy: `${policy}quorum none\n` });
    expect(broken).toMatchObject({ outcome: 'unreadable', part: 'policy' });
    expect(broken.details[0]?.en).toContain('Line 6');
  });

  it('a wrong line by a known witness makes the whole untrue; one by a stranger is nothing', async () => {
    const proof = await cosigned(regulator, notary);
    const later = cosigner('third.example/w', Buffer.alloc(32, 22), () => 5);
    const line = await signatureLine('other text\n', later);
    expect(verifyReceipt({ proof: proof + line, entry, policy }).outcome).toBe('proven');
    const withThird = policy.replace('group', `witness third ${third.vkey}\ngroup`);
    expect(verifyReceipt({ proof: proof + line, entry, policy: withThird })).toMatchObject({ check: 'cosignature' });
  });

  it('no flipped bit passes as witnessed, in proof, checkpoint, cosignatures, entry or policy keys', async () => {
    const proof = Buffer.from(await cosigned(regulator, notary));
    for (let at = 0; at < proof.length; at++) {
      const changed = Buffer.from(proof);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(verifyReceipt({ proof: changed, entry, policy }).outcome, `proof byte ${at}`).not.toBe('proven');
    }
    for (let at = 0; at < entry.length; at++) {
      const changed = Buffer.from(entry);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(verifyReceipt({ proof, entry: changed, policy }).outcome).toBe('false');
    }
    const file = Buffer.from(policy);
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const result = verifyReceipt({ proof, entry, policy: changed });
      // A name or a white space that differs says the same; who must sign, and what, cannot differ.
      if (result.outcome !== 'proven') continue;
      const vkeys = [signer, regulator, notary].map((s) => s.vkey);
      expect(
        vkeys.every((vkey) => changed.toString().includes(vkey)),
        `policy byte ${at}`,
      ).toBe(true);
      expect(result.proven.witnesses).toHaveLength(2);
    }
  }, 60_000);
});

describe('forms', () => {
  it('base64 has one spelling', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 89 + length) & 255));
      expect(base64(bytes)).toBe(bytes.toString('base64'));
      expect(Buffer.from(fromBase64(base64(bytes)) ?? [1]).equals(bytes)).toBe(true);
    }
    for (const wrong of ['A', 'AA', 'AAA', 'AB==', 'AAB=', 'A===', 'AA=A', 'AA A', 'AA-_', '===='])
      expect(fromBase64(wrong), wrong).toBeUndefined();
  });

  it('a note is split at its last empty line, and needs at least one right line', async () => {
    const note = await signNote('one\n\ntwo\n', [signer]);
    expect(parseNote(note)?.text).toBe('one\n\ntwo\n');
    for (const wrong of [
      'text\n',
      'text\n\n',
      'text\n\n\n',
      'text\n\n- a AAAAAAAA\n',
      'text\n\n— a+b AAAAAAAA\n',
      'text\n\n— a AAAA\n',
    ]) {
      expect(parseNote(wrong), wrong).toBeUndefined();
    }
    expect(parseNote(`t\n\n${'— a AAAAAAAA\n'.repeat(100)}`)?.signatures).toHaveLength(100);
    expect(parseNote(`t\n\n${'— a AAAAAAAA\n'.repeat(101)}`)).toBeUndefined();
  });
});

describe('the verifier', () => {
  it('imports nothing that only Node or only a browser has, nor the server', () => {
    const here = new URL('.', import.meta.url);
    const sources = readdirSync(here).filter((name) => !name.endsWith('.test.ts'));
    expect(sources).toContain('receipt.ts');
    for (const name of sources) {
      const source = readFileSync(new URL(name, here), 'utf8');
      for (const [, from] of source.matchAll(/^(?:import|export|\}).* from '([^']+)';$/gm)) {
        expect(from, name).toMatch(/^(fflate$|@noble\/(hashes|curves)\/[\w./]+|\.\/[\w-]+\.ts)$/);
      }
    }
  });
});
