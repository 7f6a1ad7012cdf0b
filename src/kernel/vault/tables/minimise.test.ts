import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { removeTestFolders, testFolder } from '../testing.ts';

import { doJob, ingestBytes } from './testing.ts';
import type { Portion } from './types.ts';

afterAll(removeTestFolders);
vi.setConfig({ testTimeout: 60_000 });

const digestOf = (salt: string, who: string) => createHash('sha256').update(`${salt}\n${who}`).digest('hex');
const ROWS = 5_000;
let path = '';
beforeAll(async () => {
  const lines = Array.from(
    { length: ROWS },
    (_, i) => `P${Math.floor(i / 5)},${i % 7},SECRET-${i},${i % 2 ? 'east' : 'west'}`,
  );
  ({ path } = await ingestBytes(`person,value,secret,area\n${lines.join('\n')}\n,1,SECRET-x,east\n,2,SECRET-y,east\n`));
});

async function minimise(portion: Partial<Portion>, entityKey: string | null, keep = ['value', 'area']) {
  const output = join(await testFolder(), 'made.db');
  const made = await doJob({
    kind: 'minimise',
    portion: { path, columns: null, rows: [], ...portion },
    keep,
    entityKey,
    output,
    format: 'database',
  });
  return { made, output };
}

async function rowsOf(file: string, sql: string) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`attach '${file}' as d (read_only)`);
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

test('holds chosen columns and granted rows only, people as numbers, rows in no order of the source', async () => {
  const { made, output } = await minimise({ rows: [{ column: 'area', operator: '=', value: 'east' }] }, 'person');
  expect(made).toMatchObject({ rows: 2_502, entities: 1_000, columns: [{ name: 'value' }, { name: 'area' }] });
  expect(await rowsOf(output, 'select column_name from (describe d.data)')).toEqual([['_e'], ['value'], ['area']]);
  const [counts] = await rowsOf(
    output,
    `select count(distinct _e) filter (where _e > 0), min(_e), max(_e),
    count(*) filter (where _e = 0), count(distinct area) from d.data`,
  );
  // Rows without a person are one entity together, number nought.
  expect(counts?.map(Number)).toEqual([1_000, 0, 1_000, 2, 1]);
  const bytes = await readFile(output);
  for (const gone of ['SECRET', 'P17', 'west', 'person']) expect(bytes.includes(gone)).toBe(false);
});

test('gives other numbers each time, and rows by them: the order of the source is gone', async () => {
  const first = "select string_agg(_e || ':' || value || ':' || area, ',') from (select * from d.data limit 200)";
  const one = await rowsOf((await minimise({}, 'person')).output, first);
  const other = await rowsOf((await minimise({}, 'person')).output, first);
  expect(one).not.toEqual(other);
  const rows = String(one[0]?.[0])
    .split(',')
    .map((row) => row.split(':'));
  const numbers = rows.map(([number]) => Number(number));
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  // A person's five values follow each other in the source, modulo seven; of forty people some lie otherwise here.
  const steps = rows.slice(1).map(([, value], i) => (Number(value) - Number(rows[i]?.[1]) + 7) % 7);
  expect(steps.filter((step) => step === 1).length).toBeLessThan(steps.length / 2);
});

test('counts each row as an entity where no column names one', async () => {
  const { made, output } = await minimise({}, null, ['value']);
  expect(made).toMatchObject({ rows: ROWS + 2, entities: ROWS + 2 });
  expect(await rowsOf(output, 'select count(distinct _e) = count(*) from d.data')).toEqual([[true]]);
});

test('leaves out whoever did not consent', async () => {
  const consented = [{ column: 'person', salt: 'salt', digests: ['P1', 'P2'].map((who) => digestOf('salt', who)) }];
  expect((await minimise({ consented }, 'person')).made).toMatchObject({ rows: 10, entities: 2 });
});

test('refuses a column that is not there', async () => {
  await expect(minimise({}, 'nobody')).rejects.toMatchObject({ kind: 'unknown-column' });
  await expect(minimise({}, null, ['value', 'x'])).rejects.toMatchObject({ kind: 'unknown-column' });
});

test('is shared out by entity: every row in one share, all rows of an entity in the same', async () => {
  const { made, output } = await minimise({}, 'person');
  const shares = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const path = join(await testFolder(), `share-${index}.db`);
      return { path, ...(await doJob({ kind: 'share', path: output, index, of: 3, output: path })) };
    }),
  );
  expect(shares.reduce((sum, { rows }) => sum + rows, 0)).toBe(made.rows);
  for (const { rows } of shares) expect(rows).toBeGreaterThan(made.rows / 4);
  const entities = await Promise.all(shares.map(({ path }) => rowsOf(path, 'select distinct _e from d.data')));
  expect(new Set(entities.flat(2)).size).toBe(entities.flat(2).length);
});
