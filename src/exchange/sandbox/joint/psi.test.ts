import { p256 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { masked, sumKeys, totalsOf, VALUE_MAX } from './masks.ts';
import { blinder, identifiersOf, POINT_BYTES, shuffled } from './psi.ts';

const hex = (points: readonly Buffer[]) => points.map((p) => p.toString('hex'));

describe('private set intersection', () => {
  const a = blinder();
  const b = blinder();

  it('blinds alike in either order, and nothing alike of what is not in both', () => {
    const mine = ['110101199003077758', '张三', 'A'];
    const theirs = ['B', '张三', '110101199003077758', 'C'];
    const mineTwice = hex(mine.map((id) => b.again(a.blind(id))));
    const theirsTwice = new Set(hex(theirs.map((id) => a.again(b.blind(id)))));
    expect(mineTwice.map((p) => theirsTwice.has(p))).toEqual([true, true, false]);
    // Once blinded, nothing meets.
    const once = new Set(hex(theirs.map(b.blind)));
    expect(hex(mine.map(a.blind)).some((p) => once.has(p))).toBe(false);
  });

  it('multiplies as another implementation does', () => {
    const secret = Buffer.alloc(POINT_BYTES, 7);
    const side = blinder(secret);
    const point = side.blind('someone');
    const again = side.again(point);
    const noble = p256.Point.fromHex(`02${point.toString('hex')}`).multiply(BigInt(`0x${secret.toString('hex')}`));
    expect(again.toString('hex')).toBe(noble.toHex(true).slice(2));
  });

  it('takes no point that is none', () => {
    const off = Array.from({ length: 64 }, (_, i) => Buffer.alloc(POINT_BYTES, i)).filter((x) => {
      try {
        p256.Point.fromHex(`02${x.toString('hex')}`);
        return false;
      } catch {
        return true;
      }
    });
    expect(off.length).toBeGreaterThan(5);
    for (const x of [...off, Buffer.alloc(31), Buffer.alloc(33), Buffer.alloc(32, 255)])
      expect(() => a.again(x)).toThrow(RangeError);
  });

  it('tells nothing by order', () => {
    const points = ['x', 'y', 'z', 'w'].map(a.blind);
    expect(hex(shuffled(points))).toEqual(hex(shuffled([...points].reverse())));
  });

  it('compares identifiers written alike, each once', () => {
    expect(identifiersOf([' 11010x ', '１１０１０Ｘ', '', 'b'], 5)).toEqual(['11010X', 'B']);
    expect(() => identifiersOf(['a', 'b', 'c'], 2)).toThrow(RangeError);
  });
});

describe('secure sum', () => {
  it('gives the totals of any number of parties, and no vector by itself', () => {
    for (const size of [2, 3, 7]) {
      const keys = Array.from({ length: size }, sumKeys);
      const values = keys.map((_, i) => [BigInt(i * 1_000), -BigInt(i), VALUE_MAX, -VALUE_MAX, 0n]);
      const vectors = keys.map((k, i) =>
        masked(
          'jns_1',
          k,
          keys.filter((o) => o !== k).map((o) => o.publicKey),
          values[i] ?? [],
        ),
      );
      const expected = [0, 1, 2, 3, 4].map((c) => values.reduce((sum, v) => sum + (v[c] ?? 0n), 0n));
      expect(totalsOf(vectors)).toEqual(expected);
      // All but one tell nothing near the truth: a mask is still on.
      expect(totalsOf(vectors.slice(1))).not.toEqual(
        [0, 1, 2, 3, 4].map((c) => values.slice(1).reduce((sum, v) => sum + (v[c] ?? 0n), 0n)),
      );
    }
  });

  it('masks another way in every session', () => {
    const [x, y] = [sumKeys(), sumKeys()];
    expect(masked('jns_1', x, [y.publicKey], [5n])).not.toEqual(masked('jns_2', x, [y.publicKey], [5n]));
  });

  it('refuses values, keys and words that are none', () => {
    const [x, y] = [sumKeys(), sumKeys()];
    expect(() => masked('s', x, [y.publicKey], [VALUE_MAX + 1n])).toThrow(RangeError);
    expect(() => masked('s', x, ['02'.padEnd(66, 'f')], [1n])).toThrow(RangeError);
    expect(() => masked('s', x, [x.publicKey], [1n])).toThrow(RangeError);
    expect(() => masked('s', x, [y.publicKey, y.publicKey], [1n])).toThrow(RangeError);
    for (const word of ['-1', '', '1e3', String(1n << 64n), '123456789012345678901'])
      expect(() => totalsOf([['1'], [word]])).toThrow(RangeError);
    expect(() => totalsOf([['1'], ['1', '2']])).toThrow(RangeError);
  });
});
