import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, SYSTEM } from '../../../kernel/acts/index.ts';
import { canonical } from '../../../kernel/evidence/index.ts';
import { queryTable } from '../../../kernel/vault/index.ts';
import { ANONYMOUS, refusedKind, rulesOf, type TestExchange, testExchange } from '../../testing.ts';
import { register } from '../acts.ts';
import { changeEntry } from '../acts-directory.ts';
import { reads, tasks, useRights } from '../index.ts';
import { closeDay, openingActs } from './acts.ts';
import { type ContentSource, closeDaysTask, type OpenContent, serveGranted, serveOpen } from './content.ts';

type Person = Actor & { readonly partyId: string };
let x: TestExchange;
let source: ContentSource;
let department: Person;
let lab: Person;
let stranger: Person;
const CSV = '站点,手机号,客流\n济南站,13900000000,120\n大明湖站,13900000001,340\n';
const [apply, decide, withdraw, end] = openingActs as [never, never, never, never];

beforeAll(async () => {
  x = await testExchange(tasks);
  department = await x.party('样例交通局', ['data-provider'], 'administrative-organ');
  lab = await x.party('样例实验室', ['buyer']);
  stranger = await x.party('样例路人', ['buyer']);
  source = {
    kernel: x.kernel,
    vault: x.vault,
    renderingOf: async (_, objectId) => {
      const info = await x.vault.info(objectId);
      if (!info) throw new Error('gone');
      return info;
    },
  };
});
afterAll(() => x.close());

async function resource(opening: string, change: Record<string, unknown> = {}): Promise<string> {
  const column = (name: string, sensitive = false) => ({ name, titleZh: name, sensitive });
  const sensitive = opening !== 'unconditional';
  const answer = await x.run(register, department, {
    ...{ title: '分站客流', summary: '按站的客流', source: 'self-generated', sourceStatement: '履职中产生' },
    ...{ sector: '交通运输', classification: { class: '客流', grade: 'general' }, containsPersonalInformation: false },
    ...{ updateFrequency: '每月', coverage: { region: '济南市' }, opening },
    ...(sensitive ? { consentBasis: '乘客授权' } : {}),
    datasetId: await x.dataset(department, CSV),
    columns: [column('站点'), column('手机号', sensitive), column('客流')],
    findingsStatement: '编造的号码，并非真实人员',
    ...change,
  });
  return String(answer.resourceId);
}

async function bytesOf({ body }: OpenContent): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const application = (resourceId: string, change: Record<string, unknown> = {}) => ({
  ...{ resourceId, purpose: '客流预测研究', statement: '高校实验室，数据不出内网', until: later(90) },
  ...change,
});

describe('open without conditions', () => {
  test('anybody downloads at once; the day’s counts say how often and name nobody', async () => {
    const resourceId = await resource('unconditional');
    const content = await serveOpen(source, resourceId, 'parquet');
    const bytes = await bytesOf(content);
    const digest = createHash('sha256').update(bytes).digest('base64');
    expect(content.headers['repr-digest']).toBe(`sha-256=:${digest}:`);
    await bytesOf(await serveOpen(source, resourceId, 'parquet'));
    const broken = await serveOpen(source, resourceId, 'parquet');
    broken.body.destroy();
    await new Promise((done) => broken.body.once('close', done));
    const counted = await x.db
      .selectFrom('opening_download')
      .selectAll()
      .where('resource_id', '=', resourceId)
      .execute();
    expect(counted).toMatchObject([{ downloads: 2, format: 'parquet' }]);
    expect(Object.keys(counted[0] ?? {}).sort()).toEqual([
      'broken',
      'bytes',
      'day',
      'downloads',
      'format',
      'resource_id',
    ]);

    await x.db.updateTable('opening_download').set({ day: '2026-01-02' }).execute();
    await closeDaysTask.run({}, { kernel: x.kernel, vault: x.vault });
    await closeDaysTask.run({}, { kernel: x.kernel, vault: x.vault });
    const { items } = (await x.read(reads, '/opening-days', ANONYMOUS)) as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([{ day: '2026-01-02', downloads: 2, resources: 1 }]);
    const never = Buffer.from('0000-01-01').toString('base64url');
    for (const cursor of [never, Buffer.from('9999-12-32').toString('base64url')])
      expect(await x.read(reads, '/opening-days', ANONYMOUS, {}, { cursor })).toMatchObject({ items });
    await expect(x.read(reads, '/opening-days/:day', ANONYMOUS, { day: '0000-01-01' })).rejects.toThrow('no such day');
    const day = (await x.read(reads, '/opening-days/:day', ANONYMOUS, { day: '2026-01-02' })) as {
      day: string;
      digest: string;
      counts: unknown[];
    };
    const again = createHash('sha256')
      .update(canonical({ day: day.day, counts: day.counts } as never))
      .digest('hex');
    expect([day.digest, items[0]?.digest]).toEqual([again, again]);
    expect((await x.refusal(closeDay, SYSTEM, { day: '2026-01-02' })).kind).toBe('state');
  });

  test('nothing else is served: other openings, listed, withdrawn and unknown ones', async () => {
    for (const opening of ['conditional', 'paid'])
      expect(await refusedKind(serveOpen(source, await resource(opening), 'csv'))).toBe('forbidden');
    expect(await refusedKind(serveOpen(source, 'res_none', 'csv'))).toBe('not-found');
    const firms = await resource('unconditional');
    await x.db.updateTable('resource').set({ public_data: false }).where('id', '=', firms).execute();
    expect(await refusedKind(serveOpen(source, firms, 'csv'))).toBe('not-found');
    const resourceId = await resource('unconditional');
    await x.run(changeEntry, department, {
      resourceId,
      change: { opening: 'paid', office: '信息中心', number: 'G-1' },
    });
    expect(await refusedKind(serveOpen(source, resourceId, 'csv'))).toBe('forbidden');
    const alerts = await x.db
      .selectFrom('act_log' as never)
      .selectAll()
      .where('name' as never, '=', 'directory.change-entry' as never)
      .execute();
    expect(JSON.stringify(alerts)).toContain('BJ-6.8');
  });
});

describe('open under conditions', () => {
  test('apply, decide, download the columns that are not sensitive; ended, nothing is served', async () => {
    const resourceId = await resource('conditional');
    const { applicationId } = await x.run(apply, lab, application(resourceId));
    expect(await refusedKind(serveGranted(source, lab, String(applicationId), 'parquet'))).toBe('not-found');
    expect(rulesOf(await x.refusal(apply, lab, application(resourceId)))).toEqual(['HS-18.15']);
    expect((await x.refusal(decide, lab, { applicationId, approve: true })).kind).toBe('forbidden');
    expect(rulesOf(await x.refusal(decide, department, { applicationId, approve: false }))).toEqual(['HS-18.17']);
    await x.run(decide, department, { applicationId, approve: true });
    expect((await x.refusal(decide, department, { applicationId, approve: true })).kind).toBe('state');

    const [right] = await useRights(x.db, [resourceId], lab.partyId, new Date());
    expect(right?.grants.map((g) => g.columns)).toEqual([['站点', '客流']]);
    const path = join(x.folder, 'excerpt.parquet');
    await writeFile(path, await bytesOf(await serveGranted(source, lab, String(applicationId), 'parquet')));
    const { columns, rows } = await queryTable(path, { limit: 10 });
    expect(columns.map((c) => c.name)).toEqual(['站点', '客流']);
    expect(rows).toHaveLength(2);
    await bytesOf(await serveGranted(source, lab, String(applicationId), 'parquet'));
    const seen = await x.read(reads, '/openings/:applicationId', department, { applicationId });
    expect(seen).toMatchObject({ state: 'granted', living: true, downloads: 2 });
    expect((await x.db.selectFrom('opening_excerpt').selectAll().execute()).length).toBe(1);
    expect(await refusedKind(serveGranted(source, stranger, String(applicationId), 'parquet'))).toBe('not-found');
    expect(await refusedKind(serveGranted(source, ANONYMOUS, String(applicationId), 'parquet'))).toBe('not-found');
    expect(await refusedKind(x.read(reads, '/openings/:applicationId', stranger, { applicationId }))).toBe('not-found');

    await x.run(end, department, { applicationId, reason: '用途变更' });
    expect(await refusedKind(serveGranted(source, lab, String(applicationId), 'parquet'))).toBe('rule');
    expect((await x.refusal(end, department, { applicationId, reason: '再次' })).kind).toBe('state');
    await x.run(apply, lab, application(resourceId));
  });

  test('a right that is over serves nothing', async () => {
    const resourceId = await resource('conditional');
    const { applicationId } = await x.run(apply, lab, application(resourceId));
    await x.run(decide, department, { applicationId, approve: true });
    await x.db
      .updateTable('resource_authorisation')
      .set({ valid_until: new Date(Date.now() - 1) })
      .where('scenario_id', '=', String(applicationId))
      .execute();
    expect(await refusedKind(serveGranted(source, lab, String(applicationId), 'parquet'))).toBe('rule');
  });

  test('a suspended party is served nothing, and neither is what its holder took back', async () => {
    const resourceId = await resource('conditional');
    const { applicationId } = await x.run(apply, lab, application(resourceId));
    await x.run(decide, department, { applicationId, approve: true });
    const download = () => serveGranted(source, lab, String(applicationId), 'parquet');
    const party = (state: 'admitted' | 'suspended') =>
      x.db.updateTable('party').set({ state }).where('id', '=', lab.partyId).execute();
    await party('suspended');
    expect(await refusedKind(download())).toBe('rule');
    await party('admitted');
    const running = await download();
    await party('suspended');
    await expect(bytesOf(running)).rejects.toThrow('not open any more');
    await party('admitted');
    await x.db.updateTable('resource').set({ state: 'withdrawn' }).where('id', '=', resourceId).execute();
    expect(await refusedKind(download())).toBe('not-found');
  });

  test('what is free, paid, only listed, or too long is refused; an application can be withdrawn', async () => {
    const refusal = async (resourceId: string, change = {}) =>
      rulesOf(await x.refusal(apply, lab, application(resourceId, change)));
    expect(await refusal(await resource('unconditional'))).toEqual(['HS-18.14']);
    expect(await refusal(await resource('paid'))).toEqual(['HS-18.14']);
    const resourceId = await resource('conditional');
    expect(await refusal(resourceId, { until: later(400) })).toEqual(['HS-18.16']);
    expect(await refusal(resourceId, { until: later(-2) })).toEqual(['HS-18.16']);
    expect((await x.refusal(apply, department, application(resourceId))).kind).toBe('state');
    expect((await x.refusal(apply, ANONYMOUS, application(resourceId))).kind).toBe('unauthenticated');
    const { applicationId } = await x.run(apply, lab, application(resourceId));
    expect((await x.refusal(withdraw, stranger, { applicationId })).kind).toBe('not-found');
    expect((await x.refusal(withdraw, department, { applicationId })).kind).toBe('not-found');
    await x.run(withdraw, lab, { applicationId });
    expect((await x.refusal(decide, department, { applicationId, approve: true })).kind).toBe('state');
    const mine = (await x.read(reads, '/openings', lab, {}, { part: 'applicant', resourceId })) as { items: unknown[] };
    expect(mine.items).toMatchObject([{ state: 'withdrawn', stateTitle: { zh: '已撤回' } }]);
    expect(((await x.read(reads, '/openings', stranger)) as { items: unknown[] }).items).toEqual([]);
  });
});
