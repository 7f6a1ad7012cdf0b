/** Excel takes a UTF-8 file for something else without this mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** What a spreadsheet would run; the server guards delivered files by the same signs. */
const FORMULA_BEGINS = /^'*[=+\-@\t\r\n＝＋－＠]/;
const PLAIN_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell that starts like a formula would run in a spreadsheet: a quote before it keeps it text (OWASP CSV injection). */
function cell(value: string): string {
  const safe = FORMULA_BEGINS.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 text. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  `${BYTE_ORDER_MARK}${rows.map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;

/** Hands a file made in the browser to the person. */
export function saveFile(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
