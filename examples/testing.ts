import { sql } from 'kysely';
import type { Database } from '../src/kernel/database/index.ts';

/** Rows of the sample, by table. */
export const SAMPLE_COUNTS: Readonly<Record<string, number>> = {
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
};

/** How many there are, of the same tables. */
export async function sampleCounts(db: Database): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of Object.keys(SAMPLE_COUNTS)) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
    found[table] = rows[0]?.n ?? 0;
  }
  return found;
}
