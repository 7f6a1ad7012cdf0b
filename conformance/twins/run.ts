import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { type Client, Problem } from '../../bench/client.ts';
import type { Market } from '../../bench/trade.ts';

const REQUESTS = 100;

export interface TwinsReport {
  readonly requests: number;
  /** Times each was sent: twice at once, then once more. */
  readonly sent: number;
  readonly effects: number;
  /** Requests of the same key with other input, all of them refused. */
  readonly misused: number;
}

/**
 * Sends a hundred requests each twice at the same moment (the twin to another server, if there is one) and once more afterwards, with one key: one effect and three equal
 * answers each (as JSON values: the order of an object's members means nothing). Then each key with other input, which must be refused.
 * @throws Error with the first request that had another effect
 */
export async function runTwins(market: Market, db: pg.Client, elsewhere: Market = market): Promise<TwinsReport> {
  const before = await orders(db);
  const requests = Array.from({ length: REQUESTS }, (_, n) => ({
    key: randomUUID(),
    who: market.buyers[n % market.buyers.length] as Client,
    twin: elsewhere.buyers[n % elsewhere.buyers.length] as Client,
    input: { productId: market.productId, quantity: 1, purpose: market.purpose, scenario: `同一请求 ${n}` },
  }));
  const send = ({ key, input }: { key: string; input: unknown }, who: Client) =>
    who.act<{ orderId: string }>('order.place', input, key);
  const twins = await Promise.all(requests.flatMap((r) => [send(r, r.who), send(r, r.twin)]));
  const again = await Promise.all(requests.map((r) => send(r, r.twin)));
  for (const [n, { key }] of requests.entries()) {
    const [first, ...others] = [twins[n * 2], twins[n * 2 + 1], again[n]].map((a) => [a?.result, a?.receipt]);
    if (!others.every((other) => isDeepStrictEqual(other, first)))
      throw new Error(`key ${key} got different answers: ${JSON.stringify([first, ...others])}`);
  }
  const { rows } = await db.query<{ key: string; n: number }>(
    'select idempotency_key as key, count(*)::int as n from act_log where idempotency_key = any($1) group by 1',
    [requests.map((r) => r.key)],
  );
  const effects = (await orders(db)) - before;
  if (rows.length !== REQUESTS || rows.some((r) => r.n !== 1) || effects !== REQUESTS) {
    throw new Error(`${REQUESTS} requests had ${effects} effects and ${rows.length} acts`);
  }
  let misused = 0;
  for (const { who, key, input } of requests) {
    const refusal = await who.act('order.place', { ...input, scenario: '另一请求' }, key).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refusal instanceof Problem) || refusal.status >= 500)
      throw new Error(`key ${key} was taken for another request: ${refusal}`);
    misused++;
  }
  if ((await orders(db)) - before !== REQUESTS) throw new Error('a misused key had an effect');
  return { requests: REQUESTS, sent: REQUESTS * 3, effects, misused };
}

async function orders(db: pg.Client): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select count(*)::int as n from trade_order');
  return rows[0]?.n ?? 0;
}
