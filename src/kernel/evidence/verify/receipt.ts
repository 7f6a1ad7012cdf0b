import { sha256 } from '@noble/hashes/sha2.js';
import { hex, same, textOf } from './bytes.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { leafHash, rootFromInclusion } from './merkle.ts';
import { checkNote, type KeyType, type Note, type NoteKey, parseKey, parseNote } from './note.ts';
import { checkCosignatures, type Policy, parsePolicy } from './policy.ts';
import { parseProof } from './proof.ts';
import * as words from './receipt-words.ts';
import type { Text } from './text.ts';

/** An entry must fit the two length bytes of an entry bundle (C2SP tlog-tiles). */
const ENTRY_BYTES_MAX = 65_535;

export interface ReceiptParts {
  /** Text of the `.tlog-proof` file, or its bytes. */
  readonly proof: string | Uint8Array;
  /** The exact bytes of the entry: a changed space or an added newline is another entry. */
  readonly entry: Uint8Array;
  /** The log's public key, `<name>+<id>+<key>`, from a source one trusts; without it the logs of the policy are taken. */
  readonly vkey?: string | undefined;
  /** A tlog-policy file: then its witnesses must have cosigned as well. One of key and policy is needed. */
  readonly policy?: string | Uint8Array | undefined;
}

/** What an entry of this platform says of itself; an entry in another form is proven all the same. */
export interface EntrySummary {
  readonly id: string;
  readonly act: string;
  /** RFC 3339, UTC, as the platform wrote it down when it happened. */
  readonly at: string;
  /** Null, like the subject, where the act is no public fact: then both are sealed, and an opening can show them. */
  readonly party: string | null;
  readonly subject: string | null;
}

export interface Witness {
  /** As the policy names it. */
  readonly name: string;
  /** RFC 3339, UTC: when it cosigned, by its own clock. */
  readonly at: string;
}

export interface Proven {
  /** Name of the log, signed into the checkpoint. */
  readonly log: string;
  readonly index: bigint;
  /** Entries in the log when the checkpoint was signed. */
  readonly size: bigint;
  /** Hex. */
  readonly root: string;
  /** SHA-256 of the entry's bytes, hex, as `sha256sum` prints it. */
  readonly entryHash: string;
  readonly entry: EntrySummary | null;
  /** `witnessed`: the quorum of the policy cosigned. Without a policy, or where it asks for no quorum, `sequenced`. */
  readonly level: 'sequenced' | 'witnessed';
  /** Witnesses of the policy that cosigned. */
  readonly witnesses: readonly Witness[];
  /** Kinds of signature by the log that were checked. */
  readonly signatures: readonly KeyType[];
}

export type UnreadablePart = 'proof' | 'checkpoint' | 'entry' | 'key' | 'policy';
/**
 * `origin`: another log's checkpoint · `signature`: not signed by this log · `cosignature`: a witness's line is not
 * right · `inclusion`: the hashes do not lead to the signed root · `quorum`: true, but too few witnesses cosigned.
 */
export type FailedCheck = 'origin' | 'signature' | 'cosignature' | 'inclusion' | 'quorum';

export interface Words {
  /** One sentence for a person. */
  readonly says: Text;
  readonly details: readonly Text[];
}

export type Verification =
  | (Words & { readonly outcome: 'proven'; readonly proven: Proven })
  | (Words & { readonly outcome: 'false'; readonly check: FailedCheck })
  | (Words & { readonly outcome: 'unreadable'; readonly part: UnreadablePart });

/**
 * Checks a receipt with nothing but itself and the keys one trusts: no server, no network, no clock. It distinguishes
 * a file that cannot be read from one that can be read and is not true.
 */
export function verifyReceipt({ proof, entry, vkey, policy: policyFile }: ReceiptParts): Verification {
  const trusted = trustedBy(vkey, policyFile);
  if ('outcome' in trusted) return trusted;
  const proofText = typeof proof === 'string' ? proof : textOf(proof);
  const parsed = proofText === undefined ? undefined : parseProof(proofText);
  if (!parsed) return unreadable('proof');
  const note = parseNote(parsed.checkpoint);
  const checkpoint = note && parseCheckpoint(note.text);
  if (!note || !checkpoint) return unreadable('checkpoint');
  if (entry.length === 0 || entry.length > ENTRY_BYTES_MAX) return unreadable('entry');

  const signed = logSignatures(note, checkpoint, trusted.logs, trusted.policy?.beside ?? []);
  if ('outcome' in signed) return signed;
  const cosigned = trusted.policy ? checkCosignatures(note, trusted.policy) : { met: true, cosigners: [] };
  if (cosigned.forged !== undefined) return untrue('cosignature', words.forgedCosignature(cosigned.forged));
  const root = rootFromInclusion(parsed.index, checkpoint.size, leafHash(entry), parsed.hashes);
  if (!root || !same(root, checkpoint.root)) return untrue('inclusion', words.notIncluded(parsed, checkpoint));
  if (!cosigned.met) return untrue('quorum', words.noQuorum(cosigned.cosigners));

  const proven: Proven = {
    log: checkpoint.origin,
    index: parsed.index,
    size: checkpoint.size,
    root: hex(checkpoint.root),
    entryHash: hex(sha256(entry)),
    entry: summaryOf(entry),
    level: trusted.policy?.quorum ? 'witnessed' : 'sequenced',
    witnesses: cosigned.cosigners.map(({ name, seconds }) => ({ name, at: words.timeOf(seconds) })),
    signatures: signed.types,
  };
  return { outcome: 'proven', ...words.included(proven), proven };
}

interface Trusted {
  readonly logs: readonly NoteKey[];
  readonly policy: Policy | undefined;
}

/** What the caller trusts: one log key, or the logs of a policy. */
function trustedBy(vkey: string | undefined, file: string | Uint8Array | undefined): Trusted | Verification {
  const { policy, trouble } = file === undefined ? {} : parsePolicy(file);
  if (trouble) return { outcome: 'unreadable', part: 'policy', ...words.policyTrouble(trouble) };
  if (vkey === undefined && policy && policy.logs.length > 0)
    return { logs: policy.logs.map((log) => log.key), policy };
  const key = parseKey(vkey ?? '');
  return key ? { logs: [key], policy } : unreadable('key');
}

/**
 * The key's name is the log's name: a receipt of another log must not pass under this one's key. Of several keys of one
 * log, each that signed must have signed rightly, and one must have.
 * @param beside keys that are checked where they signed, and alone prove nothing
 */
function logSignatures(
  note: Note,
  checkpoint: Checkpoint,
  logs: readonly NoteKey[],
  beside: readonly NoteKey[],
): { types: KeyType[] } | Verification {
  const own = logs.filter((key) => key.name === checkpoint.origin);
  if (own.length === 0) return untrue('origin', words.otherLog(checkpoint, logs));
  const standingOf = (key: NoteKey) => ({ type: key.type, standing: checkNote(note, key) });
  const standings = own.map(standingOf);
  const further = beside.filter((key) => key.name === checkpoint.origin).map(standingOf);
  const all = [...standings, ...further];
  if (all.some((s) => s.standing === 'forged')) return untrue('signature', words.notSigned('forged'));
  if (!standings.some((s) => s.standing === 'signed')) return untrue('signature', words.notSigned('unsigned'));
  return { types: [...new Set(all.filter((s) => s.standing === 'signed').map((s) => s.type))] };
}

const unreadable = (part: Exclude<UnreadablePart, 'policy'>): Verification => ({
  outcome: 'unreadable',
  part,
  ...words.unreadable(part, ENTRY_BYTES_MAX),
});

const untrue = (check: FailedCheck, said: Words): Verification => ({ outcome: 'false', check, ...said });

/** Called on bytes already proven; still nothing in them is taken for granted. */
export function summaryOf(bytes: Uint8Array): EntrySummary | null {
  const text = textOf(bytes);
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { type, id, act, at, party, subject } = value as Record<string, unknown>;
  if (type !== 'shuheng/act/1' || typeof id !== 'string' || typeof act !== 'string') return null;
  if (typeof at !== 'string') return null;
  const named = (value: unknown) => (typeof value === 'string' ? value : null);
  return { id, act, at, party: named(party), subject: named(subject) };
}
