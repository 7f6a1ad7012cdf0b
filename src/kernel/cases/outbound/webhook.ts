import { createHmac } from 'node:crypto';
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Destination, destinationOf } from './address.ts';

const TIMEOUT_MS = 10_000;
const OK_FROM = 200;
const OK_BELOW = 300;

export interface Call {
  readonly url: string;
  readonly secret: string;
  /** The same at every attempt: who gets it twice can tell. */
  readonly deliveryId: string;
  readonly body: string;
  readonly at: Date;
  readonly allowPrivate: boolean;
}

/** `v1=` and the HMAC-SHA256, in hex, of the Unix time in seconds, a dot and the body. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

/** Calls a party's address once. @returns `ok`, or a word on why not; never what the other side said */
export async function callWebhook(call: Call): Promise<'ok' | string> {
  const destination = await destinationOf(call.url, call.allowPrivate);
  if (typeof destination === 'string') return destination;
  const status = await post(destination, call).catch((error: NodeJS.ErrnoException) => error.code ?? 'failed');
  if (typeof status === 'string') return status.toLowerCase();
  return status >= OK_FROM && status < OK_BELOW ? 'ok' : `http-${status}`;
}

/** Connects to the address that was looked up, follows no redirect, reads no answer. @returns the status */
function post({ url, address, family }: Destination, { secret, deliveryId, body, at }: Call): Promise<number> {
  const seconds = Math.floor(at.getTime() / 1_000);
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'shuheng-webhook/1',
      'x-shuheng-delivery': deliveryId,
      'x-shuheng-timestamp': String(seconds),
      'x-shuheng-signature': signatureOf(secret, seconds, body),
    },
    // The certificate is checked against the name; the connection goes to the address that was found public.
    lookup: (_host, { all }, done) => {
      if (all) (done as (e: null, a: { address: string; family: number }[]) => void)(null, [{ address, family }]);
      else done(null, address, family);
    },
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
      clearTimeout(timer);
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    // For the whole exchange, however slowly the other side drips its answer.
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })),
      TIMEOUT_MS,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}
