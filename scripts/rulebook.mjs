// Parses the rulebook's YAML once, when the server is built: parsing it takes a third of a second of every start.
// dist/rulebook.json holds each page under the SHA-256 of its bytes, so that a page changed since is simply not found there.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './prepare.mjs';

const folder = join(ROOT, 'rulebook');
const copies = {};
for (const name of readdirSync(folder, { recursive: true }).filter((n) => n.endsWith('.yaml'))) {
  const bytes = readFileSync(join(folder, name));
  copies[createHash('sha256').update(bytes).digest('hex')] = parse(bytes.toString());
}
mkdirSync(join(ROOT, 'dist'), { recursive: true });
const file = join(ROOT, 'dist', 'rulebook.json');
writeFileSync(`${file}.making`, JSON.stringify(copies));
renameSync(`${file}.making`, file);
