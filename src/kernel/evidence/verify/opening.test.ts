import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEntry } from '../entry.ts';
import { canonicalJson } from './canonical.ts';
import { checkOpening } from './opening.ts';

const open = {
  id: 'rct_1',
  act: 'order.place',
  at: '2026-11-25T00:00:00.000Z',
  party: null,
  subject: null,
  open: {},
  rules: [],
};

describe('canonical JSON', () => {
  it('is what the reference implementation of RFC 8785 writes, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 500 },
    );
  });

  it('orders names by UTF-16 code units and writes numbers as the RFC shows (§3.2.2.3, §3.2.3)', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
    expect(canonicalJson([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
  });

  it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, '\ud800', { a: undefined }])(
    'refuses what JSON cannot say: %s',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );
});

describe('an opening', () => {
  const { bytes, sealed } = buildEntry(open, {
    shared: { total: { amountFen: '990000', currency: 'CNY' }, purpose: '信贷风控' },
    own: { input: { quantity: 3, note: null } },
  });
  const opening = (name: string) => sealed[name] as { salt: string; value: unknown };

  it('shows exactly what was sealed, also after a journey as JSON with its names in another order', () => {
    for (const name of ['total', 'purpose', 'input']) {
      const { salt, value } = JSON.parse(JSON.stringify(opening(name)));
      expect(checkOpening(bytes, name, { salt, value })).toBe('opened');
    }
    expect(
      checkOpening(bytes, 'total', { salt: opening('total').salt, value: { currency: 'CNY', amountFen: '990000' } }),
    ).toBe('opened');
  });

  it('is false for another value, another salt, another name', () => {
    const { salt, value } = opening('total');
    const bent = salt.replace(/^./, (d) => (d === '0' ? '1' : '0'));
    expect(checkOpening(bytes, 'total', { salt, value: { amountFen: '990001', currency: 'CNY' } })).toBe('false');
    expect(checkOpening(bytes, 'total', { salt: bent, value })).toBe('false');
    for (const odd of ['', 'zz', salt.slice(2), `${salt}00`, salt.toUpperCase().replace(/[A-F]/, 'G')])
      expect(checkOpening(bytes, 'total', { salt: odd, value })).toBe('false');
    expect(checkOpening(bytes, 'purpose', { salt, value })).toBe('false');
    expect(checkOpening(bytes, 'price', { salt, value })).toBe('absent');
    expect(checkOpening(bytes, 'toString', { salt, value })).toBe('absent');
    for (const odd of ['', '[]', 'null', '{"sealed":3}', '{"id":'])
      expect(checkOpening(Buffer.from(odd), 'total', { salt, value })).toBe('absent');
  });

  it('says nothing of the value without its salt: the same value is sealed otherwise each time', () => {
    const again = buildEntry(open, { shared: { purpose: '信贷风控' }, own: {} });
    const commitmentIn = (entry: Buffer) =>
      (JSON.parse(entry.toString()) as { sealed: { purpose: string } }).sealed.purpose;
    expect(commitmentIn(bytes)).not.toBe(commitmentIn(again.bytes));
    expect(bytes.toString()).not.toContain('信贷');
  });
});

describe('the open part of an entry', () => {
  it.each(['张三', 'two words', 'line\nbreak', 'x'.repeat(513), ''])('refuses free text: %j', (word) => {
    for (const held of [{ title: word }, { list: ['code', word] }, { deep: { title: word } }])
      expect(() => buildEntry({ ...open, open: held }, { shared: {}, own: {} })).toThrow('free text');
  });

  it('takes codes, numbers, dates and digests', () => {
    const held = {
      board: 'main',
      version: 2,
      roles: ['buyer'],
      from: '2026-01-01',
      key: 'a.example/log+0a1b2c3d+AQ==',
      none: null,
    };
    expect(JSON.parse(buildEntry({ ...open, open: held }, { shared: {}, own: {} }).bytes.toString()).open).toEqual(
      held,
    );
  });
});
