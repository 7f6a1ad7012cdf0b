import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Edge, inclusionRanges, leafHash, rangeRoot } from '../merkle.ts';
import { checkpointText, ed25519Signer, signNote } from '../note.ts';
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
  const [tile] = edge.append(entries.map(leafHash));
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
    edge.append([leafHash(plain)]);
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
        expect(from, name).toMatch(/^(@noble\/(hashes|curves)\/[\w./]+|\.\/[\w-]+\.ts)$/);
      }
    }
  });
});
