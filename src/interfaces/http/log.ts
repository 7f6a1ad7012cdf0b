import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Kernel, notFound } from '../../kernel/acts/index.ts';
import { type LogFile, logFile, type TileStore } from '../../kernel/evidence/index.ts';
import { namesTag } from './kept.ts';

/** Entries are text and shrink to a fifth; hashes do not shrink at all. */
const COMPRESSED = /^tile\/entries\//;
const ETAG_CHARACTERS = 22;
const compress = promisify(gzip);

/**
 * The public log (C2SP tlog-tiles): static files in all but name. Anybody may read them from any page; tiles may be kept
 * for ever, the checkpoint for a second.
 */
export function logRoutes(app: FastifyInstance, kernel: Kernel, store: TileStore): void {
  app.get<{ Params: { '*': string } }>('/log/*', async (request, reply) => {
    const path = request.params['*'];
    const file = await logFile(kernel.db, store, path);
    if (!file) {
      // What is not there yet may be there in a second: no cache shall remember its absence.
      reply.header('cache-control', 'no-store');
      throw notFound();
    }
    return send(request, reply, file, COMPRESSED.test(path));
  });
}

async function send(request: FastifyRequest, reply: FastifyReply, file: LogFile, compressible: boolean) {
  const zipped = compressible && accepts(request, 'gzip');
  const etag = `"${createHash('sha256').update(file.bytes).digest('base64url').slice(0, ETAG_CHARACTERS)}${zipped ? '-gzip' : ''}"`;
  reply.header('cache-control', file.cacheControl).header('access-control-allow-origin', '*').header('etag', etag);
  if (compressible) reply.header('vary', 'accept-encoding');
  if (namesTag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  reply.type(file.mediaType);
  if (!zipped) return reply.send(file.bytes);
  return reply.header('content-encoding', 'gzip').send(await compress(file.bytes));
}

/** RFC 9110 §12.5.3, as far as two choices need it: `gzip;q=0` is a refusal. */
function accepts(request: FastifyRequest, coding: string): boolean {
  const offers = String(request.headers['accept-encoding'] ?? '').split(',');
  return offers.some((offer) => {
    const [name, ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase());
    return (name === coding || name === '*') && !parameters.some((p) => /^q=0(\.0*)?$/.test(p));
  });
}
