import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { IsolatedFailure, type IsolatedFailureKind } from '../../../kernel/isolation/index.ts';
import type { Cell as Value } from '../../../kernel/vault/index.ts';

/** Runs SQL that was generated of a checked query, wherever the data is. */
export interface QueryEngine {
  readonly name: string;
  /** @throws IsolatedFailure */
  readonly rows: (sql: string, limit: number, signal?: AbortSignal) => Promise<readonly (readonly Value[])[]>;
}

export interface TrinoOptions {
  /** Such as `https://trino.example:8443`. */
  readonly server: string;
  readonly user: string;
  /** Value of the Authorization header; never logged. */
  readonly authorization?: string;
  readonly wallMs: number;
  /** Bytes of one page of the answer. */
  readonly pageBytesMax?: number;
}

const PAGE_BYTES_MAX = 64 * 1024 * 1024;
const PAGES_MAX = 100_000;
/** The server is busy (429) or on its way up or down; the protocol asks to try again shortly. */
const BUSY = [429, 502, 503, 504];
const BUSY_TRIES_MAX = 20;
const PAUSE_MS = 100;

const Page = z.object({
  id: z.string(),
  nextUri: z.string().optional(),
  data: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).optional(),
  error: z.object({ errorName: z.string().optional(), errorType: z.string().optional() }).optional(),
});
type Page = z.infer<typeof Page>;

const KINDS: Readonly<Record<string, IsolatedFailureKind>> = {
  INSUFFICIENT_RESOURCES: 'resource',
  USER_ERROR: 'data',
  INTERNAL_ERROR: 'internal',
  EXTERNAL: 'unavailable',
};

/**
 * A thin client of Trino's REST protocol (its documentation, "Trino client REST API"): POST /v1/statement, then GET of each
 * `nextUri` until there is none; DELETE of it cancels. Tested against a server that speaks the protocol, not yet against a
 * real Trino.
 */
export function trinoEngine(options: TrinoOptions): QueryEngine {
  const server = new URL(options.server);
  return {
    name: 'trino',
    rows: async (sql, limit, signal) => {
      const clock = AbortSignal.timeout(options.wallMs);
      const ends = signal === undefined ? clock : AbortSignal.any([clock, signal]);
      let next: URL | null = null;
      try {
        const rows: Value[][] = [];
        let page = await request(options, new URL('/v1/statement', server), {
          method: 'POST',
          body: sql,
          signal: ends,
        });
        for (let pages = 0; ; pages++) {
          next = nextOf(page, server);
          if (page.error !== undefined) throw failureOf(page.error);
          rows.push(...(page.data ?? []));
          if (rows.length > limit || pages > PAGES_MAX)
            throw new IsolatedFailure('resource', 'the answer is too large');
          if (next === null) return rows;
          page = await request(options, next, { method: 'GET', signal: ends });
        }
      } catch (error) {
        if (next !== null) await cancel(options, next);
        if (error instanceof IsolatedFailure) throw error;
        if (signal?.aborted) throw new IsolatedFailure('cancelled');
        if (clock.aborted) throw new IsolatedFailure('resource', 'time');
        throw new IsolatedFailure('unavailable', error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Never to another server than the one that was asked: it would get the credentials. */
function nextOf({ nextUri }: Page, server: URL): URL | null {
  if (nextUri === undefined) return null;
  const next = new URL(nextUri);
  if (next.origin !== server.origin || !next.pathname.startsWith('/v1/statement/'))
    throw new IsolatedFailure('internal', 'the next page is on another server');
  return next;
}

/** The class alone; Trino's message can hold values of the data and goes to their owner. */
function failureOf({ errorName, errorType }: NonNullable<Page['error']>): IsolatedFailure {
  if (errorName === 'USER_CANCELED') return new IsolatedFailure('cancelled');
  if (errorName === 'EXCEEDED_TIME_LIMIT') return new IsolatedFailure('resource', 'time');
  return new IsolatedFailure(KINDS[errorType ?? ''] ?? 'internal', errorName ?? '');
}

const headersOf = ({ user, authorization }: TrinoOptions): Record<string, string> => ({
  'X-Trino-User': user,
  'X-Trino-Source': 'shuheng',
  'X-Trino-Time-Zone': 'UTC',
  ...(authorization === undefined ? {} : { Authorization: authorization }),
});

async function request(
  options: TrinoOptions,
  url: URL,
  how: { readonly method: 'POST' | 'GET'; readonly body?: string; readonly signal: AbortSignal },
): Promise<Page> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(url, { ...how, headers: headersOf(options), redirect: 'error' });
    if (response.status === 200) return Page.parse(JSON.parse(await bodyOf(response, options)));
    await response.body?.cancel();
    if (!BUSY.includes(response.status) || tries === BUSY_TRIES_MAX)
      throw new IsolatedFailure('unavailable', `status ${response.status}`);
    await pause(PAUSE_MS, undefined, { signal: how.signal });
  }
}

async function bodyOf(response: Response, { pageBytesMax = PAGE_BYTES_MAX }: TrinoOptions): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > pageBytesMax) throw new IsolatedFailure('resource', 'a page is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

const CANCEL_MS = 2_000;

/** Tells the server that nobody waits any more; that it does not answer changes nothing for the asker. */
async function cancel(options: TrinoOptions, next: URL): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL_MS);
  await fetch(next, { method: 'DELETE', headers: headersOf(options), redirect: 'error', signal }).catch(
    () => undefined,
  );
}
