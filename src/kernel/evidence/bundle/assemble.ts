import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../root.ts';
import { sha256Hex } from '../entry.ts';
import { verifierPage } from '../verifier-page.ts';
import {
  type BundleHead,
  canonicalJson,
  formatManifest,
  formatProof,
  linesOf,
  MANIFEST,
  type ManifestFile,
  type NoteKey,
  POLICY,
  parseNote,
  parsePolicy,
  parseProof,
  SEAL_ENTRY,
  SEAL_PROOF,
  ZipWriter,
} from '../verify/index.ts';
import { readme } from './readme.ts';

/** One commitment of an entry: opened, or why it is not. */
export interface BundleOpening {
  readonly name: string;
  readonly commitment: string;
  readonly state: 'open' | 'withheld' | 'erased';
  readonly salt: string | null;
  readonly value?: unknown;
}

export interface BundleReceipt {
  /** `rct_…` */
  readonly id: string;
  readonly entry: Uint8Array;
  /** The `.tlog-proof` text. */
  readonly proof: string;
  readonly openings: readonly BundleOpening[];
}

export interface BundleFile {
  readonly path: string;
  readonly kind: string;
  readonly content: Uint8Array;
}

export interface BundleContent {
  readonly head: BundleHead;
  readonly receipts: readonly BundleReceipt[];
  /** The log's policy, text. */
  readonly policy: string;
  /** Announced keys of certificates, for the verifier in the bundle. */
  readonly announcements?: readonly unknown[];
  /** Certificates, anchors, what else there is. */
  readonly others: readonly BundleFile[];
}

/** A bundle before its manifest is sealed in the log. */
export interface UnsealedBundle {
  readonly files: readonly BundleFile[];
  readonly manifest: string;
  /** Hex; what the seal says. */
  readonly manifestSha256: string;
}

const SOURCES = join(ROOT, 'src', 'kernel', 'evidence', 'bundle');

/** All files of a court bundle but the seal, in the order of their paths. */
export async function assembleBundle({
  head,
  receipts,
  policy,
  others,
  announcements = [],
}: BundleContent): Promise<UnsealedBundle> {
  const page = await verifierPage({ trust: policy, announcements }, new Date(head.madeAt));
  const text = (path: string, kind: string, content: string): BundleFile => ({
    path,
    kind,
    content: Buffer.from(content),
  });
  const files = [
    text('README.md', 'readme', readme(head, receipts.length, others)),
    text(POLICY, 'policy', policy),
    { path: 'verify.go', kind: 'verifier', content: await readFile(join(SOURCES, 'verify.go')) },
    { path: 'verify.sh', kind: 'verifier', content: await readFile(join(SOURCES, 'verify.sh')) },
    ...(page === undefined ? [] : [text('verify.html', 'verifier', page)]),
    ...checkpointsOf(receipts).map(([size, note]) => text(`checkpoints/${size}`, 'checkpoint', note)),
    ...receipts.flatMap(({ id, entry, proof, openings }) => [
      { path: `entries/${id}.json`, kind: 'entry', content: entry },
      text(`proofs/${id}.tlog-proof`, 'proof', proof),
      ...(openings.some((o) => o.state === 'open')
        ? [text(`openings/${id}.json`, 'openings', openingsFile(id, openings))]
        : []),
    ]),
    ...others,
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const listed: ManifestFile[] = files.map(({ path, kind, content }) => ({
    path,
    kind,
    bytes: content.length,
    sha256: sha256Hex(content),
  }));
  const manifest = formatManifest({ ...head, files: listed });
  return { files, manifest, manifestSha256: sha256Hex(manifest) };
}

/** Each checkpoint the receipts are made at, once: to compare with the log or a mirror of it. */
function checkpointsOf(receipts: readonly BundleReceipt[]): [size: string, note: string][] {
  const notes = new Map<string, string>();
  for (const { proof } of receipts) {
    const note = parseProof(proof)?.checkpoint;
    if (note !== undefined) notes.set(note.split('\n')[1] ?? '', note);
  }
  return [...notes];
}

/** One commitment a line and the value last, in canonical form: a shell can cut it out and hash it. */
function openingsFile(id: string, openings: readonly BundleOpening[]): string {
  const lines = openings.map(({ name, state, salt, value }) =>
    state === 'open'
      ? `{"name":${JSON.stringify(name)},"salt":${JSON.stringify(salt)},"value":${canonicalJson(value)}}`
      : JSON.stringify({ name, state }),
  );
  return `{"receiptId":${JSON.stringify(id)},"openings":[\n${lines.join(',\n')}\n]}\n`;
}

/** The archive, piece by piece, in the form {@link readZip} knows as the original. */
export function* packBundle(
  { files, manifest }: UnsealedBundle,
  seal: { readonly entry: Uint8Array; readonly proof: string },
): Generator<Uint8Array> {
  const policy = files.find((f) => f.path === POLICY);
  const whole: BundleFile[] = [
    ...files,
    { path: MANIFEST, kind: 'manifest', content: Buffer.from(manifest) },
    { path: SEAL_ENTRY, kind: 'seal', content: seal.entry },
    { path: SEAL_PROOF, kind: 'seal', content: Buffer.from(accountedFor(seal.proof, policy?.content)) },
  ];
  const writer = new ZipWriter();
  for (const { path, content } of whole) yield* writer.add(path, content);
  yield writer.end();
}

/**
 * The seal's receipt lies outside the manifest, so it keeps only signature lines that every verifier in the bundle can
 * check: those of Ed25519 keys in the policy.
 */
function accountedFor(proof: string, policy: Uint8Array | undefined): string {
  const parsed = parseProof(proof);
  const note = parsed && parseNote(parsed.checkpoint);
  const read = policy && parsePolicy(policy).policy;
  if (!note || !read) throw new Error('the receipt of a seal, or the policy, cannot be read');
  const keys: NoteKey[] = [...read.logs, ...read.witnesses]
    .map((known) => known.key)
    .filter((key) => key.type !== 'sm2');
  const right = new Set(keys.flatMap((key) => linesOf(note, key)));
  const lines = parsed.checkpoint
    .slice(note.text.length + 1)
    .split('\n')
    .slice(0, -1);
  const kept = lines.filter((_, i) => right.has(note.signatures[i] as (typeof note.signatures)[number]));
  return formatProof({ ...parsed, checkpoint: `${note.text}\n${kept.map((line) => `${line}\n`).join('')}` });
}
