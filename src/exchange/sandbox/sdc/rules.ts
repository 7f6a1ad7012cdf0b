import { notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-26';

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
