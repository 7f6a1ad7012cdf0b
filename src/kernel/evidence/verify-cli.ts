import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lookUpBlock } from './anchor/look-up.ts';
import { codeOf } from './durable.ts';
import {
  type AnchorVerification,
  type BundleVerification,
  type CertificateVerification,
  FILE_BYTES_MAX,
  type FileKind,
  HEAD_BYTES,
  kindOfHead,
  kindOfJson,
  parseKey,
  type Verification,
  verifyAnchor,
  verifyBundle,
  verifyBundleFiles,
  verifyCertificate,
  verifyReceipt,
} from './verify/index.ts';

const EXIT = { proven: 0, false: 1, unreadable: 2 } as const;

const HELP = `核验凭证、回执、锚定与司法包（离线，不需要服务器）。Verify certificates, receipts, anchors and court bundles offline, without any server.

  shuheng verify certificate.pdf --policy policy        凭证（PDF 或 JSON）a certificate, PDF or JSON
  shuheng verify bundle.zip [--policy policy]           司法包（或解开后的文件夹）a court bundle, or its unpacked folder
  shuheng verify p.tlog-proof e.json --policy policy    回执与条目 a receipt and its entry
  shuheng verify anchor.json --policy policy [--rpc URL] 链上锚定 the anchor of a receipt
  shuheng verify --proof p.tlog-proof --entry e.json (--policy file | --key <vkey|file>) [--json]

  --certificate, --bundle, --anchor  同上，指明种类 the same, naming the kind
  --proof  回执文件 the receipt, from /v1/receipts/<id>.tlog-proof
  --entry  记录原样字节 the entry byte for byte, from /v1/receipts/<id>/entry
  --policy 信任策略：日志、见证方与门限 trust policy: logs, witnesses and their quorum (tlog-policy), from /log/policy
  --key    日志公钥或其文件 the log's public key or a file with it, from /log/vkey
  --rpc    联网查询该链确有锚定所在的区块 also ask a node of the chain (JSON-RPC) whether it holds the anchor's block
  --json   以 JSON 输出 print one JSON object

只给 --key 时核验“已排序”；给 --policy 时还须有足够的见证方联署（“已见证”）；两者都给时日志以 --key 为准。
司法包不给二者时，以包内的策略为准，并会说明。
With --key alone it is checked as sequenced; --policy asks for its quorum of witnesses too (witnessed); with both, --key
says which log. A bundle without either is checked by its own policy, and that is said.

退出码 Exit codes: 0 核验通过 proven · 1 不属实 not true · 2 无法读取 unreadable
`;

/** Somewhere to write; tests give their own. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const STANDARD: Output = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
};

type AnyVerification = Verification | CertificateVerification | BundleVerification | AnchorVerification;

/** One sentence about a file or an argument that cannot be used. */
class Unusable extends Error {}

/**
 * `shuheng verify`: says what a file proves.
 * @param args the words after `verify`
 * @returns the exit code: 0 proven, 1 not true, 2 unreadable (files or arguments)
 */
export async function verifyCommand(args: readonly string[], { out, error }: Output = STANDARD): Promise<number> {
  try {
    const { values, positionals } = parsed(args);
    if (values.help) {
      out(HELP);
      return EXIT.proven;
    }
    const result = await verified(values, positionals);
    const print = result.outcome === 'proven' || values.json ? out : error;
    print(values.json ? `${JSON.stringify(result, plain)}\n` : sentences(result));
    return EXIT[result.outcome];
  } catch (cause) {
    if (!(cause instanceof Unusable)) throw cause;
    error(`${cause.message}\n`);
    return EXIT.unreadable;
  }
}

const OPTIONS = {
  certificate: { type: 'string' },
  bundle: { type: 'string' },
  anchor: { type: 'string' },
  rpc: { type: 'string' },
  proof: { type: 'string' },
  entry: { type: 'string' },
  key: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parsed>['values'];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw new Unusable(`${cause instanceof Error ? cause.message : String(cause)}\n\n${HELP}`);
  }
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

async function verified(values: Values, positionals: readonly string[]): Promise<AnyVerification> {
  const { certificate, bundle: zip, anchor: anchored } = values;
  const named = [certificate, zip, anchored, values.proof, values.entry].filter((path) => path !== undefined);
  const paths = [...named, ...positionals];
  if (paths.length === 0) throw new Unusable(`没有给出要核验的文件。There is no file to verify.\n\n${HELP}`);
  const trust = await trustOf(values);
  const [first = ''] = paths;
  if (paths.length === 1 && (await isFolder(first))) return verifyBundleFiles(await folderFiles(first), trust);
  const files = await Promise.all(paths.map(readOne));
  const of = (...kinds: readonly FileKind[]) => files.find((file) => kinds.includes(file.kind))?.bytes;
  const bundle = of('bundle');
  if (bundle && files.length === 1) return verifyBundle(bundle, trust);
  if (!values.policy && !values.key)
    throw new Unusable(
      '须给出 --policy（见证策略）或 --key（日志公钥）。--policy or --key is needed: whom to go by.\n\nshuheng verify --help',
    );
  if (files.length === 1) {
    const [pdf, json, note, anchor] = [of('pdf'), of('certificate'), of('note'), of('anchor')];
    if (anchor) return lookedUp(verifyAnchor({ ...trust, file: anchor }), values.rpc);
    if (pdf) return verifyCertificate({ ...trust, pdf });
    if (json) return verifyCertificate({ ...trust, json });
    if (note) return verifyCertificate({ ...trust, note: new TextDecoder().decode(note) });
  }
  // Named, they are what they are said to be: a receipt that is none gets told so.
  const fileAt = (path: string | undefined) => (path === undefined ? undefined : files[paths.indexOf(path)]?.bytes);
  const proof = fileAt(values.proof) ?? of('proof');
  const entry = fileAt(values.entry) ?? of('entry', 'certificate', 'openings');
  if (!proof || !entry)
    throw new Unusable(
      '回执须连同条目一起给出：--proof 与 --entry。A receipt is verified together with its entry: --proof and --entry.',
    );
  return verifyReceipt({ ...trust, proof, entry });
}

/** What an offline check of an anchor takes on trust, asked of a node, where one is named. */
async function lookedUp(result: AnchorVerification, rpc: string | undefined): Promise<AnchorVerification> {
  if (result.outcome !== 'proven' || rpc === undefined) return result;
  try {
    const { held, says } = await lookUpBlock(rpc, result.proven.block);
    return held
      ? { ...result, details: [...result.details, says] }
      : { outcome: 'false', check: 'block', says: NOT_HELD, details: [says] };
  } catch (cause) {
    throw new Unusable(
      `无法查询节点（${cause instanceof Error ? cause.message : cause}）；离线核验已通过。The node cannot be asked; the offline check passed.`,
    );
  }
}

const NOT_HELD = { zh: '核验不通过：链上没有这个锚定。', en: 'Not true: the chain does not hold this anchor.' };

async function trustOf({ key, policy }: Values): Promise<{ vkey?: string; policy?: Uint8Array }> {
  return {
    ...(policy === undefined ? {} : { policy: await readBytes(policy, FILE_BYTES_MAX.trust) }),
    ...(key === undefined
      ? {}
      : { vkey: parseKey(key) ? key : (await readBytes(key, FILE_BYTES_MAX.trust)).toString('utf8') }),
  };
}

interface Given {
  readonly kind: FileKind;
  readonly bytes: Buffer;
}

/** A file with its kind, by content; what is none of ours is taken for an entry, since logs of others hold anything. */
async function readOne(path: string): Promise<Given> {
  const bytes = await readBytes(path, FILE_BYTES_MAX.bundle);
  const head = kindOfHead(bytes.subarray(0, HEAD_BYTES));
  const kind = (head === 'json' ? kindOfJson(bytes) : head) ?? 'entry';
  if (bytes.length > FILE_BYTES_MAX[kind] && kind !== 'entry') throw tooLarge(path);
  return { kind, bytes };
}

async function readBytes(path: string, limit: number): Promise<Buffer> {
  try {
    if ((await stat(path)).size > limit) throw tooLarge(path);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Unusable) throw cause;
    throw new Unusable(
      `无法打开文件 ${path}（${codeOf(cause)}）。The file ${path} cannot be opened (${codeOf(cause)}).`,
    );
  }
}

const tooLarge = (path: string): Unusable =>
  new Unusable(`${path} 太大，没有读取。${path} is too large and was not read.`);

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** An unpacked bundle: every file below the folder, within the limit of a bundle. */
async function folderFiles(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let left = FILE_BYTES_MAX.bundle;
  for (const found of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (found.isDirectory()) continue;
    const path = join(found.parentPath, found.name);
    const bytes = await readBytes(path, left);
    left -= bytes.length;
    files.set(path.slice(join(folder, '/').length).replaceAll('\\', '/'), bytes);
  }
  return files;
}

function sentences(result: AnyVerification): string {
  const more =
    'proves' in result
      ? [...result.proves.map(marked('证明', 'proves')), ...result.doesNotProve.map(marked('不证明', 'does not prove'))]
      : [];
  return [result.says, ...result.details, ...more]
    .map(({ zh, en }, i) => (i === 0 ? `${zh}\n${en}\n` : `  ${zh}\n  ${en}\n`))
    .join('');
}

const marked =
  (zh: string, en: string) =>
  (text: { zh: string; en: string }): { zh: string; en: string } => ({
    zh: `[${zh}] ${text.zh}`,
    en: `[${en}] ${text.en}`,
  });
