import { fromBase64, same } from './bytes.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, rootsFromConsistency } from './merkle.ts';
import { checkNote, type NoteKey, parseNote } from './note.ts';
import type { Text } from './text.ts';

/**
 * Two checkpoints signed by one log that cannot both be true: what a witness keeps when a log shows different people
 * different histories. Whoever has the log's key can check it, without witness, log or network.
 */
export interface Misbehaviour {
  readonly type: 'shuheng/misbehaviour/1';
  readonly origin: string;
  /** RFC 3339, UTC, by the witness's clock; proves nothing. */
  readonly at: string;
  /** The witness's key. */
  readonly witness: string;
  /** Signed notes, the larger tree second; of equal trees the one the witness had cosigned first. */
  readonly held: string;
  readonly shown: string;
  /** The consistency proof that came with the second, base64. */
  readonly proof: readonly string[];
}

/**
 * `proven`: the log signed two histories · `suspect`: it signed a larger tree and gave a proof that is wrong; without
 * the tree's hashes that may be a mere fault · `consistent`: the two agree after all · `unsigned`: not both by this log.
 */
export type MisbehaviourFinding = 'proven' | 'suspect' | 'consistent' | 'unsigned' | 'unreadable';

export interface MisbehaviourCheck {
  readonly finding: MisbehaviourFinding;
  readonly says: Text;
}

/** @param keys the log's public keys, from a source one trusts */
export function checkMisbehaviour(evidence: Misbehaviour, keys: readonly NoteKey[]): MisbehaviourCheck {
  const held = signedCheckpoint(evidence.held, keys);
  const shown = signedCheckpoint(evidence.shown, keys);
  if (held === 'unreadable' || shown === 'unreadable') return said('unreadable');
  if (held === 'unsigned' || shown === 'unsigned') return said('unsigned');
  if (held.origin !== shown.origin) return said('unsigned');
  if (held.size > shown.size) return said('unreadable');
  if (held.size === shown.size) return said(same(held.root, shown.root) ? 'consistent' : 'proven');
  const proof = evidence.proof.map(fromBase64);
  if (!proof.every((hash) => hash?.length === HASH_BYTES)) return said('unreadable');
  const roots = rootsFromConsistency(held, shown, proof as Uint8Array[]);
  // Hashes that lead to the second root are nodes of the second tree; what they say of its beginning, it signed too.
  if (!roots || !same(roots.newer, shown.root)) return said('suspect');
  return said(same(roots.older, held.root) ? 'consistent' : 'proven');
}

function signedCheckpoint(text: string, keys: readonly NoteKey[]): Checkpoint | 'unreadable' | 'unsigned' {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (!note || !checkpoint) return 'unreadable';
  const own = keys.filter((key) => key.name === checkpoint.origin).map((key) => checkNote(note, key));
  return own.includes('signed') && !own.includes('forged') ? checkpoint : 'unsigned';
}

const WORDS: Readonly<Record<MisbehaviourFinding, Text>> = {
  proven: {
    zh: '属实：该日志签署了两份互相矛盾的历史。',
    en: 'Proven: the log signed two histories that contradict each other.',
  },
  suspect: {
    zh: '存疑：该日志签署了更大的树，但所给的一致性证明不成立；可能是分叉，也可能只是证明有误。',
    en: 'Suspect: the log signed a larger tree with a consistency proof that does not hold; a fork, or a faulty proof.',
  },
  consistent: { zh: '不属实：两个检查点前后一致。', en: 'Not so: the two checkpoints are consistent.' },
  unsigned: {
    zh: '不属实：两个检查点并非都由该日志的密钥签署。',
    en: 'Not so: the two checkpoints are not both signed by this log.',
  },
  unreadable: { zh: '无法读取这份证据。', en: 'The evidence cannot be read.' },
};

const said = (finding: MisbehaviourFinding): MisbehaviourCheck => ({ finding, says: WORDS[finding] });
