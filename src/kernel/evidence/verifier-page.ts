import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../root.ts';
import { codeOf } from './durable.ts';

/** Where the build puts the static verifier. */
const BUILT = join(ROOT, 'web', 'dist', 'verify.html');
const EMPTY = '<script type="application/json" id="trust">null</script>';

/**
 * The static verifier with a key or policy written into it, so that whoever gets the file can verify at once and sees
 * where the key came from. It stands in a block of data, outside what the page's content security policy hashes.
 * @param trust a verifier key or a policy (C2SP tlog-policy)
 * @returns undefined when the web application was not built
 */
export async function verifierPage(trust: string | undefined, at: Date): Promise<string | undefined> {
  let page: string;
  try {
    page = await readFile(BUILT, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return trust === undefined ? page : writeTrust(page, trust, at);
}

/** Writes the key into the page's block of data. */
export function writeTrust(page: string, trust: string, at: Date): string {
  // Within an element of data only its own end could be mistaken.
  const data = JSON.stringify({ text: trust.trim(), at: at.toISOString() }).replaceAll('<', '\\u003c');
  return page.replace(EMPTY, () => EMPTY.replace('null', () => data));
}

/** The content security policy that stands in the page; a server must not send a narrower or wider one. */
export const policyOf = (page: string): string =>
  /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "default-src 'none'";
