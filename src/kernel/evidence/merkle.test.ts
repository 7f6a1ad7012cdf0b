import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tilesBetween } from './layout.ts';
import {
  consistencyRanges,
  Edge,
  EMPTY_ROOT,
  HASH_BYTES,
  inclusionRanges,
  leafHash,
  nodeHash,
  type Range,
  rangeRoot,
  tilesOf,
} from './merkle.ts';
import { checkpointText, ed25519Signer, parsePrivateKey, signNote } from './note.ts';
import { formatPrivateKey } from './private-keys.ts';
import {
  checkNote,
  cosignatureTime,
  isConsistent,
  linesOf,
  parseCheckpoint,
  parseKey,
  parseNote,
  rootFromInclusion,
} from './verify/index.ts';

interface Vectors {
  roots: Record<string, string>;
  inclusion: { Size: number; Index: number; Proof: string[] }[];
  consistency: { Old: number; New: number; Proof: string[] }[];
  tiles_hex: Record<string, string>;
  log_seed_hex: string;
  log_skey: string;
  log_vkey: string;
  checkpoint: string;
  witness_vkey: string;
  cosignature_line: string;
  cosignature_time: number;
}

/** Made with Go's sumdb/tlog and sumdb/note. */
const vectors = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/tlog-vectors.json', import.meta.url), 'utf8'),
) as Vectors;
const leaf = (i: number): Buffer => leafHash(Buffer.from(`leaf ${i}`));
const bytes = (hexText: string): Buffer => Buffer.from(hexText, 'hex');

/** The definition, straight from RFC 6962 §2.1. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  const [only] = leaves;
  if (leaves.length === 1 && only) return only;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, half)), naiveRoot(leaves.slice(half)));
}

/** A log in memory: edge plus every tile as it last stood. */
function logOf(size: number, step = size) {
  const tiles = new Map<string, Buffer>();
  const edge = Edge.empty();
  while (edge.size < size) {
    const batch = Array.from({ length: Math.min(step, size - edge.size) }, (_, i) => leaf(edge.size + i));
    for (const { level, n, hashes } of edge.append(Buffer.concat(batch))) tiles.set(`${level}/${n}`, hashes);
  }
  return { edge, tileOf: (level: number, n: number) => tiles.get(`${level}/${n}`) };
}

const flipped = (hash: Uint8Array, bit: number): Buffer => {
  const copy = Buffer.from(hash);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};

describe('against the vectors of Go', () => {
  const { tileOf } = logOf(600, 7);
  const rootsOf = (ranges: Range[]) => ranges.map((range) => rangeRoot(range, tileOf));

  const roots = new Map<number, Buffer>();
  /** Each log is built once, whatever number of proofs ends in it. */
  const rootOf = (size: number): Buffer => {
    const root = roots.get(size) ?? logOf(size).edge.root();
    roots.set(size, root);
    return root;
  };

  it.each(Object.entries(vectors.roots))('has the root of %s entries', (size, root) => {
    expect(logOf(Number(size)).edge.root().toString('hex')).toBe(root);
  });

  it('makes and accepts every inclusion proof, and refuses it changed, cut or grown', () => {
    for (const { Size, Index, Proof } of vectors.inclusion) {
      const made = rootsOf(inclusionRanges(Index, Size));
      expect(made.map((h) => h.toString('hex'))).toEqual(Proof);
      const root = rootOf(Size);
      const accepts = (proof: Uint8Array[], index = Index, size = Size) => {
        const found = rootFromInclusion(BigInt(index), BigInt(size), leaf(Index), proof);
        return found !== undefined && root.equals(found);
      };
      expect(accepts(made)).toBe(true);
      made.forEach((hash, i) => {
        expect(accepts(made.with(i, flipped(hash, (i * 37) % 256)))).toBe(false);
      });
      expect(accepts(made.slice(1))).toBe(Proof.length === 0);
      expect(accepts([...made, leaf(0)])).toBe(false);
      expect(accepts(made, Index + 1)).toBe(false);
    }
  });

  it('makes and accepts every consistency proof, and refuses it changed, cut or grown', () => {
    for (const { Old, New, Proof } of vectors.consistency) {
      const made = rootsOf(consistencyRanges(Old, New));
      expect(made.map((h) => h.toString('hex'))).toEqual(Proof);
      const older = { size: BigInt(Old), root: rootOf(Old) };
      const newer = { size: BigInt(New), root: rootOf(New) };
      expect(isConsistent(older, newer, made)).toBe(true);
      made.forEach((hash, i) => {
        expect(isConsistent(older, newer, made.with(i, flipped(hash, (i * 53) % 256)))).toBe(false);
      });
      if (made.length > 0) expect(isConsistent(older, newer, made.slice(0, -1))).toBe(false);
      expect(isConsistent(older, newer, [...made, leaf(1)])).toBe(false);
      expect(isConsistent({ ...older, root: flipped(older.root, 9) }, newer, made)).toBe(false);
    }
  });

  it('has the same tiles, partial ones too', () => {
    for (const [name, hashes] of Object.entries(vectors.tiles_hex)) {
      const match = /^tile\/8\/(\d)\/(\d{3})(?:\.p\/(\d+))?$/.exec(name);
      const [level, n, width] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 256)];
      expect(
        tileOf(level, n)
          ?.subarray(0, width * HASH_BYTES)
          .toString('hex'),
        name,
      ).toBe(hashes);
    }
  });

  it('writes the same checkpoint byte for byte, and ignores a cosignature it does not know', async () => {
    const signer = ed25519Signer('example.com/dealchain/log1', bytes(vectors.log_seed_hex));
    expect(signer.vkey).toBe(vectors.log_vkey);
    expect(formatPrivateKey(signer.name, bytes(vectors.log_seed_hex))).toBe(vectors.log_skey);
    expect(parsePrivateKey(vectors.log_skey)?.vkey).toBe(vectors.log_vkey);
    const text = checkpointText({ origin: signer.name, size: 600, root: logOf(600).edge.root() });
    const note = await signNote(text, [signer]);
    expect(note).toBe(vectors.checkpoint);
    const key = parseKey(vectors.log_vkey);
    const cosigned = parseNote(note + vectors.cosignature_line);
    if (!key || !cosigned) throw new Error('the vector cannot be read');
    expect(checkNote(cosigned, key)).toBe('signed');
    expect(cosigned.signatures).toHaveLength(2);
    expect(parseCheckpoint(cosigned.text)?.size).toBe(600n);
    const witness = parseKey(vectors.witness_vkey);
    if (!witness) throw new Error('the witness key cannot be read');
    expect(witness.type).toBe('cosignature');
    expect(checkNote(cosigned, witness)).toBe('signed');
    expect(linesOf(cosigned, witness).map((line) => cosignatureTime(line.signature))).toEqual([
      BigInt(vectors.cosignature_time),
    ]);
    const later = parseNote(note.replace('\n600\n', '\n601\n') + vectors.cosignature_line);
    expect(later && checkNote(later, witness)).toBe('forged');
  });
});

describe('all leaves in all sizes below 100', () => {
  const whole = logOf(100);
  const leaves = Array.from({ length: 100 }, (_, i) => leaf(i));
  const roots = leaves.map((_, size) => naiveRoot(leaves.slice(0, size)));
  const rootOf = (size: number): Buffer => roots[size] ?? EMPTY_ROOT;

  it('has the root of the definition', () => {
    for (let size = 0; size < 100; size++)
      expect(logOf(size, 3).edge.root().equals(rootOf(size)), `size ${size}`).toBe(true);
  });

  it('proves every entry, and no flipped hash', () => {
    for (let size = 1; size < 100; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionRanges(index, size).map((range) => rangeRoot(range, whole.tileOf));
        const root = rootFromInclusion(BigInt(index), BigInt(size), leaf(index), proof);
        expect(root && rootOf(size).equals(root), `${index} of ${size}`).toBe(true);
        const at = (index * 31 + size) % Math.max(1, proof.length);
        const hash = proof[at];
        if (!hash) continue;
        const other = rootFromInclusion(
          BigInt(index),
          BigInt(size),
          leaf(index),
          proof.with(at, flipped(hash, (index + size) % 256)),
        );
        expect(other && rootOf(size).equals(other)).toBe(false);
      }
    }
  });

  it('proves every older size, and no flipped hash', () => {
    for (let size = 0; size < 100; size++) {
      for (let older = 0; older <= size; older++) {
        const proof = consistencyRanges(older, size).map((range) => rangeRoot(range, whole.tileOf));
        const trees = [
          { size: BigInt(older), root: rootOf(older) },
          { size: BigInt(size), root: rootOf(size) },
        ] as const;
        expect(isConsistent(...trees, proof), `${older} in ${size}`).toBe(true);
        const at = (older * 17 + size) % Math.max(1, proof.length);
        const hash = proof[at];
        if (hash) expect(isConsistent(...trees, proof.with(at, flipped(hash, (older * 7 + size) % 256)))).toBe(false);
      }
    }
  });
});

describe('the edge of the tree', () => {
  it('comes to the same root and tiles however the entries are batched, also when taken up again in between', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 }), (batches) => {
        const tiles = new Map<string, Buffer>();
        let edge = Edge.empty();
        for (const batch of batches) {
          const before = edge.size;
          const grown = edge.append(Buffer.concat(Array.from({ length: batch }, (_, i) => leaf(before + i))));
          for (const { level, n, hashes } of grown) tiles.set(`${level}/${n}`, hashes);
          const written = [...tilesBetween(before, edge.size)].filter((t) => t.level !== 'entries');
          expect(grown.map((g) => `${g.level}/${g.n}`).sort()).toEqual(written.map((t) => `${t.level}/${t.n}`).sort());
          for (const { level, n, width } of written)
            expect(tiles.get(`${level}/${n}`)?.length).toBe(width * HASH_BYTES);
          edge = Edge.at(edge.size, (level, n) => tiles.get(`${level}/${n}`));
        }
        expect(edge.root().equals(logOf(edge.size).edge.root())).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('has a second and a third level at 70,000 entries, and proofs of a handful of tiles', () => {
    const { edge, tileOf } = logOf(70_000, 5_000);
    expect([0, 1, 2].map((level) => edge.tile(level).length / HASH_BYTES)).toEqual([112, 17, 1]);
    for (const index of [0, 255, 256, 65_535, 65_536, 69_999]) {
      const ranges = inclusionRanges(index, 70_000);
      expect(tilesOf(ranges).length).toBeLessThanOrEqual(8);
      const root = rootFromInclusion(
        BigInt(index),
        70_000n,
        leaf(index),
        ranges.map((range) => rangeRoot(range, tileOf)),
      );
      expect(root && edge.root().equals(root)).toBe(true);
    }
  });

  it('counts beyond 32 bits', () => {
    const size = 2 ** 40 + 3;
    const ranges = inclusionRanges(2 ** 33 + 1, size);
    const covered = ranges.reduce((sum, { start, end }) => sum + (end - start), 1);
    expect(covered).toBe(size);
    expect(
      rootFromInclusion(
        2n ** 33n + 1n,
        BigInt(size),
        leaf(0),
        ranges.map((_, i) => leaf(i)),
      ),
    ).toBeDefined();
  });
});
