import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createParty, usccCheckCharacter } from '../../access/index.ts';
import { type Actor, execute, type Kernel } from '../../acts/index.ts';
import { type TestDatabase, testDatabase } from '../../database/testing.ts';
import { loadRulebook } from '../../rulebook/index.ts';
import { jobsOf } from '../../testing-jobs.ts';
import { stageFile } from '../uploads/store.ts';
import { openVault } from '../vault.ts';
import { keepFile } from './acts.ts';
import { keepTask } from './keep.ts';
import { readableFile, relyOnFile } from './queries.ts';

let database: TestDatabase;
let folder: string;
let kernel: Kernel;
let vault: Awaited<ReturnType<typeof openVault>>;
let owner: Actor;
let stranger: Actor;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  kernel = { db: database.db, rulebook: loadRulebook() };
  vault = await openVault({ db: database.db, dataFolder: folder });
  [owner, stranger] = await Promise.all([party('1'), party('2')]);
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

async function party(digit: string): Promise<Actor> {
  const body = `91370100MA000000${digit}`;
  const made = await database.db.transaction().execute((tx) =>
    createParty(tx, {
      name: `单位${digit}`,
      uscc: body + usccCheckCharacter(body),
      requestedRoles: [],
      at: new Date(),
    }),
  );
  return { kind: 'person', personId: null, partyId: made.id, roles: [], scopes: null, secondFactor: false };
}

async function upload(name: string, content: string): Promise<string> {
  const path = join(folder, 'staged');
  await writeFile(path, content);
  return stageFile(kernel.db, vault, { path, partyId: owner.partyId ?? '', name });
}

const keep = (uploadId: string, actor = owner) => execute(kernel, keepFile, actor, { uploadId });
const jobs = () => jobsOf(database.pool, [keepTask], { kernel, vault })();

async function kept(name: string, content: string): Promise<string> {
  const outcome = await keep(await upload(name, content));
  if (!outcome.ok) throw new Error(outcome.refusal.title.en);
  await jobs();
  return (outcome.result as { fileId: string }).fileId;
}

it('keeps a paper as it came, by its hash, for its owner alone', async () => {
  const fileId = await kept('证明.pdf', '%PDF-1.7 proof');
  const file = await readableFile(kernel.db, owner, fileId, []);
  expect(file).toMatchObject({ name: '证明.pdf', bytes: 14, state: 'kept' });
  // printf '%PDF-1.7 proof' | sha256sum
  expect(file.sha256).toBe('02f81194561eb55201653f3f573d456aee85f038013c293c06811d8b83874e5c');
  const chunks: Buffer[] = [];
  for await (const chunk of await vault.open(file.objectId)) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('%PDF-1.7 proof');
  await expect(readableFile(kernel.db, stranger, fileId, [])).rejects.toThrow('Not found');
  expect(await readableFile(kernel.db, stranger, fileId, [async () => true])).toMatchObject({ id: fileId });
});

it('refuses what is no paper, what is not complete, and what was taken before', async () => {
  const refusal = async (uploadId: string, actor = owner) => {
    const outcome = await keep(uploadId, actor);
    return outcome.ok ? 'kept' : outcome.refusal.violations.map((v) => v.rule).join();
  };
  expect(await refusal(await upload('program.exe', 'MZ'))).toBe('HS-3.7');
  expect(await refusal(await upload('empty.pdf', ''))).toBe('HS-3.7');
  const once = await upload('twice.pdf', 'x');
  expect(await refusal(once)).toBe('kept');
  expect(await refusal(once)).toBe('HS-3.4');
  expect(await refusal(once, stranger)).toBe('HS-1.4');
});

it('locks a paper for whoever relies on it, and never moves the day back', async () => {
  const fileId = await kept('lock.txt', 'x');
  const until = (day: string) =>
    database.db.transaction().execute((tx) => relyOnFile(tx, fileId, owner.partyId, new Date(day)));
  await until('2040-01-01');
  await until('2030-01-01');
  const { retainUntil } = await readableFile(kernel.db, owner, fileId, []);
  expect(retainUntil?.toISOString()).toBe('2040-01-01T00:00:00.000Z');
});
