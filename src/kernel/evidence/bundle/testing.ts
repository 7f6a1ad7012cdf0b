import { buildEntry, type Opening } from '../entry.ts';
import { Edge, inclusionRanges, leafHash, rangeRoot } from '../merkle.ts';
import { checkpointText, ed25519Signer, signatureLine, signNote } from '../note.ts';
import { ed25519Pair } from '../private-keys.ts';
import { base64, cosignedText, formatKey, formatProof, keyId, SEAL_ACT, typeAndKey } from '../verify/index.ts';
import { assembleBundle, type BundleContent, type BundleReceipt, packBundle, type UnsealedBundle } from './assemble.ts';

export const ORIGIN = 'log.example/exchange';
const SECONDS = 1_764_000_000n;
const log = ed25519Signer(ORIGIN, Buffer.alloc(32, 7));

interface TestWitness {
  readonly name: string;
  readonly vkey: string;
  readonly line: (text: string) => string;
}

function witness(name: string, seed: number): TestWitness {
  const { publicKey, sign } = ed25519Pair(Buffer.alloc(32, seed));
  const id = keyId(name, typeAndKey('cosignature', publicKey));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(SECONDS);
  return {
    name,
    vkey: formatKey(name, publicKey, 'cosignature'),
    line: (text) => `— ${name} ${base64(Buffer.concat([id, time, sign(cosignedText(text, SECONDS))]))}\n`,
  };
}

export const WITNESSES = [witness('regulator.example', 8), witness('notary.example', 9)] as const;

export const POLICY_TEXT = `# test\nlog ${log.vkey}\nwitness regulator ${WITNESSES[0].vkey}\nwitness notary ${WITNESSES[1].vkey}\ngroup both all regulator notary\nquorum both\n`;

export const HEAD: BundleContent['head'] = {
  id: 'bdl_01kb000000000000000000test',
  madeAt: '2026-11-25T08:00:00.000Z',
  log: ORIGIN,
  party: { id: 'pty_01kb000000000000000000000a', name: '示例银行' },
  requestedBy: { id: 'pty_01kb000000000000000000000a', name: '示例银行' },
  scope: { subject: null, from: '2026-01-01', until: null },
};

const receiptId = (i: number): string => `rct_01kb${String(i).padStart(22, '0')}`;

/** A log in memory of which every entry can be proven. */
async function proofsOf(entries: readonly Uint8Array[], cosign: boolean): Promise<string[]> {
  const edge = Edge.empty();
  const [tile] = edge.append(Buffer.concat(entries.map(leafHash)));
  const text = checkpointText({ origin: ORIGIN, size: entries.length, root: edge.root() });
  const extra = cosign ? WITNESSES.map((w) => w.line(text)).join('') : '';
  const checkpoint =
    (await signNote(text, [log])) +
    extra +
    (await signatureLine(text, ed25519Signer('other.example', Buffer.alloc(32, 3))));
  return entries.map((_, i) =>
    formatProof({
      index: BigInt(i),
      hashes: inclusionRanges(i, entries.length).map((range) => rangeRoot(range, () => tile?.hashes)),
      checkpoint,
    }),
  );
}

export interface TestBundle {
  readonly bytes: Uint8Array;
  readonly unsealed: UnsealedBundle;
}

/** A whole bundle over a log in memory (fewer than 256 entries). */
export async function testBundle({ receipts = 5, cosign = true, policy = POLICY_TEXT } = {}): Promise<TestBundle> {
  const built = Array.from({ length: receipts }, (_, i) =>
    buildEntry(
      {
        id: receiptId(i),
        act: 'order.place',
        at: '2026-03-04T05:06:07.000Z',
        party: null,
        subject: null,
        open: {},
        rules: [],
      },
      {
        shared: { total: { amountFen: String(100 * i), currency: 'CNY' }, title: `“航班” 延误\\日报 ","value":${i}` },
        own: { input: { quantity: i, rate: 1e-7, note: null } },
      },
    ),
  );
  // Others' entries before and between.
  const others = Array.from({ length: 7 }, (_, i) => Buffer.from(`other ${i}`));
  const entries = [...others, ...built.map((b) => b.bytes)];
  const proofs = await proofsOf(entries, cosign);
  const unsealed = await assembleBundle({
    head: HEAD,
    policy,
    others: [{ path: 'certificates/note.txt', kind: 'other', content: Buffer.from('as it is') }],
    receipts: built.map(
      ({ bytes, sealed }, i): BundleReceipt => ({
        id: receiptId(i),
        entry: bytes,
        proof: proofs[i + others.length] ?? '',
        openings: [
          ...Object.entries(sealed as Record<string, Opening>).map(([name, { salt, value }]) => ({
            name,
            commitment: '',
            state: 'open' as const,
            salt,
            value,
          })),
          { name: 'person', commitment: '', state: 'withheld' as const, salt: null },
        ],
      }),
    ),
  });
  const seal = sealEntry(unsealed.manifestSha256);
  const proof = (await proofsOf([...entries, seal], cosign)).at(-1) ?? '';
  return { unsealed, bytes: Buffer.concat([...packBundle(unsealed, { entry: seal, proof })]) };
}

export const sealEntry = (manifestSha256: string): Buffer =>
  buildEntry(
    {
      id: receiptId(999),
      act: SEAL_ACT,
      at: '2026-11-25T08:00:01.000Z',
      party: null,
      subject: null,
      open: { bundle: HEAD.id, manifest: `sha256:${manifestSha256}` },
      rules: [],
    },
    { shared: {}, own: {} },
  ).bytes;
