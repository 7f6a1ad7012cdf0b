import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkUscc, usccCheckCharacter } from './uscc.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** Published codes of well-known organisations, as printed in their annual reports. */
const KNOWN = [
  '91440300708461136T', // Tencent Technology (Shenzhen)
  '914403001922038216', // Huawei Technologies
  '91330100799655058B', // Alibaba (China) Network
  '9111000071093123XX', // SINOPEC
  '12100000400000624D', // Peking University
];

const body = fc
  .tuple(
    fc.array(fc.constantFrom(...ALPHABET), { minLength: 2, maxLength: 2 }),
    fc.array(fc.constantFrom(...'0123456789'), { minLength: 6, maxLength: 6 }),
    fc.array(fc.constantFrom(...ALPHABET), { minLength: 9, maxLength: 9 }),
  )
  .map((parts) => parts.flat().join(''));
const code = body.map((b) => b + usccCheckCharacter(b));

describe('unified social credit code', () => {
  it.each(KNOWN)('accepts the published code %s', (known) => expect(checkUscc(known)).toBe(true));

  it('accepts what it computed, and catches every change of one character', () => {
    fc.assert(
      fc.property(code, fc.nat({ max: 17 }), fc.constantFrom(...ALPHABET), (good, place, other) => {
        expect(checkUscc(good)).toBe(true);
        const changed = good.slice(0, place) + other + good.slice(place + 1);
        expect(checkUscc(changed)).toBe(changed === good);
      }),
      { numRuns: 500 },
    );
  });

  it('catches two neighbours changing places', () => {
    fc.assert(
      fc.property(code, fc.nat({ max: 16 }), (good, place) => {
        const [a, b] = [good[place] ?? '', good[place + 1] ?? ''];
        const swapped = good.slice(0, place) + b + a + good.slice(place + 2);
        fc.pre(a !== b);
        expect(checkUscc(swapped)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '',
    '91440300708461136',
    '91440300708461136TT',
    '91440300708461136t',
    '9144030O708461136T',
    '91440A00708461136T',
  ])('refuses %j', (bad) => expect(checkUscc(bad)).toBe(false));
});
