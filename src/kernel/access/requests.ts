import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../database/index.ts';
import type { Credentials } from './authenticate.ts';
import { closeSession } from './sessions.ts';

export const SESSION_COOKIE = 'shuheng_session';
const CSRF_HEADER = 'x-shuheng-csrf';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export const isSafe = (request: FastifyRequest): boolean => SAFE_METHODS.includes(request.method);

/** The address people use: as set by the operator, or as the request (or a trusted proxy) says. */
export function originOf(request: FastifyRequest, publicUrl: string | undefined): URL {
  return new URL(publicUrl ?? `${request.protocol}://${request.host}`);
}

/** False when the browser says that another site caused the request; programs send neither header. */
export function isFromOurPages(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = request.headers.origin;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === request.host || host === originOf(request, publicUrl).host;
}

/** The header cannot be sent across sites without our consent, so it tells our pages from a foreign form (HS-1.20). */
export const isMarked = (request: FastifyRequest, publicUrl: string | undefined): boolean =>
  request.headers[CSRF_HEADER] === '1' && isFromOurPages(request, publicUrl);

export function credentialsOf(request: FastifyRequest, publicUrl?: string): Credentials {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return { bearer: /^Bearer ([\w-]{1,200})$/i.exec(authorization)?.[1] ?? '' };
  const cookie = request.cookies?.[SESSION_COOKIE];
  return cookie === undefined ? {} : { cookie, csrf: isSafe(request) || isMarked(request, publicUrl) };
}

export function setSessionCookie(
  reply: FastifyReply,
  secure: boolean,
  session: { readonly token: string; readonly expiresAt: Date },
): void {
  reply.setCookie(SESSION_COOKIE, session.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    expires: session.expiresAt,
  });
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'lax', secure });
}

/** A browser that signs in again leaves its former session: tokens are never handed on from before a sign-in. */
export async function closeOldSession(db: Database, request: FastifyRequest): Promise<void> {
  const before = request.cookies[SESSION_COOKIE];
  if (before) await closeSession(db, before);
}
