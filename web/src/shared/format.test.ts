import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brief, bytes, dateTime, day, deadline, fenOf, fromNow, lastDay, shortId, yuan } from './format.ts';

describe('money', () => {
  it('comes back from every way people write it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 16n }), (fen) => {
        expect(fenOf(yuan(fen))).toBe(fen.toString());
        expect(fenOf(`¥ ${yuan(fen)}`)).toBe(fen.toString());
      }),
    );
  });
  it.each([
    ['0', '0.00'],
    ['5', '0.05'],
    ['-5', '−0.05'],
    ['128465000', '1,284,650.00'],
    ['99999999999999999999', '999,999,999,999,999,999.99'],
  ])('shows %s fen as %s', (fen, shown) => expect(yuan(fen)).toBe(shown));
  it.each([
    ['4800', '480000'],
    ['4,800.5', '480050'],
    ['￥1，200.05', '120005'],
  ])('reads %s', (typed, fen) => expect(fenOf(typed)).toBe(fen));
  it.each(['', 'abc', '1.234', '-3', '1e3', '１２', '.5'])('does not read %s', (typed) =>
    expect(fenOf(typed)).toBeNull(),
  );
});

describe('times', () => {
  it('are Chinese times wherever the reader sits', () => {
    expect(dateTime('2026-11-23T18:20:00Z')).toBe('2026-11-24 02:20');
    expect(day('2026-12-31T16:00:00Z')).toBe('2027-01-01');
  });
  it('count in the largest whole unit', () => {
    const now = Date.parse('2026-11-23T00:00:00Z');
    expect(fromNow('2026-11-25T23:00:00Z', 'en', now)).toBe('in 2 days');
    expect(fromNow('2026-11-22T22:30:00Z', 'en', now)).toBe('1 hour ago');
    expect(fromNow('2026-11-23T00:05:00Z', 'zh', now)).toBe('5分钟后');
  });
});

it('shortens sizes and ids', () => {
  expect(bytes(1023)).toBe('1023 B');
  expect(bytes(1024)).toBe('1.0 KiB');
  expect(bytes(5 * 1024 ** 3)).toBe('5.0 GiB');
  expect(shortId('rct_01kaq0000000000000000000b1')).toBe('rct…0000b1');
  expect(shortId('plain')).toBe('plain');
});

it('says a moment of this year briefly, and of another year by its day', () => {
  const now = Date.parse('2026-12-31T15:59:00Z');
  expect(brief('2026-11-02T01:14:00Z', now)).toBe('11-02 09:14');
  expect(brief('2025-11-02T01:14:00Z', now)).toBe('2025-11-02');
  // Already the next year in Beijing.
  expect(brief('2026-11-02T01:14:00Z', now + 60_000)).toBe('2026-11-02');
});

describe('a deadline', () => {
  it.each([
    ['2026-11-13T10:00:00Z', '11月13日 18:00', '13 November at 18:00'],
    ['2026-11-13T16:00:00Z', '11月13日 24:00', 'the end of 13 November'],
    ['2026-12-31T16:00:00Z', '12月31日 24:00', 'the end of 31 December'],
    ['2027-11-26T16:00:00Z', '2027年11月26日 24:00', 'the end of 26 November 2027'],
    ['2027-11-26T10:00:00Z', '2027年11月26日 18:00', '26 November 2027 at 18:00'],
  ])('%s', (iso, zh, en) => {
    const now = Date.parse('2026-11-13T00:00:00Z');
    expect([deadline(iso, 'zh', now), deadline(iso, 'en', now)]).toEqual([zh, en]);
  });
  it('falls on the day that ends, in lists too', () => {
    expect(lastDay('2026-12-10T16:00:00Z')).toBe('2026-12-10');
    expect(lastDay('2026-12-10T10:00:00Z')).toBe('2026-12-10');
  });
});
