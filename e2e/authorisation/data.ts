import { join } from 'node:path';
import { expect } from '@playwright/test';
import pg from 'pg';
import { dataFolder } from '../accounts.ts';
import type { Api } from '../operation.ts';

const LINES = ['1 号线', '2 号线', '4 号线'] as const;
const ROWS_EACH = 40;
const SLOW_MS = 60_000;

/** The department's data, registered by its software. */
export async function registerResource(department: Api, title: string): Promise<void> {
  const rows = LINES.flatMap((line, l) =>
    Array.from(
      { length: ROWS_EACH },
      (_, i) => `${line},2026-01-${String((i % 28) + 1).padStart(2, '0')},${1000 * (l + 1) + i}`,
    ),
  );
  const uploadId = await department.upload('metro.csv', `line,day,passengers\n${rows.join('\n')}\n`);
  const { datasetId } = await department.act<{ datasetId: string }>('dataset.ingest', { uploadId });
  const state = () => department.get<{ state: string }>(`/datasets/${datasetId}`).then((d) => d.state);
  await expect.poll(state, { timeout: SLOW_MS }).toBe('ready');
  await department.act('resource.register', {
    datasetId,
    title,
    summary: '各线路逐日进站客流。',
    source: 'self-generated',
    sourceStatement: '闸机记录汇总。',
    sector: '交通运输',
    classification: { class: '交通运行', grade: 'general' },
    containsPersonalInformation: false,
    updateFrequency: '每月',
    coverage: { region: '示例市' },
    opening: 'paid',
    columns: [
      { name: 'line', titleZh: '线路', sensitive: false },
      { name: 'day', titleZh: '日期', sensitive: false },
      { name: 'passengers', titleZh: '客流', sensitive: false },
    ],
  });
}

/** Time passes: a clock, or a term, is over. The server finds it by itself, as it does after a pause of the machine. */
async function pass(change: string, id: string): Promise<void> {
  const client = new pg.Client({ host: join(await dataFolder(), 'postgres.sock'), user: 'app', database: 'postgres' });
  await client.connect();
  try {
    await client.query(change, [id]);
    await client.query(
      `update graphile_worker._private_jobs set run_at = now() where run_at > now() and (payload::text like '%clk_%' or payload::text like $1)`,
      [`%${id}%`],
    );
  } finally {
    await client.end();
  }
}
export const clockOver = (caseId: string) =>
  pass(`update case_clock set due_at = now() - interval '1 second' where case_id = $1 and state = 'running'`, caseId);
export const termOver = (agreementId: string) =>
  pass(
    `with ended as (update resource_authorisation set valid_until = now() where agreement_id = $1)
     update operation_agreement set valid_from = now() - interval '2 days', valid_until = now() where id = $1`,
    agreementId,
  );
