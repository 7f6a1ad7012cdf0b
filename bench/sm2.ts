/**
 * What SM2 with SM3 costs: signatures made (each checked by the verifier before it is used) and checked, against Ed25519 by
 * the same code; and entries sequenced a second with the SM2 line on each checkpoint, against the same log without it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testDatabase } from '../src/kernel/database/testing.ts';
import {
  type CryptoSuite,
  DEFAULT_ORIGIN,
  diskTileStore,
  fileKeyProvider,
  settled,
  startSequencer,
} from '../src/kernel/evidence/index.ts';
import { ensureKeys } from '../src/kernel/evidence/key-acts.ts';
import { noteSigner, signNote } from '../src/kernel/evidence/note.ts';
import { heldKey, type KeyAlgorithm, newSecret } from '../src/kernel/evidence/private-keys.ts';
import { writeManyEntries } from '../src/kernel/evidence/testing.ts';
import { checkNote, parseKey, parseNote } from '../src/kernel/evidence/verify/index.ts';
import { loadRulebook } from '../src/kernel/rulebook/index.ts';
import { median, print } from './client.ts';
import { temporaryFolder } from './exchange.ts';

const ROUNDS = 5;
const SIGNATURES = 1_000;
const ENTRIES = 20_000;
const SETTLE_MS = 300_000;
const TEXT = `${DEFAULT_ORIGIN}\n123456\n${'A'.repeat(43)}=\n`;

await signatures();
await sequencing();
process.exit(0);

async function signatures(): Promise<void> {
  const signers = { sm2: signerOf('sm2'), ed25519: signerOf('ed25519') };
  const made: Record<KeyAlgorithm, number[]> = { sm2: [], ed25519: [] };
  const checked: Record<KeyAlgorithm, number[]> = { sm2: [], ed25519: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const algorithm of ['sm2', 'ed25519'] as const) {
      const signer = signers[algorithm];
      made[algorithm].push(await rate(async () => void (await signer.sign(TEXT))));
      const note = parseNote(await signNote(TEXT, [signer]));
      const key = parseKey(signer.vkey);
      checked[algorithm].push(
        await rate(async () => {
          if (!note || !key || checkNote(note, key) !== 'signed') throw new Error('the signature does not verify');
        }),
      );
    }
  }
  const baseline = (what: string) => `Ed25519 ${what} by the same code/s`;
  print({
    name: 'sm2-sign',
    value: median(made.sm2),
    unit: 'SM2 signatures made and checked/s',
    baseline: baseline('signatures made'),
    baselineValue: median(made.ed25519),
  });
  print({
    name: 'sm2-verify',
    value: median(checked.sm2),
    unit: 'SM2 lines of a note checked/s',
    baseline: baseline('lines checked'),
    baselineValue: median(checked.ed25519),
  });
}

function signerOf(algorithm: KeyAlgorithm) {
  return noteSigner(DEFAULT_ORIGIN, algorithm, heldKey(algorithm, newSecret(algorithm)));
}

async function rate(work: () => Promise<void>): Promise<number> {
  await work();
  const started = performance.now();
  for (let i = 0; i < SIGNATURES; i++) await work();
  return SIGNATURES / ((performance.now() - started) / 1000);
}

async function sequencing(): Promise<void> {
  const { db, url, drop } = await testDatabase();
  const folder = await temporaryFolder();
  try {
    const store = diskTileStore(join(folder, 'log'));
    const provider = fileKeyProvider(folder);
    const entriesASecond: Record<CryptoSuite, number[]> = { sm: [], international: [] };
    const first = await startSequencer({ url, store, keys: provider, suite: 'sm' });
    await ensureKeys({ db, rulebook: loadRulebook() }, { provider, suite: 'sm', origin: DEFAULT_ORIGIN });
    await settled(db, SETTLE_MS);
    await first.stop();
    for (let round = 0; round < ROUNDS; round++) {
      for (const suite of ['sm', 'international'] as const) {
        await writeManyEntries(db, ENTRIES);
        const started = performance.now();
        const sequencer = await startSequencer({ url, store, keys: provider, suite });
        await settled(db, SETTLE_MS);
        entriesASecond[suite].push(ENTRIES / ((performance.now() - started) / 1000));
        await sequencer.stop();
      }
    }
    print({
      name: 'sm2-log',
      value: median(entriesASecond.sm),
      unit: 'entries sequenced and published/s with an SM2 line',
      baseline: 'the same log without it, entries/s',
      baselineValue: median(entriesASecond.international),
    });
  } finally {
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
}
