import {
  type AnchorVerification,
  type BundleVerification,
  type CertificateVerification,
  checkOpenings,
  parseKey,
  type ShownOpening,
  type Trust,
  type Verification,
  verifyAnchor,
  verifyBundle,
  verifyCertificate,
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
  | { readonly of: 'certificate'; readonly pieces: readonly [Piece]; readonly verification: CertificateVerification }
  | { readonly of: 'bundle'; readonly pieces: readonly [Piece]; readonly verification: BundleVerification }
  | { readonly of: 'anchor'; readonly pieces: readonly [Piece]; readonly verification: AnchorVerification }
  /** Still at work, `done` of `total`; or waiting for what else it takes. */
  | { readonly of: 'working'; readonly pieces: readonly [Piece]; readonly done: number; readonly total: number }
  | { readonly of: 'lonely'; readonly pieces: readonly [Piece] }
  | { readonly of: 'untrusted'; readonly pieces: readonly [Piece] };

/** One key by itself, or else a policy; which of the two a text is shows when it is read. */
export const trustOf = (text: string): Trust => (parseKey(text) ? { vkey: text } : { policy: text });

export interface Checker {
  /** Verdicts on all that was taken in, newest first. An empty trust means that there is none yet. */
  readonly findings: (pieces: readonly Piece[], trust: string) => Finding[];
}

/** Kinds that are whole by themselves and rest on whom one trusts. */
const WHOLE: readonly Piece['kind'][] = ['certificate', 'pdf', 'note', 'anchor'];

interface Working {
  readonly trust: string;
  done: number;
  total: number;
  verification: BundleVerification | null;
}

/**
 * @param announcements the announced keys of certificates, which the note of a QR code needs; asked for once
 * @param changed told when a check that takes longer has come further
 */
export function makeChecker(announcements: () => Promise<readonly unknown[]>, changed: () => void): Checker {
  const bundles = new WeakMap<Piece, Working>();
  const certificates = new WeakMap<Piece, { trust: string; verification: CertificateVerification }>();
  const anchors = new WeakMap<Piece, { trust: string; verification: AnchorVerification }>();
  let announced: readonly unknown[] | undefined;
  let asked = false;

  const certificate = (piece: Piece, trust: string): Finding => {
    if (piece.kind === 'note' && announced === undefined) {
      if (!asked) {
        asked = true;
        void announcements().then((items) => {
          announced = items;
          changed();
        });
      }
      return { of: 'working', pieces: [piece], done: 0, total: 0 };
    }
    const before = certificates.get(piece);
    if (before?.trust === trust) return { of: 'certificate', pieces: [piece], verification: before.verification };
    const verification = verifyCertificate({ ...trustOf(trust), ...formOf(piece), announcements: announced ?? [] });
    certificates.set(piece, { trust, verification });
    return { of: 'certificate', pieces: [piece], verification };
  };

  const anchor = (piece: Piece, trust: string): Finding => {
    const before = anchors.get(piece);
    if (before?.trust === trust) return { of: 'anchor', pieces: [piece], verification: before.verification };
    const verification = verifyAnchor({ ...trustOf(trust), file: piece.bytes });
    anchors.set(piece, { trust, verification });
    return { of: 'anchor', pieces: [piece], verification };
  };

  const bundle = (piece: Piece, trust: string): Finding => {
    let working = bundles.get(piece);
    if (working?.trust !== trust) {
      const begun: Working = { trust, done: 0, total: 0, verification: null };
      working = begun;
      bundles.set(piece, begun);
      const current = () => bundles.get(piece) === begun;
      void verifyBundle(piece.bytes, trust === '' ? {} : trustOf(trust), async (done, total) => {
        Object.assign(begun, { done, total });
        if (current()) changed();
        await breath();
      }).then((verification) => {
        begun.verification = verification;
        if (current()) changed();
      });
    }
    const { verification, done, total } = working;
    return verification
      ? { of: 'bundle', pieces: [piece], verification }
      : { of: 'working', pieces: [piece], done, total };
  };

  return {
    findings: (pieces, trust) => {
      const whole = pieces.flatMap((piece): { piece: Piece; finding: Finding }[] => {
        if (piece.kind === 'bundle') return [{ piece, finding: bundle(piece, trust) }];
        if (!WHOLE.includes(piece.kind)) return [];
        if (trust === '') return [{ piece, finding: { of: 'untrusted', pieces: [piece] } }];
        return [{ piece, finding: piece.kind === 'anchor' ? anchor(piece, trust) : certificate(piece, trust) }];
      });
      const receipts = receiptsOf(pieces, trust).map((finding) => ({ piece: finding.pieces[0], finding }));
      const order = (piece: Piece) => pieces.indexOf(piece);
      return [...whole, ...receipts].sort((a, b) => order(b.piece) - order(a.piece)).map(({ finding }) => finding);
    },
  };
}

/** Lets the page draw and answer between steps. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function formOf({ kind, bytes }: Piece): { pdf: Uint8Array } | { json: Uint8Array } | { note: string } {
  if (kind === 'pdf') return { pdf: bytes };
  return kind === 'note' ? { note: new TextDecoder().decode(bytes) } : { json: bytes };
}

const stem = (name: string): string => name.replace(/\.(tlog-proof|json|txt)$/i, '');

function receiptsOf(pieces: readonly Piece[], trust: string): Finding[] {
  const entries = pieces.filter((p) => p.kind === 'entry');
  const shown = pieces.filter((p) => p.kind === 'openings');
  const taken = new Set<Piece>();
  const findings = pieces.flatMap((piece): Finding[] => {
    if (piece.kind !== 'proof') return [];
    if (trust === '' && entries.length > 0) return [{ of: 'untrusted', pieces: [piece] }];
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
  const untrusted = findings.some((f) => f.of === 'untrusted');
  for (const rest of [...entries, ...shown])
    if (!taken.has(rest) && !untrusted) findings.push({ of: 'lonely', pieces: [rest] });
  return findings;
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

const verdicts = new WeakMap<Piece, WeakMap<Piece, { readonly trust: string; readonly verification: Verification }>>();

/** The same files under the same trust have the same verdict, also as an object. */
function verdictOn(proof: Piece, entry: Piece, trust: Trust): Verification {
  const key = JSON.stringify(trust);
  const ofProof = verdicts.get(proof) ?? new WeakMap();
  verdicts.set(proof, ofProof);
  const before = ofProof.get(entry);
  if (before?.trust === key) return before.verification;
  const verification = verifyReceipt({ proof: proof.bytes, entry: entry.bytes, ...trust });
  ofProof.set(entry, { trust: key, verification });
  return verification;
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
  const tried = entries.map((entry) => ({ entry, verification: verdictOn(proof, entry, trust) }));
  return (
    tried.find((t) => t.verification.outcome === 'proven') ??
    tried.find((t) => stem(t.entry.name) === stem(proof.name)) ??
    (tried.length === 1 ? tried[0] : undefined)
  );
}
