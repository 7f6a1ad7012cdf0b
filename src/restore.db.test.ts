import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from './engine.ts';
import { backup, type OpenDatabase, restore } from './kernel/database/index.ts';
import { type TestDatabase, testDatabase } from './kernel/database/testing.ts';
import { entryBytes, fsck, logKey, proofFor, settled } from './kernel/evidence/index.ts';
import { verifyReceipt } from './kernel/evidence/verify/index.ts';
import { trialBalance } from './kernel/ledger/index.ts';
import { type SampleExchange, sampleExchange } from './testing.ts';

/** A whole exchange is saved while it runs, lost, and restored: nothing that was promised may be missing. */
let folder: string;
let original: SampleExchange;
let restored: TestDatabase;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shuheng-restore-'));
  original = await sampleExchange('original');
  await settled(original.database.db);
  await backup(original.database.url, original.folder, join(folder, 'saved'));
  await original.engine.stop();
  restored = await testDatabase();
  await restore(restored.url, join(folder, 'second'), join(folder, 'saved'));
  engine = await startEngine({ database: restored, dataFolder: join(folder, 'second') });
  await settled(restored.db);
}, 600_000);

afterAll(async () => {
  await engine?.stop();
  await restored?.drop();
  await original?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ids(database: OpenDatabase): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from evidence_entry order by id`.execute(database.db);
  return rows.map((r) => r.id);
}

describe('a restored exchange', () => {
  it('has every act with its evidence, and every receipt verifies under the same key', async () => {
    const receipts = await ids(restored);
    expect(receipts.length).toBeGreaterThan(50);
    expect(receipts).toEqual((await ids(original.database)).slice(0, receipts.length));
    const vkey = (await logKey(restored.db)) ?? '';
    expect(vkey).toBe(await logKey(original.database.db));
    for (const id of receipts) {
      const [proof, entry] = [await proofFor(restored.db, id), await entryBytes(restored.db, id)];
      expect([id, verifyReceipt({ proof: proof ?? '', entry: entry ?? Buffer.alloc(0), vkey }).outcome]).toEqual([
        id,
        'proven',
      ]);
    }
  });

  it('has a sound log whose files were made again', async () => {
    expect(await fsck(restored.db, engine.logFiles)).toMatchObject({ ok: true });
    expect(readdirSync(join(folder, 'saved'))).not.toContain('log');
  });

  it('has the same balances', async () => {
    expect(await trialBalance(restored.db)).toEqual(await trialBalance(original.database.db));
  });

  it('can open its encrypted objects and goes on working', async () => {
    const { rows } = await sql<{ id: string }>`select id from vault_object limit 3`.execute(restored.db);
    expect(rows.length).toBeGreaterThan(0);
    for (const { id } of rows) expect((await readText(await engine.vault.open(id))).length).toBeGreaterThan(0);
  });

  it('is not made over an existing one, nor from a damaged backup', async () => {
    await expect(restore(restored.url, join(folder, 'second'), join(folder, 'saved'))).rejects.toThrow(/not empty/);
    await expect(restore(restored.url, join(folder, 'third'), join(folder, 'saved'))).rejects.toThrow(/not empty/);
    const damaged = join(folder, 'damaged');
    cpSync(join(folder, 'saved'), damaged, { recursive: true });
    const file = join(damaged, 'database', 'act_log.copy');
    const bytes = readFileSync(file);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(restore(restored.url, join(folder, 'fourth'), damaged)).rejects.toThrow(/changed or is damaged/);
    await expect(backup(original.database.url, original.folder, join(folder, 'saved'))).rejects.toThrow(
      /never overwrites/,
    );
  });
});
