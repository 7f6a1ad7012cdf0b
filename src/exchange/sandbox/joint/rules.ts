import { dated, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const FROM = '2020-01-01';
const DAY = '2026-11-26';
const NINE = Array.from({ length: 9 }, (_, i) => i);

export const JOINT_LIMITS = {
  /** Fewer identifiers would let a side ask about single people. */
  sizeLeast: dated({ from: FROM, value: 100, unit: 'identifier', reference: 'HS-24.1' }),
  sizeMost: dated({ from: FROM, value: 100_000, unit: 'identifier', reference: 'HS-24.1' }),
  runsMost: dated({ from: FROM, value: 10, unit: 'session', reference: 'HS-24.2' }),
  runsDays: dated({ from: FROM, value: 30, unit: 'day', reference: 'HS-24.2' }),
  commonLeast: dated({ from: FROM, value: 10, unit: 'identifier', reference: 'HS-24.3' }),
  intersectionParties: dated({ from: FROM, value: 2, unit: 'party', reference: 'HS-24.4' }),
  sumParties: dated({ from: FROM, value: 3, unit: 'party', reference: 'HS-24.4' }),
  hoursMost: dated({ from: FROM, value: 168, unit: 'hour', reference: 'HS-24.7' }),
};

/** 求交的集合有下限和上限: a set of one is a question about one person. */
export const setOfManyOnly = rule({
  id: 'HS-24.1',
  title: text('求交集合的大小', 'Size of a set to intersect'),
  params: { least: JOINT_LIMITS.sizeLeast, most: JOINT_LIMITS.sizeMost },
  decide: ({ size }: { readonly size: number | null }, { least, most }) =>
    size === null || (size >= least && size <= most)
      ? ok()
      : violated(
          text(
            `申报了 ${size} 个标识，须为 ${least} 至 ${most} 个。`,
            `${size} identifiers were declared; it takes ${least} to ${most}.`,
          ),
          text('请用完整的集合参加，不要逐个试探。', 'Take part with a whole set; single questions are not answered.'),
        ),
  examples: [
    { name: 'at least', at: DAY, facts: { size: 100 }, expect: 'ok' },
    { name: 'one less', at: DAY, facts: { size: 99 }, expect: 'violated' },
    { name: 'at most', at: DAY, facts: { size: 100_000 }, expect: 'ok' },
    { name: 'one more', at: DAY, facts: { size: 100_001 }, expect: 'violated' },
    { name: 'a sum', at: DAY, facts: { size: null }, expect: 'ok' },
  ],
});

/** 同样两方的求交有次数上限: repeated runs with changed sets ask about single people. */
export const notTooOften = rule({
  id: 'HS-24.2',
  title: text('同样两方求交的次数', 'Intersections of the same two'),
  params: { most: JOINT_LIMITS.runsMost, days: JOINT_LIMITS.runsDays },
  decide: ({ daysAgo }: { /** Of each earlier run. */ readonly daysAgo: readonly number[] }, { most, days }) => {
    const runs = daysAgo.filter((ago) => ago < days).length;
    return runs < most
      ? ok()
      : violated(
          text(
            `你们双方 ${days} 天内已求交 ${runs} 次，上限 ${most} 次。`,
            `You two have intersected ${runs} times in ${days} days; at most ${most}.`,
          ),
          text('请待期满后再办理。', 'Wait until some of them lie further back.'),
        );
  },
  examples: [
    { name: 'the last', at: DAY, facts: { daysAgo: [...NINE] }, expect: 'ok' },
    { name: 'one too many', at: DAY, facts: { daysAgo: [...NINE, 0] }, expect: 'violated' },
    { name: 'one just within', at: DAY, facts: { daysAgo: [...NINE, 29.9] }, expect: 'violated' },
    { name: 'one just over', at: DAY, facts: { daysAgo: [...NINE, 30] }, expect: 'ok' },
    { name: 'one more day within', at: DAY, facts: { daysAgo: [...NINE, 29] }, expect: 'violated' },
  ],
});

/** 交集过小不予告知: the smallest count that is told. Never refuses; what is told depends on it. */
export const enoughInCommon = rule({
  id: 'HS-24.3',
  title: text('交集的最小人数', 'Least count of an intersection'),
  params: { least: JOINT_LIMITS.commonLeast },
  decide: ({ common }: { readonly common: number }, { least }) =>
    common >= least
      ? ok()
      : violated(
          text(`共同的标识少于 ${least} 个。`, `Fewer than ${least} identifiers are in common.`),
          text('只告知少于该数。', 'Only that is told.'),
        ),
  examples: [
    { name: 'just enough', at: DAY, facts: { common: 10 }, expect: 'ok' },
    { name: 'one less', at: DAY, facts: { common: 9 }, expect: 'violated' },
  ],
});

/** 求和至少三方: of two, each knows the other's number from the total. */
export const enoughParties = rule({
  id: 'HS-24.4',
  title: text('参加方的数目', 'Number of parties'),
  params: { two: JOINT_LIMITS.intersectionParties, least: JOINT_LIMITS.sumParties },
  decide: ({ kind, parties }: { readonly kind: 'intersection' | 'sum'; readonly parties: number }, { two, least }) => {
    const needed = kind === 'sum' ? least : two;
    const fits = kind === 'sum' ? parties >= needed : parties === needed;
    return fits
      ? ok()
      : violated(
          kind === 'sum'
            ? text(
                `安全求和至少 ${needed} 方，现有 ${parties} 方。`,
                `A secure sum takes ${needed} parties; there are ${parties}.`,
              )
            : text(`求交须为两方，现有 ${parties} 方。`, `An intersection is of two parties; there are ${parties}.`),
          text('请调整参加方。', 'Change who takes part.'),
        );
  },
  examples: [
    { name: 'sum of three', at: DAY, facts: { kind: 'sum', parties: 3 }, expect: 'ok' },
    { name: 'sum of two', at: DAY, facts: { kind: 'sum', parties: 2 }, expect: 'violated' },
    { name: 'two intersect', at: DAY, facts: { kind: 'intersection', parties: 2 }, expect: 'ok' },
    { name: 'three intersect', at: DAY, facts: { kind: 'intersection', parties: 3 }, expect: 'violated' },
    { name: 'alone', at: DAY, facts: { kind: 'intersection', parties: 1 }, expect: 'violated' },
  ],
});

/** 参加方须已加入且轮到本步 */
export const itsStep = rule({
  id: 'HS-24.5',
  title: text('按步骤办理', 'Steps in their order'),
  decide: ({ step }: { readonly step: { readonly open: boolean; readonly waitsFor: string } }) =>
    step.open
      ? ok()
      : violated(
          text('现在还不能办理这一步。', 'This step is not open now.'),
          text(`请等待：${step.waitsFor}。`, `What is waited for: ${step.waitsFor}.`),
        ),
  examples: [
    { name: 'open', at: DAY, facts: { step: { open: true, waitsFor: '' } }, expect: 'ok' },
    { name: 'not yet', at: DAY, facts: { step: { open: false, waitsFor: 'x' } }, expect: 'violated' },
  ],
});

/** 传送的内容须完整合格 */
export const wellFormed = rule({
  id: 'HS-24.6',
  title: text('传送内容合格', 'What is passed on is well-formed'),
  decide: ({ content }: { readonly content: { readonly expected: string; readonly fits: boolean } }) =>
    content.fits
      ? ok()
      : violated(
          text(
            `传送的内容与约定不符：应为 ${content.expected}。`,
            `What was sent does not fit: ${content.expected} is expected.`,
          ),
          text('请用本平台的客户端重新运行。', 'Run it again with the client of this platform.'),
        ),
  examples: [
    { name: 'fits', at: DAY, facts: { content: { expected: '100', fits: true } }, expect: 'ok' },
    { name: 'one point missing', at: DAY, facts: { content: { expected: '100', fits: false } }, expect: 'violated' },
  ],
});

/** 限时完成，到期清除 */
export const withinTime = rule({
  id: 'HS-24.7',
  title: text('联合计算限时完成', 'A joint computation ends in time'),
  params: { most: JOINT_LIMITS.hoursMost },
  decide: ({ hours }: { readonly hours: number }, { most }) =>
    hours <= most
      ? ok()
      : violated(
          text(`期限 ${hours} 小时，最长 ${most} 小时。`, `${hours} hours were asked; at most ${most}.`),
          text('请缩短期限。', 'Shorten it.'),
        ),
  examples: [
    { name: 'at most', at: DAY, facts: { hours: 168 }, expect: 'ok' },
    { name: 'longer', at: DAY, facts: { hours: 169 }, expect: 'violated' },
  ],
});
