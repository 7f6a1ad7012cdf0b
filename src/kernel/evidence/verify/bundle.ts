import { sha256 } from '@noble/hashes/sha2.js';
import { verifyAnchor } from './anchor.ts';
import * as words from './bundle-words.ts';
import { fromHex, hex, same, textOf } from './bytes.ts';
import { verifyCertificate } from './certificate.ts';
import {
  type BundleHead,
  MANIFEST,
  type Manifest,
  type ManifestFile,
  POLICY,
  parseManifest,
  SEAL_ACT,
  SEAL_ENTRY,
  SEAL_PROOF,
} from './manifest.ts';
import { leafHash, rootFromInclusion } from './merkle.ts';
import { checkNote, linesOf, type NoteKey, parseKey, parseNote } from './note.ts';
import { checkOpenings, type ShownOpening } from './opening.ts';
import { parsePolicy } from './policy.ts';
import { formatProof, parseProof } from './proof.ts';
import type { Trust } from './prover.ts';
import {
  type EntrySummary,
  type Proven,
  summaryOf,
  type Verification,
  verifyReceipt,
  type Witness,
  type Words,
} from './receipt.ts';
import { readZip } from './zip.ts';

export interface BundledReceipt {
  readonly entry: EntrySummary | null;
  readonly index: bigint;
  /** What the party shows of the sealed part; each is what was sealed. */
  readonly openings: readonly ShownOpening[];
}

export interface BundleProven extends BundleHead {
  readonly receipts: readonly BundledReceipt[];
  /** The weakest level of all receipts. */
  readonly level: Proven['level'];
  readonly witnesses: readonly Witness[];
  readonly signatures: Proven['signatures'];
  /** When the bundle's manifest was sealed, as the log says. RFC 3339, UTC. */
  readonly sealedAt: string;
  /** Kinds of files that are listed and unchanged, with how many there are of each. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly trust: 'given' | 'bundle';
  readonly repacked: boolean;
}

/**
 * `container`: the archive was changed outside its files · `file`: a listed file is missing, changed, or one is there
 * that is not listed · `seal`: the log does not hold this manifest · `receipt`: an entry is not proven · `opening`: a
 * shown value is not what was sealed · `certificate`: a certificate does not hold · `anchor`: an anchor does not.
 */
export type BundleCheck = 'container' | 'file' | 'seal' | 'receipt' | 'opening' | 'certificate' | 'anchor';

export type BundleVerification =
  | (Words & { readonly outcome: 'proven'; readonly bundle: BundleProven })
  | (Words & { readonly outcome: 'false'; readonly check: BundleCheck; readonly path: string | null })
  | (Words & { readonly outcome: 'unreadable' });

/** Told now and then how far the check has come, and may let others work meanwhile. */
export type BundleProgress = (done: number, total: number) => void | Promise<void>;

const PROGRESS_EVERY = 25;

class Untrue extends Error {
  readonly check: BundleCheck;
  readonly path: string | null;
  readonly words: Words;
  constructor(check: BundleCheck, path: string | null, said: Words) {
    super(said.says.en);
    this.check = check;
    this.path = path;
    this.words = said;
  }
}

/**
 * Checks a court bundle as it was downloaded: nothing but itself and whom one trusts, no server, no network, no clock.
 * @param trust without key and policy the bundle's own policy is taken, and the verdict says so
 */
export async function verifyBundle(
  archive: Uint8Array,
  trust: Trust = {},
  progress?: BundleProgress,
): Promise<BundleVerification> {
  const read = readZip(archive);
  if ('archive' in read) return verifyBundleFiles(read.archive.files, trust, progress, read.archive.repacked);
  const { kind, says } = read.trouble;
  return kind === 'changed'
    ? { outcome: 'false', check: 'container', path: null, says, details: [] }
    : { outcome: 'unreadable', says, details: [] };
}

/** The same for a bundle that was unpacked. */
export async function verifyBundleFiles(
  files: ReadonlyMap<string, Uint8Array>,
  trust: Trust = {},
  progress?: BundleProgress,
  repacked = false,
): Promise<BundleVerification> {
  const listed = files.get(MANIFEST);
  const manifest = listed && parseManifest(listed);
  if (!listed || !manifest) return { outcome: 'unreadable', ...words.noBundle(listed !== undefined) };
  const given = trust.vkey !== undefined || trust.policy !== undefined;
  const trusted: Trust = given ? trust : { policy: files.get(POLICY) ?? '' };
  try {
    // Cheapest first: a list that is not sealed needs no hashing of what it lists.
    for (const file of manifest.files) if (file.path === POLICY) checkFile(file, files);
    const seal = checkSeal(manifest, files, hex(sha256(listed)), trusted);
    checkFiles(manifest, files);
    const receipts = await checkReceipts(manifest, files, trusted, progress);
    for (const { kind, path } of manifest.files) {
      if (kind === 'certificate') checkCertificate(path, files, trusted);
      if (kind === 'anchor') checkAnchor(path, files, trusted);
    }
    const bundle: BundleProven = {
      ...manifest,
      ...standingOf([seal, ...receipts.map((r) => r.proven)]),
      receipts: receipts.map(({ proven: { entry, index }, openings }) => ({ entry, index, openings })),
      sealedAt: seal.entry?.at ?? '',
      kinds: counted(manifest.files.map((f) => f.kind)),
      trust: given ? 'given' : 'bundle',
      repacked,
    };
    return { outcome: 'proven', ...words.proven(bundle), bundle };
  } catch (error) {
    if (!(error instanceof Untrue)) throw error;
    return { outcome: 'false', check: error.check, path: error.path, ...error.words };
  }
}

/** Each listed file is there, unchanged; and nothing else is. */
function checkFiles(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): void {
  const known = new Set([MANIFEST, SEAL_ENTRY, SEAL_PROOF, ...manifest.files.map((file) => file.path)]);
  for (const file of manifest.files) checkFile(file, files);
  for (const path of files.keys()) if (!known.has(path)) throw new Untrue('file', path, words.extra(path));
}

function checkFile({ path, bytes, sha256: expected }: ManifestFile, files: ReadonlyMap<string, Uint8Array>): void {
  const content = files.get(path);
  if (!content) throw new Untrue('file', path, words.missing(path));
  if (content.length !== bytes || hex(sha256(content)) !== expected)
    throw new Untrue('file', path, words.changed(path));
}

/** The log holds an act that sealed exactly this manifest. */
function checkSeal(
  manifest: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
  manifestSha256: string,
  trust: Trust,
): Proven {
  const [entry, proof] = [files.get(SEAL_ENTRY), files.get(SEAL_PROOF)];
  if (!entry || !proof) throw new Untrue('seal', null, words.noSeal());
  const verification = verifyReceipt({ ...trust, entry, proof });
  if (verification.outcome !== 'proven') throw new Untrue('seal', SEAL_PROOF, words.sealNotProven(verification));
  const { act, open } = JSON.parse(textOf(entry) ?? '') as { act?: unknown; open?: Record<string, unknown> };
  const sealed = act === SEAL_ACT && open?.bundle === manifest.id && open.manifest === `sha256:${manifestSha256}`;
  if (!sealed) throw new Untrue('seal', MANIFEST, words.otherSeal());
  if (!isExact(proof, trust, files.get(POLICY))) throw new Untrue('seal', SEAL_PROOF, words.oddSeal());
  return verification.proven;
}

/**
 * The seal's receipt stands outside the manifest, so everything in it must be accounted for: no free text, and each
 * signature line right and of a key that the bundle or the caller names.
 */
function isExact(proof: Uint8Array, trust: Trust, ownPolicy: Uint8Array | undefined): boolean {
  const text = textOf(proof) ?? '';
  const parsed = parseProof(text);
  const note = parsed && parseNote(parsed.checkpoint);
  if (!note || formatProof(parsed) !== text) return false;
  const keys = [...keysOf(ownPolicy), ...keysOf(trust.policy), parseKey(trust.vkey ?? '')].filter(
    (k) => k !== undefined,
  );
  const right = keys.flatMap((key) => (checkNote(note, key) === 'signed' ? linesOf(note, key) : []));
  return note.signatures.every((line) => right.includes(line));
}

function keysOf(policy: string | Uint8Array | undefined): NoteKey[] {
  const read = policy === undefined ? undefined : parsePolicy(policy).policy;
  return read ? [...read.logs.map((log) => log.key), ...read.witnesses.map((witness) => witness.key)] : [];
}

interface CheckedReceipt {
  readonly proven: Proven;
  readonly openings: readonly ShownOpening[];
}

/** Every entry has its proof, every proof its entry, and what is shown of them is what was sealed. */
async function checkReceipts(
  { files: listed }: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
  trust: Trust,
  progress: BundleProgress | undefined,
): Promise<CheckedReceipt[]> {
  const contentOf = (path: string): Uint8Array => {
    const content = files.get(path);
    if (!content) throw new Untrue('file', path, words.missing(path));
    return content;
  };
  const check = receiptChecker(trust);
  const names = namesOf(listed.map((f) => f.path));
  const receipts: CheckedReceipt[] = [];
  for (const [i, name] of names.receipts.entries()) {
    if (i % PROGRESS_EVERY === 0) await progress?.(i, names.receipts.length);
    const entry = contentOf(`entries/${name}.json`);
    const checked = check(contentOf(`proofs/${name}.tlog-proof`), entry);
    if ('failed' in checked)
      throw new Untrue('receipt', `entries/${name}.json`, words.receiptNotProven(name, checked.failed));
    const shown = names.opened.has(name) ? checkOpenings(entry, contentOf(`openings/${name}.json`)) : [];
    const odd = shown?.find((o) => o.check !== 'opened');
    if (!shown || odd) throw new Untrue('opening', `openings/${name}.json`, words.falseOpening(name, odd?.name));
    receipts.push({ proven: checked.proven, openings: shown });
  }
  await progress?.(names.receipts.length, names.receipts.length);
  return receipts;
}

function checkCertificate(path: string, files: ReadonlyMap<string, Uint8Array>, trust: Trust): void {
  const content = files.get(path) ?? new Uint8Array();
  const found = verifyCertificate({ ...trust, ...(path.endsWith('.pdf') ? { pdf: content } : { json: content }) });
  if (found.outcome !== 'proven') throw new Untrue('certificate', path, words.falseCertificate(path, found));
}

function checkAnchor(path: string, files: ReadonlyMap<string, Uint8Array>, trust: Trust): void {
  const found = verifyAnchor({ ...trust, file: files.get(path) ?? '' });
  if (found.outcome !== 'proven') throw new Untrue('anchor', path, words.falseAnchor(path, found));
}

/** Ids of the receipts in a bundle: of entries, proofs and openings, so that none can stand alone. */
function namesOf(paths: readonly string[]): { receipts: string[]; opened: Set<string> } {
  const named = (pattern: RegExp) => paths.flatMap((path) => pattern.exec(path)?.[1] ?? []);
  const opened = named(/^openings\/([^/]+)\.json$/);
  const all = [...named(/^entries\/([^/]+)\.json$/), ...named(/^proofs\/([^/]+)\.tlog-proof$/), ...opened];
  return { receipts: [...new Set(all)], opened: new Set(opened) };
}

type Checked = { readonly proven: Proven } | { readonly failed: Exclude<Verification, { outcome: 'proven' }> };

/**
 * Receipts of a bundle share their checkpoint: its signatures are checked once, then each entry only has to lead to the
 * same root.
 */
function receiptChecker(trust: Trust): (proof: Uint8Array, entry: Uint8Array) => Checked {
  const seen = new Map<string, { proven: Proven; root: Uint8Array }>();
  return (proof, entry) => {
    const parsed = parseProof(textOf(proof) ?? '');
    const before = parsed && seen.get(parsed.checkpoint);
    if (before) {
      const root = rootFromInclusion(parsed.index, before.proven.size, leafHash(entry), parsed.hashes);
      if (root && same(root, before.root)) {
        const { index } = parsed;
        return { proven: { ...before.proven, index, entryHash: hex(sha256(entry)), entry: summaryOf(entry) } };
      }
    }
    const verification = verifyReceipt({ ...trust, proof, entry });
    if (verification.outcome !== 'proven') return { failed: verification };
    const { proven } = verification;
    const root = fromHex(proven.root);
    if (parsed && root) seen.set(parsed.checkpoint, { proven, root });
    return { proven };
  };
}

/** What all receipts together amount to: the weakest of them. */
function standingOf(all: readonly Proven[]): Pick<BundleProven, 'level' | 'witnesses' | 'signatures'> {
  const [first] = all;
  const common = <T>(of: (p: Proven) => readonly T[], key: (t: T) => string): T[] =>
    (first ? of(first) : []).filter((t) => all.every((p) => of(p).some((other) => key(other) === key(t))));
  return {
    level: all.every((p) => p.level === 'witnessed') ? 'witnessed' : 'sequenced',
    witnesses: common(
      (p) => p.witnesses,
      (w) => w.name,
    ),
    signatures: common((p) => p.signatures, String),
  };
}

function counted(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
