import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../root.ts';
import { readCopies, readPage } from './pages.ts';

let checkout: string;
const copyFile = () => join(checkout, 'dist', 'rulebook.json');

/** The build's own script, in a checkout of its own, so that the one under test stays as it is. */
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'rulebook-'));
  for (const part of ['rulebook', 'scripts']) cpSync(join(ROOT, part), join(checkout, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const made = spawnSync(process.execPath, [join(checkout, 'scripts', 'rulebook.mjs')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

it('says of every page exactly what its YAML says', () => {
  const copies = readCopies(copyFile());
  const folder = join(checkout, 'rulebook');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  expect(pages.length).toBeGreaterThan(10);
  expect(Object.keys(copies)).toHaveLength(pages.length);
  for (const page of pages) expect(readPage(join(folder, page), copies)).toEqual(readPage(join(folder, page), {}));
});

it('takes the copy while the page is as it was, and the page as soon as it is not', () => {
  const page = join(checkout, 'page.yaml');
  writeFileSync(page, 'a: 1\n');
  const digest = 'fce3d20f3afdfadf3ed29ec43b1ef2b0c3e3d76b9e3ff7c8b5a2e0ee2c7dcb4a';
  expect(readPage(page, { [digest]: 'of other bytes' })).toEqual({ a: 1 });
  const [own = ''] = Object.keys(digestsOf(page));
  expect(readPage(page, { [own]: { a: 'copied' } })).toEqual({ a: 'copied' });
  writeFileSync(page, 'a: 2\n');
  expect(readPage(page, { [own]: { a: 'copied' } })).toEqual({ a: 2 });
});

it('goes on without copies when they are missing or damaged', () => {
  expect(readCopies(join(checkout, 'nowhere.json'))).toEqual({});
  mkdirSync(join(checkout, 'damaged'), { recursive: true });
  writeFileSync(join(checkout, 'damaged', 'rulebook.json'), '{"half":');
  expect(readCopies(join(checkout, 'damaged', 'rulebook.json'))).toEqual({});
});

function digestsOf(path: string): Record<string, string> {
  const { stdout } = spawnSync('sha256sum', [path], { encoding: 'utf8' });
  return { [stdout.split(' ')[0] ?? '']: path };
}
