import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endUse, grantUse, resumeUse, stopMade, suspendUse } from './exchange/catalog/index.ts';
import { ContentQuery, serveContent } from './exchange/delivery/index.ts';
import { kindOf, rulesOf, type TestTrade, testTrade } from './exchange/delivery/testing.ts';
import { deliveryRoutes } from './interfaces/http/files.ts';
import { Refused } from './kernel/acts/index.ts';
import { newId } from './kernel/ids.ts';

/** What was sold under a right of the procedure is used only while that right lives: each request, and while one runs. */
let t: TestTrade;
let app: FastifyInstance;
let resourceId: string;
beforeAll(async () => {
  t = await testTrade();
  app = Fastify();
  deliveryRoutes(app, t.kernel);
  await app.listen({ port: 0, host: '127.0.0.1' });
  resourceId = newId('res');
  await sql`insert into resource (id, holder_id, state, title, summary, source, source_statement, sector, class, grade,
      contains_personal_information, update_frequency, region, opening, public_data, dataset_id, object_id, rows, bytes,
      columns, registered_at, search, search_version)
    values (${resourceId}, ${t.people.department.partyId}, 'registered', '客流', '逐日客流', 'self-generated', '闸机', '交通',
      '交通', 'general', false, '每月', '示例市', 'paid', true, 'dst_x', 'obj_x', 10, 100, '[]', now(), '', 1)`.execute(
    t.db,
  );
});
afterAll(async () => {
  await app?.close();
  await t?.close();
});

interface Sold {
  readonly productId: string;
  readonly deliveryId: string;
  readonly orderId: string;
  readonly agreementId: string;
}

/** A product whose version 1 was made under a right, sold and delivered. */
async function sold(content: Buffer, kind: 'dataset' | 'query-service' = 'dataset', direct = false): Promise<Sold> {
  const productId = await t.product({ content, kind });
  const agreementId = newId('agr');
  const authorisationId = await t.db.transaction().execute((tx) =>
    grantUse(
      tx,
      {
        ...{ agreementId, scenarioId: newId('scn'), resourceId, partyId: t.people.seller.partyId, purpose: '指数' },
        ...{
          columns: ['line'],
          rowFilter: [],
          validUntil: new Date(Date.now() + 86_400_000),
          rowsMax: null,
          usesMax: null,
        },
      },
      new Date(),
    ),
  );
  if (direct)
    await sql`update resource_authorisation set agreement_id = null, scenario_id = null where id = ${authorisationId}`.execute(
      t.db,
    );
  await t.db
    .insertInto('resource_use')
    .values({
      ...{ id: newId('usd'), authorisation_id: authorisationId, resource_id: resourceId, made_id: productId },
      ...{ made_version: 1, rows: 10, taken_at: new Date() },
    })
    .execute();
  return { productId, agreementId, ...(await t.delivered(productId)) };
}

const suspend = (agreementId: string, cause?: 'consent') =>
  t.db.transaction().execute((tx) => suspendUse(tx, agreementId, new Date(), cause));
const resume = (agreementId: string, cause?: 'consent') =>
  t.db.transaction().execute((tx) => resumeUse(tx, agreementId, cause));
const end = (agreementId: string) => t.db.transaction().execute((tx) => endUse(tx, agreementId, new Date()));
const withdrawOne = () =>
  t.db
    .transaction()
    .execute((tx) =>
      stopMade(tx, { resourceId, purpose: '指数', partyId: null }, new Date(Date.now() - 3_600_000), new Date()),
    );
const endsAt = (agreementId: string, at: Date) =>
  t.db.updateTable('resource_authorisation').set({ valid_until: at }).where('agreement_id', '=', agreementId).execute();

const linkOf = async (deliveryId: string): Promise<string> =>
  (await t.run<{ url: string }>('delivery.create-link', t.people.buyer, { deliveryId, format: 'parquet' })).url;
const serve = (url: string) => {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const query = ContentQuery.parse(Object.fromEntries(searchParams));
  return serveContent(t.kernel, { deliveryId: pathname.split('/')[3] ?? '', query, method: 'GET' });
};
const refusedFor = async (url: string): Promise<string[]> => {
  try {
    (await serve(url)).body?.destroy();
  } catch (error) {
    if (error instanceof Refused) return error.refusal.violations.map((v) => `${v.rule} ${v.article}`);
    throw error;
  }
  return [];
};
const outcomeOf = async (deliveryId: string) =>
  (
    await t.db
      .selectFrom('delivery_usage')
      .select('outcome')
      .where('delivery_id', '=', deliveryId)
      .orderBy('id', 'desc')
      .executeTakeFirst()
  )?.outcome;

describe('a request', () => {
  it('is refused while the right is suspended, and cites who says so; it goes on when the right does', async () => {
    const { deliveryId, agreementId } = await sold(randomBytes(1_000));
    const url = await linkOf(deliveryId);
    const shown = () => t.read('/deliveries/:deliveryId', t.people.buyer, { deliveryId });
    expect(await shown()).toMatchObject({ state: 'live', useStopped: null });
    await suspend(agreementId);
    expect(await shown()).toMatchObject({ useStopped: { resource: '客流', state: 'suspended', forConsent: false } });
    const [house, measures] = await refusedFor(url);
    expect(house).toMatch(/^HS-16\.1 .*16\.1/);
    expect(measures).toMatch(/^JN-12\.3 .*第十二条/);
    expect(rulesOf(await t.attempt('delivery.create-link', t.people.buyer, { deliveryId }))).toEqual([
      'HS-16.1',
      'JN-12.3',
    ]);
    await suspend(agreementId, 'consent');
    await resume(agreementId);
    expect((await refusedFor(url)).map((v) => v.slice(0, 7))).toEqual(['HS-16.1', 'JN-6.2 ']);
    await resume(agreementId, 'consent');
    expect(await refusedFor(url)).toEqual([]);
    await end(agreementId);
    expect((await refusedFor(url)).map((v) => v.split(' ')[0])).toEqual(['HS-16.1', 'JN-8.6']);
  });

  it('is refused by the house alone where nobody adopted the measures', async () => {
    const { deliveryId, agreementId } = await sold(randomBytes(1_000));
    const url = await linkOf(deliveryId);
    await suspend(agreementId);
    await sql`update document_adoption set revoked_at = now() where document = 'JN'`.execute(t.db);
    expect((await refusedFor(url)).map((v) => v.split(' ')[0])).toEqual(['HS-16.1']);
    await sql`update document_adoption set revoked_at = null where document = 'JN'`.execute(t.db);
  });

  it('of a query service is refused, and no call is counted', async () => {
    const { deliveryId, agreementId } = await sold(randomBytes(10), 'query-service');
    await suspend(agreementId);
    const filters = [{ column: 'line', op: '=', value: '1' }];
    const outcome = await t.attempt('delivery.query', t.people.buyer, { deliveryId, filters, limit: 1 });
    expect(rulesOf(outcome)).toEqual(['HS-16.1', 'JN-12.3']);
    expect(await t.read('/deliveries/:deliveryId', t.people.buyer, { deliveryId })).toMatchObject({ callsLeft: 5 });
  });

  it('to order, and to deliver what was paid, is refused as well', async () => {
    const { productId, agreementId } = await sold(randomBytes(10));
    const orderId = await t.signed(productId);
    await t.run('order.pay', t.people.buyer, { orderId });
    await suspend(agreementId);
    expect(rulesOf(await t.attempt('delivery.deliver', t.people.seller, { orderId }))).toEqual(['HS-16.1', 'JN-12.3']);
    const order = { productId, quantity: 1, purpose: '行业研究', scenario: '研究样例' };
    expect(rulesOf(await t.attempt('order.place', t.people.buyer, order))).toEqual(['HS-16.1', 'JN-12.3']);
  });

  it('for what was made under a company’s own right goes on when that right ends: what was sold stays sold', async () => {
    const { deliveryId, agreementId } = await sold(randomBytes(1_000), 'dataset', true);
    const url = await linkOf(deliveryId);
    await sql`update resource_authorisation set revoked_at = now() where id in (select authorisation_id from resource_use
      where made_id = (select product_id from delivery where id = ${deliveryId}))`.execute(t.db);
    expect(await refusedFor(url)).toEqual([]);
    expect(agreementId).toBeTruthy();
  });

  it('gets a link that ends no later than the right', async () => {
    const { deliveryId, agreementId } = await sold(randomBytes(10));
    await endsAt(agreementId, new Date(Date.now() + 30_000));
    const outcome = await t.attempt('delivery.create-link', t.people.buyer, { deliveryId });
    expect(kindOf(outcome)).toBe('ok');
    const { expiresAt } = (outcome as { result: { expiresAt: string } }).result;
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 30_000);
  });
});

describe('a running download', () => {
  const BYTES = 4_000_000;
  /** Reads slowly, does `midway` after the first bytes; answers when and after how many bytes it broke. */
  async function slowly(body: Readable | null, midway: () => Promise<unknown>) {
    let received = 0;
    let failure: unknown;
    try {
      for await (const chunk of body ?? []) {
        if (received === 0) await midway();
        received += (chunk as Buffer).length;
        await new Promise((done) => setTimeout(done, 60));
      }
    } catch (error) {
      failure = error;
    }
    return { received, failure, at: Date.now() };
  }

  it.each([
    ['the agreement is suspended', (s: Sold) => suspend(s.agreementId), 'JN-12.3'],
    ['consent is withdrawn', (s: Sold) => suspend(s.agreementId, 'consent'), 'JN-6.2'],
    ['one of those in it withdraws', () => withdrawOne(), 'JN-6.2'],
    ['the agreement ends', (s: Sold) => end(s.agreementId), 'JN-8.6'],
  ] as const)('is cut when %s', async (_, midway, rule) => {
    const product = await sold(randomBytes(BYTES));
    const { body } = await serve(await linkOf(product.deliveryId));
    const { received, failure } = await slowly(body, () => midway(product));
    expect(received).toBeLessThan(BYTES);
    expect(failure).toBeInstanceOf(Refused);
    expect((failure as Refused).refusal.violations.map((v) => v.rule)).toEqual(['HS-16.1', rule]);
    await expect.poll(() => outcomeOf(product.deliveryId)).toBe('revoked');
  });

  it('is cut at the moment the right is over, not half a second later', async () => {
    const product = await sold(randomBytes(2 * BYTES));
    const over = Date.now() + 2_500;
    await endsAt(product.agreementId, new Date(over));
    const { body } = await serve(await linkOf(product.deliveryId));
    const { received, failure, at } = await slowly(body, async () => undefined);
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(2 * BYTES);
    expect((failure as Refused).refusal.violations.map((v) => v.rule)).toEqual(['HS-16.1', 'JN-8.6']);
    expect(at).toBeGreaterThanOrEqual(over);
  });

  it('is cut although its reader has stopped reading', async () => {
    const product = await sold(randomBytes(BYTES));
    const { body } = await serve(await linkOf(product.deliveryId));
    const broken = new Promise<unknown>((done) => body?.once('error', done));
    body?.once('data', () => body.pause());
    await suspend(product.agreementId);
    expect(await broken).toBeInstanceOf(Refused);
    await expect.poll(() => outcomeOf(product.deliveryId)).toBe('revoked');
  });

  it('is recorded although nobody read a byte of it', async () => {
    const product = await sold(randomBytes(BYTES));
    const { body } = await serve(await linkOf(product.deliveryId));
    body?.once('error', () => undefined);
    await suspend(product.agreementId);
    await expect.poll(() => outcomeOf(product.deliveryId)).toBe('revoked');
  });

  it('breaks off over HTTP: the reader sees a broken transfer, not the end of the file', async () => {
    const product = await sold(randomBytes(60_000_000));
    const url = await linkOf(product.deliveryId);
    const { port } = app.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${url}`);
    expect(answer.status).toBe(200);
    const reader = answer.body?.getReader();
    await reader?.read();
    await suspend(product.agreementId);
    // Read no further until the server has cut it: the sockets' buffers hold far less than the file.
    await expect.poll(() => outcomeOf(product.deliveryId)).toBe('revoked');
    await expect(
      (async () => {
        for (;;) if ((await reader?.read())?.done) return;
      })(),
    ).rejects.toThrow();
    const later = await fetch(`http://127.0.0.1:${port}${url}`);
    expect(later.status).not.toBe(200);
  });
});
