import { Readable } from 'node:stream';
import { z } from 'zod';
import { execute, type Kernel, notFound, Refused, refused, SYSTEM, type Violation } from '../../kernel/acts/index.ts';
import { newId } from '../../kernel/ids.ts';
import { bindingDocuments } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import type { ObjectInfo } from '../../kernel/vault/index.ts';
import { rightsLive } from '../catalog/index.ts';
import { DeliveryId, recordUsage } from './acts.ts';
import { getDelivery, grantFacts, standingOf } from './grants.ts';
import type { Delivery } from './model.ts';
import { FORMATS, type Format, MEDIA_TYPES, renderingOf } from './rendering.ts';
import { grantLive, nobodySuspended } from './rules.ts';
import { deliverySetting, linkIsOurs } from './setting.ts';

/** How often a running download looks whether its grant still lives: the most a revocation can be late. */
const RECHECK_MS = 500;
const SECOND_MS = 1_000;

/** Query of `GET /v1/deliveries/:deliveryId/content`. */
export const ContentQuery = z.object({
  format: z.enum(FORMATS),
  expires: z.coerce.number().int().min(0),
  signature: z.string().max(100),
});

export interface ContentRequest {
  readonly deliveryId: string;
  readonly query: z.output<typeof ContentQuery>;
  readonly method: 'GET' | 'HEAD';
  readonly range?: string | undefined;
  readonly ifRange?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export interface ContentAnswer {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends with an error when the grant is revoked on the way; the connection must then be cut, not ended. */
  readonly body: Readable | null;
}

/**
 * Serves the content of a delivery to the holder of a signed link: ranges and ETags (RFC 9110), the grant and the rights
 * to the data behind it checked again on every request, every half second of a running one and at the moment the first of
 * them ends; every byte metered.
 * @throws Refused for a link that is not ours, is over, or whose grant does not live
 */
export async function serveContent(kernel: Kernel, request: ContentRequest): Promise<ContentAnswer> {
  const { query } = request;
  const link = { deliveryId: request.deliveryId, format: query.format, expires: query.expires };
  if (!DeliveryId.safeParse(request.deliveryId).success || !linkIsOurs(link, query.signature)) throw notFound();
  if (Date.now() >= query.expires * SECOND_MS) throw linkOver();
  const { delivery, endsAt } = await liveDelivery(kernel, request.deliveryId);
  const object = await renderingOf(kernel.db, delivery.object_id, query.format);
  const { productTitle } = await standingOf(kernel.db, delivery);
  const etag = `"${object.sha256}"`;
  const headers: Record<string, string> = {
    'content-type': MEDIA_TYPES[query.format],
    'accept-ranges': 'bytes',
    etag,
    'cache-control': 'private, no-store',
    'content-disposition': disposition(productTitle, delivery.product_version, query.format),
    'repr-digest': `sha-256=:${Buffer.from(object.sha256, 'hex').toString('base64')}:`,
    'x-content-type-options': 'nosniff',
  };
  if (matches(request.ifNoneMatch, etag)) return { status: 304, headers, body: null };
  const ranged = request.range !== undefined && (request.ifRange === undefined || request.ifRange === etag);
  const range = ranged ? rangeOf(request.range ?? '', object.bytes) : 'whole';
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${object.bytes}` }, body: null };
  }
  const [start, end] = range === 'whole' ? [0, object.bytes - 1] : [range.start, range.end];
  headers['content-length'] = String(end - start + 1);
  if (range !== 'whole') headers['content-range'] = `bytes ${start}-${end}/${object.bytes}`;
  const status = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD') return { status, headers, body: null };
  return { status, headers, body: await meteredBody(kernel, { delivery, endsAt }, object, query.format, [start, end]) };
}

interface LiveDelivery {
  readonly delivery: Delivery;
  /** The moment, in milliseconds, at which its grant or a right behind it ends by itself. */
  readonly endsAt: number;
}

/** The delivery, if every rule of its use says yes now. @throws Refused with the rules that say no */
async function liveDelivery(kernel: Kernel, deliveryId: string): Promise<LiveDelivery> {
  const delivery = await getDelivery(kernel.db, deliveryId);
  if (delivery?.method !== 'file') throw notFound();
  const at = new Date();
  const facts = await grantFacts(kernel.db, delivery, at);
  const violations = [grantLive, nobodySuspended, ...rightsLive].flatMap((rule): Violation[] => {
    const { decision } = rule.evaluate(facts, at);
    if (decision.outcome !== 'violated') return [];
    return [{ rule: rule.id, article: kernel.rulebook.cite(rule.id), fact: decision.fact, remedy: decision.remedy }];
  });
  const [first, ...others] = violations;
  if (!first) return { delivery, endsAt: Date.parse(facts.endsAt) };
  // The first says no whatever else does; what only repeats it is cited where it binds.
  const binding = await bindingDocuments(kernel.db, at);
  const cited = others.filter(({ rule }) =>
    kernel.rulebook.binds(kernel.rulebook.article(rule).document.code, binding, at),
  );
  const title = text('现在不能下载', 'The download is not possible now');
  throw new Refused({ kind: 'rule', title, violations: [first, ...cited] });
}

function linkOver(): Refused {
  return refused(
    'rule',
    'HS-5.9',
    text('下载链接已过期', 'The download link is over'),
    text('该链接的有效时间已过。', 'The time of this link is over.'),
    text('请在交付页面重新生成下载链接。', 'Make a new link on the page of the delivery.'),
  );
}

async function meteredBody(
  kernel: Kernel,
  live: LiveDelivery,
  object: ObjectInfo,
  format: string,
  [start, end]: readonly [number, number],
): Promise<Readable> {
  const usageId = newId('use');
  await kernel.db
    .insertInto('delivery_usage')
    .values({
      id: usageId,
      delivery_id: live.delivery.id,
      kind: 'download',
      format,
      started_at: new Date(),
      ended_at: null,
      outcome: null,
    })
    .execute();
  const source = end < start ? Readable.from([]) : await deliverySetting().vault.open(object.id, { start, end });
  const transfer: Transfer = { usageId, begun: false, bytes: 0, outcome: 'broken-off' };
  const body = Readable.from(measured(kernel, transfer, source), { objectMode: false });
  // A download that is cut while nobody listens must not take the server with it.
  body.on('error', () => undefined);
  // Cut before anybody read: the generator never ran, so nothing of it would close and record.
  body.once('close', () => {
    if (!transfer.begun) void settle(kernel, transfer, source).catch(() => undefined);
  });
  watch(kernel, live, transfer, body);
  return body;
}

interface Transfer {
  readonly usageId: string;
  begun: boolean;
  bytes: number;
  outcome: 'complete' | 'broken-off' | 'revoked';
}

/** Passes the bytes on and counts them; whatever the end, it is recorded with evidence. */
async function* measured(kernel: Kernel, transfer: Transfer, source: Readable): AsyncGenerator<Buffer> {
  transfer.begun = true;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      yield chunk;
      transfer.bytes += chunk.length;
    }
    transfer.outcome = 'complete';
  } finally {
    await settle(kernel, transfer, source);
  }
}

async function settle(kernel: Kernel, { usageId, bytes, outcome }: Transfer, source: Readable): Promise<void> {
  source.destroy();
  await execute(kernel, recordUsage, SYSTEM, { usageId, bytes, outcome }, { idempotencyKey: `usage ${usageId}` });
}

/**
 * Cuts a running download when its grant or a right behind it dies, also one whose reader has stopped reading: looks every
 * half second, and at the very moment the first of them ends by itself.
 */
function watch(kernel: Kernel, live: LiveDelivery, transfer: Transfer, body: Readable): void {
  let endsAt = live.endsAt;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      endsAt = (await liveDelivery(kernel, live.delivery.id)).endsAt;
      const { usageId, bytes } = transfer;
      await kernel.db.updateTable('delivery_usage').set({ bytes }).where('id', '=', usageId).execute();
    } catch (error) {
      if (error instanceof Refused && transfer.outcome !== 'complete') transfer.outcome = 'revoked';
      body.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    again();
  };
  const again = (): void => {
    if (body.destroyed) return;
    timer = setTimeout(() => void look(), Math.max(0, Math.min(RECHECK_MS, endsAt - Date.now())));
  };
  body.once('close', () => clearTimeout(timer));
  again();
}

/** One byte range; several at once or another unit are served whole, as RFC 9110 §14.2 allows. */
export function rangeOf(header: string, size: number): { start: number; end: number } | 'whole' | 'unsatisfiable' {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (!found) return 'whole';
  const [first, last] = [found[1] ?? '', found[2] ?? ''];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function matches(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

/** RFC 6266: an ASCII name for old programs, the right one in UTF-8 beside it. */
function disposition(title: string, version: number, format: Format): string {
  const ending = format === 'csv-exact' ? 'exact.csv' : format;
  const name = `${title.replace(/[\p{Cc}\\/:*?"<>|]+/gu, '_')}-v${version}.${ending}`;
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="data-v${version}.${ending}"; filename*=UTF-8''${encoded}`;
}
