import type { Text } from '../text.ts';
import { type KeyPurpose, labelText } from './keys.ts';
import type { LogKeyRow } from './log-keys.ts';
import { keyName } from './signers.ts';
import type { Rows } from './tiles.ts';
import { parseKey } from './verify/index.ts';

interface KeyRow extends Omit<LogKeyRow, 'purpose'> {
  readonly purpose: KeyPurpose;
  /** The announcement as it stands in the log. */
  readonly bytes: Buffer | null;
}

/**
 * Looks at the signing keys beside a log: each is a key of its purpose, was announced by an entry that names it, and
 * those of the log follow each other without a gap.
 * @returns the first thing that is not so
 */
export async function keyTrouble(
  rows: Rows,
  log: { readonly origin: string; readonly vkey: string; readonly size: number },
): Promise<Text | undefined> {
  const keys = await rows<KeyRow>(
    `select k.*, e.bytes from signing_key k left join evidence_entry e on e.id = k.announced_by
      order by k.purpose, k.algorithm, k.generation`,
    [],
  );
  for (const key of keys) {
    const trouble = troubleOf(key, log.origin) ?? orderOf(key, keys, log.size);
    if (trouble) return trouble;
  }
  const current = keys.findLast((k) => k.purpose === 'log' && k.algorithm === 'ed25519' && k.first_size !== null);
  if (current?.vkey === log.vkey && current.last_size === null) return undefined;
  return {
    zh: '日志状态中的公钥不是当前签名密钥。',
    en: 'The public key in the log state is not the one that signs.',
  };
}

function troubleOf(key: KeyRow, origin: string): Text | undefined {
  const parsed = parseKey(key.vkey);
  const label = labelText(key);
  if (!parsed || parsed.name !== keyName(origin, key.purpose) || parsed.type !== key.algorithm)
    return {
      zh: `公钥 ${label} 无法读取或名称不符。`,
      en: `The public key ${label} cannot be read, or has another name.`,
    };
  // Only the key a log began with is not announced in it.
  const isFirst = key.purpose === 'log' && key.algorithm === 'ed25519' && key.generation === 1;
  if (key.announced_by === null && isFirst) return undefined;
  if (key.bytes && announces(key.bytes, key.vkey)) return undefined;
  return { zh: `公钥 ${label} 没有公布它的记录。`, en: `No entry announces the public key ${label}.` };
}

function announces(bytes: Buffer, vkey: string): boolean {
  const { open } = JSON.parse(bytes.toString()) as { open?: { vkeys?: unknown[] } };
  return open?.vkeys?.includes(vkey) ?? false;
}

/** A key of the log signs a range of sizes; the next one begins before it ends, or just there. */
function orderOf(key: KeyRow, keys: readonly KeyRow[], size: number): Text | undefined {
  if (key.purpose !== 'log' || key.first_size === null) return undefined;
  const next = keys.find(
    (k) =>
      k.purpose === 'log' && k.algorithm === key.algorithm && k.generation > key.generation && k.first_size !== null,
  );
  const last = key.last_size ?? size;
  const fits =
    last <= size &&
    (!next || (next.first_size ?? 0) <= last) &&
    (next || key.last_size === null || key.algorithm === 'sm2');
  if (fits) return undefined;
  const label = labelText(key);
  return {
    zh: `签名密钥 ${label} 的起止条数不连续或超出日志。`,
    en: `The sizes signed by ${label} leave a gap or go beyond the log.`,
  };
}
