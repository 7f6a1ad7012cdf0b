import type { Disclosure, DisclosureRow } from './model.ts';
import type { Table } from './tables.ts';

const escaped = (words: string): string => words.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const tableOf = ({
  title,
  columns,
  rows,
}: Table): string => `<section><h2>${escaped(title.zh)} <small>${escaped(title.en)}</small></h2>
${
  rows.length === 0
    ? '<p class="none">无 None</p>'
    : `<table><thead><tr>${columns.map((c) => `<th>${escaped(c.zh)}<small>${escaped(c.en)}</small></th>`).join('')}</tr></thead>
<tbody>${rows.map((r) => `<tr>${r.map((v) => `<td>${escaped(v)}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`
}</section>`;

const STYLE = `body{font:14px/1.6 system-ui,sans-serif;color:#0b1f33;max-width:1080px;margin:32px auto;padding:0 20px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 8px}small{color:#5c6d7e;font-weight:400;display:inline-block;margin-left:6px}
th small{display:block;margin:0}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #dfe5ea;padding:6px 10px 6px 0;text-align:left;vertical-align:top;font-variant-numeric:tabular-nums}
th{font-weight:600}.none,.meta{color:#5c6d7e}section{break-inside:avoid;overflow-x:auto}code{overflow-wrap:anywhere}`;

/** The disclosure as a page that needs nothing else: to read, to print, to keep. */
export const htmlOf = (document: Disclosure, tables: readonly Table[], row: DisclosureRow): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${document.year}年度公共数据资源授权运营信息披露 · ${escaped(document.party.name)}</title><style>${STYLE}</style></head>
<body><h1>${document.year}年度公共数据资源授权运营信息披露</h1>
<p>${escaped(document.party.name)} <small>Disclosure of authorised operation for ${document.year}</small></p>
${tables.map(tableOf).join('\n')}
<p class="meta">第${row.version}版，发布于 ${row.published_at.toISOString()}。原文 SHA-256 <code>${row.sha256}</code></p>
</body></html>
`;
