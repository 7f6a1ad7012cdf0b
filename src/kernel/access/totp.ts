import { Secret, TOTP } from 'otpauth';
import { seal, unseal } from './secrets.ts';

/** RFC 6238 with what every authenticator app understands: SHA-1, six digits, thirty seconds. */
const PERIOD_S = 30;
const DIGITS = 6;
/** Clocks of telephones may be one step early or late (RFC 6238, 5.2). */
const WINDOW_STEPS = 1;
const SECRET_BYTES = 20;
const ISSUER = 'Shuheng';
const PURPOSE = 'totp';

const totpOf = (secret: Secret, label: string): TOTP =>
  new TOTP({ issuer: ISSUER, label, secret, algorithm: 'SHA1', digits: DIGITS, period: PERIOD_S });

export interface NewSecret {
  /** Base32, as authenticator apps take it. */
  readonly secret: string;
  /** `otpauth://` address for a QR code. */
  readonly uri: string;
  readonly sealed: Buffer;
}

export function newTotpSecret(personId: string, login: string): NewSecret {
  const secret = new Secret({ size: SECRET_BYTES });
  return {
    secret: secret.base32,
    uri: totpOf(secret, login).toString(),
    sealed: seal(PURPOSE, personId, secret.base32),
  };
}

/**
 * The time step a code belongs to, when it is right, in its time, and of a later step than the last one accepted:
 * so each code works once (RFC 6238, 5.2).
 */
export function acceptedStep(
  personId: string,
  sealed: Buffer,
  code: string,
  at: Date,
  lastStep: number | null,
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const base32 = unseal(PURPOSE, personId, sealed);
  if (base32 === undefined) return undefined;
  const delta = totpOf(Secret.fromBase32(base32), '').validate({
    token: code,
    timestamp: at.getTime(),
    window: WINDOW_STEPS,
  });
  if (delta === null) return undefined;
  const step = Math.floor(at.getTime() / 1000 / PERIOD_S) + delta;
  return lastStep !== null && step <= lastStep ? undefined : step;
}

/** The code of a moment: for command lines and tests that hold the secret. */
export function totpCode(base32: string, at: Date): string {
  return totpOf(Secret.fromBase32(base32), '').generate({ timestamp: at.getTime() });
}
