import { readFile } from 'node:fs/promises';
import { verifyBundle } from '../../src/kernel/evidence/verify/index.ts';

/** flip.ts BUNDLE COUNT: our own verifier, in one process, against flipped bits all over the archive. */
const [path = '', count = '200'] = process.argv.slice(2);
const bytes = await readFile(path);
for (let part = 1; part <= Number(count); part++) {
  const at = Math.floor((bytes.length * part) / (Number(count) + 1));
  const bent = Buffer.from(bytes);
  bent[at] = (bent[at] ?? 0) ^ (1 << ((part + 3) % 8));
  const { outcome } = await verifyBundle(bent);
  if (outcome === 'proven') throw new Error(`a flipped bit at byte ${at} was accepted`);
}
process.stdout.write(`ok: ${count} flipped bits in the archive caught by our verifier\n`);
