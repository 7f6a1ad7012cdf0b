import fc from 'fast-check';
import { fromRlp, type Hex, toHex, toRlp } from 'viem';
import { describe, expect, it } from 'vitest';
import { bigEndian, decodeRlp, encodeRlp, numberOf, type Rlp } from './rlp.ts';

type Nested = Uint8Array | Nested[];
const nested = fc.letrec<{ value: Nested }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.uint8Array({ maxLength: 70 }),
    fc.uint8Array({ minLength: 250, maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 6 }),
  ),
})).value;
const hexed = (value: Nested): Hex | Hex[] =>
  (value instanceof Uint8Array ? toHex(value) : value.map(hexed)) as Hex | Hex[];
const plain = (value: Rlp): unknown => (value instanceof Uint8Array ? toHex(value) : value.map(plain));

describe('RLP', () => {
  it('is what viem writes and reads, for any nesting', () => {
    fc.assert(
      fc.property(nested, (value) => {
        const bytes = encodeRlp(value);
        expect(toHex(bytes)).toBe(toRlp(hexed(value) as Hex[]));
        expect(plain(decodeRlp(bytes) ?? [])).toEqual(hexed(value));
        expect(fromRlp(bytes, 'hex')).toEqual(hexed(value));
      }),
      { numRuns: 300 },
    );
  });

  it('has one spelling for each value: whatever it reads, it would write just so', () => {
    const odd = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      nested.chain((value) => {
        const bytes = encodeRlp(value);
        return fc.tuple(fc.nat(Math.max(0, bytes.length - 1)), fc.nat(255)).map(([at, byte]) => bytes.with(at, byte));
      }),
    );
    fc.assert(
      fc.property(odd, (bytes) => {
        const value = decodeRlp(bytes);
        if (value !== undefined) expect(toHex(encodeRlp(value))).toBe(toHex(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    '8100',
    '817f',
    'b800',
    `b837${'00'.repeat(55)}`,
    'b90037',
    '83646f',
    'c883636174',
    '8080',
    'f800',
    'bfffffffffffffffff',
    `${'c1'.repeat(40)}c0`,
  ])('does not read %s', (text) => {
    expect(decodeRlp(Uint8Array.from(Buffer.from(text, 'hex')))).toBeUndefined();
  });

  it('writes numbers without leading zeros, and zero as nothing', () => {
    expect(bigEndian(0n)).toHaveLength(0);
    expect([...bigEndian(1_024n)]).toEqual([4, 0]);
    expect(numberOf(bigEndian(2n ** 200n))).toBe(2n ** 200n);
    expect(numberOf(Uint8Array.of(0, 1))).toBeUndefined();
    expect(numberOf([])).toBeUndefined();
  });
});
