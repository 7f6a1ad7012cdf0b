import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Act, type Actor, execute, type Kernel, REFUSAL_STATUS } from '../../acts/index.ts';
import { endingFacts, lockForEnding } from '../../custody/store.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { convertTable, profileTable, queryTable, runRecipe } from '../tables/tabular.ts';
import { removeTestFolders, testFolder } from '../testing.ts';
import type { Vault } from '../types.ts';
import { stageFile } from '../uploads/store.ts';
import { openVault } from '../vault.ts';
import { ingestDataset, reviseDataset } from './acts.ts';
import { tasks } from './ingest.ts';
import { getDataset, reads } from './queries.ts';

afterAll(removeTestFolders);
vi.setConfig({ testTimeout: 180_000 });

const person = (partyId: string): Actor => ({
  kind: 'person',
  personId: `psn_${partyId}`,
  partyId,
  roles: ['data-provider'],
  scopes: null,
  secondFactor: false,
});
const provider = person('pty_a');
const stranger = person('pty_b');

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

async function upload(name: string, content: string): Promise<string> {
  const path = join(folder, 'source');
  await writeFile(path, content);
  return stageFile(database.db, vault, { path, partyId: 'pty_a', name });
}

async function run(act: Act, input: unknown, actor = provider): Promise<{ datasetId: string; revision: number }> {
  const outcome = await execute(kernel, act, actor, input);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  const result = outcome.result as { datasetId: string; revision: number };
  for (const task of tasks) await task.run({ datasetId: result.datasetId }, { kernel, vault });
  return result;
}

async function refusal(act: Act, input: unknown, actor = provider): Promise<string> {
  const outcome = await execute(kernel, act, actor, input);
  if (outcome.ok) throw new Error('it was taken');
  const { kind, violations } = outcome.refusal;
  return `${REFUSAL_STATUS[kind]} ${violations[0]?.rule ?? ''}`;
}

async function ask<T>(path: string, datasetId: string, query: object = {}, actor = provider): Promise<T> {
  const read = reads.find((r) => r.path === path);
  if (!read) throw new Error('the read is gone');
  const given = read.query.parse(query) as never;
  const answer = await read.run({
    db: database.db,
    actor,
    params: { datasetId } as never,
    query: given,
    at: new Date(),
  });
  return read.output.parse(answer) as T;
}

const rowsOf = async (datasetId: string) => {
  const dataset = await getDataset(database.db, datasetId);
  return (await vault.withFile(dataset?.objectId ?? '', (path) => queryTable(path, { limit: 100 }))).rows;
};
const objects = async () => (await database.db.selectFrom('vault_object').select('id').execute()).length;

describe('revisions of a data set', () => {
  let first = '';
  let second = '';
  let third = '';

  test('several uploads at once are one table', async () => {
    const [uploadId, ...more] = [
      await upload('2024.csv', 'city,value\n北京,1\n上海,2\n'),
      await upload('2025.csv', 'value,city\n3.5,广州\n'),
    ];
    first = (await run(ingestDataset, { uploadId, more, title: '城市' })).datasetId;
    const seen = await ask<Record<string, unknown>>('/datasets/:datasetId', first);
    expect(seen).toMatchObject({
      ...{ state: 'ready', rows: 3, revision: 1, baseId: null },
      columns: [
        { name: 'city', type: 'text' },
        { name: 'value', type: 'double' },
      ],
      files: [
        { name: '2024.csv', rows: 2 },
        { name: '2025.csv', rows: 1 },
      ],
    });
    expect(await rowsOf(first)).toEqual([
      ['北京', 1],
      ['上海', 2],
      ['广州', 3.5],
    ]);
  });

  test('the tools of tables read them as one: recipes, statistics, other formats', async () => {
    const dataset = await getDataset(database.db, first);
    await vault.withFile(dataset?.objectId ?? '', async (path) => {
      const output = join(folder, 'made.parquet');
      const recipe = { columns: [{ name: 'city' }, { name: 'value' }], filters: [], groupBy: [] };
      const built = await runRecipe({ inputs: [path], recipe, output });
      expect(built).toMatchObject({ rows: 3 });
      expect(await profileTable(path)).toMatchObject({ rows: 3, columns: [{ distinct: 3 }, { min: 1, max: 3.5 }] });
      await convertTable(path, { format: 'parquet', output });
      expect((await queryTable(output, { limit: 9 })).rows).toHaveLength(3);
    });
  });

  test('a revision keeps what does not change once, and the one before stays', async () => {
    const before = await objects();
    const add = [
      await upload('2025.csv', 'city,value\n广州,4\n深圳,5\n'),
      await upload('2026.csv', 'city,value\n天津,6\n'),
    ];
    const made = await run(reviseDataset, { datasetId: first, add });
    expect(made.revision).toBe(2);
    second = made.datasetId;
    // Two new files and their list.
    expect((await objects()) - before).toBe(3);
    expect((await rowsOf(second)).map(([city]) => city)).toEqual(['北京', '上海', '广州', '深圳', '天津']);
    expect(await rowsOf(first)).toHaveLength(3);
    const changes = await ask('/datasets/:datasetId/changes', second);
    expect(changes).toMatchObject({
      ...{ fromId: first, rowsBefore: 3, rowsAfter: 5 },
      files: [
        { name: '2024.csv', change: 'kept' },
        { name: '2025.csv', change: 'replaced', rowsBefore: 1, rowsAfter: 2 },
        { name: '2026.csv', change: 'added', rowsBefore: null, rowsAfter: 1 },
      ],
      columns: [{ name: 'value', before: 'double', after: 'integer' }],
    });
  });

  test('a file goes; the list tells every revision, and any two can be compared', async () => {
    third = (await run(reviseDataset, { datasetId: second, remove: ['2024.csv'] })).datasetId;
    expect((await rowsOf(third)).map(([city]) => city)).toEqual(['广州', '深圳', '天津']);
    const { items } = await ask<{ items: unknown[] }>('/datasets/:datasetId/revisions', second);
    expect(items).toMatchObject([
      { id: third, revision: 3, baseId: second, files: 2, rows: 3 },
      { id: second, revision: 2, files: 3, rows: 5 },
      { id: first, revision: 1, baseId: null, files: 2, rows: 3 },
    ]);
    const changes = await ask<{ files: unknown[] }>('/datasets/:datasetId/changes', third, { from: first });
    expect(changes.files).toMatchObject([
      { name: '2025.csv', change: 'replaced' },
      { name: '2026.csv', change: 'added' },
      { name: '2024.csv', change: 'removed', rowsAfter: null },
    ]);
  });

  test('a table of one file has revisions too', async () => {
    const one = await run(ingestDataset, { uploadId: await upload('a.csv', 'x\n1\n') });
    const made = await run(reviseDataset, { datasetId: one.datasetId, add: [await upload('b.csv', 'x\n2\n')] });
    expect(await rowsOf(made.datasetId)).toEqual([[1], [2]]);
    expect(await rowsOf(one.datasetId)).toEqual([[1]]);
  });

  test('files with other columns do not become one table, and nothing is left of the attempt', async () => {
    const before = await objects();
    const made = await run(reviseDataset, { datasetId: third, add: [await upload('c.csv', 'city,price\n北京,1\n')] });
    expect(await ask('/datasets/:datasetId', made.datasetId)).toMatchObject({
      state: 'failed',
      failure: { en: expect.stringMatching(/“c.csv” has other columns.*missing: value; new: price/) },
    });
    expect(await objects()).toBe(before);
    // The number is used up; the next revision is made from one that is ready.
    expect(await refusal(reviseDataset, { datasetId: made.datasetId, remove: ['2025.csv'] })).toBe('409 HS-20.16');
  });

  test('what changes nothing, leaves nothing, names what is not there or comes twice is refused', async () => {
    expect(await refusal(reviseDataset, { datasetId: third })).toBe('422 HS-20.16');
    expect(await refusal(reviseDataset, { datasetId: third, remove: ['2025.csv', '2026.csv'] })).toBe('422 HS-20.16');
    expect(await refusal(reviseDataset, { datasetId: third, remove: ['2020.csv'] })).toBe('422 HS-20.16');
    const [a, b] = [await upload('z.csv', 'city,value\na,1\n'), await upload('z.csv', 'city,value\nb,1\n')];
    expect(await refusal(reviseDataset, { datasetId: third, add: [a, b] })).toBe('422 HS-20.16');
    expect(await refusal(reviseDataset, { datasetId: third, add: [a, a] })).toBe('422 HS-20.16');
    await run(reviseDataset, { datasetId: third, add: [a] });
    expect(await refusal(reviseDataset, { datasetId: third, add: [a] })).toBe('422 HS-3.4');
  });

  test('nobody else revises, sees or takes from it', async () => {
    expect(await refusal(reviseDataset, { datasetId: third, remove: ['2025.csv'] }, stranger)).toBe('404 HS-1.4');
    for (const path of ['/datasets/:datasetId/revisions', '/datasets/:datasetId/changes'])
      await expect(ask(path, third, {}, stranger)).rejects.toMatchObject({ refusal: { kind: 'not-found' } });
    const own = await run(ingestDataset, { uploadId: await upload('q.csv', 'x\n1\n') });
    await database.db.updateTable('dataset').set({ party_id: 'pty_b' }).where('id', '=', own.datasetId).execute();
    await expect(ask('/datasets/:datasetId/changes', third, { from: own.datasetId })).rejects.toMatchObject({
      refusal: { kind: 'not-found' },
    });
  });

  test('a hold and the end of a revision cover its files; a file that lives elsewhere stays', async () => {
    const wholeOf = async (id: string) => (await getDataset(database.db, id))?.objectId ?? '';
    const [one, two] = [await wholeOf(first), await wholeOf(second)];
    const ending = (objectId: string) =>
      database.db.transaction().execute(async (tx) => {
        const ids = await lockForEnding(tx, 'pty_a', objectId);
        return { ids, facts: await endingFacts(tx, ids) };
      });
    // Of the first revision only the list and the file that was replaced end with it.
    const { ids, facts } = await ending(one);
    const { files } = await ask<{ files: { objectId: string }[] }>('/datasets/:datasetId', first);
    expect(ids.sort()).toEqual([one, files[1]?.objectId].sort());
    expect(facts).toMatchObject({ held: 0, needs: [] });
    expect((await ending(files[0]?.objectId ?? '')).facts.needs).not.toEqual([]);
    await sql`insert into legal_hold (id, object_id, owner_id, placed_by, reason, citation, placed_at)
      values ('hld_1', ${two}, 'pty_a', 'pty_r', 'case', 'art. 1', now())`.execute(database.db);
    expect((await ending(two)).facts.held).toBe(1);
    expect((await ending(files[0]?.objectId ?? '')).facts.held).toBe(1);
  });

  test('without the key of its list a table is not lent, and a list that was changed is damage', async () => {
    const whole = (await getDataset(database.db, third))?.objectId ?? '';
    await database.db.updateTable('dataset_file').set({ rows: 99 }).where('whole_id', '=', whole).execute();
    await expect(vault.withFile(whole, async () => undefined)).rejects.toMatchObject({ kind: 'damaged' });
    await sql`update vault_object set wrapped_key = null, destroyed_at = now() where id = ${whole}`.execute(
      database.db,
    );
    await expect(vault.withFile(whole, async () => undefined)).rejects.toThrow();
  });
});
