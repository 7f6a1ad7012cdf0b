/**
 * Lays out what an outsider gets of a stopped exchange: `log/` (its public files), `receipts/<id>.tlog-proof` with
 * `<id>.json`, `vkey`, `policy`. Arguments: data folder, target folder.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase, startEmbeddedServer } from '../../src/kernel/database/index.ts';
import { entryBytes, logKey, policyFile, proofFor } from '../../src/kernel/evidence/index.ts';

const [data, target] = process.argv.slice(2);
if (!data || !target) throw new Error('usage: export.ts <data folder> <target folder>');
const server = await startEmbeddedServer(data);
const { db, close } = openDatabase(server.url);
await mkdir(join(target, 'receipts'), { recursive: true });
await cp(join(data, 'log'), join(target, 'log'), { recursive: true, filter: (path) => !path.includes('.making') });
await writeFile(join(target, 'vkey'), `${await logKey(db)}\n`);
await writeFile(join(target, 'policy'), (await policyFile(db)) ?? '');
const { rows: acts } = await sql<{ id: string }>`select 'rct_' || substr(id, 5) as id from act_log order by id`.execute(
  db,
);
for (const { id } of acts) {
  const [proof, entry] = [await proofFor(db, id), await entryBytes(db, id)];
  if (!proof || !entry) throw new Error(`the act of ${id} has no receipt`);
  await writeFile(join(target, 'receipts', `${id}.tlog-proof`), proof);
  await writeFile(join(target, 'receipts', `${id}.json`), entry);
}
process.stdout.write(`${acts.length} acts, each with a receipt\n`);
await close();
await server.stop();
