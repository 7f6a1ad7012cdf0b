import {
  checkOpenings,
  parseKey,
  type ShownOpening,
  type Verification,
  verifyReceipt,
} from '../../../../../src/kernel/evidence/verify/index.ts';
import type { Piece } from './read.ts';

/** One thing to say a verdict on: a receipt needs two files, everything else is whole by itself. */
export type Finding =
  | {
      readonly of: 'receipt';
      readonly pieces: readonly [proof: Piece, entry: Piece, ...openings: Piece[]];
      readonly verification: Verification;
      /** What somebody shows of the entry's sealed part, checked against it. */
      readonly openings: readonly ShownOpening[];
    }
  | { readonly of: 'lonely'; readonly pieces: readonly [Piece] };

type Trust = { readonly vkey: string } | { readonly policy: string };

/** One key by itself, or else a policy; which of the two a text is shows when it is read. */
export const trustOf = (text: string): Trust => (parseKey(text) ? { vkey: text } : { policy: text });

const stem = (name: string): string => name.replace(/\.(tlog-proof|json|txt)$/i, '');

/** Verdicts on all that was taken in, newest first. */
export function findingsOf(pieces: readonly Piece[], trust: string): Finding[] {
  const entries = pieces.filter((p) => p.kind === 'entry');
  const shown = pieces.filter((p) => p.kind === 'openings');
  const taken = new Set<Piece>();
  const findings = pieces.flatMap((piece): Finding[] => {
    if (piece.kind !== 'proof') return [];
    const free = entries.filter((e) => !taken.has(e));
    const found = partnerOf(piece, free, trustOf(trust));
    if (!found) return [{ of: 'lonely', pieces: [piece] }];
    taken.add(found.entry);
    const opening = shown.find((o) => !taken.has(o) && namesReceipt(o, receiptOf(found.verification)));
    if (opening) taken.add(opening);
    return [
      {
        of: 'receipt',
        pieces: [piece, found.entry, ...(opening ? [opening] : [])],
        verification: found.verification,
        openings: opening ? (checkOpenings(found.entry.bytes, opening.bytes) ?? []) : [],
      },
    ];
  });
  for (const rest of [...entries, ...shown]) if (!taken.has(rest)) findings.push({ of: 'lonely', pieces: [rest] });
  return findings.reverse();
}

const receiptOf = (verification: Verification): string | undefined =>
  verification.outcome === 'proven' ? verification.proven.entry?.id : undefined;

/** A false opening must be shown as false: whose it claims to be is what counts here. */
function namesReceipt(openings: Piece, receiptId: string | undefined): boolean {
  try {
    const { receiptId: named } = JSON.parse(new TextDecoder().decode(openings.bytes)) as { receiptId?: unknown };
    return receiptId !== undefined && named === receiptId;
  } catch {
    return false;
  }
}

/**
 * The entry that belongs to a proof: one that verifies, else one of the same name, else the only one there is — a
 * changed entry must be told apart from a missing one.
 */
function partnerOf(
  proof: Piece,
  entries: readonly Piece[],
  trust: Trust,
): { entry: Piece; verification: Verification } | undefined {
  const tried = entries.map((entry) => ({
    entry,
    verification: verifyReceipt({ proof: proof.bytes, entry: entry.bytes, ...trust }),
  }));
  return (
    tried.find((t) => t.verification.outcome === 'proven') ??
    tried.find((t) => stem(t.entry.name) === stem(proof.name)) ??
    (tried.length === 1 ? tried[0] : undefined)
  );
}
