import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import serveStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Act,
  type Actor,
  execute,
  invalidInput,
  type Kernel,
  notFound,
  type Read,
  type Refusal,
  Refused,
} from '../../kernel/acts/index.ts';
import { docsPage } from './docs.ts';
import { versionInTag } from './kept.ts';
import { openApiOf, schemaOf } from './openapi.ts';
import { problemOf, sendRefusal } from './problem.ts';
import { readRoutes } from './reads.ts';
import { authorityText } from './roles.ts';

const BODY_BYTES_MAX = 1024 * 1024;
const HEADER_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 30 * 60_000;
const KEEP_ALIVE_MS = 65_000;
const WEB_CACHE = 'public, max-age=31536000, immutable';

export interface AppOptions {
  readonly kernel: Kernel;
  readonly acts: readonly Act[];
  readonly reads: readonly Read[];
  readonly version: string;
  /** Who sends a request; an expired or unknown token is an anonymous actor, a forged cookie request too. */
  readonly authenticate: (request: FastifyRequest) => Promise<Actor>;
  /** Routes that are neither acts nor JSON reads: sessions, uploads, files, the log. */
  readonly extras: readonly ((app: FastifyInstance) => void | Promise<void>)[];
  /** Folder of the built web application; null serves the API alone. */
  readonly webRoot: string | null;
  readonly ready: () => Promise<boolean>;
  readonly rateLimitPerMinute: number;
  readonly trustProxy: boolean;
}

/** The whole outside of the system on one port: API from the lists of acts and reads, the extras, the web application. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    logger: false,
    trustProxy: options.trustProxy,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    http: { headersTimeout: HEADER_TIMEOUT_MS },
    clientErrorHandler: (error, socket) => answerUnreadable(options.kernel, error, socket),
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The component library writes style elements at run time.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
  await app.register(rateLimit, {
    max: options.rateLimitPerMinute,
    timeWindow: '1 minute',
    // Neither a header that anybody can make up nor another spelling of the address opens a new count.
    keyGenerator: (request) => request.ip,
    allowList: (request) => !(request.routeOptions.url ?? request.url).startsWith('/v1/'),
    errorResponseBuilder: () => new Refused(TOO_MANY),
  });
  app.setErrorHandler((error, request, reply) => answerError(options.kernel, error, request, reply));
  app.setNotFoundHandler((request, reply) => answerUnknown(options, request, reply));

  for (const extra of options.extras) await extra(app);
  actRoutes(app, options);
  readRoutes(app, options);

  app.get('/healthz', (_, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok', version: options.version }),
  );
  app.get('/readyz', async (_, reply) => {
    const ready = await options.ready();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready' });
  });
  const openApi = whenAsked(() => openApiOf(options.acts, options.reads, options.version));
  app.get('/openapi.json', (_, reply) => reply.send(openApi()));
  const docs = whenAsked(() => docsPage(options.acts, options.reads));
  app.get('/docs', (_, reply) => reply.type('text/html; charset=utf-8').send(docs()));
  if (options.webRoot && existsSync(options.webRoot)) {
    await app.register(serveStatic, {
      root: join(options.webRoot, 'assets'),
      prefix: '/assets/',
      cacheControl: false,
      setHeaders: (reply) => reply.header('cache-control', WEB_CACHE),
    });
    await app.register(serveStatic, {
      root: options.webRoot,
      decorateReply: false,
      wildcard: false,
      // Has its own route, since a key is written into it.
      globIgnore: ['verify.html'],
      index: false,
      cacheControl: false,
    });
    app.get('/', (_, reply) => sendPage(options.webRoot as string, reply));
  }
  return app;
}

/** Made at the first request and kept: describing every act costs a start a fifth of its time. */
function whenAsked<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

const TOO_MANY: Refusal = {
  kind: 'too-many',
  title: { zh: '请求过于频繁', en: 'Too many requests' },
  violations: [
    {
      rule: 'HS-0.2',
      article: '',
      fact: { zh: '一分钟内的请求次数超过上限。', en: 'More requests in a minute than allowed.' },
      remedy: { zh: '请稍候再试。', en: 'Wait a little and try again.' },
    },
  ],
};

/** What is not HTTP gets an answer too; raw Chinese in an address is the common case. */
function answerUnreadable({ rulebook }: Kernel, error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const body = Buffer.from(JSON.stringify(problemOf(rulebook, UNREADABLE, 'zh', '/')));
  socket.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`,
      ),
      body,
    ]),
  );
}

const UNREADABLE: Refusal = {
  kind: 'invalid',
  title: { zh: '请求无法解析', en: 'The request cannot be read' },
  violations: [
    {
      rule: 'HS-1.6',
      article: '',
      fact: { zh: '收到的内容不是合规的 HTTP 请求。', en: 'What came is no valid HTTP request.' },
      remedy: {
        zh: '网址中的汉字须先按 UTF-8 百分号编码。',
        en: 'Percent-encode letters beyond ASCII in the address as UTF-8.',
      },
    },
  ],
};

function actRoutes(app: FastifyInstance, { kernel, acts, authenticate }: AppOptions): void {
  const byName = new Map(acts.map((act) => [act.name, act]));
  const catalogue = whenAsked(() => ({
    items: acts.map((act) => ({
      name: act.name,
      title: act.title,
      by: act.by,
      byText: authorityText(act.by),
      secondFactor: act.secondFactor,
      input: schemaOf(act.input, 'input'),
      output: schemaOf(act.output, 'output'),
      rules: act.rules.map((r) => ({
        id: r.id,
        title: r.title,
        effect: r.effect,
        version: r.version,
        article: kernel.rulebook.cite(r.id),
      })),
    })),
  }));
  app.get('/v1/acts', (_, reply) => reply.send(catalogue()));
  app.post<{ Params: { name: string } }>('/v1/acts/:name', async (request, reply) => {
    const act = byName.get(request.params.name);
    if (!act) return answerUnknownPath(kernel, request, reply);
    const actor = await authenticate(request);
    const key = request.headers['idempotency-key'];
    const seen = versionInTag(request.headers['if-match']);
    const outcome = await execute(kernel, act, actor, request.body ?? {}, {
      ...(typeof key === 'string' && key !== '' ? { idempotencyKey: key } : {}),
      ...(seen === undefined ? {} : { expectedVersion: seen }),
    });
    if (!outcome.ok) return sendRefusal(kernel.rulebook, request, reply, outcome.refusal);
    if (outcome.replayed) reply.header('idempotency-replayed', 'true');
    return reply.header('cache-control', 'no-store').send({ result: outcome.result, receipt: outcome.receipt });
  });
}

function answerError(kernel: Kernel, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof Refused) return sendRefusal(kernel.rulebook, request, reply, error.refusal);
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) {
    const kind = status === 413 ? 'too-large' : 'invalid';
    const refusal = invalidInput(
      new z.ZodError([
        {
          code: 'custom',
          path: [],
          message: error instanceof Error ? error.message : 'bad request',
        } as z.core.$ZodIssue,
      ]),
    );
    return sendRefusal(kernel.rulebook, request, reply, { ...refusal, kind });
  }
  if (isDiskFull(error)) return sendRefusal(kernel.rulebook, request, reply, DISK_FULL);
  // A fault of ours: the log gets the stack, the caller gets a number to quote and no inner detail.
  const reference = request.id;
  process.stderr.write(
    `${JSON.stringify({ level: 'error', reference, method: request.method, route: request.routeOptions.url, error: error instanceof Error ? error.stack : String(error) })}\n`,
  );
  return reply
    .code(500)
    .type('application/problem+json; charset=utf-8')
    .send({
      type: 'urn:shuheng:problem:fault',
      title: '系统故障 Internal fault',
      status: 500,
      detail: `没有改变任何数据；可凭编号 ${reference} 联系管理员。Nothing was changed; quote ${reference} to the operator.`,
      titleText: { zh: '系统故障', en: 'Internal fault' },
      violations: [],
    });
}

const DISK_FULL: Refusal = {
  kind: 'disk-full',
  title: { zh: '存储空间已满', en: 'The storage is full' },
  violations: [
    {
      rule: 'HS-0.1',
      article: '',
      fact: {
        zh: '服务器没有剩余空间，本次没有改变任何数据。',
        en: 'The server has no space left; nothing was changed.',
      },
      remedy: {
        zh: '请通知系统管理员腾出空间，之后可用同一幂等键重试。',
        en: 'Tell the operator to free space, then try again with the same key.',
      },
    },
  ],
};

/** ENOSPC of a file, or PostgreSQL's 53100. */
function isDiskFull(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === '53100';
}

function answerUnknownPath(kernel: Kernel, request: FastifyRequest, reply: FastifyReply) {
  return sendRefusal(kernel.rulebook, request, reply, notFound().refusal);
}

/** Pages of the web application have addresses of their own; everything else that is unknown is a problem. */
function answerUnknown({ kernel, webRoot }: AppOptions, request: FastifyRequest, reply: FastifyReply) {
  const page =
    request.method === 'GET' &&
    !/^\/(v1|log|assets)\//.test(request.url) &&
    (request.headers.accept ?? '').includes('text/html');
  if (page && webRoot && existsSync(webRoot)) return sendPage(webRoot, reply);
  return answerUnknownPath(kernel, request, reply);
}

function sendPage(webRoot: string, reply: FastifyReply) {
  return reply.header('cache-control', 'no-cache').sendFile('index.html', webRoot);
}
