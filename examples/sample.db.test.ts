import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureBundles } from '../src/exchange/bundles/index.ts';
import { configureCertificates } from '../src/exchange/certificates/index.ts';
import { configureDelivery } from '../src/exchange/delivery/index.ts';
import { configureSandbox } from '../src/exchange/sandbox/index.ts';
import { useAccessKey } from '../src/kernel/access/index.ts';
import type { Kernel } from '../src/kernel/acts/index.ts';
import { type TestDatabase, testDatabase } from '../src/kernel/database/testing.ts';
import { ed25519Signer } from '../src/kernel/evidence/note.ts';
import { openLocalExecutor } from '../src/kernel/isolation/index.ts';
import { startJobs } from '../src/kernel/jobs.ts';
import { loadRulebook } from '../src/kernel/rulebook/index.ts';
import { openVault } from '../src/kernel/vault/index.ts';
import { platform } from '../src/platform.ts';
import { buildSample, type SampleAccount, type SampleContext } from './sample.ts';

let database: TestDatabase;
let folder: string;
let context: SampleContext;
let accounts: readonly SampleAccount[];
let stopJobs: () => Promise<void>;
let stopExecutor: () => Promise<void>;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'sample-'));
  useAccessKey(randomBytes(32));
  const kernel: Kernel = { db: database.db, rulebook: loadRulebook() };
  const vault = await openVault({ db: database.db, dataFolder: folder });
  configureDelivery({ vault, linkKey: randomBytes(32) });
  configureBundles({ vault, linkKey: randomBytes(32) });
  const executor = await openLocalExecutor({ folder: join(folder, 'sandbox', 'jobs') });
  stopExecutor = () => executor.stop();
  configureSandbox({ kernel, vault, executor, folder: join(folder, 'sandbox', 'tables') });
  const signer = ed25519Signer('sample.example/certificate', randomBytes(32));
  configureCertificates({ signers: async () => [signer] });
  // No log runs here, which a court bundle would wait for.
  const tasks = platform(kernel.rulebook).tasks.filter((t) => t.name !== 'bundles.make');
  const jobs = await startJobs(database.pool, tasks, { kernel, vault });
  stopJobs = () => jobs.stop();
  context = { kernel, vault, dataFolder: folder };
  // Broken off again and again, as a kill would: each build goes on where the one before stopped.
  for (const [where, done] of [
    ['单位', 4],
    ['数据入库', 6],
    ['公共数据授权运营', 2],
    ['公共数据授权运营', 7],
    ['交易', 2],
    ['交易', 9],
  ] as const) {
    await expect(build(breakAt(where, done))).rejects.toThrow('broken off');
  }
  accounts = await build(() => undefined);
}, 600_000);

afterAll(async () => {
  await stopJobs?.();
  await stopExecutor?.();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const build = (report: Parameters<typeof buildSample>[1]) => buildSample(context, report, { size: 'small' });

const breakAt = (where: string, done: number) => (step: string, progress?: { readonly done: number }) => {
  if (step.startsWith(where) && progress?.done === done) throw new Error('broken off');
};

async function counts(): Promise<Record<string, number>> {
  const tables = [
    'party',
    'person',
    'resource',
    'product',
    'assessment',
    'trade_order',
    'delivery',
    'clearing',
    'certificate',
    'imported_certificate',
    'demand',
    'operation_announcement',
    'operation_application',
    'operation_agreement',
    'data_scenario',
    'resource_authorisation',
    'resource_use',
    'governance_demand',
    'evidence_bundle',
    'price_cap',
    'allowed_revenue',
    'consent_notice',
    'consent',
  ];
  const found: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.db);
    found[table] = rows[0]?.n ?? 0;
  }
  return found;
}

describe('the sample exchange', () => {
  it('has people in every role, each with a key, staff and regulators with a second factor', () => {
    const roles = new Set(accounts.flatMap((a) => a.roles));
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
    for (const account of accounts) expect(account.apiKey).toMatch(/^shk_/);
    for (const role of ['regulator', 'exchange', 'settlement-officer', 'security-admin']) {
      expect(accounts.find((a) => a.roles.includes(role))?.totpSecret).toMatch(/^[A-Z2-7]{32}$/);
    }
  });

  it('holds orders in every stage, products of three kinds on the market, and one refused listing', async () => {
    const orders = await database.db.selectFrom('trade_order').select('state').execute();
    expect(new Set(orders.map((o) => o.state))).toEqual(
      new Set(['placed', 'signed', 'paid', 'delivered', 'disputed', 'cancelled', 'cleared']),
    );
    const listed = await database.db.selectFrom('product').select('kind').where('state', '=', 'listed').execute();
    expect(new Set(listed.map((p) => p.kind))).toEqual(new Set(['dataset', 'report', 'query-service']));
    const { rows } = await sql<{
      act_name: string;
    }>`select act_name from refusal where act_name = 'product.list'`.execute(database.db);
    expect(rows).toHaveLength(1);
  });

  it('holds authorised operation in each stage, and reaches every product of public data through it', async () => {
    const cases = await sql<{ procedure: string; state: string }>`select procedure, state from case_file
      order by procedure, state`.execute(database.db);
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
      database.db,
    );
    expect(rows).toEqual([]);
    // Time in the sample is true: every entry was made in its order, and no deadline was moved.
    const { rows: order } = await sql<{
      late: number;
    }>`select count(*)::int as late from (select at, lag(at) over (order by id) as before
      from act_log) a where at < before - interval '1 second'`.execute(database.db);
    expect(order).toEqual([{ late: 0 }]);
    const { rows: open } = await sql<{
      left: boolean;
    }>`select closes_at > now() + interval '3 days' as left from public_notice
      where closed_at is null`.execute(database.db);
    expect(open).toEqual([{ left: true }]);
  });

  it('sells a query service of the sandbox under the price cap of its public data, and calls it once', async () => {
    const { rows } = await sql<{ state: string; calls: number; used: number; cap: boolean }>`select p.state,
        (select count(*)::int from sandbox_service_call c where c.service_id = s.id) as calls,
        (select d.calls_used from delivery d where d.product_id = p.id) as used,
        exists (select from price_cap c where c.product_id = p.id and c.valid_from is not null) as cap
      from sandbox_service s join product_resource r on r.resource_id = s.resource_id join product p on p.id = r.product_id`.execute(
      database.db,
    );
    expect(rows).toEqual([{ state: 'listed', calls: 1, used: 1, cap: true }]);
  });

  it('pays every fen of a cleared trade to somebody', async () => {
    const { rows } = await sql<{ total: number; legs: number }>`select c.total_fen as total,
      (select sum((l ->> 'amountFen')::bigint)::bigint from jsonb_array_elements(c.legs) l) as legs
      from clearing c where c.state = 'cleared'`.execute(database.db);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const row of rows) expect(row.legs).toBe(row.total);
  });

  it('made nothing twice although it was broken off', async () => {
    expect(await counts()).toEqual({
      party: 21,
      person: 25,
      resource: 8,
      product: 10,
      assessment: 18,
      trade_order: 13,
      delivery: 8,
      clearing: 9,
      certificate: 6,
      imported_certificate: 2,
      demand: 1,
      operation_announcement: 4,
      operation_application: 4,
      operation_agreement: 2,
      data_scenario: 10,
      resource_authorisation: 10,
      resource_use: 13,
      governance_demand: 1,
      evidence_bundle: 1,
      price_cap: 6,
      allowed_revenue: 1,
      consent_notice: 1,
      consent: 4,
    });
  });

  it('changes nothing when it is built again', async () => {
    const before = await counts();
    const acts = async () =>
      (await sql<{ n: number }>`select count(*) as n from act_log`.execute(database.db)).rows[0]?.n;
    const actsBefore = await acts();
    expect(await build(() => undefined)).toEqual(accounts);
    expect(await counts()).toEqual(before);
    expect(await acts()).toBe(actsBefore);
  });
});
