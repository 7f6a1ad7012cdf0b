import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../../kernel/acts/index.ts';
import { ingestTable } from '../../kernel/vault/index.ts';
import { type ContentAnswer, ContentQuery, type ContentRequest, serveContent } from './index.ts';
import { kindOf, rulesOf, type TestTrade, testTrade } from './testing.ts';

let t: TestTrade;
let parquet: Buffer;
beforeAll(async () => {
  t = await testTrade();
  const csv = join(t.folder, 'table.csv');
  await writeFile(
    csv,
    `city,day,amount\n${Array.from({ length: 40 }, (_, i) => `城市${i % 4},2024-01-${String((i % 28) + 1).padStart(2, '0')},${i}`).join('\n')}\n`,
  );
  const output = join(t.folder, 'table.parquet');
  await ingestTable({ path: csv, output });
  parquet = await readFile(output);
});
afterAll(() => t?.close());

const requestOf = (url: string, more: Partial<ContentRequest> = {}): ContentRequest => {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const deliveryId = pathname.split('/')[3] ?? '';
  return { deliveryId, query: ContentQuery.parse(Object.fromEntries(searchParams)), method: 'GET', ...more };
};
const serve = (url: string, more: Partial<ContentRequest> = {}): Promise<ContentAnswer> =>
  serveContent(t.kernel, requestOf(url, more));
const bytesOf = async (body: Readable | null): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
const refusedRules = async (attempt: Promise<unknown>): Promise<string[]> => {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Refused) return error.refusal.violations.map((v) => v.rule);
    throw error;
  }
  return [];
};
const linkOf = async (deliveryId: string, format: 'parquet' | 'csv' | 'csv-exact' = 'parquet'): Promise<string> =>
  (await t.run<{ url: string }>('delivery.create-link', t.people.buyer, { deliveryId, format })).url;
const usage = async (deliveryId: string) =>
  (
    await t.read<{
      usage: { downloads: number; calls: number; bytes: number; latest: { outcome: string | null; bytes: number }[] };
    }>('/deliveries/:deliveryId', t.people.seller, { deliveryId })
  ).usage;

describe('a delivered file', () => {
  const content = randomBytes(300_000);
  let deliveryId: string;
  let url: string;
  beforeAll(async () => {
    ({ deliveryId } = await t.delivered(await t.product({ content })));
  });
  beforeEach(async () => {
    url = await linkOf(deliveryId);
  });

  it('comes whole, under its Chinese name, with a digest', async () => {
    const answer = await serve(url);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toContain(
      `filename*=UTF-8''${encodeURIComponent('样例产品')}-v1.parquet`,
    );
    expect(answer.headers['content-length']).toBe('300000');
    expect((await bytesOf(answer.body)).equals(content)).toBe(true);
    expect((await usage(deliveryId)).latest[0]).toMatchObject({ outcome: 'complete', bytes: 300_000 });
  });

  it.each([
    ['bytes=0-0', 206, [0, 1]],
    ['bytes=70000-200000', 206, [70_000, 200_001]],
    ['bytes=299999-', 206, [299_999, 300_000]],
    ['bytes=-10', 206, [299_990, 300_000]],
    ['bytes=0-999999999', 206, [0, 300_000]],
    ['bytes=5-1', 200, [0, 300_000]],
    ['bytes=0-1,5-6', 200, [0, 300_000]],
    ['lines=0-1', 200, [0, 300_000]],
  ] as const)('by range %s', async (range, status, [start, end]) => {
    const answer = await serve(url, { range });
    expect(answer.status).toBe(status);
    expect((await bytesOf(answer.body)).equals(content.subarray(start, end))).toBe(true);
    expect(answer.headers['content-range']).toBe(status === 206 ? `bytes ${start}-${end - 1}/300000` : undefined);
  });

  it('by a range it does not have: 416', async () => {
    expect(await serve(url, { range: 'bytes=300000-' })).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */300000' },
    });
    expect(await serve(url, { range: 'bytes=-0' })).toMatchObject({ status: 416 });
  });

  it('not again when the caller has it, and whole when the part is of something else', async () => {
    const { headers } = await serve(url, { method: 'HEAD' });
    expect(await serve(url, { ifNoneMatch: `"other", ${headers.etag}` })).toMatchObject({ status: 304, body: null });
    expect((await serve(url, { method: 'HEAD', range: 'bytes=0-9', ifRange: '"other"' })).status).toBe(200);
    expect((await serve(url, { method: 'HEAD', range: 'bytes=0-9', ifRange: headers.etag })).status).toBe(206);
  });

  it('counts a download that was broken off', async () => {
    const { body } = await serve(url);
    for await (const chunk of body ?? []) {
      expect((chunk as Buffer).length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(async () => (await usage(deliveryId)).latest[0]?.outcome).toBe('broken-off');
    expect((await usage(deliveryId)).latest[0]?.bytes).toBeLessThan(300_000);
  });

  it('leaves evidence of each download for both sides', async () => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from act_log a join act_party p on p.act_id = a.id
      where a.name = 'delivery.record-usage' and a.subject = ${deliveryId} and p.party_id = ${t.people.seller.partyId}`.execute(
      t.db,
    );
    expect(rows[0]?.n).toBeGreaterThan(5);
  });

  it('not by a forged, changed or old link', async () => {
    const forged = url.replace(/signature=.{4}/, 'signature=AAAA');
    expect(await refusedRules(serve(forged))).toEqual(['HS-1.4']);
    expect(await refusedRules(serve(url.replace('format=parquet', 'format=csv')))).toEqual(['HS-1.4']);
    const expires = Number(new URL(url, 'http://x').searchParams.get('expires'));
    expect(await refusedRules(serve(url.replace(`expires=${expires}`, `expires=${expires + 9}`)))).toEqual(['HS-1.4']);
    const { linkUrl } = await import('./setting.ts');
    const old = linkUrl({ deliveryId, format: 'parquet', expires: Math.floor(Date.now() / 1_000) - 1 });
    expect(await refusedRules(serve(old))).toEqual(['HS-5.9']);
  });

  it('gives links to the buyer only, and never keeps them', async () => {
    for (const actor of [t.people.seller, t.people.stranger, t.people.poor]) {
      expect(kindOf(await t.attempt('delivery.create-link', actor, { deliveryId }))).toBe('not-found');
    }
    const { rows } = await sql<{
      result: object;
    }>`select result from act_log where name = 'delivery.create-link' limit 1`.execute(t.db);
    expect(rows[0]?.result).not.toHaveProperty('url');
  });

  it('not while the product or a side is suspended, and again afterwards', async () => {
    const { product_id } = await t.db
      .selectFrom('delivery')
      .select('product_id')
      .where('id', '=', deliveryId)
      .executeTakeFirstOrThrow();
    const set = (state: 'suspended' | 'listed') =>
      t.db.updateTable('product').set({ state }).where('id', '=', product_id).execute();
    await set('suspended');
    expect(await refusedRules(serve(url))).toEqual(['HS-5.10']);
    expect(rulesOf(await t.attempt('delivery.create-link', t.people.buyer, { deliveryId }))).toEqual(['HS-5.10']);
    await set('listed');
    const seller = (state: 'suspended' | 'admitted') =>
      t.db.updateTable('party').set({ state }).where('id', '=', t.people.seller.partyId).execute();
    await seller('suspended');
    expect(await refusedRules(serve(url))).toEqual(['HS-5.10']);
    await seller('admitted');
    expect((await serve(url, { method: 'HEAD' })).status).toBe(200);
  });

  it('not after its licence ended', async () => {
    const { deliveryId: short } = await t.delivered(await t.product({ content }));
    const link = await linkOf(short);
    await t.db
      .updateTable('delivery')
      .set({ valid_until: new Date(Date.now() - 1) })
      .where('id', '=', short)
      .execute();
    expect(await refusedRules(serve(link))).toEqual(['GY-13.5']);
    expect(await t.read('/deliveries/:deliveryId', t.people.buyer, { deliveryId: short })).toMatchObject({
      state: 'expired',
    });
  });
});

it('revoked in the middle of a download, stops it and every later request', async () => {
  const { deliveryId } = await t.delivered(await t.product({ content: randomBytes(4_000_000) }));
  const url = await linkOf(deliveryId);
  const { body } = await serve(url);
  let received = 0;
  const reading = (async () => {
    for await (const chunk of body ?? []) {
      received += (chunk as Buffer).length;
      if (received === (chunk as Buffer).length) {
        await t.run('delivery.revoke', t.people.exchange, { deliveryId, ground: 'not-the-buyer', reason: '发现错误' });
      }
      await new Promise((done) => setTimeout(done, 60));
    }
  })();
  await expect(reading).rejects.toThrow();
  expect(received).toBeLessThan(4_000_000);
  expect(await refusedRules(serve(url))).toEqual(['GY-13.5']);
  await expect.poll(async () => (await usage(deliveryId)).latest[0]?.outcome).toBe('revoked');
  expect(await t.read('/deliveries/:deliveryId', t.people.buyer, { deliveryId })).toMatchObject({
    state: 'revoked',
    revokedReason: '发现错误',
  });
});

describe('revoking a paid grant', () => {
  const ground = 'not-the-buyer';
  const moneyOf = async (partyId: string): Promise<number> => {
    const { rows } = await sql<{ fen: string }>`select (credits_posted - debits_posted - debits_pending)::text as fen
      from ledger_account where id = ${`party:${partyId}:cash`}`.execute(t.db);
    return Number(rows[0]?.fen ?? 0);
  };
  const everybody = async () => ({
    buyer: await moneyOf(t.people.buyer.partyId),
    seller: await moneyOf(t.people.seller.partyId),
    department: await moneyOf(t.people.department.partyId),
  });
  const stateOf = async (orderId: string) =>
    (await t.read<{ state: string }>('/orders/:orderId', t.people.buyer, { orderId })).state;
  const cleared = async () => {
    const trade = await t.delivered(await t.product());
    await t.run('order.accept', t.people.buyer, { orderId: trade.orderId });
    await t.jobs();
    expect(await stateOf(trade.orderId)).toBe('cleared');
    return trade;
  };

  it('is not the seller’s to do, before or after the money arrived; and does not exist for strangers', async () => {
    const { orderId, deliveryId } = await t.delivered(await t.product());
    const input = { deliveryId, ground, reason: '想要收回' };
    for (const actor of [t.people.buyer, t.people.stranger, { ...t.people.regulator, secondFactor: false }]) {
      expect(kindOf(await t.attempt('delivery.revoke', actor, input))).toBe('not-found');
    }
    expect(rulesOf(await t.attempt('delivery.revoke', t.people.seller, input))).toEqual(['HS-5.15']);
    await t.run('order.accept', t.people.buyer, { orderId });
    await t.jobs();
    expect(rulesOf(await t.attempt('delivery.revoke', t.people.seller, input))).toEqual(['HS-5.15']);
    expect((await serve(await linkOf(deliveryId), { method: 'HEAD' })).status).toBe(200);
  });

  it('is not done around the rule by suspending the product: that ends the sale, not the use', async () => {
    const productId = await t.product();
    const { deliveryId } = await t.delivered(productId);
    const suspendedBy = (by: string) =>
      t.db.updateTable('product').set({ state: 'suspended', suspended_by: by }).where('id', '=', productId).execute();
    await suspendedBy('holder');
    expect((await serve(await linkOf(deliveryId), { method: 'HEAD' })).status).toBe(200);
    await suspendedBy('regulator');
    expect(rulesOf(await t.attempt('delivery.create-link', t.people.buyer, { deliveryId }))).toEqual(['HS-5.10']);
  });

  it('lets the seller ask the exchange while the money is in escrow', async () => {
    const { orderId } = await t.delivered(await t.product());
    await t.run('order.dispute', t.people.seller, { orderId, reason: '买方转售' });
    await t.run('order.resolve', t.people.exchange, { orderId, decision: 'release', reason: '属实' });
    const unpaid = await t.signed(await t.product());
    await t.run('order.pay', t.people.buyer, { orderId: unpaid });
    expect(kindOf(await t.attempt('order.dispute', t.people.seller, { orderId: unpaid, reason: '不想交付' }))).toBe(
      'forbidden',
    );
    await t.jobs();
  });

  it('frees the money while it is in escrow', async () => {
    const before = await everybody();
    const { orderId, deliveryId } = await t.delivered(await t.product());
    await t.run('delivery.revoke', t.people.regulator, { deliveryId, ground, reason: '数据违法' });
    expect(await everybody()).toEqual(before);
    expect(await stateOf(orderId)).toBe('refunded');
    const again = { deliveryId, ground, reason: '再来一次' };
    expect(kindOf(await t.attempt('delivery.revoke', t.people.exchange, again))).toBe('state');
  });

  it('takes the money back from everyone who was paid, the fee too', async () => {
    const before = await everybody();
    const { orderId, deliveryId } = await cleared();
    expect(await everybody()).not.toEqual(before);
    await t.run('delivery.revoke', t.people.exchange, { deliveryId, ground, reason: '供方越权' });
    expect(await everybody()).toEqual(before);
    expect(await stateOf(orderId)).toBe('refunded');
    const { rows } = await sql<{ code: string; fen: string }>`select code, sum(amount_fen)::text as fen
      from ledger_transfer where reference = ${orderId} and code like '%.return' group by code order by code`.execute(
      t.db,
    );
    expect(rows).toEqual([
      { code: 'fee.return', fen: '100' },
      { code: 'order.return', fen: '9901' },
    ]);
    expect(rulesOf(await t.attempt('delivery.create-link', t.people.buyer, { deliveryId }))).toEqual(['GY-13.5']);
  });

  it('changes nothing at all when someone who was paid cannot pay it back', async () => {
    const { orderId, deliveryId } = await cleared();
    const administrator = { ...t.people.department, roles: ['data-provider', 'party-admin'] };
    const everything = (await moneyOf(t.people.department.partyId)).toString();
    const { withdrawalId } = await t.run<{ withdrawalId: string }>('account.request-withdrawal', administrator, {
      amount: { amountFen: everything, currency: 'CNY' },
      bankAccount: '6222 0000 0000 0000',
    });
    const officer = { ...t.people.exchange, personId: 'psn_00000000000000000000000001' };
    await t.run('account.approve-withdrawal', officer, { withdrawalId });
    const before = await everybody();
    const refused = await t.attempt('delivery.revoke', t.people.exchange, { deliveryId, ground, reason: '供方越权' });
    expect(rulesOf(refused)).toEqual(['HS-6.1']);
    expect(await everybody()).toEqual(before);
    expect(await stateOf(orderId)).toBe('cleared');
    expect((await serve(await linkOf(deliveryId), { method: 'HEAD' })).status).toBe(200);
  });

  it('leaves the price with the rights holders when the buyer broke the terms', async () => {
    const before = await everybody();
    const { orderId, deliveryId } = await t.delivered(await t.product());
    const input = { deliveryId, ground: 'buyer-breach', reason: '买方转售数据' };
    await t.run('delivery.revoke', t.people.exchange, input);
    expect(rulesOf(await t.attempt('delivery.create-link', t.people.buyer, { deliveryId }))).toEqual(['GY-13.5']);
    await t.jobs();
    expect(await stateOf(orderId)).toBe('cleared');
    const after = await everybody();
    expect([before.buyer - after.buyer, after.seller - before.seller + after.department - before.department]).toEqual([
      10_001, 9_901,
    ]);
    const done = await cleared();
    await t.run('delivery.revoke', t.people.exchange, { ...input, deliveryId: done.deliveryId });
    expect(await stateOf(done.orderId)).toBe('cleared');
  });

  it('is not decided by a side of the trade', async () => {
    const { deliveryId } = await t.delivered(await t.product());
    const both = { ...t.people.seller, roles: ['exchange'] };
    const input = { deliveryId, ground, reason: '自己决定' };
    expect(rulesOf(await t.attempt('delivery.revoke', both, input))).toEqual(['HS-5.15']);
  });
});

it('as CSV is made once and served with ranges', async () => {
  const { deliveryId } = await t.delivered(await t.product({ content: parquet }));
  const url = await linkOf(deliveryId, 'csv');
  const [first, second] = await Promise.all([serve(url), serve(url)]);
  const text = (await bytesOf(first?.body ?? null)).toString('utf8');
  expect(text.split('\n')[0]).toBe('city,day,amount');
  expect(text).toContain('城市3,2024-01-04,3');
  expect((await bytesOf(second?.body ?? null)).toString('utf8')).toBe(text);
  expect((await bytesOf((await serve(url, { range: 'bytes=0-3' })).body)).toString('utf8')).toBe('city');
  const { rows } = await sql<{ n: number }>`select count(*) as n from delivery_rendering`.execute(t.db);
  expect(rows[0]?.n).toBe(1);
});

it('has cells guarded for spreadsheets, unless the exact form is asked for', async () => {
  const csv = join(t.folder, 'formula.csv');
  const output = join(t.folder, 'formula.parquet');
  await writeFile(csv, 'note,n\n"=HYPERLINK(""http://x"")",-1\n普通,-2\n');
  await ingestTable({ path: csv, output });
  const { deliveryId } = await t.delivered(await t.product({ content: await readFile(output) }));
  const fetched = async (format: 'csv' | 'csv-exact') => {
    const answer = await serve(await linkOf(deliveryId, format));
    return { text: (await bytesOf(answer.body)).toString('utf8'), name: String(answer.headers['content-disposition']) };
  };
  const [safe, exact] = [await fetched('csv'), await fetched('csv-exact')];
  expect(safe.text).toBe(`note,n\n"'=HYPERLINK(""http://x"")",-1\n普通,-2\n`);
  expect(exact.text).toBe('note,n\n"=HYPERLINK(""http://x"")",-1\n普通,-2\n');
  expect([safe.name, exact.name]).toEqual([
    expect.stringMatching(/-v1\.csv$/),
    expect.stringMatching(/-v1\.exact\.csv$/),
  ]);
});

describe('a query service', () => {
  it('answers, counts each call and says how many are left', async () => {
    const { deliveryId } = await t.delivered(
      await t.product({ kind: 'query-service', content: parquet, callsPerPackage: 3 }),
    );
    const ask = (filters: unknown, limit = 10) =>
      t.attempt('delivery.query', t.people.buyer, { deliveryId, filters, limit });
    const answer = await ask([
      { column: 'city', op: '=', value: '城市1' },
      { column: 'amount', op: '>', value: 30 },
    ]);
    expect(answer).toMatchObject({
      ok: true,
      result: {
        callsLeft: 2,
        rows: [
          ['城市1', '2024-01-06', 33],
          ['城市1', '2024-01-10', 37],
        ],
      },
    });
    expect(kindOf(await ask([{ column: 'unknown', op: '=', value: 1 }]))).toBe('invalid');
    expect(rulesOf(await ask([]))).toEqual(['HS-5.11']);
    expect(rulesOf(await ask([{ column: 'city', op: '=', value: '城市1' }], 101))).toEqual(['HS-5.11']);
    const { rows } = await sql<{ result: object }>`select result from act_log where name = 'delivery.query'`.execute(
      t.db,
    );
    expect(rows[0]?.result).toEqual(expect.not.objectContaining({ rows: expect.anything() }));
    expect((await usage(deliveryId)).calls).toBe(1);
    expect(kindOf(await t.attempt('delivery.query', t.people.seller, { deliveryId, filters: [] }))).toBe('not-found');
    expect(kindOf(await t.attempt('delivery.create-link', t.people.buyer, { deliveryId }))).toBe('not-found');
  });

  it('never answers more calls than were bought, however many come at once', async () => {
    const { deliveryId } = await t.delivered(
      await t.product({ kind: 'query-service', content: parquet, callsPerPackage: 3 }),
    );
    const filters = [{ column: 'amount', op: '<', value: 5 }];
    const all = await Promise.all(
      Array.from({ length: 8 }, () => t.attempt('delivery.query', t.people.buyer, { deliveryId, filters, limit: 5 })),
    );
    const answered = all.filter((o) => o.ok);
    expect(answered).toHaveLength(3);
    expect(new Set(all.filter((o) => !o.ok).flatMap(rulesOf))).toEqual(new Set(['GY-13.5']));
    expect(await t.read('/deliveries/:deliveryId', t.people.buyer, { deliveryId })).toMatchObject({
      state: 'used-up',
      callsLeft: 0,
    });
    expect((await usage(deliveryId)).calls).toBe(3);
  });
});

it('shows deliveries to both sides and the overseers', async () => {
  const seen = async (actor: typeof t.people.buyer) =>
    (await t.read<{ items: unknown[] }>('/deliveries', actor)).items.length;
  expect(await seen(t.people.buyer)).toBeGreaterThan(4);
  expect(await seen(t.people.seller)).toBe(await seen(t.people.regulator));
  expect(await seen(t.people.stranger)).toBe(0);
});
