import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Crockford's base 32, lower case. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** A ULID in lower case: 48 bits of milliseconds, then 80 random bits; sorts by its time. */
export function newUlid(atMs = Date.now()): string {
  let id = '';
  for (let n = 0, rest = atMs; n < TIME_DIGITS; n++, rest = Math.floor(rest / DIGITS.length))
    id = DIGITS.charAt(rest % DIGITS.length) + id;
  for (const byte of randomBytes(RANDOM_DIGITS)) id += DIGITS.charAt(byte % DIGITS.length);
  return id;
}

/** A new sortable id such as `prd_01kaq…`: prefix, then a ULID. */
export const newId = (prefix: string): string => `${prefix}_${newUlid()}`;

/**
 * The schema of ids with one prefix. The prefix is visible in the JSON schema, so that clients and the hostile tests
 * know which kind of subject a field names.
 */
export function idOf(prefix: string, title: { zh: string; en: string }) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`))
    .meta({ title: title.zh, 'x-title-en': title.en, 'x-id': prefix });
}
