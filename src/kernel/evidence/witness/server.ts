import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OperatorError } from '../../operator-error.ts';
import { codeOf } from '../durable.ts';
import type { Witness } from './witness.ts';

/** A checkpoint with a hundred signature lines, post-quantum ones too, and 63 hashes fit. */
const BODY_BYTES_MAX = 512 * 1024;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 75_000;
const CLOSE_MS = 500;
const CONNECTIONS_MAX = 256;
/** Requests a second from one address; each may cost a signature check. */
const EACH_SECOND_MAX = 50;
const ADDRESSES_MAX = 10_000;
const TEXT = 'text/plain; charset=utf-8';
const MONITORING = /^\/([0-9a-f]{64})\/checkpoint$/;

export interface WitnessServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves a witness over HTTP; TLS is for a proxy in front. @throws OperatorError when the address cannot be had */
export async function serveWitness(
  witness: Witness,
  { host, port }: { host: string; port: number },
): Promise<WitnessServer> {
  const allowed = rateLimit();
  const server = createServer((request, response) => {
    answer(witness, allowed, request, response).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      if (response.headersSent) response.destroy();
      else send(response, 500, TEXT, 'the witness failed; nothing was cosigned\n');
    });
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  const name = ['::', '0.0.0.0', ''].includes(host) ? '127.0.0.1' : host;
  return {
    url: `http://${name.includes(':') ? `[${name}]` : name}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Who keeps a connection open after an answer does not keep the witness from ending.
        setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref();
      }),
  };
}

async function answer(
  witness: Witness,
  allowed: (address: string) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!allowed(request.socket.remoteAddress ?? '')) return send(response, 429, TEXT, 'too many requests\n');
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return send(response, 405, TEXT, 'POST a checkpoint here\n', { allow: 'POST' });
    const body = await bodyOf(request);
    if (!body) return send(response, 413, TEXT, 'the request is too large\n', { connection: 'close' });
    const { status, mediaType, body: said } = await witness.addCheckpoint(body);
    return send(response, status, mediaType, said, status === 429 ? { 'retry-after': '1' } : {});
  }
  const [, hash] = MONITORING.exec(path) ?? [];
  if (hash === undefined) return send(response, 404, TEXT, 'not found\n');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, TEXT, 'GET a checkpoint here\n', { allow: 'GET, HEAD' });
  const checkpoint = witness.checkpointOf(hash);
  if (checkpoint === undefined) return send(response, 404, TEXT, 'never cosigned\n');
  send(response, 200, TEXT, checkpoint, { 'cache-control': 'public, max-age=1', 'access-control-allow-origin': '*' });
}

function send(
  response: ServerResponse,
  status: number,
  mediaType: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': mediaType,
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

/** @returns undefined when there is more of it than a witness reads */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Counts each address's requests of the present second. */
function rateLimit(): (address: string) => boolean {
  let second = 0;
  const counts = new Map<string, number>();
  return (address) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) counts.clear();
    second = now;
    const count = (counts.get(address) ?? 0) + 1;
    if (counts.size < ADDRESSES_MAX || counts.has(address)) counts.set(address, count);
    return count <= EACH_SECOND_MAX;
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = codeOf(error) === 'EADDRINUSE';
      reject(taken ? new OperatorError(`地址 ${host}:${port} 已被占用。The address ${host}:${port} is taken.`) : error);
    });
    server.listen({ host, port }, resolve);
  });
}
