import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Actor, invalidInput, type Refusal, Refused } from '../acts/index.ts';
import type { Database } from '../database/index.ts';
import { text } from '../text.ts';
import { authenticate, type Identity, identify } from './authenticate.ts';
import type { OidcSettings } from './oidc.ts';
import { oidcRoutes } from './oidc-http.ts';
import {
  clearSessionCookie,
  closeOldSession,
  credentialsOf,
  isFromOurPages,
  isMarked,
  isSafe,
  originOf,
  SESSION_COOKIE,
  setSessionCookie,
} from './requests.ts';
import { closeSession, openSession, showSecondFactor } from './sessions.ts';
import { notFromOurPages } from './sign-in-refusals.ts';

export interface SessionsOptions {
  readonly db: Database;
  /** Address people use, when a proxy stands in front. */
  readonly publicUrl?: string | undefined;
  readonly oidc?: OidcSettings | undefined;
}

const SignInBody = z.object({
  login: z.string().min(1).max(200),
  password: z.string().min(1).max(256),
  totp: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
});
const CodeBody = z.object({ code: z.string().regex(/^\d{6}$/) });

/** What a person learns about themselves, also at sign-in. */
function meOf({ actor, person, party, mustSetUpSecondFactor, expiresAt }: Identity) {
  return {
    person,
    party,
    roles: actor.roles,
    scopes: actor.scopes,
    secondFactor: actor.secondFactor,
    mustSetUpSecondFactor,
    expiresAt: expiresAt.toISOString(),
  };
}

/**
 * Sign-in, sign-out, `/v1/me` and the guard of cookie requests. Register it on the root, before the routes it guards;
 * refusals are thrown as {@link Refused}, for the error handler of the application.
 */
export async function registerSessions(app: FastifyInstance, options: SessionsOptions): Promise<void> {
  const { db, publicUrl } = options;
  if (!app.hasRequestDecorator('cookies')) await app.register(cookie);
  const isSecure = (request: FastifyRequest) => originOf(request, publicUrl).protocol === 'https:';

  app.addHook('onRequest', async (request) => {
    const guarded =
      !isSafe(request) && request.headers.authorization === undefined && SESSION_COOKIE in request.cookies;
    const signingIn = request.routeOptions.url === '/v1/sessions';
    const genuine = signingIn ? isFromOurPages(request, publicUrl) : isMarked(request, publicUrl);
    if (guarded && !genuine) throw new Refused(notFromOurPages());
  });

  app.post('/v1/sessions', async (request, reply) => {
    // Signing a stranger's browser in to one's own account is an attack too.
    if (!isFromOurPages(request, publicUrl)) throw new Refused(notFromOurPages());
    const body = parsed(SignInBody, request.body);
    const outcome = await openSession(db, { ...body, address: request.ip, agent: request.headers['user-agent'] });
    if (!outcome.ok) throw new Refused(outcome.refusal);
    await closeOldSession(db, request);
    setSessionCookie(reply, isSecure(request), outcome);
    reply.header('cache-control', 'no-store');
    return { token: outcome.token, ...meOf(outcome.identity) };
  });

  app.delete('/v1/sessions/current', async (request, reply) => {
    const { bearer, cookie: token } = credentialsOf(request, publicUrl);
    const mine = bearer ?? token;
    if (mine) await closeSession(db, mine);
    clearSessionCookie(reply, isSecure(request));
    return reply.code(204).send();
  });

  app.post('/v1/sessions/current/second-factor', async (request, reply) => {
    const { code } = parsed(CodeBody, request.body);
    const { actor } = await signedInIdentity(db, request, publicUrl);
    const refusal = await showSecondFactor(db, actor.credentialId ?? '', code, { address: request.ip });
    if (refusal) throw new Refused(refusal);
    reply.header('cache-control', 'no-store');
    return meOf(await signedInIdentity(db, request, publicUrl));
  });

  app.get('/v1/sessions/methods', async () => ({ password: true, oidc: options.oidc !== undefined }));

  // For pages, which are read by strangers too: nobody signed in is an answer here, not a fault.
  app.get('/v1/sessions/current', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const identity = await identify(db, credentialsOf(request, publicUrl));
    return { me: identity ? meOf(identity) : null };
  });

  app.get('/v1/me', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return meOf(await signedInIdentity(db, request, publicUrl));
  });

  if (options.oidc) oidcRoutes(app, { db, publicUrl, oidc: options.oidc, isSecure });
}

/** For `authenticate` of the application: the actor behind a request, anonymous when the credential is no good. */
export function actorOf(db: Database, request: FastifyRequest, publicUrl?: string): Promise<Actor> {
  return authenticate(db, credentialsOf(request, publicUrl));
}

async function signedInIdentity(
  db: Database,
  request: FastifyRequest,
  publicUrl: string | undefined,
): Promise<Identity> {
  const identity = await identify(db, credentialsOf(request, publicUrl));
  if (!identity) throw new Refused(NOT_SIGNED_IN);
  return identity;
}

const NOT_SIGNED_IN: Refusal = {
  kind: 'unauthenticated',
  title: text('请先登录', 'Please sign in'),
  violations: [
    {
      rule: 'HS-1.1',
      article: '',
      fact: text('没有有效的登录。', 'There is no valid session or key.'),
      remedy: text('请登录，或检查令牌是否过期。', 'Sign in, or check whether the token has expired.'),
    },
  ],
};

function parsed<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const answer = schema.safeParse(body ?? {});
  if (!answer.success) throw new Refused(invalidInput(answer.error));
  return answer.data;
}
