import { dated, notApplicable, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { WHOLE_BASIS_POINTS } from './model.ts';

const AT = '2026-01-01';

/** A leg as it will be paid out beside what the frozen terms and the published split say; fen as decimal strings. */
export interface LegToClear {
  readonly partyId: string | null;
  readonly amountFen: string;
  readonly expectedFen: string;
}

export interface ClearingFacts {
  readonly totalFen: string;
  /** What the exchange's ledger still holds for the order. */
  readonly heldFen: string;
  readonly legs: readonly LegToClear[];
}

const leg = (amountFen: string, expectedFen = amountFen, partyId: string | null = 'pty_a'): LegToClear => ({
  partyId,
  amountFen,
  expectedFen,
});
const sumOf = (legs: readonly LegToClear[]): bigint => legs.reduce((sum, l) => sum + BigInt(l.amountFen), 0n);

function splitAsAgreed({ clearing }: { readonly clearing: ClearingFacts }) {
  const wrong = clearing.legs.filter((l) => l.amountFen !== l.expectedFen).length;
  if (wrong === 0 && sumOf(clearing.legs) === BigInt(clearing.totalFen)) return ok();
  return violated(
    text(
      `有 ${wrong} 笔分配与合约约定不符，分配合计 ${sumOf(clearing.legs)} 分，成交价款 ${clearing.totalFen} 分。`,
      `${wrong} shares differ from the contract; they sum to ${sumOf(clearing.legs)} fen of a price of ${clearing.totalFen} fen.`,
    ),
    text(
      '请由交易所核对合约条款与冻结记录后处理。',
      'The exchange compares the contract with what was reserved and decides.',
    ),
  );
}

const splitExamples = [
  {
    name: 'legs as agreed',
    at: AT,
    facts: { clearing: { totalFen: '100', heldFen: '100', legs: [leg('99'), leg('1', '1', null)] } },
    expect: 'ok',
  },
  {
    name: 'a free product',
    at: AT,
    facts: { clearing: { totalFen: '0', heldFen: '0', legs: [leg('0')] } },
    expect: 'ok',
  },
  {
    name: 'one fen moved between two',
    at: AT,
    facts: { clearing: { totalFen: '100', heldFen: '100', legs: [leg('98', '99'), leg('2', '1', null)] } },
    expect: 'violated',
  },
  {
    name: 'one fen short',
    at: AT,
    facts: { clearing: { totalFen: '100', heldFen: '99', legs: [leg('99')] } },
    expect: 'violated',
  },
] as const;

/** 价款分配: every leg is what the frozen terms and the published way of splitting give, and the legs are the price. */
export const splitAsPublished = rule({
  id: 'HS-6.5',
  title: text('价款按公布的方法分配', 'The price is split as published'),
  decide: splitAsAgreed,
  examples: splitExamples,
});

/** 按规则清算: the same under the draft, where it was adopted. */
export const clearedByTheRules = rule({
  id: 'SH-10.7',
  title: text('按规则清算', 'Cleared by the rules'),
  decide: splitAsAgreed,
  examples: splitExamples,
});

const heldInFull = (clearing: ClearingFacts): boolean => BigInt(clearing.heldFen) === BigInt(clearing.totalFen);
const notHeld = (clearing: ClearingFacts) =>
  violated(
    text(
      `交易所结算账簿为该订单冻结 ${clearing.heldFen} 分，成交价款为 ${clearing.totalFen} 分。`,
      `The exchange's ledger holds ${clearing.heldFen} fen for the order, of a price of ${clearing.totalFen} fen.`,
    ),
    text(
      '价款须全部通过交易所结算，不得场外支付。',
      'The whole price goes through the exchange; none is paid outside.',
    ),
  );

/** 集中清算: the whole price stands reserved on the exchange's own ledger. */
export const centralClearing = rule<{ clearing: ClearingFacts }>({
  id: 'SH-7.1',
  title: text('集中清算', 'Central clearing'),
  decide: ({ clearing }) => (heldInFull(clearing) ? ok() : notHeld(clearing)),
  examples: [
    { name: 'held in full', at: AT, facts: { clearing: { totalFen: '100', heldFen: '100', legs: [] } }, expect: 'ok' },
    {
      name: 'one fen outside',
      at: AT,
      facts: { clearing: { totalFen: '100', heldFen: '99', legs: [] } },
      expect: 'violated',
    },
  ],
});

/** 国有数据资产必须全部入场交易: none of its price is settled outside the exchange. */
export const publicDataOnExchange = rule<{ clearing: ClearingFacts; publicData: boolean | null }>({
  id: 'GY-6.1',
  title: text('国有数据资产入场交易', 'State data assets trade at the exchange'),
  decide: ({ clearing, publicData }) => {
    if (publicData === null) return unknown('publicData');
    if (!publicData) return notApplicable();
    return heldInFull(clearing) ? ok() : notHeld(clearing);
  },
  examples: [
    {
      name: 'all on the exchange',
      at: AT,
      facts: { publicData: true, clearing: { totalFen: '100', heldFen: '100', legs: [] } },
      expect: 'ok',
    },
    {
      name: 'one fen outside',
      at: AT,
      facts: { publicData: true, clearing: { totalFen: '100', heldFen: '99', legs: [] } },
      expect: 'violated',
    },
    {
      name: 'private data',
      at: AT,
      facts: { publicData: false, clearing: { totalFen: '100', heldFen: '99', legs: [] } },
      expect: 'not-applicable',
    },
    {
      name: 'not known whose data',
      at: AT,
      facts: { publicData: null, clearing: { totalFen: '100', heldFen: '100', legs: [] } },
      expect: 'unknown',
    },
  ],
});

interface ProviderFacts {
  readonly publicData: boolean | null;
  readonly clearing: ClearingFacts;
  readonly providerFen: string;
}

/**
 * 数据提供单位的收益: authorised operation of public data gives its providing department a part. The document leaves
 * the ratio open, so a clearing without any part passes and is shown to the supervisor.
 */
export const providerGetsPart = rule({
  id: 'GY-1.4',
  title: text('公共数据收益的提供单位部分', 'The providing department takes part in the income'),
  effect: 'monitor',
  params: { providerBasisPoints: dated({ from: '2020-01-01', value: 1, unit: 'basis point', reference: 'GY-1.4' }) },
  decide: ({ publicData, clearing, providerFen }: ProviderFacts, p) => {
    if (publicData === null) return unknown('publicData');
    if (!publicData || clearing.totalFen === '0') return notApplicable();
    if (BigInt(providerFen) * BigInt(WHOLE_BASIS_POINTS) >= BigInt(clearing.totalFen) * BigInt(p.providerBasisPoints))
      return ok();
    return violated(
      text(`数据提供单位分得 ${providerFen} 分。`, `The data-providing department gets ${providerFen} fen.`),
      text('请核对授权运营协议中的收益安排。', 'Check what the operating agreement says about the income.'),
    );
  },
  examples: [
    {
      name: 'a part',
      at: AT,
      facts: { publicData: true, providerFen: '6000', clearing: { totalFen: '10000', heldFen: '10000', legs: [] } },
      expect: 'ok',
    },
    {
      name: 'exactly the smallest part',
      at: AT,
      facts: { publicData: true, providerFen: '1', clearing: { totalFen: '10000', heldFen: '10000', legs: [] } },
      expect: 'ok',
    },
    {
      name: 'below the smallest part',
      at: AT,
      facts: { publicData: true, providerFen: '1', clearing: { totalFen: '10001', heldFen: '10001', legs: [] } },
      expect: 'violated',
    },
    {
      name: 'nothing',
      at: AT,
      facts: { publicData: true, providerFen: '0', clearing: { totalFen: '10000', heldFen: '10000', legs: [] } },
      expect: 'violated',
    },
    {
      name: 'private data',
      at: AT,
      facts: { publicData: false, providerFen: '0', clearing: { totalFen: '10000', heldFen: '10000', legs: [] } },
      expect: 'not-applicable',
    },
  ],
});

/** 登记、交易、交付记录上链: what is cleared left its evidence at every stage before. */
export const stagesOnChain = rule<{ chain: { registration: number; trade: number; delivery: number } }>({
  id: 'SH-10.8',
  title: text('登记、交易、交付均有存证', 'Registration, trade and delivery left evidence'),
  decide: ({ chain }) => {
    const names = {
      registration: text('登记', 'registration'),
      trade: text('交易', 'trade'),
      delivery: text('交付', 'delivery'),
    };
    const missing = (Object.keys(names) as (keyof typeof names)[])
      .filter((stage) => chain[stage] === 0)
      .map((stage) => names[stage]);
    if (missing.length === 0) return ok();
    return violated(
      text(
        `数据交易链上没有${missing.map((m) => m.zh).join('、')}记录。`,
        `The evidence log has no record of: ${missing.map((m) => m.en).join(', ')}.`,
      ),
      text('请先完成相应环节。', 'Finish those stages first.'),
    );
  },
  examples: [
    { name: 'all three', at: AT, facts: { chain: { registration: 1, trade: 4, delivery: 1 } }, expect: 'ok' },
    {
      name: 'never delivered',
      at: AT,
      facts: { chain: { registration: 1, trade: 4, delivery: 0 } },
      expect: 'violated',
    },
    {
      name: 'nothing at all',
      at: AT,
      facts: { chain: { registration: 0, trade: 0, delivery: 0 } },
      expect: 'violated',
    },
  ],
});

/** 银行流水只入账一次 */
export const creditedOnce = rule<{ creditedBefore: boolean; bankReference: string }>({
  id: 'HS-6.6',
  title: text('同一银行流水只入账一次', 'A bank reference is credited once'),
  decide: ({ creditedBefore, bankReference }) =>
    creditedBefore
      ? violated(
          text(`流水号 ${bankReference} 已经入账。`, `The bank reference ${bankReference} was credited already.`),
          text('请核对银行对账单，不得重复入账。', "Check the bank's statement; it is not credited again."),
        )
      : ok(),
  examples: [
    { name: 'new', at: AT, facts: { creditedBefore: false, bankReference: 'A1' }, expect: 'ok' },
    { name: 'again', at: AT, facts: { creditedBefore: true, bankReference: 'A1' }, expect: 'violated' },
  ],
});

/** 资金只记入已入驻单位 */
export const creditedToAdmitted = rule<{ party: { name: string; state: string } }>({
  id: 'HS-6.10',
  title: text('资金只记入已入驻单位', 'Money is credited to admitted parties'),
  decide: ({ party }) =>
    party.state === 'admitted'
      ? ok()
      : violated(
          text(`“${party.name}”目前未处于入驻状态。`, `“${party.name}” is not admitted now.`),
          text('请退回来款，或待该单位入驻后再入账。', 'Return the money, or credit it once the party is admitted.'),
        ),
  examples: [
    { name: 'admitted', at: AT, facts: { party: { name: 'A', state: 'admitted' } }, expect: 'ok' },
    { name: 'only applied', at: AT, facts: { party: { name: 'A', state: 'applied' } }, expect: 'violated' },
    { name: 'suspended', at: AT, facts: { party: { name: 'A', state: 'suspended' } }, expect: 'violated' },
  ],
});

/** 申请与审批分离 */
export const decidedByAnother = rule<{ requestedBy: string; decidedBy: string | null }>({
  id: 'HS-6.7',
  title: text('出金申请由他人审批', 'A withdrawal is decided by another person'),
  decide: ({ requestedBy, decidedBy }) => {
    if (decidedBy === null) return unknown('decidedBy');
    if (requestedBy !== decidedBy) return ok();
    return violated(
      text('您是该笔出金的申请人。', 'You asked for this withdrawal yourself.'),
      text('请由另一名结算人员审批。', 'Ask another settlement officer to decide.'),
    );
  },
  examples: [
    { name: 'two persons', at: AT, facts: { requestedBy: 'psn_a', decidedBy: 'psn_b' }, expect: 'ok' },
    { name: 'one person', at: AT, facts: { requestedBy: 'psn_a', decidedBy: 'psn_a' }, expect: 'violated' },
    { name: 'nobody named', at: AT, facts: { requestedBy: 'psn_a', decidedBy: null }, expect: 'unknown' },
  ],
});
