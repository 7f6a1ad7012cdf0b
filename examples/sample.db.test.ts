import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SampleExchange, sampleExchange } from '../src/testing.ts';
import { SAMPLE_COUNTS, sampleCounts } from './testing.ts';

/** What the sample holds once it is built. That a build goes on where it was broken off is seen in `privacy.db.test.ts`. */
let sample: SampleExchange;

beforeAll(async () => {
  sample = await sampleExchange('sample');
});
afterAll(() => sample?.stop());

describe('the sample exchange', () => {
  it('has people in every role, each with a key, staff and regulators with a second factor', () => {
    const roles = new Set(sample.accounts.flatMap((a) => a.roles));
    for (const role of [
      'data-authority',
      'expert',
      'data-provider',
      'operating-unit',
      'data-merchant',
      'compliance-assessor',
      'quality-assessor',
      'broker',
      'buyer',
      'regulator',
      'notary',
      'exchange',
      'settlement-officer',
      'audit-admin',
    ]) {
      expect(roles).toContain(role);
    }
    for (const account of sample.accounts) expect(account.apiKey).toMatch(/^shk_/);
    for (const role of ['regulator', 'exchange', 'settlement-officer', 'security-admin']) {
      expect(sample.accounts.find((a) => a.roles.includes(role))?.totpSecret).toMatch(/^[A-Z2-7]{32}$/);
    }
  });

  it('holds orders in every stage, products of three kinds on the market, and one refused listing', async () => {
    const orders = await sample.database.db.selectFrom('trade_order').select('state').execute();
    expect(new Set(orders.map((o) => o.state))).toEqual(
      new Set(['placed', 'signed', 'paid', 'delivered', 'disputed', 'cancelled', 'cleared']),
    );
    const listed = await sample.database.db
      .selectFrom('product')
      .select('kind')
      .where('state', '=', 'listed')
      .execute();
    expect(new Set(listed.map((p) => p.kind))).toEqual(new Set(['dataset', 'report', 'query-service']));
    const { rows } = await sql<{
      act_name: string;
    }>`select act_name from refusal where act_name = 'product.list'`.execute(sample.database.db);
    expect(rows).toHaveLength(1);
  });

  it('holds authorised operation in each stage, and reaches every product of public data through it', async () => {
    const cases = await sql<{ procedure: string; state: string }>`select procedure, state from case_file
      order by procedure, state`.execute(sample.database.db);
    const stands = cases.rows.map((c) => `${c.procedure} ${c.state}`);
    for (const [stand, n] of [
      ['authorised-operation operating', 2],
      ['authorised-operation public', 1],
      ['authorised-operation reviewing', 1],
      ['data-application asked', 1],
      ['data-application granted', 9],
      ['data-governance raised', 1],
      ['price-cap asked', 1],
      ['price-cap set', 5],
      ['allowed-revenue asked', 1],
    ] as const)
      expect([stand, stands.filter((s) => s === stand).length]).toEqual([stand, n]);
    const { rows } = await sql<{ title: string }>`select title from product p where public_data and not exists
      (select from resource_use u join resource_authorisation a on a.id = u.authorisation_id
        where u.made_id = p.id and a.agreement_id is not null) and exists (select from product_resource x
        join resource r on r.id = x.resource_id where x.product_id = p.id and r.holder_id <> p.holder_id)`.execute(
      sample.database.db,
    );
    expect(rows).toEqual([]);
    // Time in the sample is true: every entry was made in its order, and no deadline was moved.
    const { rows: order } = await sql<{
      late: number;
    }>`select count(*)::int as late from (select at, lag(at) over (order by id) as before
      from act_log) a where at < before - interval '1 second'`.execute(sample.database.db);
    expect(order).toEqual([{ late: 0 }]);
    const { rows: open } = await sql<{
      left: boolean;
    }>`select closes_at > now() + interval '3 days' as left from public_notice
      where closed_at is null`.execute(sample.database.db);
    expect(open).toEqual([{ left: true }]);
  });

  it('sells a query service of the sandbox under the price cap of its public data, and calls it once', async () => {
    const { rows } = await sql<{ state: string; calls: number; used: number; cap: boolean }>`select p.state,
        (select count(*)::int from sandbox_service_call c where c.service_id = s.id) as calls,
        (select d.calls_used from delivery d where d.product_id = p.id) as used,
        exists (select from price_cap c where c.product_id = p.id and c.valid_from is not null) as cap
      from sandbox_service s join product_resource r on r.resource_id = s.resource_id join product p on p.id = r.product_id`.execute(
      sample.database.db,
    );
    expect(rows).toEqual([{ state: 'listed', calls: 1, used: 1, cap: true }]);
  });

  it('pays every fen of a cleared trade to somebody', async () => {
    const { rows } = await sql<{ total: number; legs: number }>`select c.total_fen as total,
      (select sum((l ->> 'amountFen')::bigint)::bigint from jsonb_array_elements(c.legs) l) as legs
      from clearing c where c.state = 'cleared'`.execute(sample.database.db);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const row of rows) expect(row.legs).toBe(row.total);
  });

  it('holds everything once', async () => {
    expect(await sampleCounts(sample.database.db)).toEqual(SAMPLE_COUNTS);
  });
});
