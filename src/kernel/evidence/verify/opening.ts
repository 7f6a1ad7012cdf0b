import { sha256 } from '@noble/hashes/sha2.js';
import { fromHex, hex, join, textOf, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical.ts';

const SALT_BYTES = 16;

/** What opens one commitment of an entry; handed out by `GET /v1/receipts/<id>/openings`. */
export interface Opening {
  /** 32 hex digits. */
  readonly salt: string;
  readonly value: unknown;
}

/** `opened`: exactly this value was sealed · `false`: another value or salt was · `absent`: the entry seals nothing of that name. */
export type OpeningCheck = 'opened' | 'false' | 'absent';

/**
 * Checks what somebody shows of an entry's sealed part against the entry, offline. That the entry itself is in the log
 * is the receipt's matter.
 * @param entry the exact bytes of the entry
 */
export function checkOpening(entry: Uint8Array, name: string, { salt, value }: Opening): OpeningCheck {
  const sealed = sealedOf(entry);
  if (!sealed || !Object.hasOwn(sealed, name)) return 'absent';
  const saltBytes = fromHex(salt);
  if (saltBytes?.length !== SALT_BYTES) return 'false';
  return sealed[name] === `sha256:${hex(sha256(join(saltBytes, utf8(canonicalJson(value)))))}` ? 'opened' : 'false';
}

function sealedOf(entry: Uint8Array): Record<string, unknown> | undefined {
  const text = textOf(entry);
  if (text === undefined) return undefined;
  try {
    const { sealed } = JSON.parse(text) as { sealed?: unknown };
    return typeof sealed === 'object' && sealed !== null ? (sealed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What a person is shown of one commitment. */
export interface ShownOpening {
  readonly name: string;
  readonly value: unknown;
  readonly check: OpeningCheck;
}

/**
 * Checks a file of openings against the entry it is said to open.
 * @param file the JSON of `GET /v1/receipts/<id>/openings`; what it withholds is left out
 * @returns undefined when it is no such file
 */
export function checkOpenings(entry: Uint8Array, file: Uint8Array): ShownOpening[] | undefined {
  const text = textOf(file);
  let openings: unknown;
  try {
    ({ openings } = JSON.parse(text ?? '') as { openings?: unknown });
  } catch {
    return undefined;
  }
  if (!Array.isArray(openings)) return undefined;
  return openings.flatMap((o: unknown): ShownOpening[] => {
    if (typeof o !== 'object' || o === null || !('name' in o) || !('value' in o) || !('salt' in o)) return [];
    const { name, salt, value } = o;
    if (typeof name !== 'string' || typeof salt !== 'string') return [];
    return [{ name, value, check: checkOpening(entry, name, { salt, value }) }];
  });
}
