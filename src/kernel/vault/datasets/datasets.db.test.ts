import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Act, type Actor, ANONYMOUS, execute, type Kernel, permits, SYSTEM } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { queryTable } from '../tables/tabular.ts';
import { removeTestFolders, testFolder } from '../testing.ts';
import type { Vault } from '../types.ts';
import { stageFile } from '../uploads/store.ts';
import { openVault } from '../vault.ts';
import { acts, ingestDataset, recordFailure, recordIngest } from './acts.ts';
import { tasks } from './ingest.ts';
import { getDataset, reads } from './queries.ts';

afterAll(removeTestFolders);

vi.setConfig({ testTimeout: 120_000 });

const person = (partyId: string, roles: string[]): Actor => ({
  kind: 'person',
  personId: `psn_${partyId}`,
  partyId,
  roles,
  scopes: null,
  secondFactor: false,
});
const provider = person('pty_a', ['data-provider']);
const stranger = person('pty_b', ['data-merchant']);

let database: TestDatabase;
let kernel: Kernel;
let vault: Vault;
let folder = '';
beforeAll(async () => {
  database = await testDatabase();
  kernel = { db: database.db, rulebook: loadRulebook() };
  folder = await testFolder();
  vault = await openVault({ db: database.db, dataFolder: folder });
});
afterAll(() => database.drop());

async function upload(content: string | Buffer, name = '数据.csv'): Promise<string> {
  const path = join(folder, 'source');
  await writeFile(path, content);
  return stageFile(database.db, vault, { path, partyId: 'pty_a', name });
}

const run = (act: Act, actor: Actor, input: unknown) => execute(kernel, act, actor, input);

async function begin(content: string | Buffer): Promise<string> {
  const outcome = await run(ingestDataset, provider, { uploadId: await upload(content) });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return (outcome.result as { datasetId: string }).datasetId;
}

/** What the job queue would do. */
async function work(datasetId: string): Promise<void> {
  for (const task of tasks) await task.run({ datasetId }, { kernel, vault });
}

async function look(actor: Actor, datasetId: string): Promise<unknown> {
  const read = reads.find((r) => r.path === '/datasets/:datasetId');
  if (!read) throw new Error('the read is gone');
  const answer = await read.run({
    db: database.db,
    actor,
    params: { datasetId } as never,
    query: {} as never,
    at: new Date(),
  });
  return read.output.parse(answer);
}

describe('a dataset', () => {
  test('goes from upload to ready, encrypted, with its profile', async () => {
    const datasetId = await begin('城市,值\n北京,1\n上海,\n');
    expect(await look(provider, datasetId)).toMatchObject({
      state: 'ingesting',
      title: '数据.csv',
      progress: { stage: 'waiting', done: 0 },
      columns: [],
      profile: null,
    });
    await work(datasetId);
    const seen = await look(provider, datasetId);
    expect(seen).toMatchObject({
      state: 'ready',
      rows: 2,
      failure: null,
      progress: { stage: 'done', done: 2, total: 2, unit: 'rows' },
      columns: [
        { name: '城市', type: 'text' },
        { name: '值', type: 'integer' },
      ],
      profile: {
        rows: 2,
        columns: [
          { name: '城市', distinct: 2 },
          { name: '值', nulls: 1 },
        ],
      },
    });
    const dataset = await getDataset(database.db, datasetId);
    const rows = await vault.withFile(dataset?.objectId ?? '', (path) => queryTable(path, { limit: 10 }));
    expect(rows.rows).toEqual([
      ['北京', 1],
      ['上海', null],
    ]);
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
    expect(await readdir(join(folder, 'vault', 'work'))).toEqual([]);
    await work(datasetId);
    expect(await database.db.selectFrom('vault_object').select('id').execute()).toHaveLength(1);
  });

  test('the evidence holds digests, not the data', async () => {
    const datasetId = await begin('姓名\n张三\n李四\n');
    await work(datasetId);
    const stored = await database.pool.query(`select * from act_log where subject = $1`, [datasetId]);
    expect(stored.rows.map((r) => r.name)).toEqual(['dataset.ingest', 'dataset.record-ingest']);
    expect(JSON.stringify(stored.rows)).not.toMatch(/张三/);
    const entries = await database.pool.query('select * from evidence_entry').catch(() => undefined);
    if (entries) expect(JSON.stringify(entries.rows)).not.toMatch(/张三/);
  });

  test('of a file that is no table fails with the reason, and its bytes go', async () => {
    const datasetId = await begin('a,b\n1,2\n3\n');
    await work(datasetId);
    expect(await look(provider, datasetId)).toMatchObject({
      state: 'failed',
      failure: { zh: expect.stringMatching(/第 3 行/), en: expect.stringMatching(/Line 3/) },
    });
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });

  test('a fault of the machine is tried again, then told', async () => {
    const datasetId = await begin('a\n1\n');
    const full: Vault = { ...vault, putFile: () => Promise.reject(new Error('the disk hiccupped')) };
    const attempt = async () => {
      for (const task of tasks) await task.run({ datasetId }, { kernel, vault: full });
    };
    await expect(attempt()).rejects.toThrow('hiccupped');
    await expect(attempt()).rejects.toThrow('hiccupped');
    expect(await look(provider, datasetId)).toMatchObject({ state: 'ingesting' });
    await attempt();
    expect(await look(provider, datasetId)).toMatchObject({
      state: 'failed',
      failure: { zh: expect.stringMatching(/内部错误/) },
    });
  });

  test('an object is not left behind when the act cannot commit', async () => {
    const datasetId = await begin('a\n1\n');
    const before = (await database.db.selectFrom('vault_object').select('id').execute()).length;
    const meanwhile: Vault = {
      ...vault,
      putFile: async (path, meta) => {
        const info = await vault.putFile(path, meta);
        await run(recordFailure, SYSTEM, { datasetId, failure: { zh: '已取消', en: 'cancelled' } });
        return info;
      },
    };
    const attempt = async () => {
      for (const task of tasks) await task.run({ datasetId }, { kernel, vault: meanwhile });
    };
    await expect(attempt()).rejects.toThrow(/refused/);
    expect((await database.db.selectFrom('vault_object').select('id').execute()).length).toBe(before);
  });
});

describe('who may', () => {
  test('strangers learn nothing', async () => {
    const uploadId = await upload('a\n1\n');
    expect(await run(ingestDataset, stranger, { uploadId })).toMatchObject({
      ok: false,
      refusal: { kind: 'not-found' },
    });
    expect(await run(ingestDataset, ANONYMOUS, { uploadId })).toMatchObject({
      ok: false,
      refusal: { kind: 'unauthenticated' },
    });
    expect(await run(ingestDataset, person('pty_a', ['regulator']), { uploadId })).toMatchObject({
      ok: false,
      refusal: { kind: 'forbidden' },
    });
    expect(await run(recordIngest, provider, {})).toMatchObject({ ok: false, refusal: { kind: 'forbidden' } });
    const datasetId = await begin('a\n1\n');
    await expect(look(stranger, datasetId)).rejects.toMatchObject({ refusal: { kind: 'not-found' } });
    for (const act of acts) expect(permits(act.by, person('pty_x', ['regulator']), act.name)).toBe('forbidden');
  });

  test('an upload is used once and when it is complete', async () => {
    const uploadId = await upload('a\n1\n');
    const outcomes = await Promise.all([1, 2, 3].map(() => run(ingestDataset, provider, { uploadId })));
    expect(outcomes.filter((o) => o.ok)).toHaveLength(1);
    for (const o of outcomes.filter((x) => !x.ok))
      expect(o).toMatchObject({
        refusal: { kind: 'rule', violations: [{ rule: 'HS-3.4', fact: { zh: expect.stringMatching(/已经生成/) } }] },
      });
    const half = await upload('a\n1\n');
    await database.db.updateTable('upload').set({ completed_at: null }).where('id', '=', half).execute();
    expect(await run(ingestDataset, provider, { uploadId: half })).toMatchObject({
      ok: false,
      refusal: { kind: 'rule', violations: [{ rule: 'HS-3.4' }] },
    });
  });

  test('the list holds one’s own, newest first', async () => {
    const read = reads.find((r) => r.path === '/datasets');
    const list = async (actor: Actor, query: Record<string, unknown>) =>
      (await read?.run({ db: database.db, actor, params: {} as never, query: query as never, at: new Date() })) as {
        items: { id: string }[];
        nextCursor: string | null;
      };
    const first = await list(provider, { limit: 2 });
    expect(first.items).toHaveLength(2);
    const next = await list(provider, { limit: 2, cursor: first.nextCursor });
    expect((next.items[0]?.id ?? '') < (first.items[1]?.id ?? '')).toBe(true);
    expect((await list(stranger, { limit: 20 })).items).toEqual([]);
  });
});
