import { ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

const AT = '2026-01-01';

export interface ChainFacts {
  /** Acts of the subject that a certificate of this kind tells of. */
  readonly acts: number;
  /** How many of them have their entry in the evidence. */
  readonly entries: number;
  /** Stages that left no entry, in words. */
  readonly missing: readonly Text[];
}

function onlyFromChain({ chain }: { readonly chain: ChainFacts }) {
  if (chain.missing.length > 0) {
    return violated(
      text(
        `存证中没有：${chain.missing.map((m) => m.zh).join('、')}。`,
        `The evidence log has nothing on: ${chain.missing.map((m) => m.en).join(', ')}.`,
      ),
      text('请在相应环节完成后再申请凭证。', 'Apply for the certificate once those stages are finished.'),
    );
  }
  if (chain.entries < chain.acts) {
    return violated(
      text(
        `${chain.acts} 项记录中有 ${chain.acts - chain.entries} 项没有存证。`,
        `${chain.acts - chain.entries} of ${chain.acts} acts have no evidence.`,
      ),
      text('请由交易所核查存证后再出具。', 'The exchange looks into the evidence first.'),
    );
  }
  return ok();
}

const examples = [
  {
    name: 'every act with its entry',
    at: AT,
    facts: { chain: { acts: 4, entries: 4, missing: [] } },
    expect: 'ok' as const,
  },
  {
    name: 'one entry missing',
    at: AT,
    facts: { chain: { acts: 4, entries: 3, missing: [] } },
    expect: 'violated' as const,
  },
  {
    name: 'a stage missing',
    at: AT,
    facts: { chain: { acts: 3, entries: 3, missing: [text('付款', 'the payment')] } },
    expect: 'violated' as const,
  },
];

/** 数据资产凭证: made from the records of registration, trade and delivery on the chain, and from nothing else. */
export const voucherFromChain = rule({
  id: 'SH-11.2',
  title: text('凭证依据数据交易链记录生成', 'A certificate is made from the chain'),
  decide: onlyFromChain,
  examples,
});

/** The same as a house rule, in force whether or not the draft was adopted. */
export const certificateFromEvidence = rule({
  id: 'HS-7.11',
  title: text('凭证只依据存证记录', 'Certificates rest on evidence only'),
  decide: onlyFromChain,
  examples,
});

/** 登记、交易、交付、清算信息形成不可篡改的凭证: each event is named by the hash of its entry. */
export const eventsByHash = rule({
  id: 'SH-10.8',
  title: text('每项记录以存证哈希列明', 'Each event is named by the hash of its entry'),
  decide: ({ hashes }: { readonly hashes: readonly string[] }) => {
    const bad = hashes.filter((h) => !/^[0-9a-f]{64}$/.test(h)).length;
    if (hashes.length > 0 && bad === 0) return ok();
    return violated(
      text(
        `${hashes.length} 项记录中有 ${bad} 项没有存证哈希。`,
        `${bad} of ${hashes.length} events have no hash of their entry.`,
      ),
      text('请由交易所核查存证后再出具。', 'The exchange looks into the evidence first.'),
    );
  },
  examples: [
    { name: 'hashes of SHA-256', at: AT, facts: { hashes: ['0'.repeat(64), 'f'.repeat(64)] }, expect: 'ok' },
    { name: 'one digit short', at: AT, facts: { hashes: ['0'.repeat(63)] }, expect: 'violated' },
    { name: 'nothing at all', at: AT, facts: { hashes: [] }, expect: 'violated' },
  ],
});

/** 同类有效凭证只有一份 */
export const oneValid = rule({
  id: 'HS-7.13',
  title: text('同类有效凭证只有一份', 'One valid certificate of a kind'),
  decide: ({ valid }: { readonly valid: string | null }) =>
    valid === null
      ? ok()
      : violated(
          text(`已有有效凭证 ${valid}。`, `The certificate ${valid} is valid already.`),
          text(
            '请直接使用该凭证；如内容有误，请交易所注销后重新申请。',
            'Use that one; if it is wrong, ask the exchange to revoke it and apply again.',
          ),
        ),
  examples: [
    { name: 'none yet', at: AT, facts: { valid: null }, expect: 'ok' },
    { name: 'one there', at: AT, facts: { valid: 'DJ-2026-000001' }, expect: 'violated' },
  ],
});
