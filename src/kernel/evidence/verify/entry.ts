import { textOf } from './bytes.ts';
import { isObject, type JsonObject } from './json.ts';

/** An entry of this platform (`shuheng/act/1`): public fields, and salted commitments of the others. */
export interface Entry {
  readonly id: string;
  readonly act: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Null where the act is no public fact: then it is sealed. */
  readonly subject: string | null;
  readonly open: JsonObject;
}

/** @returns undefined for an entry of another form */
export function entryOf(bytes: Uint8Array): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(textOf(bytes) ?? '');
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.type !== 'shuheng/act/1') return undefined;
  const { id, act, at, subject, open = {} } = value;
  if (typeof id !== 'string' || typeof act !== 'string' || typeof at !== 'string' || !isObject(open)) return undefined;
  return { id, act, at, subject: typeof subject === 'string' ? subject : null, open };
}
