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

export interface KnownFacts {
  /** Of the variance of what one person adds, the share that the best linear guess from all sums together explains. */
  readonly knownPermille: number;
  readonly mostPermille: number;
}
/** 推测上限: sums are told together only as long as nobody's share in them can be guessed too well. */
export const guessable = rule<KnownFacts>({
  id: 'HS-22.43',
  title: text('推测上限', 'Bound on guessing'),
  decide: ({ knownPermille, mostPermille }) =>
    knownPermille <= mostPermille
      ? ok()
      : violated(
          text(
            '这一格与此前披露的全部合计联立，可以推测出某一个人数值的程度超过上限。',
            'Together with all sums told before, this cell lets what one person adds be guessed better than may be.',
          ),
          text(
            '可以改用更粗的分组，或者沿用此前的分组和筛选条件；相同的查询随时可以再次得到答案。',
            'Group more coarsely, or keep to earlier groups and filters: the same question is answered again at any time.',
          ),
        ),
  examples: [
    { name: 'one sum of ten people', at: DAY, facts: { knownPermille: 100, mostPermille: 150 }, expect: 'ok' },
    {
      name: 'sums of ten and of twenty that share one person alone, about a seventh',
      at: DAY,
      facts: { knownPermille: 141, mostPermille: 150 },
      expect: 'ok',
    },
    { name: 'exactly what may be', at: DAY, facts: { knownPermille: 150, mostPermille: 150 }, expect: 'ok' },
    { name: 'a thousandth more', at: DAY, facts: { knownPermille: 151, mostPermille: 150 }, expect: 'violated' },
    {
      name: 'two sums of ten that share one person alone, two elevenths',
      at: DAY,
      facts: { knownPermille: 182, mostPermille: 150 },
      expect: 'violated',
    },
    {
      name: 'the difference of two sums is one person',
      at: DAY,
      facts: { knownPermille: 1_000, mostPermille: 150 },
      expect: 'violated',
    },
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
