import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../acts/index.ts';
import type { Database } from '../database/index.ts';
import { findVouched, OidcClient, type OidcSettings, type PendingSignIn } from './oidc.ts';
import { closeOldSession, originOf, setSessionCookie } from './requests.ts';
import { seal, unseal } from './secrets.ts';
import { openVouchedSession } from './sessions.ts';
import { notKnownHere, providerFailed } from './sign-in-refusals.ts';

const COOKIE = 'shuheng_oidc';
const PATH = '/v1/sessions/oidc';
const PENDING_MS = 600_000;
const RETURN_LENGTH_MAX = 500;

export interface OidcRouteOptions {
  readonly db: Database;
  readonly publicUrl: string | undefined;
  readonly oidc: OidcSettings;
  readonly isSecure: (request: FastifyRequest) => boolean;
}

/** Sign-in through the operator's identity provider: a redirect there, and the way back. */
export function oidcRoutes(app: FastifyInstance, { db, publicUrl, oidc, isSecure }: OidcRouteOptions): void {
  const client = new OidcClient(oidc);
  const callbackOf = (request: FastifyRequest) => new URL(`${PATH}/callback`, originOf(request, publicUrl));
  const cookieOptions = (request: FastifyRequest) =>
    ({ path: PATH, httpOnly: true, sameSite: 'lax', secure: isSecure(request) }) as const;

  app.get<{ Querystring: { returnTo?: string } }>(PATH, async (request, reply) => {
    const { url, pending } = await confirmed(client.start(callbackOf(request), pathOfOurs(request.query.returnTo)));
    const sealed = seal('oidc', COOKIE, JSON.stringify(pending)).toString('base64url');
    reply.setCookie(COOKIE, sealed, { ...cookieOptions(request), maxAge: PENDING_MS / 1000 });
    return noStore(reply).redirect(url.href, 302);
  });

  app.get(`${PATH}/callback`, async (request, reply) => {
    const pending = pendingOf(request);
    reply.clearCookie(COOKIE, cookieOptions(request));
    if (!pending) throw new Refused(providerFailed());
    const current = callbackOf(request);
    current.search = request.url.split('?')[1] ?? '';
    const vouched = await confirmed(client.finish(current, pending));
    const personId = await findVouched(db, vouched);
    if (!personId) throw new Refused(notKnownHere());
    const outcome = await openVouchedSession(db, personId, {
      secondFactor: vouched.secondFactor,
      address: request.ip,
      agent: request.headers['user-agent'],
    });
    if (!outcome.ok) throw new Refused(outcome.refusal);
    await closeOldSession(db, request);
    setSessionCookie(reply, isSecure(request), outcome);
    return noStore(reply).redirect(pending.returnTo, 303);
  });
}

const noStore = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store');

/** Only paths of ours: an open redirect would lend our name to a stranger's page. */
export function pathOfOurs(path: string | undefined): string {
  if (!path || path.length > RETURN_LENGTH_MAX || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes('\\'))
    return '/';
  return path;
}

function pendingOf(request: FastifyRequest): PendingSignIn | undefined {
  const sealed = request.cookies[COOKIE];
  const plain = sealed && unseal('oidc', COOKIE, Buffer.from(sealed, 'base64url'));
  if (!plain) return undefined;
  const pending = JSON.parse(plain) as PendingSignIn;
  return Date.now() - pending.startedAt < PENDING_MS ? pending : undefined;
}

/** Whatever went wrong at the provider, the person reads one sentence; the cause goes to the operator's log. */
async function confirmed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown';
    process.stderr.write(`${JSON.stringify({ level: 'warn', source: 'oidc', message: message.slice(0, 300) })}\n`);
    throw new Refused(providerFailed());
  }
}
