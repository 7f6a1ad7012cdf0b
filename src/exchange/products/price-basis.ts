import type { Queryable } from '../../kernel/database/index.ts';
import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

/** What binds the price of a product: nothing, or what the state says of data under authorised operation. */
export interface PriceBasis {
  /** Made from public data under an agreement of authorised operation. */
  readonly governed: boolean;
  /** Some of it was opened under conditions. */
  readonly opened: boolean;
  /** Each such resource may be used for industry; otherwise the product serves governance or welfare and is free. */
  readonly chargeable: boolean;
  /** The most that `units` calls, or one licence, may cost; null while no cap is set. */
  readonly cap: {
    readonly id: string;
    readonly amountFen: string;
    /** A cap of a licence says nothing of calls, nor the other way round. */
    readonly mode: string;
    readonly units: string;
  } | null;
}
interface Asked {
  readonly id: string;
  readonly holderId: string;
}
type Source = (q: Queryable, product: Asked, at: Date) => Promise<PriceBasis>;

const FREE: PriceBasis = { governed: false, opened: false, chargeable: true, cap: null };
let source: Source = async () => FREE;

/** Prices of authorised operation come later in the house than products: they connect themselves when loaded. */
export function connectPriceBasis(given: Source): void {
  source = given;
}

export const priceBasisOf: Source = (q, product, at) => source(q, product, at);

export interface PricedByBasis {
  readonly priceBasis: PriceBasis;
  readonly pricing: { readonly mode: string; readonly amountFen: string; readonly callsPerPackage: number | null };
}

const DAY = '2026-11-26';
const pricing = (amountFen: string, callsPerPackage: number | null = null) => ({
  mode: callsPerPackage === null ? 'one-off' : 'per-call',
  amountFen,
  callsPerPackage,
});
const capped = (amountFen: string, units = '1', mode = units === '1' ? 'one-off' : 'per-call'): PriceBasis => ({
  governed: true,
  opened: false,
  chargeable: true,
  cap: { id: 'cap_1', amountFen, mode, units },
});

/** 用于公共治理、公益事业的免费: nothing is charged for them. */
export const freeForPublicUse = rule<PricedByBasis>({
  id: 'PPN-1.1',
  title: text('用于公共治理和公益事业的产品免费', 'Free for public governance and welfare'),
  decide: ({ priceBasis, pricing: { amountFen } }) => {
    if (!priceBasis.governed || priceBasis.chargeable) return notApplicable();
    return amountFen === '0'
      ? ok()
      : violated(
          text(
            '所用公共数据获准用于公共治理或者公益事业，产品却收取费用。',
            'The public data was given for public governance or welfare, yet the product is not free.',
          ),
          text(
            '请将价格改为零；用于产业发展、行业发展的，请另行提出数据申请。',
            'Set the price to nothing, or apply for the data for industry.',
          ),
        );
  },
  examples: [
    {
      name: 'welfare, free',
      at: DAY,
      facts: { priceBasis: { governed: true, opened: false, chargeable: false, cap: null }, pricing: pricing('0') },
      expect: 'ok',
    },
    {
      name: 'welfare, one fen',
      at: DAY,
      facts: { priceBasis: { governed: true, opened: false, chargeable: false, cap: null }, pricing: pricing('1') },
      expect: 'violated',
    },
    {
      name: 'welfare, one fen under a cap',
      at: DAY,
      facts: { priceBasis: { ...capped('100'), chargeable: false }, pricing: pricing('1') },
      expect: 'violated',
    },
    {
      name: 'industry',
      at: DAY,
      facts: { priceBasis: capped('100'), pricing: pricing('100') },
      expect: 'not-applicable',
    },
    {
      name: 'a company’s own data',
      at: DAY,
      facts: { priceBasis: FREE, pricing: pricing('9') },
      expect: 'not-applicable',
    },
  ],
});

/** 具体收费标准不高于上限: compared in whole fen for the same number of calls, so that no package hides a higher price. */
export const priceWithinCap = rule<PricedByBasis>({
  id: 'PPN-2.3',
  title: text('收费不高于上限标准', 'The price is within the cap'),
  decide: ({ priceBasis, pricing: { mode, amountFen, callsPerPackage } }) => {
    if (!priceBasis.governed || !priceBasis.chargeable || amountFen === '0') return notApplicable();
    const { cap } = priceBasis;
    if (cap === null)
      return violated(
        text(
          '产品收取公共数据运营服务费，但还没有上限收费标准。',
          'A fee is charged, but no cap is set for the product.',
        ),
        text('请先提出上限收费标准，由授权单位制定。', 'Propose a cap first; the authorising unit sets it.'),
      );
    if (cap.mode !== mode)
      return violated(
        text('上限收费标准按另一种计价方式制定。', 'The cap was set for another way of charging.'),
        text('请按现在的计价方式重新提出上限收费标准。', 'Propose a cap for the way the product is charged now.'),
      );
    const calls = BigInt(callsPerPackage ?? 1);
    return BigInt(amountFen) * BigInt(cap.units) <= BigInt(cap.amountFen) * calls
      ? ok()
      : violated(
          text(
            `价格${amountFen}分（${calls}次）高于上限${cap.amountFen}分（${cap.units}次）。`,
            `The price of ${amountFen} fen (for ${calls}) is above the cap of ${cap.amountFen} fen (for ${cap.units}).`,
          ),
          text('请降低价格，或者申请调整上限收费标准。', 'Lower the price, or ask for another cap.'),
        );
  },
  examples: [
    { name: 'at the cap', at: DAY, facts: { priceBasis: capped('100'), pricing: pricing('100') }, expect: 'ok' },
    { name: 'a fen above', at: DAY, facts: { priceBasis: capped('100'), pricing: pricing('101') }, expect: 'violated' },
    {
      name: 'a package at the cap per call, which is a third of a fen',
      at: DAY,
      facts: { priceBasis: capped('1', '3'), pricing: pricing('100', 300) },
      expect: 'ok',
    },
    {
      name: 'the same package a call smaller',
      at: DAY,
      facts: { priceBasis: capped('1', '3'), pricing: pricing('100', 299) },
      expect: 'violated',
    },
    {
      name: 'calls under the cap of a licence',
      at: DAY,
      facts: { priceBasis: capped('100'), pricing: pricing('1', 100) },
      expect: 'violated',
    },
    {
      name: 'a licence under the cap of one call',
      at: DAY,
      facts: { priceBasis: capped('100', '1', 'per-call'), pricing: pricing('100') },
      expect: 'violated',
    },
    {
      name: 'no cap yet',
      at: DAY,
      facts: { priceBasis: { governed: true, opened: false, chargeable: true, cap: null }, pricing: pricing('1') },
      expect: 'violated',
    },
    { name: 'free', at: DAY, facts: { priceBasis: capped('100'), pricing: pricing('0') }, expect: 'not-applicable' },
    {
      name: 'a company’s own data',
      at: DAY,
      facts: { priceBasis: FREE, pricing: pricing('9') },
      expect: 'not-applicable',
    },
  ],
});

const opened = { ...FREE, opened: true };

/**
 * 有条件开放的数据不绕开上限收费标准: whoever was given public data for the asking charges for them as operating units do,
 * under a cap, or not at all.
 */
export const openedDataCapped = rule<PricedByBasis>({
  id: 'HS-18.18',
  title: text('有条件开放的数据不绕开上限收费标准', 'Data opened under conditions do not pass by the cap'),
  decide: ({ priceBasis, pricing: { amountFen } }) => {
    if (!priceBasis.opened) return notApplicable();
    return amountFen === '0' || priceBasis.cap !== null
      ? ok()
      : violated(
          text(
            '所用数据是有条件开放取得的，产品收取费用，却没有上限收费标准。',
            'The data came by a conditional opening; a fee is charged, and no cap is set.',
          ),
          text(
            '请将价格改为零；需要收费的，请申请授权运营并提出上限收费标准。',
            'Make the product free; to charge, apply to operate the data and propose a cap.',
          ),
        );
  },
  examples: [
    { name: 'free', at: DAY, facts: { priceBasis: opened, pricing: pricing('0') }, expect: 'ok' },
    { name: 'one fen', at: DAY, facts: { priceBasis: opened, pricing: pricing('1') }, expect: 'violated' },
    {
      name: 'under a cap',
      at: DAY,
      facts: { priceBasis: { ...capped('100'), opened: true }, pricing: pricing('1') },
      expect: 'ok',
    },
    {
      name: 'a company’s own data',
      at: DAY,
      facts: { priceBasis: FREE, pricing: pricing('9') },
      expect: 'not-applicable',
    },
  ],
});
