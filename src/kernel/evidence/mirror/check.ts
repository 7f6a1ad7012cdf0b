import type { Text } from '../../text.ts';
import { CHECKPOINT_PATH } from '../layout.ts';
import { Edge } from '../merkle.ts';
import { BrokenLog, readEntries } from './read.ts';
import type { LogSource } from './source.ts';
import { readCheckpoint, type Trust } from './trust.ts';

export type LogCheck =
  | {
      readonly ok: true;
      readonly origin: string;
      readonly size: number;
      /** Hex. */
      readonly root: string;
    }
  | { readonly ok: false; readonly difference: Text };

/**
 * Makes the whole tree of a log again from its public files alone, and compares every tile, the root and the signature:
 * what anybody can do with a mirror, without our database.
 */
export async function checkLog(
  source: LogSource,
  trust: Trust,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<LogCheck> {
  const file = await source.get(CHECKPOINT_PATH);
  if (!file) return different(`缺少 ${CHECKPOINT_PATH}`, `${CHECKPOINT_PATH} is missing`);
  const standing = readCheckpoint(file.toString(), trust);
  if (!standing.checkpoint) return different(standing.zh, standing.en);
  const { origin, root } = standing.checkpoint;
  const size = Number(standing.checkpoint.size);
  const edge = Edge.empty();
  try {
    for await (const _ of readEntries(source, edge, size)) onProgress(edge.size, size);
  } catch (error) {
    if (error instanceof BrokenLog) return different(`文件与条目不符：${error.message}`, error.message);
    throw error;
  }
  const made = edge.root();
  if (!made.equals(root))
    return different(
      `由 ${size} 条记录算出的根哈希不是检查点的`,
      `the root of the ${size} entries is not the checkpoint's`,
    );
  return { ok: true, origin, size, root: made.toString('hex') };
}

const different = (zh: string, en: string): LogCheck => ({
  ok: false,
  difference: { zh: `${zh}。`, en: `${en.charAt(0).toUpperCase()}${en.slice(1)}.` },
});
