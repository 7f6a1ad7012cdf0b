import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateSm2Key } from '../../crypto/index.ts';
import { Edge, leafHash } from '../merkle.ts';
import { checkpointText, ed25519Signer, noteSigner, signNote } from '../note.ts';
import { formatPrivateKey, heldKey, readPrivateKey } from '../private-keys.ts';
import {
  base64,
  checkNote,
  formatKey,
  formatProof,
  fromBase64,
  type NoteKey,
  parseKey,
  parseNote,
  parsePolicy,
  verifyReceipt,
} from './index.ts';

const ORIGIN = 'log.example/sm';
const IDENTIFIER = 'shuheng/sm2-sm3/v1';
const ed = ed25519Signer(ORIGIN, Buffer.alloc(32, 1));
const { scalar } = generateSm2Key();
const sm = noteSigner(ORIGIN, 'sm2', heldKey('sm2', scalar));
const entry = Buffer.from('an entry');

async function receipt(...signers: Parameters<typeof signNote>[1]): Promise<string> {
  const edge = Edge.empty();
  edge.append(leafHash(entry));
  const checkpoint = await signNote(checkpointText({ origin: ORIGIN, size: 1, root: edge.root() }), signers);
  return formatProof({ index: 0n, hashes: [], checkpoint });
}
const policy = (...lines: string[]) => `log ${ed.vkey}\n${lines.map((line) => `${line}\n`).join('')}quorum none\n`;
const keyOf = (vkey: string): NoteKey => {
  const key = parseKey(vkey);
  if (!key) throw new Error(`${vkey} is no key`);
  return key;
};

describe('an SM2 key of a note', () => {
  it('is the type byte, the identifier and the point; its id follows the rule of signed notes', () => {
    const encoded = sm.vkey.slice(ORIGIN.length + '+'.length + 8 + '+'.length);
    const bytes = Buffer.from(fromBase64(encoded) ?? []);
    expect(bytes.subarray(0, 1 + IDENTIFIER.length).toString('latin1')).toBe(`\u00ff${IDENTIFIER}`);
    expect(bytes).toHaveLength(1 + IDENTIFIER.length + 65);
    const key = keyOf(sm.vkey);
    expect([key.name, key.type, formatKey(ORIGIN, key.publicKey, 'sm2')]).toEqual([ORIGIN, 'sm2', sm.vkey]);
  });
  it('is read only when every byte of it is right', () => {
    for (let i = 0; i < sm.vkey.length; i++) {
      const changed = sm.vkey.slice(0, i) + (sm.vkey[i] === 'A' ? 'B' : 'A') + sm.vkey.slice(i + 1);
      const key = parseKey(changed);
      // Another name with the same id would need a second preimage.
      expect([i, key]).toEqual([i, undefined]);
    }
    const off = Buffer.from(keyOf(sm.vkey).publicKey);
    off[64] = (off[64] ?? 0) ^ 1;
    expect(() => formatKey(ORIGIN, off, 'sm2')).toThrow(RangeError);
  });
  it('in private has one spelling, and belongs to its name', () => {
    const text = formatPrivateKey(ORIGIN, scalar, 'sm2');
    expect(readPrivateKey(`${text}\n`)).toEqual({ name: ORIGIN, algorithm: 'sm2', secret: new Uint8Array(scalar) });
    for (let i = 0; i < text.length; i++) {
      const changed = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1);
      expect([i, readPrivateKey(changed)]).toEqual([i, undefined]);
    }
    expect(() => formatPrivateKey(ORIGIN, Buffer.alloc(32), 'sm2')).toThrow(RangeError);
    expect(() => formatPrivateKey('two words', randomBytes(32))).toThrow(RangeError);
  });
});

describe('an SM2 line', () => {
  it('stands beside the Ed25519 line, and each alone verifies', async () => {
    const proof = await receipt(ed, sm);
    for (const { vkey } of [ed, sm]) expect(verifyReceipt({ proof, entry, vkey }).outcome).toBe('proven');
  });
  it('is told by the receipt when the policy names its key', async () => {
    const both = await receipt(ed, sm);
    expect(verifyReceipt({ proof: both, entry, policy: policy(`#sm2 ${sm.vkey}`) })).toMatchObject({
      outcome: 'proven',
      proven: { signatures: ['ed25519', 'sm2'] },
    });
    const said = JSON.stringify(verifyReceipt({ proof: both, entry, vkey: sm.vkey }), (_, v) =>
      typeof v === 'bigint' ? String(v) : v,
    );
    expect(said).toContain('不是经认证的商用密码产品');
    expect(said).toContain('no certified module');
    expect(verifyReceipt({ proof: both, entry, policy: policy() })).toMatchObject({
      outcome: 'proven',
      proven: { signatures: ['ed25519'] },
    });
    const alone = await receipt(ed);
    expect(verifyReceipt({ proof: alone, entry, policy: policy(`#sm2 ${sm.vkey}`) })).toMatchObject({
      proven: { signatures: ['ed25519'] },
    });
    // A comment adds a check, it does not take the place of the log's own key.
    const onlySm2 = await receipt(sm);
    expect(verifyReceipt({ proof: onlySm2, entry, policy: policy(`#sm2 ${sm.vkey}`) })).toMatchObject({
      outcome: 'false',
      check: 'signature',
    });
  });
  it('with any byte changed makes the receipt false, or is a line of nobody that counts for nothing', async () => {
    const proof = await receipt(ed, sm);
    const at = proof.lastIndexOf('— ');
    const line = proof.slice(at, -1);
    const payload = Buffer.from(fromBase64(line.split(' ')[2] ?? '') ?? []);
    expect(payload).toHaveLength(4 + 64);
    const trust = policy(`#sm2 ${sm.vkey}`);
    for (let byte = 0; byte < payload.length; byte++) {
      const changed = Buffer.from(payload);
      changed[byte] = (changed[byte] ?? 0) ^ (1 << (byte % 8));
      const bad = `${proof.slice(0, at)}— ${ORIGIN} ${base64(changed)}\n`;
      const ofNobody = byte < 4;
      expect([byte, verifyReceipt({ proof: bad, entry, vkey: sm.vkey }).outcome]).toEqual([byte, 'false']);
      const result = verifyReceipt({ proof: bad, entry, policy: trust });
      expect([byte, result.outcome]).toEqual([byte, ofNobody ? 'proven' : 'false']);
      if (result.outcome === 'proven') expect(result.proven.signatures).toEqual(['ed25519']);
    }
    for (const other of ['DER', 'short', 'long'] as const) {
      const signature = {
        DER: Buffer.concat([Buffer.of(0x30, 0x44), payload]),
        short: payload.subarray(0, 67),
        long: Buffer.concat([payload, Buffer.of(0)]),
      }[other];
      const bad = `${proof.slice(0, at)}— ${ORIGIN} ${base64(other === 'DER' ? Buffer.concat([payload.subarray(0, 4), signature]) : signature)}\n`;
      expect(verifyReceipt({ proof: bad, entry, vkey: sm.vkey })).toMatchObject({
        outcome: 'false',
        check: 'signature',
      });
    }
  });
  it('over another text, or by another key under the same name, is forged or unsigned', async () => {
    const note = (text: string) => parseNote(text);
    const key = keyOf(sm.vkey);
    const signed = await signNote('one\n', [sm]);
    const moved = note(signed.replace('one', 'two'));
    expect(moved && checkNote(moved, key)).toBe('forged');
    const other = noteSigner(ORIGIN, 'sm2', heldKey('sm2', generateSm2Key().scalar));
    const theirs = note(await signNote('one\n', [other]));
    expect(theirs && checkNote(theirs, key)).toBe('unsigned');
  });
});

describe('the comment of a policy', () => {
  it('names SM2 keys only where it is exactly that', () => {
    const { policy: read } = parsePolicy(
      policy(
        `#sm2 ${sm.vkey}`,
        `# sm2 ${sm.vkey}`,
        `#sm2 ${ed.vkey}`,
        `#sm2 ${sm.vkey} more`,
        '#sm2',
        '#sm2 x',
        `#sm22 ${sm.vkey}`,
      ),
    );
    expect(read?.beside.map((key) => key.vkey)).toEqual([sm.vkey]);
    expect(read?.logs.map((log) => log.key.vkey)).toEqual([ed.vkey]);
  });
});
