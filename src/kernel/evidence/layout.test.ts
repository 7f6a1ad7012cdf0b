import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTilePath, tilePath, tilesBetween } from './layout.ts';

describe('tile paths', () => {
  it.each([
    [{ level: 0, n: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, n: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, n: 999, width: 1 }, 'tile/1/999.p/1'],
    [{ level: 'entries', n: 1_000, width: 255 }, 'tile/entries/x001/000.p/255'],
    // Go's tlog_test.go tilePaths, at height 8 and without it (golang/mod fe2ec04).
    [{ level: 0, n: 1, width: 256 }, 'tile/0/001'],
    [{ level: 0, n: 1, width: 5 }, 'tile/0/001.p/5'],
    [{ level: 5, n: 123_456_078, width: 256 }, 'tile/5/x123/x456/078'],
    [{ level: 5, n: 123_456_078, width: 2 }, 'tile/5/x123/x456/078.p/2'],
    [{ level: 0, n: 3_057_500, width: 256 }, 'tile/0/x003/x057/500'],
    // Tessera's api/layout/paths_test.go (1811ae1).
    [{ level: 'entries', n: 0, width: 8 }, 'tile/entries/000.p/8'],
    [{ level: 'entries', n: 255, width: 253 }, 'tile/entries/255.p/253'],
    [{ level: 'entries', n: 123_456_789, width: 256 }, 'tile/entries/x123/x456/789'],
    [{ level: 7, n: 455_667, width: 256 }, 'tile/7/x455/667'],
  ] as const)('%o is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    'tile/0/0',
    'tile/0/0000',
    'tile/00/000',
    'tile/8/000',
    'tile/0/x000/001',
    'tile/0/001/002',
    // Go refuses these as well.
    'tile/5/123/456/078',
    'tile/-1/123/456/078',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/data/000',
    'tile/0/../../log.key',
    'tile/0/000/',
    'tile/0/000\n',
    '/tile/0/000',
    'checkpoint',
    '',
  ])('%j is none', (path) => expect(parseTilePath(path)).toBeUndefined());

  it('one tile, one path', () => {
    const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 7 }));
    const tile = fc.record({ level, n: fc.integer({ min: 0, max: 2 ** 40 }), width: fc.integer({ min: 1, max: 256 }) });
    fc.assert(
      fc.property(tile, (t) => {
        expect(parseTilePath(tilePath(t))).toEqual({ ...t });
      }),
    );
  });
});

describe('the tiles of a size', () => {
  it('70,000 entries: 273 full and one of 112, one full and one of 17, one of 1', () => {
    const tiles = [...tilesBetween(0, 70_000)];
    const of = (level: number | 'entries') => tiles.filter((t) => t.level === level).map((t) => t.width);
    expect(of(0)).toEqual([...Array.from({ length: 273 }, () => 256), 112]);
    expect(of('entries')).toEqual(of(0));
    expect(of(1)).toEqual([256, 17]);
    expect(of(2)).toEqual([1]);
    expect(of(3)).toEqual([]);
  });

  it('256 entries have a full tile and a partial one of width 1 above; an empty log has none', () => {
    expect([...tilesBetween(0, 256)].map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
    expect([...tilesBetween(0, 0)]).toEqual([]);
    expect([...tilesBetween(300, 300)]).toEqual([]);
    expect([...tilesBetween(255, 257)].map(tilePath)).toEqual([
      'tile/entries/000',
      'tile/entries/001.p/1',
      'tile/0/000',
      'tile/0/001.p/1',
      'tile/1/000.p/1',
    ]);
  });
});
