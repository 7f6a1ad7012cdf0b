import type { ActInfo, ProblemBody, ReceiptRef } from './api-types.ts';

export type * from './api-types.ts';

/** A refusal or fault of the server, with its reasons; `status` 0 means that the server was not reached. */
export class Problem extends Error {
  override name = 'Problem';
  readonly body: ProblemBody;
  constructor(body: ProblemBody) {
    super(body.title);
    this.body = body;
  }
  get status(): number {
    return this.body.status;
  }
}

const UNREACHABLE: ProblemBody = {
  type: 'urn:shuheng:problem:unreachable',
  title: 'Unreachable',
  status: 0,
  titleText: { zh: '连接不上服务器', en: 'The server cannot be reached' },
  violations: [],
};

const CSRF_HEADER = 'X-Shuheng-Csrf';
const FAULT_TEXT_MAX = 300;

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `/v1` address with a query; empty values are left out. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `/v1${path}${text ? `?${text}` : ''}`;
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as ProblemBody;
    return new Problem({ ...body, status: response.status, violations: body.violations ?? [] });
  } catch {
    return new Problem({
      type: 'about:blank',
      title: response.statusText,
      status: response.status,
      detail: text.slice(0, FAULT_TEXT_MAX),
      titleText: {
        zh: `服务器答复异常（${response.status}）`,
        en: `Unexpected answer from the server (${response.status})`,
      },
      violations: [],
    });
  }
}

/** @throws Problem for every answer that is not 2xx, and when the server is not reached */
async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Problem(UNREACHABLE);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** `GET /v1<path>`. @throws Problem */
export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const response = await send(address(path, query), {
    headers: { accept: 'application/json' },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

/** The text of a special route such as `/v1/receipts/<id>.tlog-proof` or `/log/vkey`. @throws Problem */
export async function getText(url: string): Promise<string> {
  return (await send(url, {})).text();
}

/** The exact bytes of a special route. @throws Problem */
export async function getBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await send(url, {})).arrayBuffer());
}

/** An unsafe request other than an act: sessions. @throws Problem */
export async function unsafe<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await send(`/v1${path}`, {
    method,
    headers: { [CSRF_HEADER]: '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export interface ActAnswer<R> {
  readonly result: R;
  readonly receipt: ReceiptRef;
}

/** 128 random bits in hex; `crypto.randomUUID` is missing on plain http addresses. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** `POST /v1/acts/<name>`: the only way to change anything. @throws Problem */
export async function act<R>(
  name: string,
  input: unknown,
  options: { idempotencyKey: string; version?: number },
): Promise<ActAnswer<R>> {
  const response = await send(`/v1/acts/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': options.idempotencyKey,
      [CSRF_HEADER]: '1',
      ...(options.version === undefined ? {} : { 'if-match': `"${options.version}"` }),
    },
    body: JSON.stringify(input),
  });
  return (await response.json()) as ActAnswer<R>;
}

/** Whether a person with these roles may try an act; the server decides. */
export function mayAct(info: ActInfo, roles: readonly string[] | null): boolean {
  if (info.by.kind === 'anyone') return true;
  if (info.by.kind === 'system') return false;
  if (!roles) return false;
  return info.by.kind === 'signed-in' || (info.by.roles ?? []).some((r) => roles.includes(r));
}
