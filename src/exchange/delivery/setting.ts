import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Vault, WrittenFormat } from '../../kernel/vault/index.ts';

/** What deliveries need besides the database; given once by the wiring of the program. */
export interface DeliverySetting {
  readonly vault: Vault;
  /** Secret of the download links, at least 32 bytes, the same for every process of the platform. */
  readonly linkKey: Buffer;
}

const KEY_BYTES_MIN = 32;
let setting: DeliverySetting | undefined;

/** @throws RangeError for a key that is too short to sign with */
export function configureDelivery(given: DeliverySetting): void {
  if (given.linkKey.length < KEY_BYTES_MIN) throw new RangeError(`a link key has at least ${KEY_BYTES_MIN} bytes`);
  setting = given;
}

/** @throws Error before {@link configureDelivery}: a fault of the wiring */
export function deliverySetting(): DeliverySetting {
  if (!setting) throw new Error('deliveries are not configured: call configureDelivery first');
  return setting;
}

export interface Link {
  readonly deliveryId: string;
  readonly format: WrittenFormat;
  /** Seconds since 1970. */
  readonly expires: number;
}

const signatureOf = ({ deliveryId, format, expires }: Link): Buffer =>
  createHmac('sha256', deliverySetting().linkKey)
    .update(`shuheng/link/1\n${deliveryId}\n${format}\n${expires}`)
    .digest();

/** Path and query of a signed download link. */
export function linkUrl(link: Link): string {
  const query = new URLSearchParams({
    format: link.format,
    expires: String(link.expires),
    signature: signatureOf(link).toString('base64url'),
  });
  return `/v1/deliveries/${link.deliveryId}/content?${query}`;
}

/** Whether we made the link; its time is checked apart. */
export function linkIsOurs(link: Link, signature: string): boolean {
  const given = Buffer.from(signature, 'base64url');
  const right = signatureOf(link);
  return given.length === right.length && timingSafeEqual(given, right);
}
