import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxSetting } from '../src/exchange/sandbox/index.ts';
import { stageFile } from '../src/kernel/vault/index.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2012-01-01T00:00:00Z');
const DAYS = 1_400;
const YEAR_DAYS = 365.25;

/** 合成数据: visitors of a shop that does not exist; more of them in summer, with a fixed wobble. */
async function visitorTable(folder: string): Promise<string> {
  const rows = Array.from({ length: DAYS }, (_, i) => {
    const day = new Date(FIRST_DAY + i * DAY_MS).toISOString().slice(0, 10);
    const season = Math.cos(((i / YEAR_DAYS) * 2 - 1) * Math.PI);
    const visitors = Math.round(900 + 350 * season + ((i * 7_919) % 400));
    return `${day},${visitors},${visitors > 1_100 ? 1 : 0}`;
  });
  const path = join(folder, 'visitors.csv');
  await writeFile(path, `日期,客流,旺日\n${rows.join('\n')}\n`);
  return path;
}

/** The operating unit opens its daily weather for trial; the retailer tries whether the warmth tells its busy days. */
export async function tryOut(stage: Stage, productId: string): Promise<void> {
  const operator = await stage.actor('operator');
  await stage.run('trial:open', 'trial.open', operator, {
    productId,
    keyColumn: 'date',
    columns: ['precipitation', 'temp_max', 'temp_min', 'wind', 'weather'],
    measures: ['match-rate', 'coverage', 'correlation', 'auc'],
  });
  if (!(await sandboxSetting().executor.availability()).sql) return;
  const buyer = await stage.actor('retailer');
  const { kernel, vault } = stage.context;
  const uploadId = await stage.once('uploads', 'visitors', () =>
    vault.withFolder(async (folder) =>
      stageFile(kernel.db, vault, {
        path: await visitorTable(folder),
        partyId: buyer.partyId ?? '',
        personId: buyer.personId,
      }),
    ),
  );
  const { datasetId } = await stage.run<{ datasetId: string }>('ingest:visitors', 'dataset.ingest', buyer, {
    ...{ uploadId, title: '门店逐日客流（合成数据）' },
  });
  await stage.until('the data of visitors', async () => {
    const row = await kernel.db.selectFrom('dataset').select('state').where('id', '=', datasetId).executeTakeFirst();
    if (row?.state === 'failed') throw new Error('the sample’s visitors could not be read');
    return row?.state === 'ready' ? true : undefined;
  });
  await stage.run('trial:run', 'trial.run', buyer, {
    ...{ productId, measure: 'auc', column: 'temp_max', datasetId, ownKey: '日期', ownColumn: '旺日', lawful: true },
  });
}
