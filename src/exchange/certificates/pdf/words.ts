import { type Text, text } from '../../../kernel/text.ts';
import type { CertificateKind, Content } from '../model.ts';

/** What the certificate states in one sentence. */
export const STATEMENT: Readonly<Record<CertificateKind, (c: Content) => Text>> = {
  registration: (c) => ({
    zh: `兹证明，${c.holder.name}持有的“${c.subject.title}”已在本所完成登记，登记记录已存入数据交易链。`,
    en: `This certifies that "${c.subject.title}", held by ${c.holder.name}, is registered at this exchange and that the registration stands in its evidence log.`,
  }),
  trade: (c) => ({
    zh: `兹证明，数据产品“${c.subject.title}”的交易已由双方签署并付款，下列记录已存入数据交易链。`,
    en: `This certifies that the trade in the data product "${c.subject.title}" was signed by both sides and paid, and that the records below stand in the evidence log.`,
  }),
  delivery: (c) => ({
    zh: `兹证明，数据产品“${c.subject.title}”已按合约交付并通过验收，下列记录已存入数据交易链。`,
    en: `This certifies that the data product "${c.subject.title}" was delivered under its contract and accepted, and that the records below stand in the evidence log.`,
  }),
  clearing: (c) => ({
    zh: `兹证明，数据产品“${c.subject.title}”的交易价款已按规则清算，并分配至下列收益权人。`,
    en: `This certifies that the price of the data product "${c.subject.title}" was cleared by the rules and paid to those named below.`,
  }),
  asset: (c) => ({
    zh: `兹应数据产权人${c.holder.name}申请，依据数据交易链上的登记、交易、交付记录，就“${c.subject.title}”出具本凭证，为数据产权人的资产会计处理和资产评估提供支持。`,
    en: `At the request of the right holder ${c.holder.name}, and from the records of registration, trade and delivery in the evidence log, this certificate states the facts of "${c.subject.title}" in support of accounting and valuation.`,
  }),
};

export const WORDS = {
  evidenceBased: text('数据交易链存证凭证', 'Certificate based on the evidence log'),
  number: text('凭证编号', 'No.'),
  subject: text('标的', 'Subject'),
  holder: text('权利人', 'Right holder'),
  period: text('所涉期间（含首尾日）', 'Period, both days included'),
  issued: text('出具时间（北京时间）', 'Issued, Beijing time'),
  supersedes: text('替换凭证', 'Replaces'),
  registration: text('登记', 'Registration'),
  rights: text('权利', 'Rights'),
  recognised: text('本所认可的登记证书', 'Certificates of registration recognised by this exchange'),
  opinions: text('第三方评估', 'Third-party assessment'),
  figures: text('交易与交付', 'Trading and delivery'),
  count: text('笔数', 'Count'),
  first: text('首次', 'First'),
  last: text('末次', 'Last'),
  amount: text('金额', 'Amount'),
  metered: text('本所计量', 'As metered by this exchange'),
  evidence: text('所依据的存证记录', 'Evidence it rests on'),
  scan: text('扫码核验真伪，查询是否仍然有效', 'Scan to check it and to ask whether it is still valid'),
  hash: text('内容哈希 SHA-256', 'SHA-256 of the content'),
  embedded: text(
    '本文件内嵌机器可读的 JSON 与全部存证证明；任何人可离线核验，无需信任本平台。',
    'This file holds a machine-readable JSON with all proofs: anyone can verify it offline, without trust in this platform.',
  ),
  condition: text(
    '文件内容以出具时为准；效力以查询结果为准。',
    'It states the facts at the time of issue; whether it is valid, only the query tells.',
  ),
  missing: text('字库缺字以统一码标示', 'Characters no font has are written by their code points'),
} as const;

export const ACCOUNTING = {
  both: text(
    '该数据资产已经第三方评估通过，并已在本所交易（贵阳方案第22条所述探索入表的前提）。',
    'The asset is assessed by third parties and was traded at this exchange (the conditions under which its entry on the balance sheet is explored, Guiyang measure 22).',
  ),
  assessed: text(
    '该数据资产已经第三方评估通过；所涉期间没有已清算的交易。',
    'The asset is assessed by third parties; no trade was cleared in the period.',
  ),
  traded: text(
    '该数据资产已在本所交易；没有完整的第三方评估结论。',
    'The asset was traded at this exchange; it has no complete third-party assessment.',
  ),
  neither: text(
    '该数据资产没有完整的第三方评估结论；所涉期间没有已清算的交易。',
    'The asset has no complete third-party assessment, and no trade was cleared in the period.',
  ),
  reservation: text(
    '笔数、首末时间和金额由所附存证逐项得出，并与账簿核对一致。本凭证不构成估值、审计或者会计处理意见。',
    'Counts, times and amounts follow from the evidence attached and agree with the ledger. This certificate is no opinion on value, audit or accounting treatment.',
  ),
} as const;
