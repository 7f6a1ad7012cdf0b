import { notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import type { GrantPolicy } from '../policy.ts';
import { DISCLOSURE } from './parameters.ts';

const DAY = '2026-11-26';

type Strict = Pick<GrantPolicy, 'personal' | 'k'>;
/** 最小群体: what a grant may ask at least. */
export const enoughEntities = rule({
  id: 'HS-22.20',
  title: text('单元格的最少主体数', 'Entities a cell needs at least'),
  params: { kPersonal: DISCLOSURE.kPersonal, kOther: DISCLOSURE.kOther },
  decide: ({ personal, k }: Strict, { kPersonal, kOther }) => {
    const least = personal ? kPersonal : kOther;
    return k >= least
      ? ok()
      : violated(
          text(`最少主体数为${k}，低于${least}。`, `A least group of ${k} is below ${least}.`),
          text(`请设为${least}或者更大。`, `Set it to ${least} or more.`),
        );
  },
  examples: [
    { name: 'people at the limit', at: DAY, facts: { personal: true, k: 10 }, expect: 'ok' },
    { name: 'people, one fewer', at: DAY, facts: { personal: true, k: 9 }, expect: 'violated' },
    { name: 'no people, at the limit', at: DAY, facts: { personal: false, k: 3 }, expect: 'ok' },
    { name: 'no people, one fewer', at: DAY, facts: { personal: false, k: 2 }, expect: 'violated' },
  ],
});

/** 支配性: one or two may not make up a sum. */
export const noDominance = rule({
  id: 'HS-22.21',
  title: text('支配性与占比', 'Dominance and ratio'),
  params: { dominancePermille: DISCLOSURE.dominancePermille, ratioPermille: DISCLOSURE.ratioPermille },
  decide: (asked: Pick<GrantPolicy, 'dominancePermille' | 'ratioPermille'>, { dominancePermille, ratioPermille }) =>
    asked.dominancePermille <= dominancePermille && asked.ratioPermille >= ratioPermille
      ? ok()
      : violated(
          text(
            `前两名占比${asked.dominancePermille}‰、其余占比${asked.ratioPermille}‰，宽于规定。`,
            `A share of ${asked.dominancePermille} per mille for the first two and ${asked.ratioPermille} for the rest is laxer than the rule.`,
          ),
          text(
            `请将前两名占比设为不高于${dominancePermille}‰、其余占比设为不低于${ratioPermille}‰。`,
            `Set at most ${dominancePermille} per mille for the first two, at least ${ratioPermille} for the rest.`,
          ),
        ),
  examples: [
    { name: 'at both limits', at: DAY, facts: { dominancePermille: 900, ratioPermille: 100 }, expect: 'ok' },
    { name: 'two may hold more', at: DAY, facts: { dominancePermille: 901, ratioPermille: 100 }, expect: 'violated' },
    { name: 'the rest may be less', at: DAY, facts: { dominancePermille: 900, ratioPermille: 99 }, expect: 'violated' },
  ],
});

/** 单元格额度 */
export const cellsLeft = rule({
  id: 'HS-22.33',
  title: text('单元格额度', 'Allowance of cells'),
  decide: ({ cellsUsed, cellsMax }: { readonly cellsUsed: number; readonly cellsMax: number }) =>
    cellsUsed < cellsMax
      ? ok()
      : violated(
          text('本单位对该数据的单元格额度已用完。', "The party's allowance of cells of this data is used up."),
          text(
            '已得到的答案可以再次查询，不占额度；需要新的答案的，请向数据提供方申请。',
            'Answers already given can be asked again at no cost; for new ones, ask the holder of the data.',
          ),
        ),
  examples: [
    { name: 'one left', at: DAY, facts: { cellsUsed: 99, cellsMax: 100 }, expect: 'ok' },
    { name: 'none left', at: DAY, facts: { cellsUsed: 100, cellsMax: 100 }, expect: 'violated' },
  ],
});

export interface EpsilonFacts {
  /** Null: answers are exact. */
  readonly spentMicro: number | null;
  readonly queryMicro: number;
  readonly totalMicro: number;
}
/** 隐私预算: ε adds up over every answer, and the sum has a limit. */
export const epsilonLeft = rule<EpsilonFacts>({
  id: 'HS-22.40',
  title: text('隐私预算', 'Privacy budget'),
  decide: ({ spentMicro, queryMicro, totalMicro }) => {
    if (spentMicro === null) return notApplicable();
    return spentMicro + queryMicro <= totalMicro
      ? ok()
      : violated(
          text('剩余的隐私预算不够本次查询。', 'The privacy budget left is not enough for this query.'),
          text(
            '已得到的答案可以再次查询，不耗预算；需要新的答案的，请向数据提供方申请。',
            'Answers already given can be asked again at no cost; for new ones, ask the holder of the data.',
          ),
        );
  },
  examples: [
    {
      name: 'exact answers',
      at: DAY,
      facts: { spentMicro: null, queryMicro: 0, totalMicro: 0 },
      expect: 'not-applicable',
    },
    { name: 'the last of it', at: DAY, facts: { spentMicro: 9, queryMicro: 1, totalMicro: 10 }, expect: 'ok' },
    {
      name: 'a millionth short',
      at: DAY,
      facts: { spentMicro: 10, queryMicro: 1, totalMicro: 10 },
      expect: 'violated',
    },
  ],
});
