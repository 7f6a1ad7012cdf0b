import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { join } from './bytes.ts';
import { readZip, ZipWriter } from './zip.ts';

const FILES = { 'README.md': '# 说明\n', 'entries/rct_1.json': '{"a":1}', empty: '' };

function pack(files: Readonly<Record<string, string>> = FILES): Uint8Array {
  const writer = new ZipWriter();
  const parts = Object.entries(files).flatMap(([path, text]) => writer.add(path, strToU8(text)));
  return join(...parts, writer.end());
}

const kindOf = (bytes: Uint8Array) => {
  const read = readZip(bytes);
  return 'trouble' in read ? read.trouble.kind : read.archive.repacked ? 'repacked' : 'original';
};

describe('an archive of our making', () => {
  it('holds the files as they were', () => {
    const read = readZip(pack());
    if ('trouble' in read) throw new Error(read.trouble.says.en);
    expect(read.archive.repacked).toBe(false);
    expect([...read.archive.files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])).toEqual(
      Object.entries(FILES),
    );
  });

  it('shows every flipped bit, cut and added byte', () => {
    const whole = pack();
    for (let at = 0; at < whole.length; at++)
      for (const bit of [1, 16, 128]) {
        const bent = whole.slice();
        bent[at] = (bent[at] ?? 0) ^ bit;
        expect([at, kindOf(bent)]).not.toEqual([at, 'original']);
        expect([at, kindOf(bent)]).not.toEqual([at, 'repacked']);
      }
    for (let end = 0; end < whole.length; end++) expect(kindOf(whole.slice(0, end))).toBe('unreadable');
    expect(kindOf(join(whole, Uint8Array.of(0)))).not.toBe('original');
    expect(kindOf(join(Uint8Array.of(0), whole))).not.toBe('original');
  });
});

describe('an archive of other making', () => {
  const packed = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, strToU8(text)]));

  it('is read, and known to be packed anew', () => {
    const read = readZip(zipSync({ ...packed, folder: {} }, { mtime: new Date('2026-03-04T05:06:07') }));
    if ('trouble' in read) throw new Error(read.trouble.says.en);
    expect(read.archive.repacked).toBe(true);
    expect(new TextDecoder().decode(read.archive.files.get('entries/rct_1.json'))).toBe('{"a":1}');
  });

  it('never unpacks further than it announced', () => {
    const bomb = zipSync({ bomb: new Uint8Array(50_000_000) }, { level: 9, mtime: new Date('2026-03-04') });
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    const central = bomb.length - 22 - view.getUint32(bomb.length - 22 + 12, true);
    view.setUint32(central + 24, 1_000, true);
    expect(bomb.length).toBeLessThan(100_000);
    expect(kindOf(bomb)).toBe('unreadable');
    view.setUint32(central + 24, 0x7fffffff, true);
    expect(kindOf(bomb)).toBe('unreadable');
  });

  it.each([['../evil'], ['/etc/passwd'], ['a\\b'], ['a/../../b'], ['名字'], ['a//b']])(
    'has no file named %s',
    (path) => {
      expect(kindOf(zipSync({ [path]: strToU8('x') }, { mtime: new Date('2026-03-04') }))).toBe('unreadable');
    },
  );

  it('is refused when it is none, empty of meaning, or locked', () => {
    for (const bytes of [new Uint8Array(), strToU8('PK'), strToU8('PK\x03\x04'), new Uint8Array(70_000)])
      expect(kindOf(bytes)).toBe('unreadable');
    const locked = zipSync(packed, { mtime: new Date('2026-03-04') });
    const view = new DataView(locked.buffer, locked.byteOffset);
    const central = view.getUint32(locked.length - 22 + 16, true);
    view.setUint16(central + 8, 1, true);
    expect(kindOf(locked)).toBe('unreadable');
  });
});
