import type { Act, Read } from '../../kernel/acts/index.ts';
import type { Text } from '../../kernel/text.ts';
import { DOCS_STYLE } from './docs-style.ts';
import { schemaOf } from './openapi.ts';
import { authorityText } from './roles.ts';

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Both languages stand in the page; the one of the web application shows, or `?lang=en`. */
const both = ({ zh, en }: Text): string =>
  `<span class="zh">${escapeHtml(zh)}</span><span class="en" lang="en">${escapeHtml(en)}</span>`;
const t = (zh: string, en: string): string => both({ zh, en });

const MARK =
  '<svg width="26" height="26" viewBox="0 0 26 26" fill="none" stroke-width="2" aria-hidden="true"><path d="M3 7h20M13 3v20M7 23h12"/><path d="M3 7l-1 7a4 4 0 0 0 6 0L7 7M19 7l-1 7a4 4 0 0 0 6 0L23 7" stroke-width="1.5"/></svg>';

const HEADER = `<header><div class="bar"><a class="mark" href="/">${MARK}<span>${t('数衡', 'Shuheng')} API</span></a>
<span class="end"><a href="/openapi.json">openapi.json</a><a class="zh" href="?lang=en" lang="en">EN</a><a class="en" href="?lang=zh" lang="zh-CN">中文</a></span></div></header>`;

const INTRODUCTION = `<h1>${t('接口文档', 'The API')}</h1>
<p>${t('改变状态只有一条路：办理业务，答复是结果与存证回执。读取是普通的 REST。', 'State changes in one way only: by an act, answered with its result and a receipt. Reads are plain REST.')}</p>
<pre>TOKEN=$(curl -s localhost:8080/v1/sessions -H 'content-type: application/json' \\
  -d '{"login":"…","password":"…"}' | jq -r .token)
curl -s localhost:8080/v1/acts/order.place -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' -H 'idempotency-key: my-order-1' -d '{"productId":"prd_…", …}'</pre>
<ul class="notes">
<li><code>Idempotency-Key</code> ${t('同一键与同一内容只生效一次，重复请求得到同一答复；内容不同则被拒绝。被拒绝的请求没有任何效果，改正后可用同一键再试。', 'Same key and same input take effect once and answer the same; other input is refused. A refusal has no effect, so the same key may be used again once the reason is gone.')}</li>
<li><code>If-Match</code> ${t('带上读到的 version，若已被他人更新则拒绝。', 'Send the version you read; a later change by someone else is refused as stale.')}</li>
<li>${t('错误为 RFC 9457 problem+json，列出规则、条文、事实与补救办法。', 'Errors are RFC 9457 problem+json with rule, article, fact and remedy.')}</li>
<li>${t('金额是以分为单位的整数字符串，时间为 RFC 3339 UTC，分页用 cursor。', 'Money is a decimal string of fen, times are RFC 3339 UTC, pages go by cursor.')}</li>
</ul>`;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly title?: string;
  readonly 'x-title-en'?: string;
  readonly 'x-id'?: string;
  readonly 'x-money'?: boolean;
}

/** A type in one line: `one-off | per-call`, `string[]`, `prd_…`. */
function typeOf(schema: Schema): string {
  if (schema['x-money']) return '{amountFen, currency}';
  if (schema['x-id']) return `${schema['x-id']}_…`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array') return `${typeOf(schema.items ?? {})}[]`;
  if (schema.type === 'object' && schema.properties) return `{${Object.keys(schema.properties).join(', ')}}`;
  return schema.type ?? 'any';
}

function fields(schema: Schema): string {
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) return `<p class="faint">${t('不需要参数。', 'It takes nothing.')}</p>`;
  const row = ([name, field]: [string, Schema]) => {
    const titled = field.title ? both({ zh: field.title, en: field['x-title-en'] ?? field.title }) : '';
    const optional = schema.required?.includes(name) ? '' : ` <small class="faint">${t('可省略', 'optional')}</small>`;
    return `<tr><td><code>${escapeHtml(name)}</code>${optional}</td><td>${titled}</td><td class="type"><code>${escapeHtml(typeOf(field))}</code></td></tr>`;
  };
  return `<div class="scroll"><table><tbody>${entries.map(row).join('')}</tbody></table></div>
<details class="raw"><summary>JSON Schema</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`;
}

const item = (id: string, verb: string, name: string, title: Text, body: string): string =>
  `<details class="item" id="${escapeHtml(id)}"><summary><code class="name"><i>${verb}</i>${escapeHtml(name)}</code><span class="title">${both(title)}</span></summary><div class="body">${body}</div></details>`;

function actItem(act: Act): string {
  const factor = act.secondFactor ? `<span class="tag w">${t('须动态口令', 'second factor')}</span>` : '';
  const rules = act.rules.map(
    (r) => `<a class="tag" href="/rules/${r.id.split('-')[0]}/${r.id}">${r.id} ${both(r.title)}</a>`,
  );
  const who = `<p>${t('办理人：', 'By: ')}${both(authorityText(act.by))} ${factor}</p>`;
  const guarded = rules.length > 0 ? `<p>${rules.join('')}</p>` : '';
  return item(
    act.name,
    'POST',
    `/v1/acts/${act.name}`,
    act.title,
    `${who}${guarded}${fields(schemaOf(act.input, 'input') as Schema)}`,
  );
}

function readItem(read: Read): string {
  const who = `<p>${t('可见：', 'Seen by: ')}${both(authorityText(read.by))}</p>`;
  const query = fields(schemaOf(read.query, 'input') as Schema);
  return item(`read${read.path}`, 'GET', `/v1${read.path}`, read.title, `${who}${query}`);
}

/** Things under a heading each, in the order they first come. */
function grouped<T>(things: readonly T[], groupOf: (thing: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const thing of things) groups.set(groupOf(thing), [...(groups.get(groupOf(thing)) ?? []), thing]);
  return [...groups];
}

/** A readable page of every act and read, made from the same lists as the routes. */
export function docsPage(acts: readonly Act[], reads: readonly Read[]): string {
  const open = acts.filter((a) => a.by.kind !== 'system');
  const actGroups = grouped(open, (a) => a.name.split('.')[0] ?? '');
  const readGroups = grouped(reads, (r) => r.path.split('/')[1] ?? '');
  const side = (prefix: string, groups: readonly (readonly [string, readonly unknown[]])[]) =>
    groups.map(([name, list]) => `<a href="#${prefix}-${name}">${name}<small>${list.length}</small></a>`).join('');
  const part = <T>(prefix: string, groups: readonly (readonly [string, readonly T[]])[], show: (thing: T) => string) =>
    groups.map(([name, list]) => `<h3 id="${prefix}-${name}">${name}</h3>${list.map(show).join('')}`).join('');
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="icon" href="/favicon.svg" type="image/svg+xml"><title>数衡 Shuheng API</title><script src="/preferences.js"></script><style>${DOCS_STYLE}</style></head><body>${HEADER}
<div class="page"><nav class="side" aria-label="API"><b>${t('业务', 'Acts')}</b>${side('act', actGroups)}<b>${t('查询', 'Reads')}</b>${side('read', readGroups)}</nav>
<main>${INTRODUCTION}
<h2>${t('业务', 'Acts')} <small class="faint">${open.length}</small></h2>${part('act', actGroups, actItem)}
<h2>${t('查询', 'Reads')} <small class="faint">${reads.length}</small></h2>${part('read', readGroups, readItem)}</main></div></body></html>`;
}
