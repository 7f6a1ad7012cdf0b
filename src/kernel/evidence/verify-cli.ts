import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { codeOf } from './durable.ts';
import { parseKey, type Verification, verifyReceipt } from './verify/index.ts';

const EXIT = { proven: 0, false: 1, unreadable: 2 } as const;
const PROOF_BYTES_MAX = 1_100_000;

const HELP = `核验存证回执（离线，不需要服务器）。Verify a receipt offline, without any server.

  shuheng verify --proof p.tlog-proof --entry e.json (--policy file | --key <vkey|file>) [--json]

  --proof  回执文件 the receipt, from /v1/receipts/<id>.tlog-proof
  --entry  记录原样字节 the entry byte for byte, from /v1/receipts/<id>/entry
  --policy 信任策略：日志、见证方与门限 trust policy: logs, witnesses and their quorum (tlog-policy), from /log/policy
  --key    日志公钥或其文件 the log's public key or a file with it, from /log/vkey
  --json   以 JSON 输出 print one JSON object

只给 --key 时核验“已排序”；给 --policy 时还须有足够的见证方联署（“已见证”）；两者都给时日志以 --key 为准。
With --key alone the receipt is checked as sequenced; --policy asks for its quorum of witnesses too (witnessed); with
both, --key says which log.

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

/**
 * `shuheng verify`: says what a receipt proves.
 * @param args the words after `verify`
 * @returns the exit code: 0 proven, 1 not true, 2 unreadable (files or arguments)
 */
export async function verifyCommand(args: readonly string[], { out, error }: Output = STANDARD): Promise<number> {
  let values: { proof?: string; entry?: string; key?: string; policy?: string; json?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        proof: { type: 'string' },
        entry: { type: 'string' },
        key: { type: 'string' },
        policy: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (cause) {
    error(`${cause instanceof Error ? cause.message : String(cause)}\n\n${HELP}`);
    return EXIT.unreadable;
  }
  if (values.help) {
    out(HELP);
    return EXIT.proven;
  }
  const { proof, entry, key, policy } = values;
  if (!proof || !entry || !(key || policy)) {
    error(
      `缺少参数：须给出 --proof、--entry，以及 --policy 或 --key。--proof and --entry are needed, and --policy or --key.\n\n${HELP}`,
    );
    return EXIT.unreadable;
  }
  const result = await verifyFiles({ proof, entry, key, policy });
  if (typeof result === 'string') {
    error(`${result}\n`);
    return EXIT.unreadable;
  }
  const print = result.outcome === 'proven' || values.json ? out : error;
  print(
    values.json
      ? `${JSON.stringify(result, (_, v) => (typeof v === 'bigint' ? v.toString() : v))}\n`
      : sentences(result),
  );
  return EXIT[result.outcome];
}

/** @returns the verification, or one sentence about a file that cannot be opened */
async function verifyFiles(paths: {
  proof: string;
  entry: string;
  key: string | undefined;
  policy: string | undefined;
}): Promise<Verification | string> {
  try {
    const proof = await readFile(paths.proof);
    if (proof.length > PROOF_BYTES_MAX)
      return `${paths.proof} 太大，不是回执文件。${paths.proof} is too large for a receipt.`;
    const entry = await readFile(paths.entry);
    const policy = paths.policy === undefined ? undefined : await readFile(paths.policy);
    const vkey = paths.key === undefined || parseKey(paths.key) ? paths.key : await readFile(paths.key, 'utf8');
    return verifyReceipt({ proof, entry, vkey, policy });
  } catch (cause) {
    const path = typeof cause === 'object' && cause !== null && 'path' in cause ? String(cause.path) : '';
    return `无法打开文件 ${path}（${codeOf(cause)}）。The file ${path} cannot be opened (${codeOf(cause)}).`;
  }
}

function sentences({ says, details }: Verification): string {
  return [says, ...details].map(({ zh, en }, i) => (i === 0 ? `${zh}\n${en}\n` : `  ${zh}\n  ${en}\n`)).join('');
}
