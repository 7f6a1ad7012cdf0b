export const README_PATH = 'README.md';

/** What whoever finds the folder needs to know. */
export const readme = (origin: string, source: string): string => `# 存证日志副本 A mirror of the evidence log ${origin}

来源 Source: ${source}

## 内容 What is here
C2SP tlog-tiles 格式 (https://c2sp.org/tlog-tiles)：
- \`checkpoint\`：日志名、条数与根哈希，由日志签名（并可由见证人联署）the log's name, size and root, signed by the log and cosigned by witnesses
- \`tile/entries/…\`：条目，每 256 条一个文件 the entries, 256 to a file
- \`tile/<层 level>/…\`：哈希块 hashes of the tree
- \`vkey\`：日志公钥，请与可信来源核对 the log's public key; compare it with one from a source you trust
- \`policy\`：信任策略（如有）the trust policy, where there is one
- \`verify.html\`：在任何浏览器里核验回执，已带公钥与策略 verifies receipts in any browser, with key and policy in it
- \`refused/\`：被拒绝的检查点（如有），是分叉或回退的证据 checkpoints that were refused, if any: evidence of a fork or a rollback

## 提供 Serve
任何静态网页服务器都可以，例如 any static web server, for example:

    python3 -m http.server --directory .

\`checkpoint\` 缓存至多数秒，\`tile/\` 下的文件永不改变。Let caches keep \`checkpoint\` for a few seconds at most; files below \`tile/\` never change.

## 核验 Verify
由条目重算整棵树，并与每个文件、根哈希和签名比对 make the tree again from the entries and compare every file, the root and the signature:

    shuheng log fsck . --key <日志公钥 the log's key>

或用他人的程序 or with other people's code (Go, sumdb/tlog): \`conformance/log-go\` 中的 \`log-go log . <vkey>\`。

## 更新 Bring up to date
    shuheng log export . --from <地址 address>

只新增；若日志分叉或变短，会拒绝并说明。It only adds, and refuses, with its reasons, a log that has forked or shrunk.
`;
