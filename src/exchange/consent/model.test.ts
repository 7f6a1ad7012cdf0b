import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeHash, codeOf, digestOf, importLines } from './model.ts';

describe('lines of an import', () => {
  it('are read with a heading, a byte order mark, blanks and quotes', () => {
    const csv =
      '\uFEFFsubject,time,method\r\nA001,2026-01-01T08:00:00+08:00,written\r\n\r\n"A,002" ,2026-01-02T08:00:00Z,app\n';
    expect(importLines(csv)).toEqual({
      lines: [
        { subject: 'A001', givenAt: '2026-01-01T08:00:00+08:00', method: 'written' },
        { subject: 'A,002', givenAt: '2026-01-02T08:00:00Z', method: 'app' },
      ],
      wrong: [],
    });
  });

  it.each([
    ['no subject', ',2026-01-01T08:00:00Z,written'],
    ['a time without a zone', 'A,2026-01-01T08:00:00,written'],
    ['no time', 'A,,written'],
    ['a method nobody knows', 'A,2026-01-01T08:00:00Z,telepathy'],
    ['a field too many', 'A,2026-01-01T08:00:00Z,written,x'],
    ['one field', 'A'],
  ])('are counted as wrong: %s', (_name, line) => {
    expect(importLines(`good,2026-01-01T08:00:00Z,app\n${line}`).wrong).toEqual([2]);
  });
});

describe('a code of withdrawal', () => {
  it('is told again from the secret, found whatever its dashes and case, and another for each consent and secret', () => {
    const code = codeOf('secret', 'cns_1');
    expect(code).toMatch(/^([2-9A-HJ-NP-TV-Z]{5}-){3}[2-9A-HJ-NP-TV-Z]{5}$/);
    expect(codeOf('secret', 'cns_1')).toBe(code);
    expect(codeHash(` ${code.toLowerCase().replaceAll('-', ' ')}`)).toEqual(codeHash(code));
    expect(new Set([code, codeOf('secret', 'cns_2'), codeOf('other', 'cns_1')]).size).toBe(3);
  });
});

describe('the digest of somebody', () => {
  it('is one for one and differs for two, and tells nothing without the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        expect(digestOf('s', a) === digestOf('s', b)).toBe(a.trim() === b.trim());
        expect(digestOf('s', a)).not.toBe(digestOf('t', a));
      }),
    );
  });
});
