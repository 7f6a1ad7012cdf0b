import { failures } from './failures.ts';

/** The delimiters people use; in this order when nothing tells them apart. */
const DELIMITERS = [',', '\t', ';', '|'] as const;
const RECORDS_MAX = 200;

export interface Dialect {
  readonly delimiter: string;
  readonly hasHeader: boolean;
  /** As written in the file; empty strings when there is no header. */
  readonly header: readonly string[];
}

/**
 * Splits text into records after RFC 4180; a quote counts only where a field begins.
 * @param complete false when the text is cut off: then the last record is left out
 */
export function parseRecords(text: string, delimiter: string, complete: boolean, recordsMax = RECORDS_MAX): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = '';
  let quoted = false;
  let fieldStart = true;
  const endField = () => {
    record.push(field);
    field = '';
    fieldStart = true;
  };
  const endRecord = () => {
    endField();
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  };
  const ends = (c: string | undefined) => c === delimiter || c === '\n' || c === '\r';
  for (let i = 0; i < text.length && records.length < recordsMax; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') {
        const end = text.indexOf('"', i);
        field += text.slice(i, end < 0 ? text.length : end);
        i = (end < 0 ? text.length : end) - 1;
      } else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && fieldStart) {
      quoted = true;
      fieldStart = false;
    } else if (c === delimiter) endField();
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++;
      endRecord();
    } else {
      const start = i;
      while (i + 1 < text.length && !ends(text[i + 1])) i++;
      field += text.slice(start, i + 1);
      fieldStart = false;
    }
  }
  if (complete && records.length < recordsMax && !quoted && (field !== '' || record.length > 0)) endRecord();
  return records;
}

/**
 * Delimiter and header from the first records.
 * @throws TableFailure when there is no record at all
 */
export function sniff(text: string, complete: boolean): Dialect {
  const plain = text.replace(/^\uFEFF/, '');
  if (complete && plain.trim() === '') throw failures.empty();
  const ranked = DELIMITERS.map((delimiter) => {
    const records = parseRecords(plain, delimiter, complete);
    const width = records[0]?.length ?? 0;
    const alike = records.filter((r) => r.length === width).length / Math.max(records.length, 1);
    return { delimiter, records, score: width > 1 ? alike * 1_000_000 + width : 0 };
  });
  const best = ranked.reduce((a, b) => (b.score > a.score ? b : a));
  const [first, ...rest] = best.records;
  if (!first) throw complete ? failures.quotes(1) : failures.csv(1);
  const hasHeader = looksLikeHeader(first, rest);
  return { delimiter: best.delimiter, hasHeader, header: hasHeader ? first : first.map(() => '') };
}

const VALUE = /^\s*[-+]?(\d[\d,]*\.?\d*|\.\d+)([eE][-+]?\d+)?%?\s*$|^\d{4}[-/年]\d{1,2}[-/月]\d{1,2}|^(true|false)$/i;
const YEAR = /^(19|20)\d{2}年?$/;

/** A header names things; it holds no values, except years or numbers in a row as column names (`地区,2021,2022`). */
function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const values = first.filter((f) => VALUE.test(f));
  if (values.length === 0) return first.some((f) => f.trim() !== '');
  if (values.length === first.length && first.length === 1) return false;
  const years = values.every((v) => YEAR.test(v.trim())) && new Set(values).size === values.length;
  if (!years || values.length < 2) {
    // A column of words over values is a header even when a neighbour is named by a number.
    return first.some(
      (f, i) =>
        f.trim() !== '' &&
        !VALUE.test(f) &&
        rest.length > 0 &&
        rest.every((r) => (r[i] ?? '') === '' || VALUE.test(r[i] ?? '')),
    );
  }
  const inRow = values.map((v) => Number.parseInt(v, 10));
  return inRow.every((year, i) => i === 0 || Math.abs(year - (inRow[i - 1] ?? 0)) === 1);
}
