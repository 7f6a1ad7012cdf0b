import { TableFailure, type TableFailureKind } from './types.ts';

const fail = (kind: TableFailureKind, zh: string, en: string): TableFailure => new TableFailure(kind, { zh, en });

const count = (n: number): string => n.toLocaleString('en-US');
const mebibytes = (bytes: number): string => count(Math.max(1, Math.round(bytes / 2 ** 20)));

/** Shortens what came from a file, so that a failure text stays readable. */
export const shorten = (value: string, lengthMax = 60): string => {
  const clean = value.replace(/\p{Cc}/gu, ' ');
  return clean.length > lengthMax ? `${clean.slice(0, lengthMax)}…` : clean;
};

const NAMES_MAX = 10;
const named = (names: readonly string[]): string =>
  `${names
    .slice(0, NAMES_MAX)
    .map((n) => shorten(n))
    .join('、')}${names.length > NAMES_MAX ? '…' : ''}`;

/** Every failure of a table in the two languages: what is wrong, and what to do about it. */
export const failures = {
  empty: () =>
    fail('empty', '文件是空的，没有可用的数据。请检查后重新上传。', 'The file is empty. Check it and upload again.'),
  noRows: () =>
    fail(
      'empty',
      '文件只有表头，没有数据行。请检查后重新上传。',
      'The file has a header but no rows of data. Check it and upload again.',
    ),
  binary: () =>
    fail(
      'format',
      '文件内容不是文本表格。请上传 CSV、JSON、XLSX 或 Parquet 文件。',
      'The content is not a text table. Upload a CSV, JSON, XLSX or Parquet file.',
    ),
  otherColumns: (name: string, missing: readonly string[], extra: readonly string[]) =>
    fail(
      'format',
      `文件“${shorten(name)}”的字段与其他文件不一致（缺少：${named(missing) || '无'}；多出：${named(extra) || '无'}）。同一数据集的文件须有相同的字段。`,
      `“${shorten(name)}” has other columns than the other files (missing: ${named(missing) || 'none'}; new: ${named(extra) || 'none'}). The files of a data set have the same columns.`,
    ),
  encoding: () =>
    fail(
      'encoding',
      '无法识别文件编码：既不是 UTF-8，也不是 GB18030。请另存为 UTF-8 后重新上传。',
      'The text is neither UTF-8 nor GB18030. Save it as UTF-8 and upload again.',
    ),
  ragged: (line: number, expected: number, found: number) =>
    fail(
      'ragged',
      `第 ${count(line)} 行有 ${count(found)} 列，表头有 ${count(expected)} 列。请检查该行的分隔符与引号后重新上传。`,
      `Line ${count(line)} has ${count(found)} columns where the header has ${count(expected)}. Check its delimiters and quotes and upload again.`,
    ),
  quotes: (line: number) =>
    fail(
      'format',
      `第 ${count(line)} 行的引号没有闭合或使用不当。字段内的引号须写成两个引号。`,
      `Line ${count(line)} has an unclosed or misplaced quote. Write a quote inside a field as two quotes.`,
    ),
  csv: (line: number | null) =>
    fail(
      'format',
      line === null
        ? '无法按 CSV 读取该文件。请检查分隔符与引号后重新上传。'
        : `第 ${count(line)} 行无法按 CSV 读取。请检查该行后重新上传。`,
      line === null
        ? 'The file cannot be read as CSV. Check delimiters and quotes and upload again.'
        : `Line ${count(line)} cannot be read as CSV. Check it and upload again.`,
    ),
  rowTooLong: (bytes: number) =>
    fail(
      'too-large',
      `有一行超过 ${mebibytes(bytes)} MiB 的上限，可能是引号没有闭合。请检查后重新上传。`,
      `A row is longer than ${mebibytes(bytes)} MiB; a quote may be left open. Check it and upload again.`,
    ),
  tooManyColumns: (found: number, limit: number) =>
    fail(
      'too-many-columns',
      `表有 ${count(found)} 列，上限为 ${count(limit)} 列。请拆分或转为“长表”后重新上传。`,
      `The table has ${count(found)} columns; at most ${count(limit)} are accepted. Split it, or turn it into a long table.`,
    ),
  json: () =>
    fail(
      'format',
      '无法按 JSON 读取该文件。请上传对象数组，或每行一个对象的 NDJSON。',
      'The file cannot be read as JSON. Send an array of objects, or one object a line (NDJSON).',
    ),
  jsonNotObjects: () =>
    fail(
      'format',
      'JSON 的每个元素须为对象（键为列名）。请调整结构后重新上传。',
      'Each JSON element must be an object whose keys are the column names.',
    ),
  spreadsheet: () =>
    fail(
      'format',
      '无法按 XLSX 读取该文件，文件可能损坏或设有口令。请用表格软件另存后重新上传。',
      'The file cannot be read as XLSX; it may be damaged or locked with a password. Save it again and upload.',
    ),
  oldSpreadsheet: () =>
    fail(
      'format',
      '这是旧版 XLS 文件，或设有口令的表格文件。请另存为不加密的 XLSX 后重新上传。',
      'This is an old XLS file, or a spreadsheet locked with a password. Save it as XLSX without a password and upload again.',
    ),
  markup: () =>
    fail(
      'format',
      '文件内容是网页，不是表格。请导出为 CSV 或 XLSX 后重新上传。',
      'The content is a web page, not a table. Export it as CSV or XLSX and upload again.',
    ),
  spreadsheetTooLarge: (bytes: number) =>
    fail(
      'too-large',
      `表格解压后超过 ${mebibytes(bytes)} MiB 的上限。请改用 CSV 或 Parquet 上传。`,
      `The spreadsheet unpacks to more than ${mebibytes(bytes)} MiB. Send the data as CSV or Parquet.`,
    ),
  sheetMerged: () =>
    fail(
      'format',
      '工作表的表头下没有规则的数据行。请保留一行表头，其下为数据。',
      'There are no regular rows under a header. Keep one header row with the data below it.',
    ),
  parquet: () =>
    fail(
      'format',
      '无法按 Parquet 读取该文件，文件可能损坏或不完整。',
      'The file cannot be read as Parquet; it may be damaged or cut off.',
    ),
  unknownColumn: (name: string) =>
    fail('unknown-column', `没有名为“${shorten(name)}”的列。`, `There is no column named “${shorten(name)}”.`),
  recipe: (zh: string, en: string) => fail('invalid-recipe', zh, en),
  overflow: () =>
    fail(
      'invalid-recipe',
      '合计超出 64 位整数的范围。请改用均值，或先筛选数据。',
      'A sum is beyond a 64-bit integer. Use an average, or filter the data first.',
    ),
  memory: () =>
    fail(
      'memory',
      '处理该表所需的内存超过上限。请减少列数或拆分文件。',
      'The table needs more memory than is allowed. Use fewer columns or split the file.',
    ),
  full: () =>
    fail(
      'full',
      '服务器磁盘空间不足，未保存任何数据。请联系管理员。',
      'The server’s disk is full; nothing was kept. Ask the operator.',
    ),
  timeout: () =>
    fail(
      'timeout',
      '处理超时，已停止。请拆分文件后重试。',
      'It took too long and was stopped. Split the file and try again.',
    ),
  cancelled: () => fail('cancelled', '处理已取消。', 'The work was cancelled.'),
  unreadable: () =>
    fail(
      'format',
      '文件的结构异常，无法读取。请检查文件后重新上传。',
      'The file is built in a way that cannot be read. Check it and upload again.',
    ),
  internal: () =>
    fail(
      'internal',
      '处理时发生内部错误，未保存任何数据。请联系管理员。',
      'An internal error occurred; nothing was kept. Ask the operator.',
    ),
};
