import { decimal, fromBase64 } from './bytes.ts';
import { HASH_BYTES } from './merkle.ts';

/** What a log signs (C2SP tlog-checkpoint v1.0.0): its name, its size and the root over all entries. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** Reads the text of a note; extension lines are allowed by the format and ignored. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin, sizeLine, rootLine, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin || sizeLine === undefined || rootLine === undefined || extensions.includes('')) return undefined;
  const size = decimal(sizeLine);
  const root = fromBase64(rootLine);
  if (size === undefined || root?.length !== HASH_BYTES) return undefined;
  return { origin, size, root };
}
