import { z } from 'zod';
import type { Act, Read } from '../../kernel/acts/index.ts';
import { authorityText } from './roles.ts';

/** JSON schema of what a caller sends (defaults optional) or gets. */
export function schemaOf(type: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return schema;
}

/** `/products/:productId` → `/products/{productId}`. */
const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

const problem = {
  description: 'RFC 9457 problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const problems = {
  '400': problem,
  '401': problem,
  '403': problem,
  '404': problem,
  '409': problem,
  '422': problem,
  '429': problem,
};
const TEXT = { type: 'object', properties: { zh: { type: 'string' }, en: { type: 'string' } }, required: ['zh', 'en'] };

function actOperation(act: Act) {
  const receipt = {
    type: 'object',
    properties: { id: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
    required: ['id', 'at'],
  };
  return {
    operationId: act.name,
    summary: `${act.title.zh} · ${act.title.en}`,
    description: `${authorityText(act.by).en}${act.secondFactor ? '; second factor' : ''}${act.rules.length > 0 ? `. Rules: ${act.rules.map((r) => r.id).join(', ')}` : ''}`,
    tags: [act.name.split('.')[0] ?? 'act'],
    ...(act.by.kind === 'anyone' ? { security: [] } : {}),
    parameters: [
      { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 200 } },
      {
        name: 'If-Match',
        in: 'header',
        description: 'Version of the subject the caller saw',
        schema: { type: 'string' },
      },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(act.input, 'input') } } },
    responses: {
      '200': {
        description: 'Done, with its receipt',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { result: schemaOf(act.output, 'output'), receipt },
              required: ['result', 'receipt'],
            },
          },
        },
      },
      ...problems,
    },
  };
}

function readOperation(read: Read) {
  const parameters = (type: z.ZodType, place: 'path' | 'query') => {
    const schema = schemaOf(type, 'input') as { properties?: Record<string, unknown>; required?: string[] };
    return Object.entries(schema.properties ?? {}).map(([name, s]) => ({
      name,
      in: place,
      required: place === 'path' || (schema.required ?? []).includes(name),
      schema: s,
    }));
  };
  return {
    operationId: `read ${read.path}`,
    summary: `${read.title.zh} · ${read.title.en}`,
    description: authorityText(read.by).en,
    tags: [read.path.split('/')[1] ?? 'read'],
    ...(read.by.kind === 'anyone' ? { security: [] } : {}),
    parameters: [...parameters(read.params, 'path'), ...parameters(read.query, 'query')],
    responses: {
      '200': { description: 'OK', content: { 'application/json': { schema: schemaOf(read.output, 'output') } } },
      ...problems,
    },
  };
}

const binary = (description: string, type: string) => ({
  '200': { description, content: { [type]: { schema: { type: 'string' } } } },
  ...problems,
});

/** The few routes that are neither acts nor JSON reads: sessions, files and the log. */
const OTHER_PATHS = {
  '/v1/sessions': {
    post: {
      operationId: 'sign in',
      summary: '登录 · Sign in',
      tags: ['sessions'],
      security: [],
      requestBody: {
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { login: { type: 'string' }, password: { type: 'string' }, totp: { type: 'string' } },
              required: ['login', 'password'],
            },
          },
        },
      },
      responses: {
        '200': {
          description: 'Token and who you are',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...problems,
      },
    },
  },
  '/v1/sessions/current': {
    get: {
      operationId: 'current session',
      summary: '当前会话（未登录为空） · The present session, null for a stranger',
      tags: ['sessions'],
      security: [],
      responses: { '200': { description: '{ me: what GET /v1/me answers, or null }' }, ...problems },
    },
    delete: {
      operationId: 'sign out',
      summary: '退出登录 · Sign out',
      tags: ['sessions'],
      responses: { '204': { description: 'Signed out' }, ...problems },
    },
  },
  '/v1/me': {
    get: {
      operationId: 'me',
      summary: '当前身份 · Who I am',
      tags: ['sessions'],
      responses: { '200': { description: 'OK' }, ...problems },
    },
  },
  '/v1/uploads': {
    post: {
      operationId: 'create upload',
      summary: '上传（tus 1.0.0） · Upload by tus 1.0.0',
      tags: ['uploads'],
      responses: { '201': { description: 'Created' }, ...problems },
    },
  },
  '/v1/receipts/{receiptId}.tlog-proof': {
    get: {
      operationId: 'receipt proof',
      summary: '存证证明 · Proof of a receipt (C2SP tlog-proof)',
      tags: ['receipts'],
      parameters: [{ name: 'receiptId', in: 'path', required: true, schema: { type: 'string' } }],
      responses: binary('Proof', 'text/plain'),
    },
  },
  '/v1/receipts/{receiptId}/entry': {
    get: {
      operationId: 'receipt entry',
      summary: '存证条目原文 · Exact entry bytes',
      tags: ['receipts'],
      parameters: [{ name: 'receiptId', in: 'path', required: true, schema: { type: 'string' } }],
      responses: binary('Entry', 'application/json'),
    },
  },
  '/log/checkpoint': {
    get: {
      operationId: 'checkpoint',
      summary: '检查点 · Checkpoint (C2SP)',
      tags: ['log'],
      security: [],
      responses: binary('Signed note', 'text/plain'),
    },
  },
  '/log/vkey': {
    get: {
      operationId: 'log key',
      summary: '日志公钥 · Verifier key of the log',
      tags: ['log'],
      security: [],
      responses: binary('vkey', 'text/plain'),
    },
  },
};

/** The OpenAPI 3.1 document, made from the lists of acts and reads: nothing is written twice. */
export function openApiOf(acts: readonly Act[], reads: readonly Read[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const act of acts.filter((a) => a.by.kind !== 'system'))
    paths[`/v1/acts/${act.name}`] = { post: actOperation(act) };
  for (const read of reads) paths[`/v1${templateOf(read.path)}`] = { get: readOperation(read) };
  return {
    openapi: '3.1.0',
    info: {
      title: '数衡 Shuheng API',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'State changes by acts only: POST /v1/acts/<name>. Reads are plain REST. Errors are problem+json and cite their article.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: { ...paths, ...OTHER_PATHS },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A session token or an API key' } },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'violations'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            instance: { type: 'string' },
            titleText: TEXT,
            violations: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  rule: { type: 'string' },
                  article: { type: 'string' },
                  citation: TEXT,
                  fact: TEXT,
                  remedy: TEXT,
                },
                required: ['rule', 'article', 'citation', 'fact', 'remedy'],
              },
            },
          },
        },
      },
    },
  };
}
