import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
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

interface Period {
  /** Calendar days in Beijing, both included. */
  readonly from: string;
  readonly until: string;
  readonly today: string;
}

/** 资产凭证的期间: a day that is not over yet cannot be certified beyond today. */
export const periodInOrder = rule({
  id: 'HS-7.16',
  title: text('凭证期间有先后且不晚于当日', 'The period is in order and not in the future'),
  decide: ({ period: { from, until, today } }: { readonly period: Period }) => {
    if (from <= until && until <= today) return ok();
    return violated(
      text(`期间为 ${from} 至 ${until}，今日为 ${today}。`, `The period is ${from} to ${until}; today is ${today}.`),
      text('请填写先后有序、不晚于今日的起止日期。', 'Give a first and a last day in order, not later than today.'),
    );
  },
  examples: [
    {
      name: 'one day, today',
      at: AT,
      facts: { period: { from: '2026-01-01', until: '2026-01-01', today: '2026-01-01' } },
      expect: 'ok',
    },
    {
      name: 'until tomorrow',
      at: AT,
      facts: { period: { from: '2026-01-01', until: '2026-01-02', today: '2026-01-01' } },
      expect: 'violated',
    },
    {
      name: 'the end before the beginning',
      at: AT,
      facts: { period: { from: '2025-12-31', until: '2025-12-30', today: '2026-01-01' } },
      expect: 'violated',
    },
  ],
});

export const EVENTS_MAX = dated({ from: '2020-01-01', value: 1_000, unit: 'event', reference: 'HS-7.17' });

/** 一份凭证所附存证有上限: all of it travels in the file and is checked by whoever holds it. */
export const eventsWithinLimit = rule({
  id: 'HS-7.17',
  title: text('所附存证不超过上限', 'The evidence fits into one certificate'),
  params: { eventsMax: EVENTS_MAX },
  decide: ({ chain }: { readonly chain: { readonly acts: number } }, { eventsMax }) =>
    chain.acts <= eventsMax
      ? ok()
      : violated(
          text(`所选期间的记录超过 ${eventsMax} 项。`, `The period holds more than ${eventsMax} events.`),
          text('请缩短期间，分期申请。', 'Choose a shorter period and apply for each.'),
        ),
  examples: [
    { name: 'as many as fit', at: AT, facts: { chain: { acts: 1_000 } }, expect: 'ok' },
    { name: 'one more', at: AT, facts: { chain: { acts: 1_001 } }, expect: 'violated' },
  ],
});

/** 金额与账簿一致: what the entries sealed and what the ledger posted are the same fen. */
export const sumsMatchLedger = rule({
  id: 'HS-7.18',
  title: text('凭证金额与账簿一致', 'The amounts are those of the ledger'),
  decide: ({ sums }: { readonly sums: { readonly statedFen: string; readonly ledgerFen: string } | null }) => {
    if (sums === null) return notApplicable();
    if (sums.statedFen === sums.ledgerFen) return ok();
    return violated(
      text(
        `存证合计（分）：${sums.statedFen}；账簿合计（分）：${sums.ledgerFen}。`,
        `The evidence adds up to (fen) ${sums.statedFen}; the ledger to ${sums.ledgerFen}.`,
      ),
      text('请由交易所核对账簿与存证后再出具。', 'The exchange compares ledger and evidence first.'),
    );
  },
  examples: [
    { name: 'the same', at: AT, facts: { sums: { statedFen: 'own 100', ledgerFen: 'own 100' } }, expect: 'ok' },
    {
      name: 'a fen apart',
      at: AT,
      facts: { sums: { statedFen: 'own 100', ledgerFen: 'own 101' } },
      expect: 'violated',
    },
    { name: 'nothing summed', at: AT, facts: { sums: null }, expect: 'not-applicable' },
  ],
});

/** 退款的交易不出具凭证: a trade that was undone is not certified as one. */
export const tradeStands = rule({
  id: 'HS-7.19',
  title: text('所依据的交易未被撤销', 'The trade it rests on stands'),
  decide: ({ subject }: { readonly subject: { readonly undone: boolean } }) =>
    subject.undone
      ? violated(
          text('该订单的价款已退还买方。', 'The price of this order went back to the buyer.'),
          text(
            '退款的交易不出具凭证，可凭回执证明经过。',
            'Its receipts tell what happened; a certificate is not issued.',
          ),
        )
      : ok(),
  examples: [
    { name: 'it stands', at: AT, facts: { subject: { undone: false } }, expect: 'ok' },
    { name: 'refunded', at: AT, facts: { subject: { undone: true } }, expect: 'violated' },
  ],
});

interface Accounting {
  readonly assessed: boolean;
  readonly traded: boolean;
  /** The certificate says that both conditions are met. */
  readonly states: boolean;
}

/** 经第三方认定且在交易所交易的数据资产，探索入表: the certificate says so only where both are so. */
export const bookableAsset = rule({
  id: 'GY-22.2',
  title: text('经认定并经交易的数据资产', 'Assessed by a third party and traded'),
  decide: ({ accounting }: { readonly accounting: Accounting | null }) => {
    if (accounting === null) return notApplicable();
    const { assessed, traded, states } = accounting;
    if (states === (assessed && traded)) return ok();
    return violated(
      text(
        '凭证所载的入表前提与存证不符。',
        'What the certificate says on the conditions is not what the evidence says.',
      ),
      text('请由交易所核查后再出具。', 'The exchange looks into it first.'),
    );
  },
  examples: [
    { name: 'both', at: AT, facts: { accounting: { assessed: true, traded: true, states: true } }, expect: 'ok' },
    {
      name: 'not traded, and not said',
      at: AT,
      facts: { accounting: { assessed: true, traded: false, states: false } },
      expect: 'ok',
    },
    {
      name: 'said without a trade',
      at: AT,
      facts: { accounting: { assessed: true, traded: false, states: true } },
      expect: 'violated',
    },
    { name: 'no asset certificate', at: AT, facts: { accounting: null }, expect: 'not-applicable' },
  ],
});
