import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY_TEXT, testBundle } from './bundle/testing.ts';
import { Edge, leafHash } from './merkle.ts';
import { checkpointText, ed25519Signer, signatureLine, signNote } from './note.ts';
import { formatProof, parseNote } from './verify/index.ts';
import { readZip } from './verify/zip.ts';
import { verifyCommand } from './verify-cli.ts';
import { cosigner } from './witness/signer.ts';

const signer = ed25519Signer('log.example/cli', Buffer.alloc(32, 5));
const entry = Buffer.from(
  '{"act":"product.list","at":"2026-01-02T03:04:05.000Z","id":"rct_1","party":null,"subject":"prd_1","type":"shuheng/act/1"}',
);
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shuheng-verify-'));
  const edge = Edge.empty();
  edge.append(leafHash(entry));
  const checkpoint = await signNote(checkpointText({ origin: signer.name, size: 1, root: edge.root() }), [signer]);
  await writeFile(at('p.tlog-proof'), formatProof({ index: 0n, hashes: [], checkpoint }));
  const notary = cosigner('notary.example', Buffer.alloc(32, 6), () => 1_770_000_000);
  const cosigned = checkpoint + (await signatureLine(parseNote(checkpoint)?.text ?? '', notary));
  await writeFile(at('cosigned.tlog-proof'), formatProof({ index: 0n, hashes: [], checkpoint: cosigned }));
  await writeFile(at('policy'), `log ${signer.vkey}\nwitness notary ${notary.vkey}\nquorum notary\n`);
  await writeFile(at('e.json'), entry);
  await writeFile(at('changed.json'), entry.toString().replace('prd_1', 'prd_2'));
  await writeFile(at('vkey'), `${signer.vkey}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  let out = '';
  let error = '';
  const code = await verifyCommand(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
}

describe('shuheng verify', () => {
  it('says what was proven, in both languages, with 0', async () => {
    for (const key of [at('vkey'), signer.vkey]) {
      const { code, out, error } = await run('--proof', at('p.tlog-proof'), '--entry', at('e.json'), '--key', key);
      expect([code, error]).toEqual([0, '']);
      for (const word of ['核验通过', 'Proven', 'log.example/cli', 'index: 0', '2026-01-02T03:04:05.000Z', 'rct_1'])
        expect(out).toContain(word);
    }
  });

  it('asks for the quorum of a policy', async () => {
    const files = ['--proof', at('cosigned.tlog-proof'), '--entry', at('e.json')];
    const witnessed = await run(...files, '--policy', at('policy'));
    expect([witnessed.code, witnessed.error]).toEqual([0, '']);
    expect(witnessed.out).toContain('notary');
    const { code, error } = await run('--proof', at('p.tlog-proof'), '--entry', at('e.json'), '--policy', at('policy'));
    expect(code).toBe(1);
    expect(error).toContain('level: sequenced');
    const withKey = await run(...files, '--policy', at('policy'), '--key', at('vkey'), '--json');
    expect(JSON.parse(withKey.out)).toMatchObject({ proven: { level: 'witnessed', witnesses: [{ name: 'notary' }] } });
    const broken = await run(...files, '--policy', at('e.json'));
    expect(broken.code).toBe(2);
    expect(broken.error).toContain('Line 1');
  });

  it('prints JSON when asked', async () => {
    const { code, out } = await run(
      '--proof',
      at('p.tlog-proof'),
      '--entry',
      at('e.json'),
      '--key',
      signer.vkey,
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'proven',
      proven: { index: '0', size: '1', entry: { id: 'rct_1' } },
    });
  });

  it('says what is not true, with 1', async () => {
    const { code, out, error } = await run(
      '--proof',
      at('p.tlog-proof'),
      '--entry',
      at('changed.json'),
      '--key',
      signer.vkey,
    );
    expect([code, out]).toEqual([1, '']);
    expect(error).toContain('核验不通过');
  });

  it.each([
    ['a missing file', ['--proof', 'none.tlog-proof', '--entry', 'e.json', '--key', 'vkey'], 'none.tlog-proof'],
    ['a missing key file', ['--proof', 'p.tlog-proof', '--entry', 'e.json', '--key', 'none'], 'none'],
    [
      'a file that is no proof',
      ['--proof', 'e.json', '--entry', 'e.json', '--key', 'vkey'],
      'receipt file cannot be read',
    ],
    ['a folder', ['--proof', '', '--entry', 'e.json', '--key', 'vkey'], 'EISDIR'],
    ['no arguments', [], '--proof'],
    ['an unknown option', ['--prof', 'x'], '--prof'],
  ])('%s is unreadable, with 2 and a sentence', async (_, args, word) => {
    const { code, error } = await run(...args.map((a, i) => (i % 2 === 1 ? at(a) : a)));
    expect(code).toBe(2);
    expect(error).toContain(word);
    expect(error).not.toContain('    at ');
  });

  it('tells by content what a file is, and takes bundles whole or unpacked', async () => {
    const { bytes } = await testBundle({ receipts: 2 });
    await writeFile(at('whole'), bytes);
    await writeFile(at('bundle-policy'), POLICY_TEXT);
    const own = await run(at('whole'));
    expect([own.code, own.error]).toEqual([0, '']);
    expect(own.out).toContain('taken from the bundle itself');
    const given = await run('--bundle', at('whole'), '--policy', at('bundle-policy'), '--json');
    expect(JSON.parse(given.out)).toMatchObject({ outcome: 'proven', bundle: { level: 'witnessed', trust: 'given' } });
    const read = readZip(bytes);
    if ('trouble' in read) throw new Error(read.trouble.says.en);
    for (const [path, content] of read.archive.files) {
      await mkdir(dirname(at(`unpacked/${path}`)), { recursive: true });
      await writeFile(at(`unpacked/${path}`), content);
    }
    expect((await run(at('unpacked'), '--policy', at('bundle-policy'))).code).toBe(0);
    await writeFile(at('unpacked/README.md'), 'something else');
    const changed = await run(at('unpacked'));
    expect([changed.code, changed.out]).toEqual([1, '']);
    expect(changed.error).toContain('README.md');
    await writeFile(at('whole'), bytes.subarray(0, bytes.length - 1));
    expect((await run(at('whole'))).code).toBe(2);
    expect((await run(at('p.tlog-proof'), at('e.json'), '--key', signer.vkey)).code).toBe(0);
    expect((await run(at('e.json'), '--key', signer.vkey)).code).toBe(2);
    expect((await run(at('p.tlog-proof'), at('e.json'))).error).toContain('whom to go by');
  });
});
