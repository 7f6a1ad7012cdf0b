import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, SYSTEM } from '../../../kernel/acts/index.ts';
import { type Task, task } from '../../../kernel/jobs.ts';
import { ingestTable, profileTable } from '../../../kernel/vault/index.ts';
import { MAKE_TASK, recordService } from './acts.ts';
import { type AnswerColumn, asAnswerColumn } from './columns.ts';
import type { CheckedTemplate } from './model.ts';

const columnWords = ({ name, type, titleZh, unit }: AnswerColumn): string =>
  [titleZh === null ? name : `${titleZh}${unit ? `（${unit}）` : ''} ${name}`, type].join(' ');

/** One template as a row of the table that stands for a service. */
const rowOf = (t: CheckedTemplate) => ({
  template: t.name,
  answers: t.title,
  parameters: t.parameters.map((p) => `${p.name} ${p.type} ${p.title}`).join('；') || '无',
  columns: t.columns.map(asAnswerColumn).map(columnWords).join('；'),
  query: t.sql,
});

/** Writes the approved templates as a table and registers it: what assessors, buyers and the catalogue look at. */
export const makeTask: Task = task(MAKE_TASK, async ({ serviceId }, { kernel, vault }) => {
  const service = await kernel.db
    .selectFrom('sandbox_service')
    .selectAll()
    .where('id', '=', String(serviceId))
    .executeTakeFirst();
  if (service?.state !== 'approved') return;
  const { object, profile } = await vault.withFolder(async (folder) => {
    const [json, parquet] = [join(folder, 'templates.json'), join(folder, 'templates.parquet')];
    await writeFile(json, JSON.stringify(service.templates.map(rowOf)));
    await ingestTable({ path: json, format: 'json', output: parquet, folder });
    const meta = {
      ownerPartyId: service.party_id,
      name: `${service.id}.parquet`,
      mediaType: 'application/vnd.apache.parquet',
    };
    return { profile: await profileTable(parquet, { folder }), object: await vault.putFile(parquet, meta) };
  });
  const outcome = await execute(kernel, recordService, SYSTEM, {
    ...{ serviceId: service.id, objectId: object.id, rows: profile.rows, bytes: object.bytes },
    ...{ columns: profile.columns.map(({ name, type }) => ({ name, type })), profile },
  });
  if (outcome.ok) return;
  // Its rights ended meanwhile: the service stays as it is, and is never offered.
  await vault.remove(object.id);
});
