import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Parsed pages under the SHA-256 of their bytes, made when the server was built (`scripts/rulebook.mjs`). */
type Copies = Readonly<Record<string, unknown>>;

/** @returns no copies when the file is not there or cannot be read: then the pages themselves are parsed */
export function readCopies(path: string): Copies {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Copies;
  } catch {
    return {};
  }
}

/** A page of YAML as data. The copy is taken only for exactly these bytes, so that an edited page counts at once. */
export function readPage(path: string, copies: Copies): unknown {
  const bytes = readFileSync(path);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return Object.hasOwn(copies, digest) ? copies[digest] : parse(bytes.toString());
}
