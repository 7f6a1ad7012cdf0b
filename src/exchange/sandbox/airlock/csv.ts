import { OUTPUT_MAX } from './declaration.ts';
import { Unfit } from './unfit.ts';

/**
 * RFC 4180, strictly, within bounds; an unquoted empty field is a missing value. Small on purpose: what it reads was
 * written by hostile code.
 * @throws Unfit `form` for a stray quote, `rows` above `rowsMax`
 */
export function parseCsv(content: string, rowsMax: number): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = content.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < content.length) {
    if (rows.length >= rowsMax) throw new Unfit('rows');
    const { value, next } = content[at] === '"' ? quoted(content, at) : plain(content, at);
    row.push(value);
    if (row.length > OUTPUT_MAX.columns) throw new Unfit('columns');
    if (content[next] === ',') {
      at = next + 1;
      // A comma at the very end is followed by one more, empty field.
      if (at === content.length) row.push(null);
      continue;
    }
    at = content.startsWith('\r\n', next) ? next + 2 : next + 1;
    if (next < content.length && content[next] !== '\n' && !content.startsWith('\r\n', next)) throw new Unfit('form');
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function quoted(content: string, start: number): { value: string; next: number } {
  let value = '';
  for (let at = start + 1; at < content.length; at++) {
    if (content[at] !== '"') value += content[at];
    else if (content[at + 1] === '"') {
      value += '"';
      at += 1;
    } else return { value, next: at + 1 };
  }
  throw new Unfit('form');
}

function plain(content: string, start: number): { value: string | null; next: number } {
  let next = start;
  while (next < content.length && !',\n\r'.includes(content.charAt(next))) next += 1;
  const value = content.slice(start, next);
  if (value.includes('"')) throw new Unfit('form');
  return { value: value === '' ? null : value, next };
}
