import { isIP } from 'node:net';
import { isPublicAddress, lookedUp } from '../../addresses.ts';

export interface Destination {
  readonly url: URL;
  /** Where to connect: looked up once, so that the name cannot mean another host afterwards. */
  readonly address: string;
  readonly family: 4 | 6;
}

/** Why an address is not called. */
export type Barred = 'not-https' | 'credentials' | 'private' | 'unknown-host';

/** Decides where a webhook goes. Every address of the name must be public, since any of them may be taken. */
export async function destinationOf(text: string, allowPrivate: boolean): Promise<Destination | Barred> {
  const barred = barredByItself(text, allowPrivate);
  if (barred) return barred;
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = await lookedUp(host);
  const [first] = found;
  if (!first) return 'unknown-host';
  if (!allowPrivate && !found.every((f) => isPublicAddress(f.address))) return 'private';
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 };
}

/** What can be said of an address without asking anybody. */
export function barredByItself(text: string, allowPrivate: boolean): Barred | undefined {
  if (!URL.canParse(text)) return 'not-https';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'credentials';
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'not-https';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return !allowPrivate && isIP(host) !== 0 && !isPublicAddress(host) ? 'private' : undefined;
}
