import { ulid } from 'ulid';
import { z } from 'zod';

/** A new sortable id such as `prd_01kaq…`: prefix, then a lower-case ULID (48 bits of milliseconds, 80 random bits). */
export function newId(prefix: string): string {
  return `${prefix}_${ulid().toLowerCase()}`;
}

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
