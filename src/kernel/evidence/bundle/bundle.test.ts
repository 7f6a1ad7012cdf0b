import { beforeAll, describe, expect, it } from 'vitest';
import { type BundleVerification, verifyBundle, verifyBundleFiles } from '../verify/index.ts';
import { readZip, ZipWriter } from '../verify/zip.ts';
import { packBundle } from './assemble.ts';
import { HEAD, POLICY_TEXT, sealEntry, type TestBundle, testBundle } from './testing.ts';

let bundle: TestBundle;
beforeAll(async () => {
  bundle = await testBundle();
});

function filesOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const read = readZip(bytes);
  if ('trouble' in read) throw new Error(read.trouble.says.en);
  return new Map(read.archive.files);
}

const checkOf = (v: BundleVerification): string => (v.outcome === 'false' ? v.check : v.outcome);
const edited = async (edit: (files: Map<string, Uint8Array>) => void, policy?: string): Promise<string> => {
  const files = filesOf(bundle.bytes);
  edit(files);
  return checkOf(await verifyBundleFiles(files, policy === undefined ? {} : { policy }));
};
const replaced = (content: Uint8Array | undefined, from: string, to: string): Uint8Array =>
  Buffer.from(
    Buffer.from(content ?? '')
      .toString()
      .replace(from, to),
  );

describe('a bundle', () => {
  it('is proven, with what it holds and who stands behind it', async () => {
    const steps: number[] = [];
    const verification = await verifyBundle(bundle.bytes, { policy: POLICY_TEXT }, (done) => void steps.push(done));
    if (verification.outcome !== 'proven') throw new Error(JSON.stringify(verification));
    const { bundle: found } = verification;
    expect(found).toMatchObject({
      ...HEAD,
      level: 'witnessed',
      trust: 'given',
      repacked: false,
      signatures: ['ed25519'],
    });
    expect(found.receipts).toHaveLength(5);
    expect(found.receipts[3]?.openings.map((o) => [o.name, o.check])).toEqual([
      ['total', 'opened'],
      ['title', 'opened'],
      ['input', 'opened'],
    ]);
    expect(found.witnesses.map((w) => w.name)).toEqual(['regulator', 'notary']);
    expect(found.kinds).toMatchObject({ entry: 5, proof: 5, openings: 5, other: 1, checkpoint: 1 });
    expect(steps.at(-1)).toBe(5);
  });

  it('says so when its own policy is all there is to go by', async () => {
    const verification = await verifyBundle(bundle.bytes);
    if (verification.outcome !== 'proven') throw new Error(JSON.stringify(verification));
    expect(verification.bundle.trust).toBe('bundle');
    expect(JSON.stringify(verification.details)).toContain('Compare them with ones published elsewhere');
  });

  it('is proven without witnesses where none are asked for, and not where they are', async () => {
    const policy = POLICY_TEXT.replace('quorum both', 'quorum none');
    const { bytes } = await testBundle({ cosign: false, policy });
    const verification = await verifyBundle(bytes, { policy });
    expect(verification).toMatchObject({ outcome: 'proven', bundle: { level: 'sequenced' } });
    expect(checkOf(await verifyBundle(bytes, { policy: POLICY_TEXT }))).toBe('seal');
  });

  it('is not proven under another log’s key', async () => {
    const policy = 'log log.example/exchange+3c0a7eb6+AQKzmtMZBi8kHVpK1vMnMwfqhMZ7Bv2b3ZJZ7T1pQ3mR\nquorum none\n';
    expect(['seal', 'unreadable']).toContain(checkOf(await verifyBundle(bundle.bytes, { policy })));
  });
});

describe('a changed bundle', () => {
  it('shows a flipped bit in any file and in the archive around it', async () => {
    const { bytes } = bundle;
    // The archive itself is tried byte by byte in zip.test.ts; here each file is: its header, its middle, its end.
    const places = [...filesOf(bytes)].flatMap(([path, content]) => {
      const start = Buffer.from(bytes).indexOf(path) + path.length;
      return [start - path.length - 1, start + (content.length >> 1), start + content.length - 1];
    });
    places.push(...Array.from({ length: 40 }, (_, i) => bytes.length - 1 - i * 31));
    for (const at of places) {
      const bent = Buffer.from(bytes);
      bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8));
      const verification = await verifyBundle(bent);
      expect([at, verification.outcome]).not.toEqual([at, 'proven']);
    }
  }, 120_000);

  it('shows a flipped bit anywhere in its seal when unpacked', async () => {
    for (const path of ['seal.json', 'seal.tlog-proof']) {
      const length = filesOf(bundle.bytes).get(path)?.length ?? 0;
      for (let at = 0; at < length; at += 3) {
        const outcome = await edited((files) => {
          const bent = Uint8Array.from(files.get(path) ?? []);
          bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8));
          files.set(path, bent);
        });
        expect([path, at, outcome]).toEqual([path, at, 'seal']);
      }
    }
  }, 120_000);

  it('lacks nothing and has nothing more', async () => {
    for (const path of filesOf(bundle.bytes).keys()) {
      const outcome = await edited((files) => void files.delete(path));
      expect([path, outcome]).toEqual([
        path,
        path === 'manifest.json' ? 'unreadable' : path.startsWith('seal') ? 'seal' : 'file',
      ]);
    }
    expect(await edited((files) => void files.set('entries/more.json', Buffer.from('{}')))).toBe('file');
  });

  it('does not pass with a manifest of one’s own, sealed or not', async () => {
    expect(
      await edited(
        (files) => void files.set('manifest.json', replaced(files.get('manifest.json'), '示例银行', '另一银行')),
      ),
    ).not.toBe('proven');
    // Consistent in itself, but the log holds another hash.
    const other = await testBundle({ receipts: 4 });
    expect(
      await edited((files) => {
        const theirs = filesOf(other.bytes);
        for (const path of files.keys()) if (!path.startsWith('seal')) files.delete(path);
        for (const [path, content] of theirs) if (!path.startsWith('seal')) files.set(path, content);
      }),
    ).toBe('seal');
  });

  it('is not mended by a seal that no log holds', async () => {
    const proof = Buffer.from(filesOf(bundle.bytes).get('seal.tlog-proof') ?? []).toString();
    const forged = Buffer.concat([
      ...packBundle(
        { ...bundle.unsealed, manifest: bundle.unsealed.manifest },
        { entry: sealEntry('0'.repeat(64)), proof },
      ),
    ]);
    expect(checkOf(await verifyBundle(forged))).toBe('seal');
  });
});

describe('what is no bundle', () => {
  it('gets one clear sentence', async () => {
    const writer = new ZipWriter();
    const parts = writer.add('hello.txt', Buffer.from('hello'));
    const zip = Buffer.concat([...parts, writer.end()]);
    for (const bytes of [zip, new Uint8Array(), Buffer.from('PK'), Buffer.from(bundle.bytes.subarray(0, 5_000))]) {
      const verification = await verifyBundle(bytes);
      expect(verification.outcome).toBe('unreadable');
      expect(verification.says.zh.length).toBeGreaterThan(5);
    }
  });
});
