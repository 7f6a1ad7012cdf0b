import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { migrate, openDatabase, startEmbeddedServer } from '../src/kernel/database/index.ts';
import { openVault } from '../src/kernel/vault/index.ts';
import { testFolder } from '../src/kernel/vault/testing.ts';

/**
 * How long it takes to change keys, against rewriting the data: `npx tsx bench/vault-keys.ts [objects] [bytes of each]`.
 * The baseline reads every object and stores it again under a new data key, on the same disk, in the same minute.
 */
const OBJECTS = Number(process.argv[2] ?? 2_000);
const BYTES = Number(process.argv[3] ?? 256 * 1024);
const OWNERS = 50;

const dataFolder = await testFolder();
const server = await startEmbeddedServer(dataFolder);
const url = server.urlOf('postgres');
await migrate(url);
const database = openDatabase(url);
const vault = await openVault({ db: database.db, dataFolder });
const content = randomBytes(BYTES);
const meta = (i: number) => ({
  ownerPartyId: `pty_${i % OWNERS}`,
  name: `${i}`,
  mediaType: 'application/octet-stream',
});
const ids: string[] = [];
for (let i = 0; i < OBJECTS; i++) ids.push((await vault.put(Readable.from([content]), meta(i))).id);

async function timed(what: string, work: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const count = await work();
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(`${what}: ${count} in ${seconds.toFixed(2)} s (${Math.round(count / seconds)} /s)\n`);
  return seconds;
}
const until = async (step: () => Promise<number>): Promise<number> => {
  let all = 0;
  for (let n = await step(); n > 0; n = await step()) all += n;
  return all;
};

const master = await timed(`master key, ${OBJECTS} objects of ${OWNERS} owners`, async () => {
  await vault.keys.rotateMaster();
  return until(vault.keys.rewrapOwners);
});
const owners = await timed('keys of all owners, their data keys wrapped anew', async () => {
  let all = 0;
  for (let i = 0; i < OWNERS; i++) {
    await vault.keys.nextOwnerKey(`pty_${i}`, 1);
    all += await until(() => vault.keys.rewrapData(`pty_${i}`));
    await vault.keys.endOldOwnerKeys(`pty_${i}`);
  }
  return all;
});
const rewritten = await timed(`baseline: ${BYTES} bytes of each read and stored again`, async () => {
  for (const [i, id] of ids.entries()) await vault.put(await vault.open(id), meta(i));
  return ids.length;
});
process.stdout.write(
  `ratio to rewriting: master ${(master / rewritten).toFixed(4)}, owners ${(owners / rewritten).toFixed(3)}\n`,
);
await database.close();
await server.stop();
await rm(dataFolder, { recursive: true, force: true });
