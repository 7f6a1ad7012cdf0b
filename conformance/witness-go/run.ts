/** Runs our log and witness against Go's; see run.sh. Arguments: folder with `witness-go` in it, number of entries. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testDatabase } from '../../src/kernel/database/testing.ts';
import {
  entryBytes,
  type Feeder,
  fileKeyProvider,
  logFile,
  logKey,
  logStatus,
  openTileStore,
  proofFor,
  settled,
  setWitnessPolicy,
  startFeeder,
  startSequencer,
} from '../../src/kernel/evidence/index.ts';
import { ed25519Signer } from '../../src/kernel/evidence/note.ts';
import { writeEntries } from '../../src/kernel/evidence/testing.ts';
import { parseKey, verifyReceipt } from '../../src/kernel/evidence/verify/index.ts';

const [work = '', countText = '200'] = process.argv.slice(2);
const count = Number(countText);
const GO = join(work, 'witness-go');
const FLIPS = 300;
const children: ChildProcess[] = [];

/** Starts a program and gives the first line it prints that fits. */
function started(command: string, args: readonly string[], pattern: RegExp): Promise<RegExpExecArray> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
      const found = pattern.exec(said);
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
}

function go(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(GO, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`witness-go ${args[0]}: ${stderr}`);
  return stdout.trim();
}

const ourWitness = (logVkey: string, name: string) =>
  started(
    process.execPath,
    [
      '--import',
      'tsx',
      'src/kernel/evidence/witness/main.ts',
      '--listen',
      '127.0.0.1:0',
      '--store',
      join(work, name),
      '--name',
      `${name}.example/w`,
      '--log',
      logVkey,
      '--until-stdin-ends',
    ],
    /^witness \S+ (\S+) (\S+)\n/m,
  );

const { db, url, drop } = await testDatabase();
try {
  // Our log, a Go witness and our witness.
  const store = await openTileStore(work);
  let feeder: Feeder | undefined;
  const sequencer = await startSequencer({
    url,
    store,
    keys: fileKeyProvider(join(work, 'keys')),
    onPublished: () => feeder?.nudge(),
  });
  const vkey = (await logKey(db)) ?? '';
  const keyFile = join(work, 'go.key');
  await writeFile(keyFile, `${go('key', 'go.example/w')}\n`);
  const goVkey = (await readFile(keyFile, 'utf8')).split('\n')[0] ?? '';
  const [goUrl] = await started(GO, ['witness', vkey, keyFile], /http:\S+/);
  const [, ourVkey, ourUrl] = await ourWitness(vkey, 'ours');
  await setWitnessPolicy(
    db,
    `witness go ${goVkey} ${goUrl}\nwitness ours ${ourVkey} ${ourUrl}\ngroup both all go ours\nquorum both\n`,
  );
  feeder = startFeeder({ db, leading: () => true, onError: (error) => process.stderr.write(`${error}\n`) });
  const ids: string[] = [];
  while (ids.length < count) {
    ids.push(...(await writeEntries(db, Math.min(23, count - ids.length))));
    sequencer.nudge();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await settled(db);
  while ((await logStatus(db))?.witnessedSize !== count) await new Promise((resolve) => setTimeout(resolve, 50));
  await feeder.stop();

  // Go verifies what anybody can download.
  const receipts = join(work, 'receipts');
  await mkdir(receipts);
  const policy = join(work, 'policy');
  await writeFile(policy, (await logFile(db, store, 'policy'))?.bytes ?? '');
  for (const id of ids) {
    await writeFile(join(receipts, `${id}.tlog-proof`), (await proofFor(db, id)) ?? '');
    await writeFile(join(receipts, `${id}.json`), (await entryBytes(db, id)) ?? '');
  }
  process.stdout.write(`${go('verify', policy, receipts)}\n`);

  // Flipped bits: whatever Go refuses we refuse, and neither takes a changed receipt for a true one.
  const id = ids[Math.floor(ids.length / 2)] ?? '';
  const proof = Buffer.from((await proofFor(db, id)) ?? '');
  const entry = (await entryBytes(db, id)) ?? Buffer.alloc(0);
  const one = join(work, 'one');
  await mkdir(one);
  await writeFile(join(one, `${id}.json`), entry);
  let refused = 0;
  for (let i = 0; i < FLIPS; i++) {
    const changed = Buffer.from(proof);
    const at = Math.floor((i * proof.length) / FLIPS);
    changed[at] = (changed[at] ?? 0) ^ (1 << (i % 8));
    await writeFile(join(one, `${id}.tlog-proof`), changed);
    const ours = verifyReceipt({ proof: changed, entry, policy: await readFile(policy) }).outcome;
    if (ours === 'proven') throw new Error(`our verifier took a flipped bit at byte ${at}`);
    const theirs = spawnSync(GO, ['verify', policy, one]).status;
    if (theirs === 0) throw new Error(`Go took a flipped bit at byte ${at}`);
    refused++;
  }
  process.stdout.write(
    `ok: Go and our verifier each refused ${refused} of ${FLIPS} flipped bits in a cosigned receipt\n`,
  );
  await sequencer.stop();

  // A log made by Go, and our witness.
  const seed = randomBytes(32);
  const goLog = ed25519Signer('log.example/go', seed).vkey;
  if (!parseKey(goLog)) throw new Error('the key of the Go log cannot be read');
  const [, witnessVkey = '', witnessUrl = ''] = await ourWitness(goLog, 'second');
  process.stdout.write(`${go('feed', witnessUrl, witnessVkey, seed.toString('hex'))}\n`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await drop();
}
