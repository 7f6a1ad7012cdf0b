import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { CONCERNED, CONCERNED_TITLES, type Concerned } from '../experts.ts';

const DAY = '2026-11-25';
const FROM = '2020-01-01';

/** 分领域授权会同评审: the provider reviews together with the authority, in the same way. */
export const reviewedTogether = rule<{ readonly mode: string; readonly authorityTakesPart: boolean }>({
  id: 'JN-8.4',
  title: text('分领域授权会同主管部门评审', 'By field the authority reviews with the provider'),
  decide: ({ mode, authorityTakesPart }) => {
    if (mode !== 'field') return notApplicable();
    return authorityTakesPart
      ? ok()
      : violated(
          text('大数据主管部门没有参与评审。', 'The data authority takes no part in the review.'),
          text('请指定大数据主管部门会同评审。', 'Name the data authority that reviews with you.'),
        );
  },
  examples: [
    { name: 'together', at: DAY, facts: { mode: 'field', authorityTakesPart: true }, expect: 'ok' },
    { name: 'alone', at: DAY, facts: { mode: 'field', authorityTakesPart: false }, expect: 'violated' },
    {
      name: 'comprehensive',
      at: DAY,
      facts: { mode: 'comprehensive', authorityTakesPart: true },
      expect: 'not-applicable',
    },
  ],
});

interface Expert {
  readonly id: string;
  readonly name: string;
  readonly tiedTo: Concerned | null;
}

/** 第三方专家评审: enough experts from outside, none of them tied to whom it is about. */
export const expertsFromOutside = rule({
  id: 'JN-8.3',
  title: text('由第三方专家评审', 'Reviewed by third-party experts'),
  params: { expertsLeast: dated({ from: FROM, value: 3, unit: 'expert', reference: 'HS-13.16' }) },
  decide: ({ experts }: { readonly experts: readonly Expert[] }, { expertsLeast }) => {
    const tied = experts.find((e) => e.tiedTo !== null);
    if (tied?.tiedTo)
      return violated(
        text(
          `${tied.name}与${CONCERNED_TITLES[tied.tiedTo].zh}有关联，应当回避。`,
          `${tied.name} is tied to ${CONCERNED_TITLES[tied.tiedTo].en} and must stand aside.`,
        ),
        text('请另选专家。', 'Choose another expert.'),
      );
    return experts.length < expertsLeast
      ? violated(
          text(
            `专家有${experts.length}名，至少${expertsLeast}名。`,
            `${experts.length} experts; at least ${expertsLeast} are needed.`,
          ),
          text('请增加专家。', 'Name more experts.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'three from outside',
      at: DAY,
      facts: { experts: ['a', 'b', 'c'].map((id) => ({ id, name: id, tiedTo: null })) },
      expect: 'ok',
    },
    {
      name: 'two',
      at: DAY,
      facts: { experts: ['a', 'b'].map((id) => ({ id, name: id, tiedTo: null })) },
      expect: 'violated',
    },
    ...CONCERNED.map((part) => ({
      name: `one is tied to the ${part}`,
      at: DAY,
      facts: { experts: ['a', 'b', 'c', 'd'].map((id) => ({ id, name: id, tiedTo: id === 'd' ? part : null })) },
      expect: 'violated' as const,
    })),
  ],
});

/** 评分: each expert once, within the full points of each criterion, and free of ties at that moment too. */
export const scoreIsFair = rule<{
  readonly points: readonly number[];
  readonly weights: readonly number[];
  readonly tiedTo: Concerned | null;
  readonly scoredBefore: boolean;
}>({
  id: 'JN-8.3',
  title: text('按评审标准评分并回避', 'Scored by the criteria, without ties'),
  decide: ({ points, weights, tiedTo, scoredBefore }) => {
    if (tiedTo)
      return violated(
        text(
          `您与${CONCERNED_TITLES[tiedTo].zh}有关联，应当回避。`,
          `You are tied to ${CONCERNED_TITLES[tiedTo].en} and must stand aside.`,
        ),
        text('请向授权单位说明，由其另选专家。', 'Tell the authorising unit, which names another expert.'),
      );
    if (scoredBefore)
      return violated(
        text('您已经评分。', 'You have scored already.'),
        text('评分不能更改。', 'A score cannot be changed.'),
      );
    const fits = points.length === weights.length && points.every((p, i) => p <= (weights.at(i) ?? -Infinity));
    return fits
      ? ok()
      : violated(
          text(
            '评分与评审标准不符：每项须评分，且不超过满分。',
            'The points do not fit the criteria: one for each, within its full points.',
          ),
          text('请按公告的评分项逐项评分。', 'Score each criterion of the announcement.'),
        );
  },
  examples: [
    {
      name: 'full points',
      at: DAY,
      facts: { points: [60, 40], weights: [60, 40], tiedTo: null, scoredBefore: false },
      expect: 'ok',
    },
    {
      name: 'a point too many',
      at: DAY,
      facts: { points: [61, 40], weights: [60, 40], tiedTo: null, scoredBefore: false },
      expect: 'violated',
    },
    {
      name: 'one criterion left out',
      at: DAY,
      facts: { points: [60], weights: [60, 40], tiedTo: null, scoredBefore: false },
      expect: 'violated',
    },
    ...CONCERNED.map((tiedTo) => ({
      name: `tied to the ${tiedTo}`,
      at: DAY,
      facts: { points: [60, 40], weights: [60, 40], tiedTo, scoredBefore: false },
      expect: 'violated' as const,
    })),
    {
      name: 'twice',
      at: DAY,
      facts: { points: [60, 40], weights: [60, 40], tiedTo: null, scoredBefore: true },
      expect: 'violated',
    },
  ],
});

/** 评审结论: only when every named expert has scored. */
export const everyExpertScored = rule({
  id: 'JN-8.3',
  title: text('全部专家评分后形成结论', 'Concluded when every expert has scored'),
  params: { waitingMax: dated({ from: FROM, value: 0, unit: 'expert', reference: 'JN-8.3' }) },
  decide: ({ scored, waiting }: { readonly scored: number; readonly waiting: number }, { waitingMax }) =>
    waiting <= waitingMax && scored
      ? ok()
      : violated(
          text(`还有${waiting}名专家没有评分。`, `${waiting} experts have not scored yet.`),
          text('请等待全部专家评分。', 'Wait for all of them.'),
        ),
  examples: [
    { name: 'all have', at: DAY, facts: { scored: 3, waiting: 0 }, expect: 'ok' },
    { name: 'one has not', at: DAY, facts: { scored: 2, waiting: 1 }, expect: 'violated' },
    { name: 'nobody was named', at: DAY, facts: { scored: 0, waiting: 0 }, expect: 'violated' },
  ],
});

/** 公示期满无异议 */
export const nothingOpenAgainst = rule({
  id: 'JN-8.5',
  title: text('公示期满无未处理异议', 'Nothing undecided at the end of the publicity'),
  params: { openObjectionsMax: dated({ from: FROM, value: 0, unit: 'objection', reference: 'JN-8.5' }) },
  decide: ({ openObjections }: { readonly openObjections: number }, { openObjectionsMax }) =>
    openObjections <= openObjectionsMax
      ? ok()
      : violated(text('有异议尚未处理。', 'An objection is undecided.'), text('请先处理异议。', 'Decide it first.')),
  examples: [
    { name: 'none', at: DAY, facts: { openObjections: 0 }, expect: 'ok' },
    { name: 'one', at: DAY, facts: { openObjections: 1 }, expect: 'violated' },
  ],
});

/** 公示无异议后签约: nobody signs before the publicity is over without an objection that holds. */
export const publicityOver = rule({
  id: 'JN-8.5',
  title: text('公示无异议后签订协议', 'Signed after a publicity without objection'),
  params: { openObjectionsMax: dated({ from: FROM, value: 0, unit: 'objection', reference: 'JN-8.5' }) },
  decide: (
    { openObjections, noticeClosed }: { readonly openObjections: number; readonly noticeClosed: boolean },
    { openObjectionsMax },
  ) =>
    noticeClosed && openObjections <= openObjectionsMax
      ? ok()
      : violated(
          text('公示尚未结束，或者有异议尚未处理。', 'The publicity is not over, or an objection is undecided.'),
          text('请等待公示期满并处理完异议。', 'Wait for its end and decide the objections.'),
        ),
  examples: [
    { name: 'over, nothing open', at: DAY, facts: { openObjections: 0, noticeClosed: true }, expect: 'ok' },
    { name: 'one objection open', at: DAY, facts: { openObjections: 1, noticeClosed: true }, expect: 'violated' },
    { name: 'still open', at: DAY, facts: { openObjections: 0, noticeClosed: false }, expect: 'violated' },
  ],
});

/** 示例可提前结束公示: where nobody's real rights are decided, whoever tries the exchange need not wait five days. */
export const onlyInASample = rule<{ readonly sample: boolean }>({
  id: 'HS-16.6',
  title: text('仅示例交易所可提前结束公示', 'Only a sample exchange ends a publicity early'),
  decide: ({ sample }) =>
    sample
      ? ok()
      : violated(
          text('本平台不是示例交易所。', 'This is not a sample exchange.'),
          text('请等待公示期满。', 'Wait until the time of the publicity is over.'),
        ),
  examples: [
    { name: 'a sample', at: DAY, facts: { sample: true }, expect: 'ok' },
    { name: 'a real exchange', at: DAY, facts: { sample: false }, expect: 'violated' },
  ],
});
