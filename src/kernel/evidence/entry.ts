import { hash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type RawBuilder, sql } from 'kysely';

/** An entry must fit the uint16 length of a tlog-tiles entry bundle (C2SP tlog-tiles). */
export const ENTRY_BYTES_MAX = 65_535;
const SALT_BYTES = 16;

/** Codes, numbers, dates and digests: one printable word each. What a person typed does not fit, and is sealed. */
const OPEN_WORD = /^[\x21-\x7e]{1,512}$/;

/** What opens a commitment. */
export interface Opening {
  /** 32 hex digits. */
  readonly salt: string;
  readonly value: unknown;
}

/** An opening as it is kept: for all parties of the act, or for the actor's own only; or erased. */
export type SealedValue = (Opening & { readonly own?: true }) | { readonly erasedAt: string };

/** What an entry says besides its commitments; all of it is public for ever. */
export interface OpenEntry {
  readonly id: string;
  readonly act: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Null in the entry of an act that is not a public fact; then it is sealed. */
  readonly party: string | null;
  readonly subject: string | null;
  readonly open: Readonly<Record<string, unknown>>;
  /** Rule, version and outcome of each decision, in the order decided; the outcome is `sealed` where the act is no public fact. */
  readonly rules: readonly {
    readonly rule: string;
    readonly version: string;
    readonly outcome: string;
    readonly binding: boolean;
  }[];
}

/** The private side of an entry: each value becomes a salted commitment of its own. */
export interface Secrets {
  /** For every party of the act. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** For the actor's own party and the supervisors. */
  readonly own: Readonly<Record<string, unknown>>;
}

/** Canonical JSON (RFC 8785) of a plain value. @throws TypeError for what JSON cannot say */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON form');
  return text;
}

export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Salted commitment: `sha256:` hex of SHA-256(salt ‖ canonical JSON of the value). */
export function commitment({ salt, value }: Opening): string {
  return `sha256:${sha256Hex(Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(canonical(value))]))}`;
}

/** A value as JSON holds it, with a salt that makes even a guessed value impossible to confirm. */
export const salted = (value: unknown): Opening => ({
  salt: randomBytes(SALT_BYTES).toString('hex'),
  value: value === undefined ? null : JSON.parse(JSON.stringify(value)),
});

/**
 * Builds the exact bytes of an entry and keeps what opens its commitments apart.
 * @throws RangeError above 65,535 bytes
 * @throws TypeError for free text in the open part: nothing can ever be taken out of the log again
 */
export function buildEntry(
  open: OpenEntry,
  { shared, own }: Secrets,
): { bytes: Buffer; sealed: Record<string, SealedValue> } {
  refuseFreeText('open', open.open);
  const sealed: Record<string, Opening & { own?: true }> = {};
  for (const [name, value] of Object.entries(shared)) sealed[name] = salted(value);
  for (const [name, value] of Object.entries(own)) sealed[name] = { ...salted(value), own: true };
  const commitments = Object.fromEntries(Object.entries(sealed).map(([name, s]) => [name, commitment(s)]));
  const plain = JSON.parse(JSON.stringify(open)) as object;
  const bytes = Buffer.from(canonical({ type: 'shuheng/act/1', ...plain, sealed: commitments }));
  if (bytes.length > ENTRY_BYTES_MAX)
    throw new RangeError(`evidence entry has ${bytes.length} bytes, at most ${ENTRY_BYTES_MAX}`);
  return { bytes, sealed };
}

function refuseFreeText(path: string, value: unknown): void {
  if (typeof value === 'string' && !OPEN_WORD.test(value))
    throw new TypeError(`${path} of an evidence entry is free text: seal it`);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) refuseFreeText(`${path}.${name}`, part);
}

/** An entry ready to be written. */
export interface BuiltEntry {
  readonly id: string;
  readonly at: Date;
  readonly bytes: Buffer;
  readonly sealed: Record<string, SealedValue>;
}

/**
 * Writes an entry and queues it for its index: parts of the `with` of the statement that writes the act, so that both
 * are written or neither (law 2 of the house). The queue line carries the entry's leaf hash, made by the database from
 * the very bytes it stores, so that sequencing reads no entry.
 */
export const insertEntry = ({ id, at, bytes, sealed }: BuiltEntry): RawBuilder<unknown> => sql`evidence as (
    insert into evidence_entry (id, at, bytes, sealed) values (${id}, ${at}, ${bytes}, ${JSON.stringify(sealed)}::jsonb)
    returning id, bytes),
  waiting as (insert into evidence_queue (entry_id, leaf) select id, sha256('\\x00'::bytea || bytes) from evidence)`;
