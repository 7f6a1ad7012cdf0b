import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { testFolder } from '../testing.ts';
import { openEngine } from './engine.ts';
import type { Job, Results } from './protocol.ts';
import { INGEST_LIMITS } from './tabular.ts';
import type { Cell, IngestSummary, Progress, TableFormat } from './types.ts';
import { perform } from './work.ts';

/** Does a job in this process: the same engine and lock as the worker's, without the start of a process. */
export async function doJob<K extends Job['kind']>(
  job: Extract<Job, { kind: K }>,
  onProgress: (p: Progress) => void = () => undefined,
): Promise<Results[K]> {
  const folder = await testFolder();
  const engine = await openEngine({ job, folder, memoryBytes: 512 * 1024 ** 2, threads: 2 }, onProgress);
  return (await perform(engine, job)) as Results[K];
}

export interface Read {
  readonly summary: IngestSummary;
  /** `name:type` of each column. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly path: string;
}

/** Ingests bytes as a file and reads the first rows back. */
export async function ingestBytes(
  bytes: Buffer | string,
  options: { format?: TableFormat; limits?: Partial<typeof INGEST_LIMITS> } = {},
): Promise<Read> {
  const folder = await testFolder();
  const path = join(folder, 'upload');
  const output = join(folder, 'table.parquet');
  await writeFile(path, bytes);
  const summary = await doJob({
    kind: 'ingest',
    path,
    format: options.format ?? null,
    output,
    limits: { ...INGEST_LIMITS, ...options.limits },
  });
  const { columns, rows } = await doJob({ kind: 'query', path: output, filters: [], columns: null, limit: 50 });
  return { summary, columns: columns.map((c) => `${c.name}:${c.type}`), rows, path: output };
}

/** A zip file, its parts compressed. @param declared what the directory says the parts unpack to, when it lies */
export function zipOf(parts: Readonly<Record<string, string | Buffer>>, declared?: number): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const path = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(plain), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(declared ?? plain.length, 18);
    shared.writeUInt16LE(path.length, 22);
    local.push(Buffer.from('PK\x03\x04', 'latin1'), shared, path, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, path);
    offset += 30 + path.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** Cell styles of {@link workbook}, by number. */
const STYLES = ['General', 'yyyy-mm-dd', 'yyyy"年"m"月"d"日"', 'yyyy/m/d h:mm:ss', 'h:mm:ss', '0.00%', '#,##0.00'];

/** A workbook of one sheet. @param sheet the `<row>` elements */
export function workbook(
  sheet: string,
  options: { sharedStrings?: readonly string[]; epoch1904?: boolean } = {},
): Buffer {
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const escaped = (s: string) => s.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const formats = STYLES.slice(1).map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${escaped(code)}"/>`);
  const styles = STYLES.map((_, i) => `<xf numFmtId="${i === 0 ? 0 : 163 + i}" applyNumberFormat="1"/>`);
  return zipOf({
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}">${options.epoch1904 ? '<workbookPr date1904="1"/>' : ''}<sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><numFmts count="${formats.length}">${formats.join('')}</numFmts><cellXfs count="${styles.length}">${styles.join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${head}<sst xmlns="${main}">${(options.sharedStrings ?? []).map((s) => `<si><t>${escaped(s)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
  });
}

/** A row of cells: a string is an inline text; otherwise `{ v, s?, t?, f? }` as in the format. */
export function sheetRow(
  number: number,
  cells: readonly (string | null | { v?: string | number; s?: number; t?: string; f?: string })[],
): string {
  const written = cells.map((cell, i) => {
    if (cell === null) return '';
    const r = `${String.fromCharCode(65 + i)}${number}`;
    if (typeof cell === 'string') return `<c r="${r}" t="inlineStr"><is><t>${cell}</t></is></c>`;
    const attributes = `${cell.s === undefined ? '' : ` s="${cell.s}"`}${cell.t === undefined ? '' : ` t="${cell.t}"`}`;
    return `<c r="${r}"${attributes}>${cell.f === undefined ? '' : `<f>${cell.f}</f>`}${cell.v === undefined ? '' : `<v>${cell.v}</v>`}</c>`;
  });
  return `<row r="${number}">${written.join('')}</row>`;
}
