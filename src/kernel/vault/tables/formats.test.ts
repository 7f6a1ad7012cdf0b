import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { removeTestFolders, testFolder } from '../testing.ts';
import { ingestBytes, sheetRow, workbook, zipOf } from './testing.ts';
import type { TableFailure } from './types.ts';

afterAll(removeTestFolders);

vi.setConfig({ testTimeout: 60_000 });

describe('JSON', () => {
  test('an array of objects; missing keys are missing values', async () => {
    const read = await ingestBytes(
      JSON.stringify([
        { id: 1, code: '007', day: '2024-02-29', at: '2024-01-01T00:00:00Z', rate: 1.5, ok: true },
        { id: 2, code: '12', day: '2024-03-01', rate: 2, ok: null, 备注: '好' },
      ]),
    );
    expect(read.columns).toEqual([
      'id:integer',
      'code:text',
      'day:date',
      'at:instant',
      'rate:double',
      'ok:boolean',
      '备注:text',
    ]);
    expect(read.rows).toEqual([
      [1, '007', '2024-02-29', '2024-01-01T00:00:00Z', 1.5, true, null],
      [2, '12', '2024-03-01', null, 2, null, '好'],
    ]);
  });

  test('one object a line', async () => {
    const read = await ingestBytes('{"a":1}\n{"a":2}\n\n{"a":null}\n');
    expect(read.columns).toEqual(['a:integer']);
    expect(read.rows).toEqual([[1], [2], [null]]);
  });

  test('nested and mixed values are kept as JSON', async () => {
    const read = await ingestBytes('[{"a":{"x":[1,2]},"b":1,"c":[1]},{"a":null,"b":"x","c":[]}]');
    expect(read.columns).toEqual(['a:text', 'b:text', 'c:text']);
    expect(read.rows.map((r) => r[0] && JSON.parse(String(r[0])))).toEqual([{ x: [1, 2] }, null]);
    expect(read.rows.map((r) => r[1])).toEqual(['1', 'x']);
    expect(read.rows.map((r) => r[2])).toEqual(['[1]', '[]']);
  });

  test('names with quotes, and names that differ in case only', async () => {
    const read = await ingestBytes(`[{"a":1,"A":2,"it's \\"x\\"":3}]`);
    expect(read.columns).toHaveLength(3);
    expect(read.columns[2]).toBe(`it's "x":integer`);
    expect(read.rows).toEqual([[1, 2, 3]]);
  });

  test('integers of 64 bits are exact; beyond that JSON numbers are floating', async () => {
    const read = await ingestBytes('[{"a":9223372036854775807,"b":18446744073709551615},{"a":1,"b":2}]');
    expect(read.rows[0]).toEqual(['9223372036854775807', '18446744073709551615']);
    const beyond = await ingestBytes('[{"a":123456789012345678901234567890},{"a":1}]');
    expect(beyond.columns).toEqual(['a:double']);
  });

  test.each([
    ['cut off', '[{"a":1},{"a":', 'format'],
    ['no objects', '[1,2,3]', 'format'],
    ['no rows', ' [ ] ', 'empty'],
    ['words', 'hello', 'format'],
    ['a line that is no JSON', '{"a":1}\n{oops}\n', 'format'],
    ['empty', '', 'empty'],
  ])('%s is refused', async (_, text, kind) => {
    await expect(ingestBytes(text, { format: 'json' })).rejects.toMatchObject({ name: 'TableFailure', kind });
  });
});

describe('XLSX', () => {
  test('numbers, texts, dates, times, shares, formulas and errors', async () => {
    const header = sheetRow(1, ['编号', '文本数字', '日期', '时刻', '时间', '比例', '公式', '错误', '是否', '空']);
    const first = sheetRow(2, [
      { v: 1 },
      '00123',
      { v: 45351, s: 1 },
      { v: 45351.354_282_407_4, s: 3 },
      { v: 0.354_282_407_4, s: 4 },
      { v: 0.5, s: 5 },
      { v: 3, f: 'A2*3' },
      { v: '#DIV/0!', t: 'e', f: '1/0' },
      { v: 1, t: 'b' },
      null,
    ]);
    const second = sheetRow(3, [
      { v: 9_007_199_254_740_991 },
      '45',
      { v: 61, s: 2 },
      { v: 1.5, s: 3 },
      { v: 0, s: 4 },
      { v: '1.2E-3', s: 6 },
      { t: 'str', f: 'B9', v: '' },
      null,
      { v: 0, t: 'b' },
    ]);
    const read = await ingestBytes(workbook(header + first + second));
    expect(read.columns).toEqual([
      '编号:integer',
      '文本数字:text',
      '日期:date',
      '时刻:timestamp',
      '时间:text',
      '比例:double',
      '公式:integer',
      '错误:text',
      '是否:boolean',
      '空:text',
    ]);
    expect(read.rows).toEqual([
      [1, '00123', '2024-02-29', '2024-02-29T08:30:10', '08:30:10', 0.5, 3, null, true, null],
      [9_007_199_254_740_991, '45', '1900-03-01', '1900-01-01T12:00:00', '00:00:00', 0.0012, null, null, false, null],
    ]);
  });

  test('every second of a day survives the binary fraction of a serial day', async () => {
    const seconds = Array.from({ length: 200 }, (_, i) => (i * 7_919) % 86_400);
    const rows = seconds.map((s, i) => sheetRow(i + 2, [{ v: 45_000 + s / 86_400, s: 3 }, { v: 1 }]));
    const read = await ingestBytes(workbook(sheetRow(1, ['t', 'n']) + rows.join('')));
    const expected = seconds
      .slice(0, 50)
      .map((s) => new Date(Date.UTC(2023, 2, 15) + s * 1_000).toISOString().slice(0, 19));
    expect(read.rows.map((r) => r[0])).toEqual(expected);
  });

  test('the first days of 1900, and the workbooks that count from 1904', async () => {
    const old = await ingestBytes(
      workbook(sheetRow(1, ['d']) + [1, 2, 59, 61].map((v, i) => sheetRow(i + 2, [{ v, s: 1 }])).join('')),
    );
    expect(old.rows).toEqual([['1900-01-01'], ['1900-01-02'], ['1900-02-28'], ['1900-03-01']]);
    const mac = await ingestBytes(
      workbook(sheetRow(1, ['d']) + sheetRow(2, [{ v: 43_889, s: 1 }]), { epoch1904: true }),
    );
    expect(mac.rows).toEqual([['2024-02-29']]);
  });

  test('shared strings, line ends and quotes in cells, gaps between cells', async () => {
    const sheet =
      sheetRow(1, [{ v: 0, t: 's' }, null, { v: 1, t: 's' }]) +
      sheetRow(2, [{ v: 2, t: 's' }, null, { v: 5 }]) +
      sheetRow(5, [null, 'x']);
    const read = await ingestBytes(workbook(sheet, { sharedStrings: ['名称', '名称', 'a "b",\nc'] }));
    expect(read.columns).toEqual(['名称:text', 'column_2:text', '名称_2:integer']);
    expect(read.rows).toEqual([
      ['a "b",\nc', null, 5],
      [null, 'x', null],
    ]);
  });

  test('mixed cells become text, dates in ISO form', async () => {
    const read = await ingestBytes(
      workbook(
        sheetRow(1, ['m']) + sheetRow(2, [{ v: 45351, s: 1 }]) + sheetRow(3, ['无']) + sheetRow(4, [{ v: 1.5 }]),
      ),
    );
    expect(read.columns).toEqual(['m:text']);
    expect(read.rows).toEqual([['2024-02-29'], ['无'], ['1.5']]);
  });

  const bomb = () =>
    zipOf({
      'xl/workbook.xml': Buffer.alloc(40 * 1024 ** 2),
      'xl/worksheets/sheet1.xml': Buffer.alloc(40 * 1024 ** 2),
    });
  test.each([
    ['a zip bomb', bomb, 'too-large'],
    ['a directory that lies', () => zipOf({ 'xl/workbook.xml': 'x' }, 2 ** 32 - 1), 'too-large'],
    ['a zip without a workbook', () => zipOf({ 'a.txt': 'x' }), 'format'],
    ['a damaged zip', () => Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(3_000)]), 'format'],
    ['a cut-off workbook', () => workbook(sheetRow(1, ['a']) + sheetRow(2, ['1'])).subarray(0, -30), 'format'],
    ['an empty sheet', () => workbook(''), 'empty'],
    ['a header alone', () => workbook(sheetRow(1, ['a', 'b'])), 'empty'],
    ['a cell of no known type', () => workbook(sheetRow(1, ['a']) + sheetRow(2, [{ v: 'x', t: 'zz' }])), 'format'],
    ['XML that is cut off', () => workbook('<row r="1"><c r="A1"'), 'format'],
  ])('%s is refused', async (_, bytes, kind) => {
    const failure = await ingestBytes(bytes(), { limits: { sheetBytesMax: 64 * 1024 ** 2 } }).then(
      (read) => expect.unreachable(`read ${read.columns}`),
      (error: unknown) => error as TableFailure,
    );
    expect(failure).toMatchObject({ name: 'TableFailure', kind });
  });
});

describe('the format is found from the content', () => {
  test.each([
    ['csv', 'a,b\n1,2\n'],
    ['csv', '[id],name\n1,2\n'],
    ['json', ' [ {"a":1} ]'],
    ['json', '{"a":1}\n'],
    ['xlsx', workbook(sheetRow(1, ['a']) + sheetRow(2, [{ v: 1 }]))],
  ])('%s', async (format, bytes) => {
    expect((await ingestBytes(bytes)).summary.format).toBe(format);
  });

  test.each([
    ['an old or locked spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /XLS/],
    ['a web page under the name of a spreadsheet', '<html><table><tr><td>1</td></tr></table></html>', /网页/],
    ['an array of numbers', '[1,2,3]', /每个元素须为对象/],
    ['nothing', '', /文件是空的/],
  ])('%s is refused', async (_, bytes, zh) => {
    await expect(ingestBytes(bytes)).rejects.toMatchObject({
      name: 'TableFailure',
      text: { zh: expect.stringMatching(zh) },
    });
  });
});

describe('Parquet', () => {
  async function parquet(select: string): Promise<Buffer> {
    const path = join(await testFolder(), 'x.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`copy (${select}) to '${path}' (format parquet)`);
    connection.closeSync();
    return readFile(path);
  }

  test('every type comes down to the closed set', async () => {
    const read = await ingestBytes(
      await parquet(`select 1::tinyint as a, 2::uinteger as b, 18446744073709551615::ubigint as c, 1.5::float as d, 1.25::decimal(10,2) as e,
        '2024-01-01'::date as f, '2024-01-01 08:00:00.123456'::timestamp as g, '2024-01-01 08:00:00+08'::timestamptz as h, '08:30:00'::time as i,
        [1,2] as j, {'x': 'y'} as k, 'ab'::blob as l, true as m, 'x' as n, 'nan'::double as o, uuid '00000000-0000-0000-0000-000000000001' as p`),
    );
    expect(read.columns).toEqual(
      'a:integer b:integer c:decimal d:double e:decimal f:date g:timestamp h:instant i:text j:text k:text l:text m:boolean n:text o:double p:text'.split(
        ' ',
      ),
    );
    expect(read.rows).toEqual([
      [
        1,
        2,
        '18446744073709551615',
        1.5,
        '1.25',
        '2024-01-01',
        '2024-01-01T08:00:00.123456',
        '2024-01-01T00:00:00Z',
        '08:30:00',
        '[1,2]',
        '{"x":"y"}',
        '6162',
        true,
        'x',
        'NaN',
        '00000000-0000-0000-0000-000000000001',
      ],
    ]);
  });

  test('damage is found', async () => {
    const whole = await parquet('select range as a, range::varchar || repeat(chr(65), 20) as b from range(50000)');
    const flipped = Buffer.from(whole);
    flipped.fill(0xff, 2_000, 6_000);
    for (const bytes of [
      whole.subarray(0, -100),
      flipped,
      Buffer.concat([Buffer.from('PAR1'), randomBytes(500), Buffer.from('PAR1')]),
    ]) {
      await expect(ingestBytes(bytes, { format: 'parquet' })).rejects.toMatchObject({
        name: 'TableFailure',
        kind: 'format',
      });
    }
    await expect(ingestBytes(await parquet('select 1 as a where false'))).rejects.toMatchObject({ kind: 'empty' });
  });
});
