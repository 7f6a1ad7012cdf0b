import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { removeTestFolders } from '../testing.ts';
import { doJob, ingestBytes } from './testing.ts';
import { TableFailure } from './types.ts';

afterAll(removeTestFolders);

vi.setConfig({ testTimeout: 60_000 });

/** What people and programs write, and what becomes of it: `name:type` of the columns and the rows. */
const READ: readonly {
  readonly name: string;
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly unknown[][];
}[] = [
  {
    name: 'numbers and words',
    text: 'id,amount,city\n1,2.50,北京\n2,-3e2,上海\n',
    columns: ['id:integer', 'amount:double', 'city:text'],
    rows: [
      [1, 2.5, '北京'],
      [2, -300, '上海'],
    ],
  },
  {
    name: 'codes with leading zeros stay text',
    text: 'code,zip\n007,00501\n12,99950\n',
    columns: ['code:text', 'zip:text'],
    rows: [
      ['007', '00501'],
      ['12', '99950'],
    ],
  },
  {
    name: 'identity numbers stay text',
    text: 'id,n\n310101199001011234,9007199254740991\n310101199001015678,5\n',
    columns: ['id:text', 'n:integer'],
    rows: [
      ['310101199001011234', 9007199254740991],
      ['310101199001015678', 5],
    ],
  },
  {
    name: 'what only looks like a number stays text',
    text: 'a,b,c,d,e,f\n1_000,0x1F,nan,inf,+86,1.\n2_000,0x2F,NaN,Infinity,+1,2.5\n',
    columns: ['a:text', 'b:text', 'c:text', 'd:text', 'e:text', 'f:double'],
    rows: [
      ['1_000', '0x1F', 'nan', 'inf', '+86', 1],
      ['2_000', '0x2F', 'NaN', 'Infinity', '+1', 2.5],
    ],
  },
  {
    name: 'decimals below one are numbers',
    text: 'x,y\n0.5,0\n-0.25,10\n',
    columns: ['x:double', 'y:integer'],
    rows: [
      [0.5, 0],
      [-0.25, 10],
    ],
  },
  {
    name: 'dates in four writings',
    text: 'a,b,c,d\n2024-02-29,2024/2/9,2024年2月9日,2024-02-09 08:30:00\n2023-01-05,2023/11/15,2023年11月15日,2024-02-09 08:30:00.25\n',
    columns: ['a:date', 'b:date', 'c:date', 'd:timestamp'],
    rows: [
      ['2024-02-29', '2024-02-09', '2024-02-09', '2024-02-09T08:30:00'],
      ['2023-01-05', '2023-11-15', '2023-11-15', '2024-02-09T08:30:00.25'],
    ],
  },
  {
    name: 'a day that does not exist makes the column text',
    text: 'd\n2023-02-29\n2023-02-28\n',
    columns: ['d:text'],
    rows: [['2023-02-29'], ['2023-02-28']],
  },
  {
    name: 'times with a zone are instants',
    text: 't,u\n2024-01-01T08:00:00+08:00,2024/1/1 8:05\n2024-01-01T00:00:00Z,2024/12/31 23:59:59\n',
    columns: ['t:instant', 'u:timestamp'],
    rows: [
      ['2024-01-01T00:00:00Z', '2024-01-01T08:05:00'],
      ['2024-01-01T00:00:00Z', '2024-12-31T23:59:59'],
    ],
  },
  {
    name: 'words that the engine would take for dates',
    text: 'd\nepoch\ninfinity\n',
    columns: ['d:text'],
    rows: [['epoch'], ['infinity']],
  },
  {
    name: 'booleans are spelt out',
    text: 'a,b\ntrue,1\nFALSE,0\n',
    columns: ['a:boolean', 'b:integer'],
    rows: [
      [true, 1],
      [false, 0],
    ],
  },
  {
    name: 'mixed types become text, unchanged',
    text: 'a\n1\n2.5\nx\n',
    columns: ['a:text'],
    rows: [['1'], ['2.5'], ['x']],
  },
  { name: 'integers and fractions become numbers', text: 'a\n1\n2.5\n', columns: ['a:double'], rows: [[1], [2.5]] },
  {
    name: 'empty is missing; NA is a word',
    text: 'a,b\n1,NA\n,x\n3,\n',
    columns: ['a:integer', 'b:text'],
    rows: [
      [1, 'NA'],
      [null, 'x'],
      [3, null],
    ],
  },
  {
    name: 'a column without values',
    text: 'a,b\n1,\n2,\n',
    columns: ['a:integer', 'b:text'],
    rows: [
      [1, null],
      [2, null],
    ],
  },
  {
    name: 'semicolons',
    text: 'a;b\n1,5;x\n2,5;y\n',
    columns: ['a:text', 'b:text'],
    rows: [
      ['1,5', 'x'],
      ['2,5', 'y'],
    ],
  },
  { name: 'tabs', text: 'a\tb\n1\tx, y\n', columns: ['a:integer', 'b:text'], rows: [[1, 'x, y']] },
  { name: 'bars', text: 'a|b\n1|x\n', columns: ['a:integer', 'b:text'], rows: [[1, 'x']] },
  {
    name: 'quotes, line ends and delimiters in fields',
    text: 'a,b\r\n"x, ""y""","1\r\n2"\r\n z ,5" pipe\r\n',
    columns: ['a:text', 'b:text'],
    rows: [
      ['x, "y"', '1\r\n2'],
      [' z ', '5" pipe'],
    ],
  },
  {
    name: 'old line ends',
    text: 'a,b\r1,2\r3,4\r',
    columns: ['a:integer', 'b:integer'],
    rows: [
      [1, 2],
      [3, 4],
    ],
  },
  {
    name: 'mixed line ends',
    text: 'a,b\n1,"x\r\ny"\r\n3,z\n\n5,w\r\n',
    columns: ['a:integer', 'b:text'],
    rows: [
      [1, 'x\r\ny'],
      [3, 'z'],
      [5, 'w'],
    ],
  },
  { name: 'no line end at the end', text: 'a,b\n1,2', columns: ['a:integer', 'b:integer'], rows: [[1, 2]] },
  { name: 'a byte order mark', text: '\uFEFFa,b\n1,2\n', columns: ['a:integer', 'b:integer'], rows: [[1, 2]] },
  {
    name: 'repeated, empty and quoted names',
    text: 'a,A,,"b""c","d\ne",a\n1,2,3,4,5,6\n',
    columns: ['a:integer', 'A_2:integer', 'column_3:integer', 'b"c:integer', 'd e:integer', 'a_3:integer'],
    rows: [[1, 2, 3, 4, 5, 6]],
  },
  {
    name: 'names that are SQL',
    text: `"x"" ; drop table t --",'y'\n1,2\n`,
    columns: ['x" ; drop table t --:integer', "'y':integer"],
    rows: [[1, 2]],
  },
  {
    name: 'years as names',
    text: '地区,2021,2022\n北京,1,2\n',
    columns: ['地区:text', '2021:integer', '2022:integer'],
    rows: [['北京', 1, 2]],
  },
  {
    name: 'no header',
    text: '1,2.5,2024-01-01\n3,4.5,2024-01-02\n',
    columns: ['column_1:integer', 'column_2:double', 'column_3:date'],
    rows: [
      [1, 2.5, '2024-01-01'],
      [3, 4.5, '2024-01-02'],
    ],
  },
  {
    name: 'words only',
    text: 'name,city\n张三,北京\n李四,上海\n',
    columns: ['name:text', 'city:text'],
    rows: [
      ['张三', '北京'],
      ['李四', '上海'],
    ],
  },
  {
    name: 'formulas are words',
    text: 'a,b\n=1+1,@SUM(A1)\n"=cmd|\' /C calc\'!A0",-x\n',
    columns: ['a:text', 'b:text'],
    rows: [
      ['=1+1', '@SUM(A1)'],
      ["=cmd|' /C calc'!A0", '-x'],
    ],
  },
  { name: 'a comment sign is a value', text: 'a,b\n# x,1\n', columns: ['a:text', 'b:integer'], rows: [['# x', 1]] },
];

describe('CSV is read as it was meant', () => {
  test.each(READ)('$name', async ({ text, columns, rows }) => {
    const read = await ingestBytes(text, { format: 'csv' });
    expect(read.columns).toEqual(columns);
    expect(read.rows).toEqual(rows);
    expect(read.summary.rows).toBe(rows.length);
  });
});

/** 「编号,城市,备注」 in GB18030; 㐂 and 𠮷 take four bytes, € has one code since 2000. */
const GB18030_HEX = 'b1e0bac52cb3c7cad02cb1b8d7a20a312cb1b1beA9'.toLowerCase();

describe('encodings', () => {
  test('GB18030 with two and four byte characters', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${GB18030_HEX}2c`, 'hex'),
      Buffer.from('8139ef31', 'hex'),
      Buffer.from('9534b235', 'hex'),
      Buffer.from('a2e3', 'hex'),
      Buffer.from('\n'),
    ]);
    const read = await ingestBytes(bytes);
    expect(read.columns).toEqual(['编号:integer', '城市:text', '备注:text']);
    expect(read.rows).toEqual([[1, '北京', '㐂𠮷€']]);
    expect(read.summary.encoding).toBe('gb18030');
  });

  test('a Chinese character after megabytes of digits', async () => {
    const digits = 'a,b\n'.concat(`1,${'2'.repeat(45)}\n`.repeat(100_000));
    const read = await ingestBytes(Buffer.concat([Buffer.from(digits), Buffer.from('312cb1b1bea90a', 'hex')]));
    expect(read.summary).toMatchObject({ encoding: 'gb18030', rows: 100_001 });
    expect(read.columns).toEqual(['a:integer', 'b:text']);
  });

  test('UTF-8 characters that lie across the pieces it is checked in', async () => {
    const text = `名称,值\n${'京津冀🚄,1\n'.repeat(700_000)}`;
    const read = await ingestBytes(text);
    expect(read.summary).toMatchObject({ encoding: 'utf-8', rows: 700_000 });
  });

  test('UTF-16 with its mark, as spreadsheets save "Unicode text"', async () => {
    const read = await ingestBytes(Buffer.from('\uFEFF名称\t值\n北京\t1\n', 'utf16le'));
    expect(read.columns).toEqual(['名称:text', '值:integer']);
    expect(read.summary.encoding).toBe('utf-16le');
  });
});

const wide = (columns: number) =>
  `${Array.from({ length: columns }, (_, i) => `c${i}`).join(',')}\n${'1,'.repeat(columns - 1)}1\n`;

/** What no table is, and how its sender is told. */
const REFUSED: readonly {
  readonly name: string;
  readonly bytes: Buffer | string;
  readonly kind: string;
  readonly zh: RegExp;
}[] = [
  { name: 'an empty file', bytes: '', kind: 'empty', zh: /文件是空的/ },
  { name: 'blank lines', bytes: '\n \n\n', kind: 'empty', zh: /空|没有数据行/ },
  { name: 'a header alone', bytes: 'a,b\n', kind: 'empty', zh: /只有表头/ },
  { name: 'a row too short', bytes: 'a,b\n1,2\n3\n', kind: 'ragged', zh: /第 3 行有 1 列，表头有 2 列/ },
  { name: 'a row too long', bytes: 'a,b\n1,2,3\n', kind: 'ragged', zh: /第 2 行有 3 列，表头有 2 列/ },
  { name: 'a row too long after mixed line ends', bytes: 'a,b\r\n1,2\n3,4,5\r\n', kind: 'ragged', zh: /第 3 行/ },
  { name: 'an open quote', bytes: 'a,b\n1,"2\n3,4\n', kind: 'format', zh: /引号/ },
  { name: 'random bytes', bytes: randomBytes(20_000), kind: 'format', zh: /不是文本表格/ },
  { name: 'text with control characters', bytes: 'a,b\n\x01\x02,2\n', kind: 'format', zh: /不是文本表格/ },
  {
    name: 'bytes of no known encoding',
    bytes: Buffer.concat([Buffer.from('a,b\n'), Buffer.from('ff80,1\n'), Buffer.from([0x80, 0xff, 0x0a])]),
    kind: 'encoding',
    zh: /编码/,
  },
  { name: 'ten thousand columns', bytes: wide(10_000), kind: 'too-many-columns', zh: /10,000 列，上限为 2,000 列/ },
];

describe('hostile text gets a clear answer', () => {
  test.each(REFUSED)('$name', async ({ bytes, kind, zh }) => {
    const failure = await ingestBytes(bytes, { format: 'csv' }).then(
      (read) => expect.unreachable(`read as ${read.columns}`),
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TableFailure);
    expect(failure).toMatchObject({ kind });
    expect((failure as TableFailure).text.zh).toMatch(zh);
    expect((failure as TableFailure).text.en.length).toBeGreaterThan(10);
  });

  test('a row longer than allowed', async () => {
    const text = `a,b\n${'x'.repeat(3_000_000)},1\n`;
    await expect(ingestBytes(text, { format: 'csv', limits: { rowBytesMax: 1_000_000 } })).rejects.toMatchObject({
      kind: 'too-large',
    });
    expect((await ingestBytes(text, { format: 'csv' })).summary.rows).toBe(1);
  });

  test('exactly as many columns as allowed', async () => {
    const limits = { columnsMax: 300 };
    expect((await ingestBytes(wide(300), { limits })).summary.columns).toHaveLength(300);
    await expect(ingestBytes(wide(301), { limits })).rejects.toMatchObject({ kind: 'too-many-columns' });
  });
});

describe('large files', () => {
  test('a value that breaks the type of all before it makes the column text, and nothing is lost', async () => {
    // More than 32 MiB: a sample of twenty thousand rows decides.
    const many = `12,3,2024-01-01,${'some words of text '.repeat(5)}\n`.repeat(310_000);
    const read = await ingestBytes(`id,k,day,words\n${many}0012,x,2024-01-01,a\n7,8,2024-01-02,b\n`);
    expect(read.summary.rows).toBe(310_002);
    expect(read.columns).toEqual(['id:text', 'k:text', 'day:date', 'words:text']);
    const last = await doJob({
      kind: 'query',
      path: read.path,
      filters: [{ column: 'id', op: '!=', value: '12' }],
      columns: ['id', 'k', 'day'],
      limit: 5,
    });
    expect(last.rows).toEqual([
      ['0012', 'x', '2024-01-01'],
      ['7', '8', '2024-01-02'],
    ]);
  });
});
