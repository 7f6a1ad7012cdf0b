import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { POLICY_TEXT, testBundle } from '../../src/kernel/evidence/bundle/testing.ts';
import { readZip } from '../../src/kernel/evidence/verify/zip.ts';

/** make.ts FOLDER [receipts]: a court bundle as `bundle.zip`, unpacked in `bundle/`, and the policy to go by. */
const [folder = '.', receipts = '12'] = process.argv.slice(2);
const { bytes } = await testBundle({ receipts: Number(receipts) });
await writeFile(join(folder, 'bundle.zip'), bytes);
await writeFile(join(folder, 'policy'), POLICY_TEXT);
const read = readZip(bytes);
if ('trouble' in read) throw new Error(read.trouble.says.en);
for (const [path, content] of read.archive.files) {
  const target = join(folder, 'bundle', path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
