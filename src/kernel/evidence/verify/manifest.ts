import { textOf } from './bytes.ts';

/**
 * The list of a court bundle's files. It is JSON written one file a line, so that a shell can read it as well:
 * `{"type":"shuheng/bundle/1",…,"files":[` newline, `{"path":…,"kind":…,"bytes":…,"sha256":…},` …, `]}` newline.
 */
export const BUNDLE_TYPE = 'shuheng/bundle/1';
export const MANIFEST = 'manifest.json';
/** The act that put the manifest's hash into the log, and its receipt: they cover the manifest, so it cannot list them. */
export const SEAL_ENTRY = 'seal.json';
export const SEAL_PROOF = 'seal.tlog-proof';
export const SEAL_ACT = 'evidence.seal-bundle';
export const POLICY = 'policy';

export interface ManifestFile {
  readonly path: string;
  /** `readme`, `policy`, `checkpoint`, `entry`, `proof`, `openings`, `certificate`, `anchor`, `verifier`; others may come. */
  readonly kind: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What a bundle is about, for people; all of it is sealed with the manifest. */
export interface BundleHead {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly madeAt: string;
  /** Name of the log. */
  readonly log: string;
  /** Whose evidence it is. */
  readonly party: { readonly id: string; readonly name: string };
  /** Who asked for it: the party itself, or a supervisor, auditor or notary. */
  readonly requestedBy: { readonly id: string; readonly name: string };
  readonly scope: { readonly subject: string | null; readonly from: string | null; readonly until: string | null };
}

export interface Manifest extends BundleHead {
  readonly files: readonly ManifestFile[];
}

export function formatManifest({ files, ...head }: Manifest): string {
  const { id, madeAt, log, party, requestedBy, scope } = head;
  const first = JSON.stringify({ type: BUNDLE_TYPE, id, madeAt, log, party, requestedBy, scope });
  const lines = files.map(({ path, kind, bytes, sha256 }) => JSON.stringify({ path, kind, bytes, sha256 }));
  return `${first.slice(0, -1)},"files":[\n${lines.join(',\n')}\n]}\n`;
}

/** @returns undefined when it is no manifest, or not written as {@link formatManifest} writes it */
export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const manifest = manifestOf(value);
  return manifest && formatManifest(manifest) === text ? manifest : undefined;
}

function manifestOf(value: unknown): Manifest | undefined {
  if (!isRecord(value) || value.type !== BUNDLE_TYPE) return undefined;
  const { id, madeAt, log, party, requestedBy, scope, files } = value;
  if (!isText(id) || !isText(madeAt) || !isText(log) || !Array.isArray(files)) return undefined;
  if (!isNamed(party) || !isNamed(requestedBy) || !isScope(scope) || !files.every(isFile)) return undefined;
  return { id, madeAt, log, party, requestedBy, scope, files };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNamed = (value: unknown): value is BundleHead['party'] =>
  isRecord(value) && isText(value.id) && isText(value.name);
const isScope = (value: unknown): value is BundleHead['scope'] =>
  isRecord(value) && isTextOrNull(value.subject) && isTextOrNull(value.from) && isTextOrNull(value.until);
const isFile = (value: unknown): value is ManifestFile =>
  isRecord(value) &&
  isText(value.path) &&
  isText(value.kind) &&
  Number.isSafeInteger(value.bytes) &&
  isText(value.sha256) &&
  /^[0-9a-f]{64}$/.test(value.sha256);
