import type { BundleHead } from '../verify/index.ts';
import type { BundleFile } from './assemble.ts';

/** What a judge, an auditor or their expert reads first. */
export function readme(head: BundleHead, receipts: number, others: readonly BundleFile[]): string {
  const { id, madeAt, log, party, requestedBy, scope } = head;
  const certificates = others.filter((f) => f.kind === 'certificate').length;
  const anchors = others.filter((f) => f.kind === 'anchor').length;
  return `# 司法包 Court bundle ${id}

| | |
|---|---|
| 当事方 Party | ${cell(party.name)} (${party.id}) |
| 申请人 Asked for by | ${cell(requestedBy.name)} (${requestedBy.id}) |
| 标的 Subject | ${scope.subject ?? '全部 all'} |
| 期间 Period | ${scope.from ?? '—'} … ${scope.until ?? '—'} |
| 制作时间 Made at | ${madeAt} |
| 日志 Log | ${log} |
| 回执 Receipts | ${receipts} |
| 凭证 Certificates | ${certificates} |
| 锚定 Anchors | ${anchors} |

## 怎样核验 How to verify
任选其一，均不需要联网，也不需要信任制作本包的平台。Any one of these; none needs a network, or trust in the platform that made this bundle.

1. **浏览器 Browser**：打开 open \`verify.html\`，把整个 zip 拖进去 and drop the whole zip into it.
2. **Go**：\`go run verify.go\`（解开后的文件夹 in the unpacked folder）or \`go run verify.go bundle.zip\`。只用标准库 standard library only.
3. **openssl 3 + coreutils**：\`sh verify.sh\`。
4. **数衡 Shuheng**：\`bin/shuheng verify bundle.zip\`。

包内的 \`policy\` 写明日志公钥与见证方公钥。请与别处公布的（公告、合同附件、监管部门）核对，或给出自己的策略文件。
\`policy\` names the keys of the log and of its witnesses. Compare it with one published elsewhere (a notice, a contract, the regulator), or give the verifier a policy of your own.

## 内容 What is inside
| 文件 File | 含义 Meaning |
|---|---|
| \`manifest.json\` | 每个文件的 SHA-256 of each file |
| \`seal.json\`, \`seal.tlog-proof\` | 把清单的哈希写入日志的那项业务及其回执 the act that put the manifest's hash into the log, and its receipt |
| \`entries/\` | 存证条目，逐字节原样 evidence entries, byte for byte |
| \`proofs/\` | 每条的包含证明 (C2SP tlog-proof) proof that each is in the log |
| \`openings/\` | 条目中承诺值的盐与原值，限当事方有权出示者 salt and value of commitments, as far as the party may show them |
| \`checkpoints/\` | 回执所依据的日志检查点 checkpoints the receipts rest on |
| \`certificates/\`, \`anchors/\` | 凭证与链上锚定（如有） certificates and anchors, if any |

## 证明什么，不证明什么 What it proves, and what not
- 证明：这些条目逐字节原样写在日志里；日志签署过包含它们的检查点；满足策略的见证方联署过同一个检查点；所开示的原值就是当时封存的值；本包自制作后没有改动。
  It proves that exactly these entries stand in the log, that the log signed a checkpoint with all of them, that the witnesses the policy asks for cosigned it, that the values shown are what was sealed, and that the bundle is as it was made.
- 不证明：条目所述之事真实发生；平台写下的时间准确（见证时间只说明不晚于那一刻）；包外没有其他记录；公钥属于谁。
  It does not prove that what the entries say happened, that the platform's times are right (a witness's time only says that it was not later), that there are no other records, or whose the keys are.

承诺值 commitment = \`sha256:\` SHA-256(盐 salt, 16 bytes ‖ 原值的规范化 JSON canonical JSON of the value, RFC 8785)。
`;
}

/** Names come from people: none may break out of the table. */
const cell = (name: string): string => name.replace(/[|\\`<>\r\n]+/g, ' ').trim();
