import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type Actor,
  holdsNul,
  invalidInput,
  type Kernel,
  notFound,
  permits,
  type Read,
  type ReadContext,
  type Refusal,
  withinScopes,
} from '../../kernel/acts/index.ts';
import type { Database } from '../../kernel/database/index.ts';
import { type KeptAnswer, KeptAnswers, namesTag, tagOf } from './kept.ts';
import { sendRefusal } from './problem.ts';

export interface ReadRoutesOptions {
  readonly kernel: Kernel;
  readonly reads: readonly Read[];
  readonly authenticate: (request: FastifyRequest) => Promise<Actor>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** `GET /v1<path>` for each read. */
export function readRoutes(app: FastifyInstance, options: ReadRoutesOptions): void {
  const kept = new KeptAnswers();
  for (const read of options.reads) readRoute(app, options, read, kept);
}

function readRoute(app: FastifyInstance, { kernel, authenticate }: ReadRoutesOptions, read: Read, kept: KeptAnswers) {
  const name = `read${read.path.replace(/\/:\w+/g, '').replaceAll('/', '.')}`;
  app.get(`/v1${read.path}`, async (request, reply) => {
    const sender = await authenticate(request);
    const permission = permits(read.by, sender, name);
    if (permission !== 'yes') return sendRefusal(kernel.rulebook, request, reply, barred(permission));
    const params = read.params.safeParse(request.params);
    const query = read.query.safeParse(request.query);
    if (!params.success || holdsNul([request.params, request.query]))
      return sendRefusal(kernel.rulebook, request, reply, notFound().refusal);
    if (!query.success) return sendRefusal(kernel.rulebook, request, reply, invalidInput(query.error));
    const context = {
      db: kernel.db,
      actor: withinScopes(sender, name),
      params: params.data as never,
      query: query.data as never,
      at: new Date(),
    };
    const versioned = await versionedAnswer(read, context, kept);
    if (versioned) return sendVersioned(request, reply, versioned, sender);
    // What the schema does not name never leaves the house.
    const body = read.output.parse(await read.run(context)) as { version?: unknown };
    if (typeof body.version === 'number') reply.header('etag', `"${body.version}"`);
    return reply.header('cache-control', 'no-store').send(body);
  });
}

type Context = ReadContext<never, never> & { readonly db: Database };

/** The answer of a read that knows its version: kept from before, or made now. */
async function versionedAnswer(read: Read, context: Context, kept: KeptAnswers): Promise<KeptAnswer | undefined> {
  const version = await read.version?.(context);
  if (!version) return undefined;
  const name = [read.path, JSON.stringify([context.params, context.query]), version.subject, version.state].join(' ');
  const found = kept.find(name);
  if (found) return found;
  const bytes = Buffer.from(JSON.stringify(read.output.parse(await read.run(context))));
  const answer = { etag: tagOf(version.subject, name), bytes };
  kept.keep(name, answer);
  return answer;
}

/** A stranger's browser may keep the answer and ask whether it still holds; what signed-in people see stays nowhere. */
function sendVersioned(request: FastifyRequest, reply: FastifyReply, { etag, bytes }: KeptAnswer, sender: Actor) {
  reply.header('etag', etag).header('vary', 'authorization, cookie');
  reply.header('cache-control', sender.kind === 'anonymous' ? 'no-cache' : 'no-store');
  if (namesTag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type(JSON_TYPE).send(bytes);
}

function barred(permission: 'unauthenticated' | 'forbidden'): Refusal {
  const signIn = permission === 'unauthenticated';
  return {
    kind: permission,
    title: signIn
      ? { zh: '请先登录', en: 'Please sign in' }
      : { zh: '您的角色不能查看', en: 'Your role may not see this' },
    violations: [
      {
        rule: signIn ? 'HS-1.1' : 'HS-1.2',
        article: '',
        fact: signIn
          ? { zh: '没有有效的登录。', en: 'There is no valid session or key.' }
          : { zh: '需要另一角色。', en: 'Another role is needed.' },
        remedy: signIn
          ? { zh: '请登录，或检查令牌是否过期。', en: 'Sign in, or check whether the token has expired.' }
          : { zh: '请由有权的人员查看。', en: 'Ask someone who holds the role.' },
      },
    ],
  };
}
