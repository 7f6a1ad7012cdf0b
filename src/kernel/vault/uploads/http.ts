import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, type Kernel, notFound, permits, Refused, refused, role } from '../../acts/index.ts';
import { INGEST_ROLES } from '../datasets/model.ts';
import { isFull, vaultFailures } from '../objects/failures.ts';
import type { Vault } from '../types.ts';
import {
  cancelUpload,
  createUpload,
  findUpload,
  markComplete,
  offsetOf,
  sweepUploads,
  tooLarge,
  type Upload,
} from './store.ts';

/** The resumable upload protocol tus 1.0.0: core, creation, expiration and termination (tus.io/protocols). */
const VERSION = '1.0.0';
const EXTENSIONS = 'creation,expiration,termination';
const PATH = '/v1/uploads';
const CONTENT = 'application/offset+octet-stream';
const METADATA_LENGTH_MAX = 4_096;
const SWEEP_MS = 3_600_000;

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
    const actor = await uploader(options, request);
    const bytes = wholeNumber(request.headers['upload-length']);
    if (bytes === undefined)
      throw invalid('Upload-Length', '须为文件的字节数', 'must be the size of the file in bytes');
    const { name, mediaType } = metadataOf(request.headers['upload-metadata']);
    const upload = await createUpload(kernel.db, vault, {
      partyId: actor.partyId,
      personId: actor.personId,
      name,
      mediaType,
      bytes,
      bytesMax,
    });
    return expires(reply, upload).code(201).header('location', `${PATH}/${upload.id}`).send();
  });

  app.head<{ Params: { uploadId: string } }>(`${PATH}/:uploadId`, async (request, reply) => {
    const { upload, offset } = await subject(options, request, request.params.uploadId);
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
    if (wholeNumber(request.headers['upload-offset']) !== offset) throw wrongOffset(offset);
    const remaining = upload.bytes - offset;
    if ((wholeNumber(request.headers['content-length']) ?? 0) > remaining) throw tooLarge(upload.bytes);
    // Two requests at once would interleave their bytes.
    if (busy.has(uploadId)) throw inUse();
    busy.add(uploadId);
    try {
      const now = await receive(vault.uploadPath(uploadId), request.body as Readable, offset, upload.bytes);
      if (now === upload.bytes) await markComplete(kernel.db, uploadId);
      return expires(reply, upload).code(204).header('upload-offset', String(now)).send();
    } finally {
      busy.delete(uploadId);
    }
  });

  app.delete<{ Params: { uploadId: string } }>(`${PATH}/:uploadId`, async (request, reply) => {
    const { upload } = await subject(options, request, request.params.uploadId);
    if (busy.has(upload.id)) throw inUse();
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
  const offset = upload ? await offsetOf(options.vault, id) : undefined;
  if (!upload || offset === undefined) throw notFound();
  // A crash may have come between the last byte and its note.
  if (offset === upload.bytes && upload.completed_at === null) await markComplete(options.kernel.db, id);
  return { upload, offset };
}

/**
 * Appends a body to a file and flushes it; what arrived before a connection broke is kept.
 * @returns the offset after it. @throws Refused when more comes than the upload may hold, or the disk is full
 */
async function receive(path: string, body: Readable, offset: number, bytesMax: number): Promise<number> {
  const file = await open(path, 'r+');
  let at = offset;
  try {
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
    }
    await file.datasync();
    return at;
  } catch (error) {
    if (isFull(error)) throw noRoom();
    if (error instanceof Refused) throw error;
    await file.datasync().catch(() => undefined);
    // The sender went away: the answer reaches nobody, and the next request resumes here.
    if (body.readableAborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET') throw cutOff(at);
    throw error;
  } finally {
    await file.close();
  }
}

const wholeNumber = (header: string | string[] | undefined): number | undefined =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;

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

const invalid = (field: string, zh: string, en: string) =>
  refused(
    'invalid',
    'HS-1.6',
    { zh: '请求有误', en: 'The request is not right' },
    { zh: `${field} ${zh}。`, en: `${field} ${en}.` },
    { zh: '请改正后再提交。', en: 'Correct it and send it again.' },
  );

const wrongOffset = (offset: number) =>
  refused(
    'conflict',
    'HS-3.4',
    { zh: '续传位置不符', en: 'The offset is not right' },
    { zh: `服务器已收到 ${offset} 字节。`, en: `The server has ${offset} bytes.` },
    { zh: '请先查询进度，再从该位置续传。', en: 'Ask for the offset and resume there.' },
  );

const inUse = () =>
  refused(
    'conflict',
    'HS-1.5',
    { zh: '该上传正在进行', en: 'This upload is in use' },
    { zh: '另一个请求正在写入该上传。', en: 'Another request is writing to it.' },
    { zh: '请稍候再续传。', en: 'Wait a moment and resume.' },
  );

const taken = () =>
  refused(
    'conflict',
    'HS-3.4',
    { zh: '该上传已用于生成数据集', en: 'A dataset is being made from this upload' },
    { zh: '文件正在处理，不能取消。', en: 'The file is being read and cannot be cancelled.' },
    { zh: '处理完成后文件会自动清除。', en: 'It is removed when the work is done.' },
  );

const cutOff = (offset: number) =>
  refused(
    'conflict',
    'HS-3.4',
    { zh: '连接中断', en: 'The connection broke' },
    { zh: `已保存 ${offset} 字节。`, en: `${offset} bytes were kept.` },
    { zh: '请从该位置续传。', en: 'Resume from there.' },
  );

const noRoom = () => {
  const { text } = vaultFailures.full();
  return refused('too-large', 'HS-3.6', { zh: '存储空间不足', en: 'The storage is full' }, text, {
    zh: '请稍后续传，或联系管理员。',
    en: 'Resume later, or ask the operator.',
  });
};
