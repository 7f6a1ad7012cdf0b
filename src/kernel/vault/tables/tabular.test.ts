import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { removeTestFolders, testFolder } from '../testing.ts';
import { convertTable, ingestTable, makeTable, profileTable, queryTable, runRecipe, tallyTable } from './tabular.ts';
import { doJob, zipOf } from './testing.ts';
import type { Progress, Recipe } from './types.ts';

afterAll(removeTestFolders);

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
let table = '';
const progress: Progress[] = [];
beforeAll(async () => {
  folder = await testFolder();
  const path = join(folder, 'upload');
  table = join(folder, 'table.parquet');
  await writeFile(path, `城市,t,n\n北京,2024-01-01T00:00:00Z,1\n"a ""b"", c",2024-01-01T08:00:00Z,2\n`);
  await ingestTable({ path, output: table, onProgress: (p) => progress.push(p) });
});

describe('the worker process', () => {
  test('does every kind of job and leaves nothing behind', async () => {
    expect(progress.map((p) => p.stage)).toContain('checking');
    expect((await profileTable(table)).rows).toBe(2);
    expect((await queryTable(table, { limit: 10, columns: ['n'] })).rows).toEqual([[1], [2]]);
    const made = join(folder, 'made.parquet');
    expect(
      await runRecipe({
        inputs: [table],
        recipe: { filters: [], groupBy: [], columns: [{ name: 'n' }] },
        output: made,
      }),
    ).toMatchObject({ rows: 2 });
    const recipe: Recipe = { filters: [], groupBy: [], columns: [{ name: 'n' }] };
    const whole = await makeTable({ inputs: [table], recipe, output: join(folder, 'whole.parquet'), sampleRows: 1 });
    expect([whole.rows, whole.profile.rows, whole.sample.rows.length]).toEqual([2, 2, 1]);
    const total: Recipe = { filters: [], groupBy: [], columns: [{ name: 'n', column: 'n', aggregate: 'sum' }] };
    const tallies = await tallyTable(table, { recipes: [total, recipe], limit: 1 });
    expect(tallies).toMatchObject([
      { rows: [[3]], truncated: false },
      { rows: [[1]], truncated: true },
    ]);
    const csv = join(folder, 'made.csv');
    await convertTable(table, { format: 'csv', output: csv });
    expect(await readFile(csv, 'utf8')).toBe(
      '城市,t,n\n北京,2024-01-01T00:00:00Z,1\n"a ""b"", c",2024-01-01T08:00:00Z,2\n',
    );
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('CSV for spreadsheets runs nothing and loses nothing; exact CSV is the data as it is', async () => {
    const hostile = [
      '=HYPERLINK("http://x","y")',
      '+1+1',
      '-1+cmd|x',
      '@SUM(A1)',
      '\t=1',
      '＝1+1',
      "'=1",
      "''@x",
      'a=b',
      "it's",
      "'quoted'",
      '-5',
      '+3.2e4',
      '.5',
      '-',
      '',
    ];
    const path = join(folder, 'hostile');
    const made = join(folder, 'hostile.parquet');
    const quoted = (cells: readonly (string | number)[]) =>
      cells.map((c) => `"${String(c).replaceAll('"', '""')}"`).join(',');
    const lines = hostile.map((cell, n) => quoted([cell, 0 - n, `第 ${n} 行`]));
    await writeFile(path, `${quoted(['=name', 'n', 't'])}\n${lines.join('\n')}\n`);
    await ingestTable({ path, output: made });
    const [safe, exact] = [join(folder, 'safe.csv'), join(folder, 'exact.csv')];
    await convertTable(made, { format: 'csv', output: safe });
    await convertTable(made, { format: 'csv-exact', output: exact });
    const cellsOf = async (file: string) => {
      const again = join(folder, 'again.parquet');
      await ingestTable({ path: file, output: again });
      const { columns, rows } = await queryTable(again, { limit: 100 });
      return {
        names: columns.map((c) => c.name),
        texts: rows.map((r) => String(r[0] ?? '')),
        numbers: rows.map((r) => r[1]),
      };
    };
    const [guarded, plain] = [await cellsOf(safe), await cellsOf(exact)];
    expect(plain.names[0]).toBe('=name');
    expect(guarded.names[0]).toBe("'=name");
    expect(plain.texts).toEqual(hostile);
    expect(guarded.numbers).toEqual(hostile.map((_, n) => 0 - n));
    const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
    expect(guarded.texts.filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !number.test(cell))).toEqual([]);
    const undone = guarded.texts.map((cell) => (/^'+[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell));
    expect(undone).toEqual(hostile);
  });

  test('a failure keeps its kind and both texts, and removes the output', async () => {
    const path = join(folder, 'bad.csv');
    const output = join(folder, 'bad.parquet');
    await writeFile(path, 'a,b\n1\n');
    await expect(ingestTable({ path, output })).rejects.toMatchObject({
      name: 'TableFailure',
      kind: 'ragged',
      text: { zh: expect.stringMatching(/第 2 行/), en: expect.stringMatching(/Line 2/) },
    });
    expect(await readdir(folder)).not.toContain('bad.parquet');
  });

  test('is killed when cancelled and when time is up', async () => {
    const path = join(folder, 'long.csv');
    await writeFile(path, `a,b,c\n${'1,2024-01-01,some words of text\n'.repeat(3_000_000)}`);
    const cancel = new AbortController();
    const work = ingestTable({
      path,
      output: join(folder, 'long.parquet'),
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    await expect(work).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(ingestTable({ path, output: join(folder, 'long.parquet'), timeoutMs: 300 })).rejects.toMatchObject({
      kind: 'timeout',
    });
    expect((await readdir(folder)).filter((name) => name.startsWith('.') || name.startsWith('long.p'))).toEqual([]);
  });

  test('a workbook that unpacks to more than it says is stopped by the memory limit, and the server lives', async () => {
    const path = join(folder, 'bomb.xlsx');
    const sheet = `<worksheet><sheetData>${'<row><c><v>1</v></c></row>'.repeat(50_000)}`;
    await writeFile(path, zipOf({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': sheet.repeat(200) }, 1_000));
    const failure = await ingestTable({ path, output: join(folder, 'bomb.parquet') }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TableFailure', kind: expect.stringMatching(/^(memory|format)$/) });
  });
});

test('a file that breaks the engine itself breaks the worker only', async () => {
  const path = join(folder, 'deep.json');
  await writeFile(path, `[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`);
  await expect(ingestTable({ path, output: join(folder, 'deep.parquet') })).rejects.toMatchObject({
    name: 'TableFailure',
    kind: 'format',
  });
});

describe('the lock', () => {
  test.each([
    ['read another file', `select * from read_text('/etc/passwd')`],
    ['read a file beside', `select * from read_csv('${join(tmpdir(), 'x')}')`],
    ['list files', `select * from glob('/*')`],
    ['write a file', `copy (select 1) to '/tmp/shuheng-escape.csv'`],
    ['attach a database', `attach '/tmp/shuheng-escape.db'`],
    ['load an extension', 'install httpfs'],
    ['unlock', 'set enable_external_access = true'],
    ['use more memory', `set memory_limit = '100GB'`],
  ])('no statement can %s', async (_, sql) => {
    const { openEngine } = await import('./engine.ts');
    const work = join(folder, 'work');
    await mkdir(work, { recursive: true });
    const engine = await openEngine(
      { job: { kind: 'profile', path: table }, folder: work, memoryBytes: 256 * 1024 ** 2, threads: 1 },
      () => undefined,
    );
    await expect(engine.rows(sql)).rejects.toThrow(/Permission|disabled|locked|not allowed|Cannot/i);
    expect((await engine.rows(`select count(*) from '${table}'`))[0]?.[0]).toBe('2');
  });

  test('a query that grows beyond the memory limit fails by itself', async () => {
    const { openEngine } = await import('./engine.ts');
    const engine = await openEngine(
      {
        job: { kind: 'profile', path: table },
        folder: join(folder, 'nowhere'),
        memoryBytes: 64 * 1024 ** 2,
        threads: 1,
      },
      () => undefined,
    );
    await expect(engine.rows(`select list(range) from range(100000000)`)).rejects.toThrow(/memory/i);
    expect((await doJob({ kind: 'profile', path: table })).rows).toBe(2);
  });
});
