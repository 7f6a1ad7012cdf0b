import { createECDH, createHash, type ECDH } from 'node:crypto';

/**
 * Private set intersection by commutative blinding on P-256 (Meadows 1986; Huberman, Franklin, Hogg 1999), x-coordinates
 * only: H(id)^a, then (H(id)^a)^b = (H(id)^b)^a. Both sides follow the protocol and try to learn more from what they see
 * (semi-honest). Sizes of the sets are told; nothing else of what is not in both. Runs with the parties, never on the
 * exchange: it only passes blinded points on.
 */

/** An x-coordinate, big-endian. */
export const POINT_BYTES = 32;
const DOMAIN = 'shuheng psi p-256 v1';
/** About half of all x-coordinates are on the curve: 2⁻²⁵⁶ that so many are not. */
const TRIES_MAX = 256;
const EVEN = Buffer.from([2]);

export interface Blinder {
  /** H(id) raised to this side's secret. @param id UTF-8, normalised by the caller */
  readonly blind: (id: string) => Buffer;
  /** Another side's point raised to this side's secret. @throws RangeError for what is no point of the curve */
  readonly again: (point: Uint8Array) => Buffer;
}

/** A side of one session; the secret is fresh for each session and never leaves the process. */
export function blinder(secret: Buffer = randomScalar()): Blinder {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(secret);
  return {
    blind: (id) => hashToCurve(curve, id),
    again: (point) => {
      if (point.length !== POINT_BYTES) throw new RangeError('a point has 32 bytes');
      try {
        return multiply(curve, point);
      } catch {
        throw new RangeError('this is no point of the curve');
      }
    },
  };
}

/** The points of whoever sends them tell nothing by their order. */
export function shuffled(points: readonly Buffer[]): Buffer[] {
  return [...points].sort(Buffer.compare);
}

function hashToCurve(curve: ECDH, id: string): Buffer {
  for (let counter = 0; counter < TRIES_MAX; counter++) {
    const x = createHash('sha256').update(`${DOMAIN}\n${counter}\n`).update(id, 'utf8').digest();
    try {
      return multiply(curve, x);
    } catch {
      // Not the x of any point: the next.
    }
  }
  throw new Error('no point of the curve was found');
}

/** The cofactor of P-256 is 1: every point that decodes is of the right group. */
const multiply = (curve: ECDH, x: Uint8Array): Buffer => curve.computeSecret(Buffer.concat([EVEN, x]));

function randomScalar(): Buffer {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  const secret = curve.getPrivateKey();
  // Left-padded: OpenSSL drops leading zeros.
  return secret.length === POINT_BYTES ? secret : Buffer.concat([Buffer.alloc(POINT_BYTES - secret.length), secret]);
}

/** How identifiers are written before they are compared: both sides must write them alike. */
export const normalised = (id: string): string => id.normalize('NFKC').trim().toUpperCase();

/** Distinct identifiers of one column, in no order that tells anything. @throws RangeError above `max` */
export function identifiersOf(values: Iterable<string>, max: number): string[] {
  const found = new Set<string>();
  for (const value of values) {
    const id = normalised(value);
    if (id === '') continue;
    found.add(id);
    if (found.size > max) throw new RangeError(`more than ${max} identifiers`);
  }
  return [...found];
}
