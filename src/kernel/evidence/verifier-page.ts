import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../root.ts';
import { codeOf } from './durable.ts';

/** Where the build puts the static verifier. */
const BUILT = join(ROOT, 'web', 'dist', 'verify.html');
const EMPTY = '<script type="application/json" id="trust">null</script>';

/** What the maker of a verifier gives along with it. */
export interface Carried {
  /** A verifier key, or a policy (C2SP tlog-policy). */
  readonly trust: string;
  /** Announced keys of certificates with their receipts (`GET /v1/certificate-keys`), for the notes of QR codes. */
  readonly announcements?: readonly unknown[];
}

/**
 * The static verifier with a key or policy written into it, so that whoever gets the file can verify at once and sees
 * where the key came from. It stands in a block of data, outside what the page's content security policy hashes.
 * @returns undefined when the web application was not built
 */
export async function verifierPage(carried: Carried | undefined, at: Date): Promise<string | undefined> {
  let page: string;
  try {
    page = await readFile(BUILT, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return carried === undefined ? page : writeCarried(page, carried, at);
}

/** Writes what is carried into the page's block of data. */
export function writeCarried(page: string, { trust, announcements = [] }: Carried, at: Date): string {
  // Within an element of data only its own end could be mistaken.
  const data = JSON.stringify({ text: trust.trim(), at: at.toISOString(), announcements }).replaceAll('<', '\\u003c');
  return page.replace(EMPTY, () => EMPTY.replace('null', () => data));
}

/** The content security policy that stands in the page; a server must not send a narrower or wider one. */
export const policyOf = (page: string): string =>
  /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "default-src 'none'";
