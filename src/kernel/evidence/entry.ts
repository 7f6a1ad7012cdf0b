import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';

/** An entry must fit the uint16 length of a tlog-tiles entry bundle (C2SP tlog-tiles). */
export const ENTRY_BYTES_MAX = 65_535;
const SALT_BYTES = 16;

export interface SealedValue {
  /** 32 hex digits. */
  readonly salt: string;
  readonly value: unknown;
}

/** What an entry says besides its commitments; all of it is public. */
export interface OpenEntry {
  readonly id: string;
  readonly act: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly party: string | null;
  readonly subject: string;
  readonly open: Readonly<Record<string, unknown>>;
  /** Rule, version and outcome of each decision, in the order decided. */
  readonly rules: readonly {
    readonly rule: string;
    readonly version: string;
    readonly outcome: string;
    readonly binding: boolean;
  }[];
  /** `sha256:` of the canonical decision records with their parameters and fact hashes. */
  readonly decisions: string;
}

/** Canonical JSON (RFC 8785) of a plain value. @throws TypeError for what JSON cannot say */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON form');
  return text;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Salted commitment: `sha256:` hex of SHA-256(salt ‖ canonical JSON of the value). */
export function commitment({ salt, value }: SealedValue): string {
  return `sha256:${sha256Hex(Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(canonical(value))]))}`;
}

/** Builds the exact bytes of an entry and keeps what opens its commitments apart. @throws RangeError above 65,535 bytes */
export function buildEntry(
  open: OpenEntry,
  secrets: Readonly<Record<string, unknown>>,
): { bytes: Buffer; sealed: Record<string, SealedValue> } {
  const sealed: Record<string, SealedValue> = {};
  for (const [name, value] of Object.entries(secrets)) {
    sealed[name] = {
      salt: randomBytes(SALT_BYTES).toString('hex'),
      value: value === undefined ? null : JSON.parse(JSON.stringify(value)),
    };
  }
  const commitments = Object.fromEntries(Object.entries(sealed).map(([name, s]) => [name, commitment(s)]));
  const plain = JSON.parse(JSON.stringify(open)) as object;
  const bytes = Buffer.from(canonical({ type: 'shuheng/act/1', ...plain, sealed: commitments }));
  if (bytes.length > ENTRY_BYTES_MAX)
    throw new RangeError(`evidence entry has ${bytes.length} bytes, at most ${ENTRY_BYTES_MAX}`);
  return { bytes, sealed };
}

/** Appends an entry in the act's transaction: both commit or neither (law 2 of the house). */
export async function appendEntry(
  tx: Tx,
  entry: { id: string; at: Date; bytes: Buffer; sealed: Record<string, SealedValue> },
): Promise<void> {
  await sql`with e as (insert into evidence_entry (id, at, bytes, sealed)
    values (${entry.id}, ${entry.at}, ${entry.bytes}, ${JSON.stringify(entry.sealed)}::jsonb))
    insert into evidence_queue (entry_id) values (${entry.id})`.execute(tx);
}
