import type { Act, Read } from '../../kernel/acts/index.ts';
import { authorityText, schemaOf } from './openapi.ts';

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `:root{--ink:#0b1f33;--ink-2:#3b4d61;--line:#dfe5ea;--paper:#fff;--ground:#f5f7f8;--teal:#0a6e6e}
@media(prefers-color-scheme:dark){:root{--ink:#e8eef3;--ink-2:#b5c2ce;--line:#24384b;--paper:#0f2234;--ground:#0a1826;--teal:#4fc4bd}}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/22px system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;line-height:34px}h2{font-size:17px;margin:40px 0 8px}
a{color:var(--teal)}code,pre{font:12px/18px ui-monospace,Menlo,Consolas,monospace}pre{overflow:auto;background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:12px}
details{border-bottom:1px solid var(--line);padding:10px 0}summary{cursor:pointer}summary code{font-size:13px;font-weight:600}summary span{color:var(--ink-2);margin-left:10px}p{color:var(--ink-2)}`;

const INTRODUCTION = `<h1>数衡 Shuheng API</h1>
<p>改变状态只有一条路：<code>POST /v1/acts/&lt;名称&gt;</code>，返回结果与存证回执；读取是普通的 REST。机器可读的说明见 <a href="/openapi.json">/openapi.json</a>（OpenAPI 3.1）。<br>
State changes in one way only: <code>POST /v1/acts/&lt;name&gt;</code>, answered with the result and a receipt; reads are plain REST. Machine-readable: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
<pre>TOKEN=$(curl -s localhost:8080/v1/sessions -H 'content-type: application/json' \\
  -d '{"login":"…","password":"…"}' | jq -r .token)
curl -s localhost:8080/v1/acts/order.place -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' -H 'idempotency-key: my-order-1' -d '{"productId":"prd_…", …}'</pre>
<p><b>Idempotency-Key</b>：同一键与同一内容只生效一次，重复请求得到同一答复；内容不同则被拒绝。被拒绝的请求没有任何效果，改正后可用同一键再试。
Same key and same input take effect once and answer the same; other input is refused. A refusal has no effect, so the same key may be used again once the reason is gone.
<b>If-Match</b>：带上读到的 <code>version</code>，若已被他人更新则拒绝。 Send the <code>version</code> you read; a later change by someone else is refused as stale.
错误为 RFC 9457 problem+json，列出规则、条文、事实与补救办法。 Errors are RFC 9457 problem+json with rule, article, fact and remedy.
金额单位为分的整数字符串；时间为 RFC 3339 UTC；分页用 <code>cursor</code>。 Money is an integer string of fen; times are RFC 3339 UTC; pages go by <code>cursor</code>.</p>`;

/** A readable page of every act and read, made from the same lists as the routes. */
export function docsPage(acts: readonly Act[], reads: readonly Read[]): string {
  const actItems = acts
    .filter((a) => a.by.kind !== 'system')
    .map((act) => {
      const rules =
        act.rules.length > 0
          ? `<p>规则 Rules: ${act.rules.map((r) => `<a href="/rules/${r.id.split('-')[0]}#${r.id}">${r.id}</a> ${escapeHtml(r.title.zh)}`).join(' · ')}</p>`
          : '';
      const schema = escapeHtml(JSON.stringify(schemaOf(act.input, 'input'), null, 2));
      const who = authorityText(act.by);
      return `<details id="${act.name}"><summary><code>POST /v1/acts/${act.name}</code><span>${escapeHtml(act.title.zh)} · ${escapeHtml(act.title.en)}</span></summary><p>办理人 By: ${escapeHtml(who.zh)}${act.secondFactor ? '；动态口令 second factor' : ''}</p>${rules}<pre>${schema}</pre></details>`;
    });
  const readItems = reads.map((read) => {
    const query = escapeHtml(JSON.stringify(schemaOf(read.query, 'input'), null, 2));
    return `<details><summary><code>GET /v1${escapeHtml(read.path)}</code><span>${escapeHtml(read.title.zh)} · ${escapeHtml(read.title.en)}</span></summary><p>可见 Seen by: ${escapeHtml(authorityText(read.by).zh)}</p><pre>${query}</pre></details>`;
  });
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>数衡 API</title><style>${STYLE}</style></head><body><main>${INTRODUCTION}
<h2>业务行为 Acts (${actItems.length})</h2>${actItems.join('')}
<h2>查询 Reads (${readItems.length})</h2>${readItems.join('')}</main></body></html>`;
}
