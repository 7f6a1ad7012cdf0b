/** Every receipt of a folder of export.ts through `shuheng verify`, in one process. Exit code 1 at the first that is not proven. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyCommand } from '../../src/kernel/evidence/verify-cli.ts';

const [folder = ''] = process.argv.slice(2);
const proofs = (await readdir(join(folder, 'receipts'))).filter((n) => n.endsWith('.tlog-proof')).sort();
for (const name of proofs) {
  const proof = join(folder, 'receipts', name);
  const entry = proof.replace(/\.tlog-proof$/, '.json');
  const silent = { out: () => undefined, error: (text: string) => void process.stderr.write(text) };
  if ((await verifyCommand(['--proof', proof, '--entry', entry, '--key', join(folder, 'vkey')], silent)) !== 0) {
    process.stdout.write(`${name} is not proven\n`);
    process.exit(1);
  }
}
process.stdout.write(`ok: shuheng verify proved ${proofs.length} receipts\n`);
