import { spawnSync } from 'node:child_process';
import {
  createCipheriv,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sm2 as library } from 'sm-crypto-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSm2PublicKey, SM2_ORDER, SM2_USER_ID, scalarBytes, sm2Digest, sm2Verifies } from '../evidence/verify/sm2.ts';
import { sm3 } from '../evidence/verify/sm3.ts';
import { requireSoundSm, sm4Block, VECTORS } from './self-test.ts';
import {
  generateSm2Key,
  sm2KeyOf,
  sm2PublicFromPem,
  sm2PublicPem,
  sm2Sign,
  sm2SignatureFromDer,
  sm2SignatureToDer,
} from './sm2.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const message = Buffer.from(VECTORS.sm2.message);
const publicKey = bytes(VECTORS.sm2.publicKey);
const signature = bytes(VECTORS.sm2.signature);
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;

describe('SM3 of the verifier', () => {
  it('gives what node:crypto gives, for every length around a block', () => {
    for (let length = 0; length <= 200; length++) {
      const text = randomBytes(length);
      expect(Buffer.from(sm3(text))).toEqual(createHash('sm3').update(text).digest());
    }
  });
  it('hashes parts as one message', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (parts) => {
        const whole = Buffer.concat(parts);
        expect(Buffer.from(sm3(...parts))).toEqual(createHash('sm3').update(whole).digest());
      }),
    );
  });
});

describe('the known answers', () => {
  it('hold on this machine', () => {
    expect(() => requireSoundSm()).not.toThrow();
  });
  it('stop the start, in one sentence, when one of them is wrong', () => {
    expect(() => requireSoundSm([{ name: 'SM3', expected: 'aa', given: () => 'bb' }])).toThrow(
      /^国密自检未通过：SM3 .*failed at SM3: use another release of Node\.js/,
    );
    const broken = () => {
      throw new Error('unknown digest');
    };
    expect(() => requireSoundSm([{ name: 'SM3', expected: 'aa', given: broken }])).toThrow('unknown digest');
  });
  it('hold for SM4 a million times over', () => {
    const key = bytes(VECTORS.sm4.key);
    // Chained over zeros, each block is the block before it encrypted once more.
    const chain = createCipheriv('sm4-cbc', key, key).update(Buffer.alloc(16 * 1_000_000));
    const nth = (n: number) => chain.subarray(16 * (n - 1), 16 * n);
    expect(nth(1_000_000).toString('hex')).toBe(VECTORS.sm4.millionTimes);
    let block: Buffer = key;
    for (let n = 1; n <= 10_000; n++) {
      block = sm4Block(key, block);
      if (!block.equals(nth(n))) expect.unreachable(`block ${n} is not the one of the chain`);
    }
    expect(sm4Block(key, nth(999_999)).toString('hex')).toBe(VECTORS.sm4.millionTimes);
  });
  it('bind the user id: another one, or none, gives another digest and no valid signature', () => {
    expect(Buffer.from(sm2Digest(message, publicKey, SM2_USER_ID)).toString('hex')).toBe(VECTORS.sm2.digest);
    expect(sm2Verifies(signature, message, publicKey, SM2_USER_ID)).toBe(true);
    for (const id of ['', '1234567812345679', '123456781234567', 'ALICE123@YAHOO.COM', '甲']) {
      expect(sm2Verifies(signature, message, publicKey, id)).toBe(false);
    }
    expect(() => sm2Digest(message, publicKey, 'x'.repeat(8_192))).toThrow(RangeError);
  });
});

describe('an SM2 signature', () => {
  const key = generateSm2Key();

  it('verifies by our verifier and by the library, for any message and id', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 40 }), (text, userId) => {
        const made = sm2Sign(text, key, userId);
        expect(made).toHaveLength(64);
        expect(sm2Verifies(made, text, key.publicKey, userId)).toBe(true);
        const hex = Buffer.from(made).toString('hex');
        const pub = Buffer.from(key.publicKey).toString('hex');
        // The library takes no empty id for an id.
        if (userId !== '') expect(library.doVerifySignature(text, hex, pub, { hash: true, userId })).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
  it('is refused with any one byte changed, in the signature, the message or the key', () => {
    const made = sm2Sign(message, key);
    const changed = (whole: Uint8Array, i: number) => whole.map((byte, at) => (at === i ? byte ^ 0x01 : byte));
    for (let i = 0; i < made.length; i++) expect(sm2Verifies(changed(made, i), message, key.publicKey)).toBe(false);
    for (let i = 0; i < message.length; i++) expect(sm2Verifies(made, changed(message, i), key.publicKey)).toBe(false);
    for (let i = 0; i < 65; i++) expect(sm2Verifies(made, message, changed(key.publicKey, i))).toBe(false);
  });
  it('has one spelling: r and s outside their range, or another length, are refused', () => {
    const zero = Buffer.alloc(32);
    const order = scalarBytes(SM2_ORDER);
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
    const large = scalarBytes((1n << 256n) - 1n);
    for (const bad of [zero, order, large]) {
      expect(sm2Verifies(Buffer.concat([bad, s]), message, publicKey)).toBe(false);
      expect(sm2Verifies(Buffer.concat([r, bad]), message, publicKey)).toBe(false);
    }
    for (const length of [0, 1, 63, 65, 128])
      expect(sm2Verifies(Buffer.alloc(length, 1), message, publicKey)).toBe(false);
    expect(sm2Verifies(sm2SignatureToDer(signature), message, publicKey)).toBe(false);
    // r + s = n: the point would not depend on the key.
    const complement = scalarBytes(SM2_ORDER - BigInt(`0x${r.toString('hex')}`));
    expect(sm2Verifies(Buffer.concat([r, complement]), message, publicKey)).toBe(false);
  });
  it('is not what node:crypto makes on the same curve', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' });
    const point = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
    expect(isSm2PublicKey(point)).toBe(true);
    for (const digest of ['sm3', null, 'sha256']) {
      const made = sign(digest, message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
      expect(made).toHaveLength(64);
      for (const id of [SM2_USER_ID, '']) expect(sm2Verifies(made, message, point, id)).toBe(false);
    }
    // And it refuses the standard's own signature: its user id is empty and cannot be set.
    const imported = createPublicKey(sm2PublicPem(publicKey));
    expect(verify('sm3', message, imported, sm2SignatureToDer(signature))).toBe(false);
  });
});

describe('an SM2 key', () => {
  it('is a number between 1 and n − 2', () => {
    for (const value of [0n, SM2_ORDER - 1n, SM2_ORDER, (1n << 256n) - 1n])
      expect(sm2KeyOf(scalarBytes(value))).toBeUndefined();
    for (const value of [1n, 2n, SM2_ORDER - 2n]) {
      const key = sm2KeyOf(scalarBytes(value));
      expect(key && sm2Verifies(sm2Sign(message, key), message, key.publicKey)).toBe(true);
    }
    expect(sm2KeyOf(Buffer.alloc(31, 1))).toBeUndefined();
    expect(sm2KeyOf(Buffer.alloc(33, 1))).toBeUndefined();
  });
  it('in public is an uncompressed point of the curve, nothing else', () => {
    const [x, y] = [publicKey.subarray(1, 33), publicKey.subarray(33)];
    const point = (a: Uint8Array, b: Uint8Array) => Buffer.concat([Buffer.of(4), a, b]);
    expect(isSm2PublicKey(publicKey)).toBe(true);
    const offCurve = y.map((byte, i) => (i === 31 ? byte ^ 1 : byte));
    const zero = Buffer.alloc(32);
    // The same point with x or y a whole field further on would be a second spelling.
    const beyond = scalarBytes(P);
    for (const bad of [point(x, offCurve), point(zero, zero), point(y, x), point(beyond, y), point(x, beyond)]) {
      expect(isSm2PublicKey(bad)).toBe(false);
    }
    for (const prefix of [0, 2, 3, 5, 6, 7])
      expect(isSm2PublicKey(Buffer.concat([Buffer.of(prefix), x, y]))).toBe(false);
    for (const bad of [
      Buffer.of(0),
      Buffer.concat([Buffer.of(2), x]),
      Buffer.concat([x, y]),
      Buffer.concat([publicKey, Buffer.of(0)]),
    ]) {
      expect(isSm2PublicKey(bad)).toBe(false);
    }
  });
  it('is remembered by the verifier without mixing keys up', () => {
    // More than are remembered at once.
    const many = Array.from({ length: 20 }, () => {
      const key = generateSm2Key();
      return { key, made: sm2Sign(message, key) };
    });
    for (const { key, made } of [...many, ...many.toReversed()]) {
      expect(sm2Verifies(made, message, key.publicKey)).toBe(true);
      expect(sm2Verifies(made, message, publicKey)).toBe(false);
    }
  });
  it('goes to PEM and back', () => {
    expect(sm2PublicFromPem(sm2PublicPem(publicKey))).toEqual(publicKey);
    const { publicKey: ed } = generateKeyPairSync('ed25519');
    const { publicKey: p256 } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    for (const other of [ed, p256]) {
      expect(sm2PublicFromPem(other.export({ format: 'pem', type: 'spki' }).toString())).toBeUndefined();
    }
    expect(sm2PublicFromPem('')).toBeUndefined();
    expect(sm2PublicFromPem(sm2PublicPem(publicKey.map((b, i) => (i === 64 ? b ^ 1 : b))))).toBeUndefined();
  });
});

describe('the DER form of a signature', () => {
  const scalar = fc
    .oneof(
      fc.bigInt({ min: 1n, max: SM2_ORDER - 1n }),
      fc.integer({ min: 1, max: 255 }).map((bits) => 1n << BigInt(bits)),
    )
    .filter((value) => value < SM2_ORDER);

  it('goes to r ‖ s and back, short numbers and set top bits included', () => {
    fc.assert(
      fc.property(scalar, scalar, (r, s) => {
        const raw = Buffer.concat([scalarBytes(r), scalarBytes(s)]);
        expect(sm2SignatureFromDer(sm2SignatureToDer(raw))).toEqual(raw);
      }),
    );
  });
  it('has one spelling', () => {
    const valid = bytes('3006020101020101');
    expect(sm2SignatureFromDer(valid)).toEqual(Buffer.concat([scalarBytes(1n), scalarBytes(1n)]));
    const order = Buffer.from(scalarBytes(SM2_ORDER)).toString('hex');
    for (const bad of [
      '',
      '30',
      '3000',
      '3006020101', // cut off
      '300602010102010100', // a byte left over
      '3007020101020101',
      '3005020101020101',
      '308106020101020101', // another length, a longer length
      '300702020001020101',
      '300702010102020001', // padded with a zero
      '3006020181020101',
      '3006020101020181', // negative
      '3006020100020101',
      '3006020101020100', // zero
      '300502000201010',
      '30050200020101', // an empty number
      '3106020101020101',
      '3006030101020101',
      '3006020101030101', // another type
      `3026022100${order}020101`,
      `30260201010221${'00'}${order}`, // not below the order
      `30270222${'00'.repeat(34)}020101`, // longer than any number here
    ]) {
      expect([bad, sm2SignatureFromDer(bytes(bad))]).toEqual([bad, undefined]);
    }
  });
  it('is refused with any one bit changed, or stands for another signature', () => {
    const der = sm2SignatureToDer(signature);
    for (let bit = 0; bit < der.length * 8; bit++) {
      const changed = der.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const raw = sm2SignatureFromDer(changed);
      if (raw) expect(sm2Verifies(raw, message, publicKey)).toBe(false);
    }
  });
});

/** Version 3 knows the user id; `npm test` installs it where it is missing. */
const OPENSSL = /^OpenSSL [3-9]/.test(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '');

describe.skipIf(!OPENSSL)('the openssl command', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => spawnSync('openssl', args, { encoding: 'buffer' });
  const pkeyutl = (verb: string, id: string, ...more: string[]) =>
    openssl('pkeyutl', verb, '-rawin', '-digest', 'sm3', '-pkeyopt', `distid:${id}`, '-in', at('message'), ...more);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shuheng-sm2-'));
    writeFileSync(at('message'), message);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('verifies our signatures, under our user id only', () => {
    for (let i = 0; i < 8; i++) {
      const key = generateSm2Key();
      writeFileSync(at('public.pem'), sm2PublicPem(key.publicKey));
      writeFileSync(at('signature'), sm2SignatureToDer(sm2Sign(message, key)));
      const check = (id: string) =>
        pkeyutl('-verify', id, '-pubin', '-inkey', at('public.pem'), '-sigfile', at('signature'));
      expect(check(SM2_USER_ID).status).toBe(0);
      expect(check('1234567812345679').status).toBe(1);
    }
  });
  it('makes signatures that our verifier takes, under the same user id only', () => {
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:SM2', '-out', at('private.pem'));
    const theirs = sm2PublicFromPem(openssl('pkey', '-in', at('private.pem'), '-pubout').stdout.toString());
    expect(theirs).toBeDefined();
    if (!theirs) return;
    for (const id of [SM2_USER_ID, 'ALICE123@YAHOO.COM']) {
      for (let i = 0; i < 4; i++) {
        pkeyutl('-sign', id, '-inkey', at('private.pem'), '-out', at('signature'));
        const raw = sm2SignatureFromDer(readFileSync(at('signature')));
        expect(raw && sm2Verifies(raw, message, theirs, id)).toBe(true);
        expect(raw && sm2Verifies(raw, message, theirs, 'another id')).toBe(false);
      }
    }
  });
});
