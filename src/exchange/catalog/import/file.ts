import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../../kernel/text.ts';
import { convertTable, ingestTable, type Vault } from '../../../kernel/vault/index.ts';
import { partOf } from './draft.ts';
import { type Found, ImportFailure } from './model.ts';

const CELL_CHARACTERS_MAX = 100_000;
/** A head of commas alone must not fill the memory. */
const CELLS_MAX = 1_000;

/**
 * Lends the rows of a table of entries: CSV in UTF-8 or GB 18030, cells as they are written, so that `1.10` stays a number
 * of the directory; or the first sheet of a workbook, read in the process that reads strange files.
 * @throws ImportFailure, TableFailure
 */
export const withFileEntries = <T>(
  vault: Vault,
  objectId: string,
  name: string,
  use: (entries: AsyncIterable<Found>) => Promise<T>,
): Promise<T> =>
  vault.withFile(objectId, (path) =>
    name.toLowerCase().endsWith('.xlsx') ? withSheet(vault, path, use) : use(csvRows(path)),
  );

const withSheet = <T>(vault: Vault, path: string, use: (entries: AsyncIterable<Found>) => Promise<T>): Promise<T> =>
  vault.withFolder(async (folder) => {
    const output = join(folder, 'sheet.parquet');
    const csv = join(folder, 'sheet.csv');
    await ingestTable({ path, format: 'xlsx', output, folder });
    await convertTable(output, { format: 'csv-exact', output: csv, folder });
    return use(csvRows(csv));
  });

async function* csvRows(path: string): AsyncGenerator<Found> {
  const encoding = (await isUtf8(path)) ? 'utf-8' : 'gb18030';
  let parts: (string | undefined)[] | undefined;
  let line = 1;
  for await (const cells of records(path, encoding)) {
    if (!parts) {
      parts = headOf(cells);
      continue;
    }
    line++;
    if (cells.every((c) => c.trim() === '')) continue;
    const said: Record<string, unknown> = {};
    for (const [i, part] of parts.entries()) if (part !== undefined) said[part] = cells[i] ?? '';
    yield { said, external: `第${line}行` };
  }
  if (!parts) throw new ImportFailure(text('文件是空的。', 'The file is empty.'));
}

function headOf(cells: readonly string[]): (string | undefined)[] {
  const parts = cells.map((c) => partOf(c));
  for (const needed of ['number', 'title'] as const)
    if (!parts.includes(needed))
      throw new ImportFailure(
        text(
          `表头中没有“${needed === 'number' ? '目录编号' : '名称'}”一列；请使用页面上的模板。`,
          `The head has no column “${needed}”; use the template on the page.`,
        ),
      );
  return parts;
}

async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) decoder.decode(chunk as Buffer, { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** Records of RFC 4180, with comma, tab or semicolon, whichever the first line has most. */
async function* records(path: string, encoding: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder(encoding);
  let delimiter: string | undefined;
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  /** A quote was just closed: another one right behind it is a quote of the text. */
  let closed = false;
  const decode = async function* () {
    for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  };
  for await (const part of decode()) {
    delimiter ??= delimiterOf(part);
    for (const c of part) {
      if (quoted) {
        if (c === '"') {
          quoted = false;
          closed = true;
        } else cell += c;
      } else if (c === '"' && (closed || cell === '')) {
        if (closed) cell += c;
        quoted = true;
        closed = false;
      } else if (c === delimiter) {
        cells.push(cell);
        [cell, closed] = ['', false];
        if (cells.length >= CELLS_MAX)
          throw new ImportFailure(text(`一行超过${CELLS_MAX}格。`, `A line has more than ${CELLS_MAX} cells.`));
      } else if (c === '\n') {
        cells.push(cell.replace(/\r$/, ''));
        yield cells;
        [cells, cell, closed] = [[], '', false];
      } else {
        cell += c;
      }
      if (cell.length > CELL_CHARACTERS_MAX)
        throw new ImportFailure(text('有一格过长，或引号没有成对。', 'A cell is too long, or a quote is not closed.'));
    }
  }
  if (cell !== '' || cells.length > 0) yield [...cells, cell];
}

function delimiterOf(beginning: string): string {
  const head = beginning.slice(0, beginning.indexOf('\n') >>> 0);
  const count = (c: string) => head.split(c).length;
  return [',', '\t', ';'].reduce((best, c) => (count(c) > count(best) ? c : best));
}
