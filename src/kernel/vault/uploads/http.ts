import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, type Kernel, notFound, permits, Refused, refused, role } from '../../acts/index.ts';
import { INGEST_ROLES } from '../datasets/model.ts';
import { isFull } from '../objects/failures.ts';
import type { Vault } from '../types.ts';
import { finishJoin, isJoining, joinParts } from './parts.ts';
import { cutOff, inUse, invalid, joinedOnly, noRoom, taken, wrongOffset } from './refusals.ts';
import {
  askAgain,
  cancelUpload,
  createUpload,
  findUpload,
  markComplete,
  offsetOf,
  sweepUploads,
  tooLarge,
  type Upload,
} from './store.ts';

/** The resumable upload protocol tus 1.0.0: core, creation, expiration, termination and concatenation (tus.io/protocols). */
const VERSION = '1.0.0';
const EXTENSIONS = 'creation,expiration,termination,concatenation';
const PATH = '/v1/uploads';
const CONTENT = 'application/offset+octet-stream';
const METADATA_LENGTH_MAX = 4_096;
const SWEEP_MS = 3_600_000;
/** After so many bytes of one request the quota is asked again. */
const ASK_BYTES = 32 * 1024 ** 2;

export interface UploadOptions {
  readonly kernel: Kernel;
  readonly vault: Vault;
  readonly authenticate: (request: FastifyRequest) => Promise<Actor>;
  /** What one upload may hold. */
  readonly bytesMax: number;
}

/** Mounts `/v1/uploads`. Bodies go to the file as they arrive: memory holds one chunk of each upload. */
export async function registerUploads(app: FastifyInstance, options: UploadOptions): Promise<void> {
  const { kernel, vault } = options;
  const timer = setInterval(() => void sweepUploads(kernel.db, vault).catch(() => undefined), SWEEP_MS);
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(CONTENT, (_, body, done) => done(null, body));
    scope.addContentTypeParser('*', (_, body, done) => {
      body.resume();
      done(null, undefined);
    });
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('tus-resumable', VERSION).header('cache-control', 'no-store');
      if (request.method === 'OPTIONS' || request.headers['tus-resumable'] === VERSION) return;
      await reply.code(412).header('tus-version', VERSION).send();
    });
    scope.addHook('onSend', async (request, reply) => {
      // A refusal that comes before the body's end: what is still on its way is not waited for.
      if (!request.raw.complete) reply.header('connection', 'close');
    });
    scope.addHook('onResponse', async (request) => {
      if (!request.raw.complete) request.raw.destroy();
    });
    uploadRoutes(scope, options);
  });
}

function uploadRoutes(app: FastifyInstance, options: UploadOptions): void {
  const { kernel, vault, bytesMax } = options;
  const busy = new Set<string>();
  const bodyLimit = Number.MAX_SAFE_INTEGER;

  app.options(PATH, (_, reply) =>
    reply
      .code(204)
      .header('tus-version', VERSION)
      .header('tus-extension', EXTENSIONS)
      .header('tus-max-size', String(bytesMax))
      .send(),
  );

  app.post(PATH, { bodyLimit }, async (request, reply) => {
    const { partyId, personId } = await uploader(options, request);
    const wanted = { partyId, personId, bytesMax, ...metadataOf(request.headers['upload-metadata']) };
    const concat = concatOf(request.headers['upload-concat']);
    const upload = concat.partIds
      ? await joined(options, {
          ...wanted,
          partIds: concat.partIds,
          sha256: digestOf(request.headers['upload-checksum']),
        })
      : await createUpload(kernel.db, vault, {
          ...wanted,
          bytes: lengthOf(request.headers['upload-length']),
          part: concat.part,
        });
    return expires(reply, upload).code(201).header('location', `${PATH}/${upload.id}`).send();
  });

  app.head<{ Params: { uploadId: string } }>(`${PATH}/:uploadId`, async (request, reply) => {
    const { upload, offset } = await subject(options, request, request.params.uploadId);
    if (upload.part) reply.header('upload-concat', 'partial');
    if (upload.parts) reply.header('upload-concat', `final;${upload.parts.map((id) => `${PATH}/${id}`).join(' ')}`);
    return expires(reply, upload)
      .code(200)
      .header('upload-offset', String(offset))
      .header('upload-length', String(upload.bytes))
      .send();
  });

  app.patch<{ Params: { uploadId: string } }>(`${PATH}/:uploadId`, { bodyLimit }, async (request, reply) => {
    if (request.headers['content-type'] !== CONTENT) return reply.code(415).send();
    const { uploadId } = request.params;
    const { upload, offset } = await subject(options, request, uploadId);
    if (upload.parts) throw joinedOnly();
    if (wholeNumber(request.headers['upload-offset']) !== offset) throw wrongOffset(offset);
    const remaining = upload.bytes - offset;
    if ((wholeNumber(request.headers['content-length']) ?? 0) > remaining) throw tooLarge(upload.bytes);
    // Two requests at once would interleave their bytes.
    if (busy.has(uploadId)) throw inUse();
    busy.add(uploadId);
    try {
      const now = await receive(vault.uploadPath(uploadId), request.body as Readable, {
        offset,
        bytesMax: upload.bytes,
        ask: () => askAgain(kernel.db, upload.party_id),
      });
      if (now === upload.bytes) await markComplete(kernel.db, uploadId);
      return expires(reply, upload).code(204).header('upload-offset', String(now)).send();
    } finally {
      busy.delete(uploadId);
    }
  });

  app.delete<{ Params: { uploadId: string } }>(`${PATH}/:uploadId`, async (request, reply) => {
    const { upload } = await subject(options, request, request.params.uploadId);
    if (busy.has(upload.id) || isJoining(upload.id)) throw inUse();
    if (upload.dataset_id !== null) throw taken();
    await cancelUpload(kernel.db, vault, upload.id);
    return reply.code(204).send();
  });
}

type Uploader = Actor & { readonly partyId: string };

/** Who may upload: those who may make a dataset of it. */
async function uploader({ authenticate }: UploadOptions, request: FastifyRequest): Promise<Uploader> {
  const actor = await authenticate(request);
  const permission = permits(role(...INGEST_ROLES), actor, 'dataset.ingest');
  if (permission === 'yes' && actor.partyId !== null) return { ...actor, partyId: actor.partyId };
  throw permission === 'unauthenticated'
    ? refused(
        'unauthenticated',
        'HS-1.1',
        { zh: '请先登录', en: 'Please sign in' },
        { zh: '没有有效的登录。', en: 'There is no valid session or key.' },
        { zh: '请登录，或检查令牌是否过期。', en: 'Sign in, or check whether the token has expired.' },
      )
    : refused(
        'forbidden',
        'HS-1.2',
        { zh: '您的角色不能上传数据', en: 'Your role may not upload data' },
        {
          zh: '上传数据须为数据提供单位、运营单位或数商。',
          en: 'Data is uploaded by data providers, operating units and data merchants.',
        },
        { zh: '请由有相应角色的单位或人员办理。', en: 'Ask a party or person that holds the role.' },
      );
}

async function subject(
  options: UploadOptions,
  request: FastifyRequest,
  id: string,
): Promise<{ upload: Upload; offset: number }> {
  const actor = await uploader(options, request);
  const upload = /^upl_[0-9a-z]{26}$/.test(id) ? await findUpload(options.kernel.db, id, actor) : undefined;
  if (upload) await finishJoin(options.kernel.db, options.vault, upload);
  const offset = upload ? await offsetOf(options.vault, id) : undefined;
  if (!upload || offset === undefined) throw notFound();
  // A crash may have come between the last byte and its note.
  if (offset === upload.bytes && upload.completed_at === null) await markComplete(options.kernel.db, id);
  return { upload, offset };
}

interface Receiving {
  readonly offset: number;
  readonly bytesMax: number;
  /** Refuses when the party may keep no more. */
  readonly ask: () => Promise<void>;
}

/**
 * Appends a body to a file and flushes it; what arrived before a connection broke, or before the quota was used up, is
 * kept. @returns the offset after it. @throws Refused when more comes than the upload may hold, or the disk is full
 */
async function receive(path: string, body: Readable, { offset, bytesMax, ask }: Receiving): Promise<number> {
  const file = await open(path, 'r+');
  let at = offset;
  let asked = offset;
  try {
    await ask();
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (at + chunk.length > bytesMax) {
        await file.truncate(offset);
        throw tooLarge(bytesMax);
      }
      for (let written = 0; written < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, written, chunk.length - written, at);
        written += bytesWritten;
        at += bytesWritten;
      }
      if (at - asked < ASK_BYTES) continue;
      await ask();
      asked = at;
    }
    await file.datasync();
    return at;
  } catch (error) {
    if (isFull(error)) throw noRoom();
    await file.datasync().catch(() => undefined);
    if (error instanceof Refused) throw error;
    // The sender went away: the answer reaches nobody, and the next request resumes here.
    if (body.readableAborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET') throw cutOff(at);
    throw error;
  } finally {
    await file.close();
  }
}

/** @throws Refused when the disk has no room for the parts twice */
async function joined({ kernel, vault }: UploadOptions, wanted: Parameters<typeof joinParts>[2]): Promise<Upload> {
  try {
    return await joinParts(kernel.db, vault, wanted);
  } catch (error) {
    throw isFull(error) ? noRoom() : error;
  }
}

const wholeNumber = (header: string | string[] | undefined): number | undefined =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;

function lengthOf(header: string | string[] | undefined): number {
  const bytes = wholeNumber(header);
  if (bytes !== undefined) return bytes;
  throw invalid('Upload-Length', '须为文件的字节数', 'must be the size of the file in bytes');
}

interface Concat {
  readonly part: boolean;
  /** Of a file that is made of parts. */
  readonly partIds?: readonly string[];
}

/** `partial`, or `final;` and the addresses of the parts in their order (tus 1.0.0, concatenation). */
function concatOf(header: string | string[] | undefined): Concat {
  if (header === undefined) return { part: false };
  if (header === 'partial') return { part: true };
  const urls = typeof header === 'string' && header.startsWith('final;') ? header.slice(6).trim().split(/ +/) : [];
  const partIds = urls.flatMap((url) => /\/v1\/uploads\/(upl_[0-9a-z]{26})$/.exec(url)?.[1] ?? []);
  if (partIds.length > 0 && partIds.length === urls.length) return { part: false, partIds };
  throw invalid(
    'Upload-Concat',
    '须为 partial，或 final; 及各分片的地址',
    'is “partial”, or “final;” and the addresses of the parts',
  );
}

/** `sha256 <base64>`, with a request that joins parts: the digest of the whole, hex. */
function digestOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const digest = typeof header === 'string' ? /^sha256 ([A-Za-z0-9+/]{43}=)$/.exec(header)?.[1] : undefined;
  if (digest) return Buffer.from(digest, 'base64').toString('hex');
  throw invalid('Upload-Checksum', '须为 sha256 和 Base64 摘要', 'is “sha256” and the digest in Base64');
}

/** `filename <base64>,filetype <base64>`; anything else in it is left out. */
function metadataOf(header: string | string[] | undefined): { name: string; mediaType: string } {
  const written = typeof header === 'string' ? header : '';
  if (written.length > METADATA_LENGTH_MAX) throw invalid('Upload-Metadata', '过长', 'is too long');
  const pairs = new Map(
    written.split(',').map((pair): [string, string] => {
      const [key = '', value = ''] = pair.trim().split(' ');
      return [key, Buffer.from(value, 'base64').toString('utf8')];
    }),
  );
  const name = basename((pairs.get('filename') ?? '').replaceAll('\\', '/').replace(/\p{Cc}/gu, '')).trim();
  const type = pairs.get('filetype') ?? '';
  return {
    name: name || 'upload',
    mediaType: /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? type : 'application/octet-stream',
  };
}

const expires = (reply: FastifyReply, upload: Upload): FastifyReply =>
  reply.header('upload-expires', upload.expires_at.toUTCString());
