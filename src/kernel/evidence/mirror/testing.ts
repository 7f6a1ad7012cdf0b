import { bundle } from '../bundle.ts';
import { CHECKPOINT_PATH, HASH_BYTES, TILE_WIDTH, tilePath, tilesBetween } from '../layout.ts';
import { Edge, leafHash } from '../merkle.ts';
import { checkpointText, type LogSigner, signNote } from '../note.ts';
import type { LogSource } from './source.ts';

/** A log made here: every file it serves, by path. */
export interface MadeLog extends LogSource {
  readonly files: Map<string, Buffer>;
  /** Grows by these entries and signs a new checkpoint. */
  readonly append: (entries: readonly Buffer[]) => Promise<void>;
}

export function madeLog(signer: LogSigner): MadeLog {
  const files = new Map<string, Buffer>();
  const hashes = new Map<string, Buffer>();
  const all: Buffer[] = [];
  const edge = Edge.empty();
  const append = async (entries: readonly Buffer[]) => {
    const before = edge.size;
    all.push(...entries);
    for (const tile of edge.append(Buffer.concat(entries.map(leafHash))))
      hashes.set(`${tile.level}/${tile.n}`, tile.hashes);
    for (const { level, n, width } of tilesBetween(before, edge.size)) {
      const content =
        level === 'entries'
          ? bundle(all.slice(n * TILE_WIDTH, n * TILE_WIDTH + width))
          : hashes.get(`${level}/${n}`)?.subarray(0, width * HASH_BYTES);
      files.set(tilePath({ level, n, width }), Buffer.from(content ?? []));
      if (width === TILE_WIDTH)
        for (const path of files.keys()) if (path.startsWith(`${tilePath({ level, n, width })}.p/`)) files.delete(path);
    }
    const text = checkpointText({ origin: signer.name, size: edge.size, root: edge.root() });
    files.set(CHECKPOINT_PATH, Buffer.from(await signNote(text, [signer])));
  };
  return { name: 'made', files, append, get: async (path) => files.get(path) };
}
