import { same } from './bytes.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { leafHash, rootFromInclusion } from './merkle.ts';
import { parseNote } from './note.ts';
import { parseProof } from './proof.ts';
import { type Proven, type UnreadablePart, verifyReceipt } from './receipt.ts';
import type { Text } from './text.ts';

/** What somebody trusts who checks many receipts at once. */
export interface Trust {
  /** The log's public key, `<name>+<id>+<key>`; without it the logs of the policy are taken. */
  readonly vkey?: string | undefined;
  /** A tlog-policy file: then its witnesses must have cosigned as well. One of key and policy is needed. */
  readonly policy?: string | Uint8Array | undefined;
}

export type Level = Proven['level'];

export interface Prover {
  /** What is wrong with a receipt; undefined when it is proven. */
  readonly check: (receipt: { readonly entry: Uint8Array; readonly proof: string }) => Text | undefined;
  /** The least of all that were checked. */
  readonly level: () => Level;
}

/**
 * Checks receipts one after another. Those at one checkpoint share its signatures, which are checked once: most of the
 * work of a certificate with a thousand entries.
 */
export function proverOf(trust: Trust): Prover {
  const signed = new Set<string>();
  let least: Level = 'witnessed';
  const check: Prover['check'] = ({ entry, proof }) => {
    const parsed = parseProof(proof);
    if (parsed && signed.has(parsed.checkpoint)) return included(parsed, entry) ? undefined : NOT_INCLUDED;
    const verification = verifyReceipt({ proof, entry, vkey: trust.vkey, policy: trust.policy });
    if (verification.outcome === 'unreadable' && TRUSTED.includes(verification.part))
      throw new NoTrust(verification.part);
    if (verification.outcome !== 'proven') return verification.says;
    if (verification.proven.level === 'sequenced') least = 'sequenced';
    if (parsed) signed.add(parsed.checkpoint);
    return undefined;
  };
  return { check, level: () => least };
}

const TRUSTED: readonly UnreadablePart[] = ['key', 'policy'];

/** What was given to trust cannot be read. */
export class NoTrust extends Error {
  readonly part: 'key' | 'policy';
  constructor(part: UnreadablePart) {
    super(`the ${part} cannot be read`);
    this.part = part === 'policy' ? 'policy' : 'key';
  }
}

const NOT_INCLUDED: Text = {
  zh: '核验不通过：这条记录不在日志的该位置。',
  en: 'Not true: this entry does not stand at that place in the log.',
};

function included(proof: NonNullable<ReturnType<typeof parseProof>>, entry: Uint8Array): boolean {
  const checkpoint = parseCheckpoint(parseNote(proof.checkpoint)?.text ?? '');
  const root = checkpoint && rootFromInclusion(proof.index, checkpoint.size, leafHash(entry), proof.hashes);
  return root !== undefined && checkpoint !== undefined && same(root, checkpoint.root);
}
