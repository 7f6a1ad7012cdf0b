import { strToU8, zipSync } from 'fflate';
import { receiptsOf } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { entryBytes, policyFile, proofFor } from '../../kernel/evidence/index.ts';
import { Disclosure, type DisclosureRow } from './model.ts';
import { getDisclosure } from './queries.ts';
import { type Table, tablesOf } from './tables.ts';
import { htmlOf } from './words.ts';

/** Receipts looked through for those of caps. */
const RECEIPTS_MAX = 2_000;

/**
 * The pack of a disclosure: the document word for word, a page to read and print, a table for each part, and receipts of
 * the publication and of each cap in it.
 * @throws notFound when there is none
 */
export async function disclosurePack(q: Queryable, disclosureId: string): Promise<{ name: string; zip: Uint8Array }> {
  const row = await getDisclosure(q, disclosureId);
  const document = Disclosure.parse(JSON.parse(row.document));
  const tables = tablesOf(document);
  const files: Record<string, Uint8Array> = {
    'disclosure.json': strToU8(row.document),
    'disclosure.html': strToU8(htmlOf(document, tables, row)),
    'README.txt': strToU8(readme(row)),
    ...Object.fromEntries(tables.map((t) => [`tables/${t.name}.csv`, strToU8(csvOf(t))])),
  };
  for (const receiptId of await receiptsIn(q, row, document)) {
    const [entry, proof] = [await entryBytes(q, receiptId), await proofFor(q, receiptId)];
    if (entry) files[`receipts/${receiptId}.json`] = entry;
    // An entry waits some seconds for its index; the pack made later has the proof.
    if (proof) files[`receipts/${receiptId}.tlog-proof`] = strToU8(proof);
  }
  const policy = await policyFile(q);
  if (policy) files['receipts/policy.txt'] = strToU8(policy);
  // The same moment in every pack of one disclosure, so that two packs can be compared.
  const zip = zipSync(files, { mtime: row.published_at, level: 6 });
  return { name: `${document.year}-${row.party_id}-v${row.version}.zip`, zip };
}

async function receiptsIn(q: Queryable, row: DisclosureRow, { implementing }: Disclosure): Promise<string[]> {
  const products = [...new Set(implementing?.caps.map((c) => c.productId) ?? [])];
  const caps = (await receiptsOf(q, products, RECEIPTS_MAX)).filter((r) => r.act === 'price.set-cap');
  return [row.published_act.replace('act_', 'rct_'), ...caps.map((c) => c.id)];
}

const readme = (
  row: DisclosureRow,
): string => `公共数据资源授权运营年度信息披露 Yearly disclosure of authorised operation
年度 Year: ${row.year}   版本 Version: ${row.version}   发布 Published: ${row.published_at.toISOString()}

disclosure.json  披露原文（RFC 8785）。SHA-256 ${row.sha256}
                 The document, canonical JSON; its SHA-256 stands in the entry of the receipt.
disclosure.html  可阅读、可打印的文本 To read and to print.
tables/*.csv     各部分的表格（UTF-8）The parts as tables.
receipts/        发布和上限收费标准的回执，可离线核验 Receipts of the publication and of the caps, to be verified offline.
`;

/** A cell that a spreadsheet would run as a formula has one quote before it, as everywhere in this house. */
const RUNS = /^'*[=+\-@\t\r\n＝＋－＠]/;
const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?$/;
const cell = (value: string): string => {
  const safe = RUNS.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const csvOf = ({ columns, rows }: Table): string =>
  `\uFEFF${[columns.map((c) => `${c.zh} ${c.en}`), ...rows].map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;
