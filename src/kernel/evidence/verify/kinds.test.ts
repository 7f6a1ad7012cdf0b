import { describe, expect, it } from 'vitest';
import { FILE_BYTES_MAX, kindOfHead, kindOfJson } from './index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const VKEY = 'log.example/exchange+f67bb08c+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs';

describe('the kind of a file', () => {
  it.each([
    ['c2sp.org/tlog-proof@v1\nindex 1\n', 'proof'],
    ['shuheng/certificate/2\ncer_1\n', 'note'],
    ['%PDF-1.7\n', 'pdf'],
    ['PK\x03\x04rest', 'bundle'],
    ['PK\x05\x06', 'bundle'],
    [VKEY, 'trust'],
    [`${VKEY}\n`, 'trust'],
    [`# our policy\n\nlog ${VKEY}\nquorum none\n`, 'trust'],
    ['witness a b\n', 'trust'],
    [' \n{"a":1}', 'json'],
    ['hello', undefined],
    ['', undefined],
    ['<html>', undefined],
    ['logging in progress', undefined],
    ['MZ\x90\x00', undefined],
  ])('of %j is %s', (text, kind) => {
    expect(kindOfHead(bytes(text))).toBe(kind);
  });

  it('is told by content, whatever bytes follow', () => {
    expect(kindOfHead(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2))).toBe('image');
    expect(kindOfHead(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('image');
    expect(kindOfHead(Uint8Array.of(0x00, 0xff, 0xfe))).toBeUndefined();
  });

  it.each([
    ['{"act":"product.list","type":"shuheng/act/1"}', 'entry'],
    ['{"type":"shuheng/certificate/2"}', 'certificate'],
    ['{"type":"shuheng/anchor/1"}', 'anchor'],
    ['{"receiptId":"rct_1","openings":[]}', 'openings'],
    // Logs of others hold entries of other forms.
    ['{"hello":1}', 'entry'],
    ['[1,2]', undefined],
    ['{"half":', undefined],
    ['null', undefined],
    ['"text"', undefined],
  ])('of JSON %s is %s', (text, kind) => {
    expect(kindOfJson(bytes(text))).toBe(kind);
  });

  it('has a limit of its own', () => {
    expect(FILE_BYTES_MAX.entry).toBe(65_535);
    expect(Math.max(...Object.values(FILE_BYTES_MAX))).toBe(FILE_BYTES_MAX.bundle);
  });
});
