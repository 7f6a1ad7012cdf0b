import { dated, ok, rule, violated } from '../../rulebook/index.ts';

const FROM = '2020-01-01';
const DAY = '2026-11-26';

export const PART_LIMITS = {
  partsMax: dated({ from: FROM, value: 16, unit: 'part', reference: 'HS-20.13' }),
  partsWaitingMax: dated({ from: FROM, value: 64, unit: 'part', reference: 'HS-20.15' }),
};

/** 分片合并: every part is whole, named once, and goes into one file. */
export const partsJoin = rule({
  id: 'HS-20.13',
  title: { zh: '分片齐全，各用一次', en: 'The parts are whole and each is used once' },
  params: { partsMax: PART_LIMITS.partsMax },
  decide: (
    {
      named,
      repeated,
      unfinished,
      joined,
    }: { named: number; repeated: number; unfinished: readonly number[]; joined: number },
    { partsMax },
  ) => {
    const none = !named;
    if (none || named > partsMax)
      return violated(
        {
          zh: `写明的分片有${named}个，至少一个，至多 ${partsMax} 个。`,
          en: `${named} parts are named; at least one and at most ${partsMax} are joined.`,
        },
        { zh: '请改用较大的分片。', en: 'Use fewer, larger parts.' },
      );
    if (repeated || joined)
      return violated(
        { zh: '有分片重复，或已并入另一文件。', en: 'A part is named twice, or was joined into another file.' },
        { zh: '每个分片只能使用一次。', en: 'Use each part once.' },
      );
    return unfinished.at(0) === undefined
      ? ok()
      : violated(
          {
            zh: `第${unfinished.join('、')}个分片尚未传完。`,
            en: `These parts are not complete: ${unfinished.join(', ')}.`,
          },
          { zh: '请先续传，再合并。', en: 'Resume them, then join.' },
        );
  },
  examples: [
    { name: 'as many as can be', at: DAY, facts: { named: 16, repeated: 0, unfinished: [], joined: 0 }, expect: 'ok' },
    { name: 'one more', at: DAY, facts: { named: 17, repeated: 0, unfinished: [], joined: 0 }, expect: 'violated' },
    { name: 'none', at: DAY, facts: { named: 0, repeated: 0, unfinished: [], joined: 0 }, expect: 'violated' },
    { name: 'one twice', at: DAY, facts: { named: 2, repeated: 1, unfinished: [], joined: 0 }, expect: 'violated' },
    {
      name: 'one on its way',
      at: DAY,
      facts: { named: 2, repeated: 0, unfinished: [2], joined: 0 },
      expect: 'violated',
    },
    { name: 'one in a file', at: DAY, facts: { named: 2, repeated: 0, unfinished: [], joined: 1 }, expect: 'violated' },
  ],
});

/** 摘要一致: what was joined is what the sender has, where the sender said what that is. */
export const digestHolds = rule({
  id: 'HS-20.14',
  title: { zh: '全文摘要一致', en: 'The digest of the whole holds' },
  decide: ({ stated, found }: { stated: string; found: string }) =>
    stated === found
      ? ok()
      : violated(
          {
            zh: `收到的内容摘要为 ${found}，与申报的 ${stated} 不符。`,
            en: `What arrived has the digest ${found}, not ${stated} as stated.`,
          },
          {
            zh: '请检查分片的次序和内容，取消后重新上传。',
            en: 'Check the order and content of the parts; cancel them and upload again.',
          },
        ),
  examples: [
    { name: 'the same', at: DAY, facts: { stated: 'ab', found: 'ab' }, expect: 'ok' },
    { name: 'another', at: DAY, facts: { stated: 'ab', found: 'ac' }, expect: 'violated' },
  ],
});

/** 分片数上限: parts of a party that wait to be joined. */
export const partsWaiting = rule({
  id: 'HS-20.15',
  title: { zh: '待合并分片数', en: 'Parts that wait to be joined' },
  params: { partsWaitingMax: PART_LIMITS.partsWaitingMax },
  decide: ({ parts }: { parts: number }, { partsWaitingMax }) =>
    parts > partsWaitingMax
      ? violated(
          {
            zh: `本单位待合并的分片将达 ${parts} 个，上限为 ${partsWaitingMax} 个。`,
            en: `Your party would have ${parts} parts waiting; at most ${partsWaitingMax}.`,
          },
          { zh: '请先合并或取消已有的分片。', en: 'Join or cancel the parts you have.' },
        )
      : ok(),
  examples: [
    { name: 'at the limit', at: DAY, facts: { parts: 64 }, expect: 'ok' },
    { name: 'one more', at: DAY, facts: { parts: 65 }, expect: 'violated' },
  ],
});
