import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../kernel/vault/index.ts';

/** What bundles need besides the database; given once by the wiring of the program. */
export interface BundleSetting {
  readonly vault: Vault;
  /** Secret of the download links, at least 32 bytes, the same for every process of the platform. */
  readonly linkKey: Buffer;
  /** Address of this site, for the papers in a bundle; without one they are left out. */
  readonly site?: () => string;
}

const KEY_BYTES_MIN = 32;
let setting: BundleSetting | undefined;

/** @throws RangeError for a key that is too short to sign with */
export function configureBundles(given: BundleSetting): void {
  if (given.linkKey.length < KEY_BYTES_MIN) throw new RangeError(`a link key has at least ${KEY_BYTES_MIN} bytes`);
  setting = given;
}

/** @throws Error before {@link configureBundles}: a fault of the wiring */
export function bundleSetting(): BundleSetting {
  if (!setting) throw new Error('bundles are not configured: call configureBundles first');
  return setting;
}

export interface Link {
  readonly bundleId: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

const signatureOf = ({ bundleId, expires }: Link): Buffer =>
  createHmac('sha256', bundleSetting().linkKey).update(`shuheng/bundle-link/1\n${bundleId}\n${expires}`).digest();

/** Path and query of a signed download link. */
export function linkUrl(link: Link): string {
  const query = new URLSearchParams({
    expires: String(link.expires),
    signature: signatureOf(link).toString('base64url'),
  });
  return `/v1/evidence/bundles/${link.bundleId}/content?${query}`;
}

/** Whether we made the link; its time is checked apart. */
export function linkIsOurs(link: Link, signature: string): boolean {
  const given = Buffer.from(signature, 'base64url');
  const right = signatureOf(link);
  return given.length === right.length && timingSafeEqual(given, right);
}
