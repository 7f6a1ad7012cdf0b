/**
 * Flips every single bit of a receipt and of its entry, one at a time, and sees that the verifier of the command line
 * proves none of them. Arguments: folder of export.ts, how many receipts (spread over the log).
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyCommand } from '../../src/kernel/evidence/verify-cli.ts';

const [folder = '', countText = '2'] = process.argv.slice(2);
/** The policy: with the key alone a changed cosignature is no lie, only one nobody asked for. */
const trust = ['--policy', join(folder, 'policy')];
const work = await mkdtemp(join(tmpdir(), 'shuheng-flip-'));
const silent = { out: () => undefined, error: () => undefined };
const names = (await readdir(join(folder, 'receipts'))).filter((n) => n.endsWith('.tlog-proof')).sort();
const count = Math.min(Number(countText), names.length);
let flipped = 0;
let missed = 0;
for (let i = 0; i < count; i++) {
  const id = (names[Math.floor((i * names.length) / count)] ?? '').replace('.tlog-proof', '');
  const files = { proof: join(folder, 'receipts', `${id}.tlog-proof`), entry: join(folder, 'receipts', `${id}.json`) };
  if ((await verifyCommand(['--proof', files.proof, '--entry', files.entry, ...trust], silent)) !== 0)
    throw new Error(`${id} is not proven as it is`);
  for (const part of ['proof', 'entry'] as const) {
    const sound = await readFile(files[part]);
    const copy = join(work, part);
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const bytes = Buffer.from(sound);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await writeFile(copy, bytes);
      const given = { ...files, [part]: copy };
      flipped++;
      if ((await verifyCommand(['--proof', given.proof, '--entry', given.entry, ...trust], silent)) === 0) {
        missed++;
        process.stdout.write(`not caught: bit ${bit} of the ${part} of ${id}\n`);
      }
    }
  }
}
await rm(work, { recursive: true, force: true });
process.stdout.write(
  `shuheng verify caught ${flipped - missed} of ${flipped} flipped bits in ${count} receipts and their entries\n`,
);
process.exit(missed === 0 ? 0 : 1);
