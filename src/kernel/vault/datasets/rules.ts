import { ok, rule, violated } from '../../rulebook/index.ts';
import { HOUSE_LIMITS } from '../rules.ts';

const DAY = '2026-11-26';

interface RevisionFacts {
  readonly files: {
    /** Files after the change. */
    readonly after: number;
    /** Files that come. */
    readonly added: number;
    /** Names that are to go. */
    readonly removed: number;
    /** Names to go that the base does not have. */
    readonly unknown: readonly string[];
    /** Names that come more than once. */
    readonly repeated: readonly string[];
  };
}

/** 数据集修订: files come, go or take the place of one of the same name; something must change and something must be left. */
export const revisionChanges = rule<RevisionFacts>({
  id: 'HS-20.16',
  title: { zh: '修订的文件变更', en: 'What a revision changes' },
  decide: ({ files: { after, added, removed, unknown, repeated } }) => {
    if (unknown.at(0) !== undefined || repeated.at(0) !== undefined)
      return violated(
        {
          zh: `文件名不符（数据集中没有：${unknown.join('、') || '无'}；重复：${repeated.join('、') || '无'}）。`,
          en: `The names of files do not fit (not in the data set: ${unknown.join(', ') || 'none'}; twice: ${repeated.join(', ') || 'none'}).`,
        },
        { zh: '请核对文件名；同名文件视为替换。', en: 'Check the names; a file of the same name takes its place.' },
      );
    const unchanged = !added && !removed;
    return unchanged || !after
      ? violated(
          { zh: '没有变更，或变更后没有文件。', en: 'Nothing changes, or no file would be left.' },
          { zh: '请加入文件，或至少保留一个文件。', en: 'Add a file, or leave at least one.' },
        )
      : ok();
  },
  examples: [
    {
      name: 'one comes',
      at: DAY,
      facts: { files: { after: 2, added: 1, removed: 0, unknown: [], repeated: [] } },
      expect: 'ok',
    },
    {
      name: 'one goes, one is left',
      at: DAY,
      facts: { files: { after: 1, added: 0, removed: 1, unknown: [], repeated: [] } },
      expect: 'ok',
    },
    {
      name: 'the last goes',
      at: DAY,
      facts: { files: { after: 0, added: 0, removed: 1, unknown: [], repeated: [] } },
      expect: 'violated',
    },
    {
      name: 'nothing changes',
      at: DAY,
      facts: { files: { after: 1, added: 0, removed: 0, unknown: [], repeated: [] } },
      expect: 'violated',
    },
    {
      name: 'one goes that is not there',
      at: DAY,
      facts: { files: { after: 1, added: 0, removed: 1, unknown: ['a.csv'], repeated: [] } },
      expect: 'violated',
    },
    {
      name: 'two of one name',
      at: DAY,
      facts: { files: { after: 2, added: 2, removed: 0, unknown: [], repeated: ['a.csv'] } },
      expect: 'violated',
    },
  ],
});

/** 文件数上限. */
export const filesLimited = rule({
  id: 'HS-20.17',
  title: { zh: '数据集的文件数', en: 'Files of a data set' },
  params: { filesMax: HOUSE_LIMITS.filesMax },
  decide: ({ files: { after } }: RevisionFacts, { filesMax }) =>
    after > filesMax
      ? violated(
          {
            zh: `数据集将有 ${after} 个文件，上限为 ${filesMax} 个。`,
            en: `The data set would have ${after} files; at most ${filesMax}.`,
          },
          { zh: '请先合并较小的文件。', en: 'Merge small files first.' },
        )
      : ok(),
  examples: [
    {
      name: 'at the limit',
      at: DAY,
      facts: { files: { after: 200, added: 1, removed: 0, unknown: [], repeated: [] } },
      expect: 'ok',
    },
    {
      name: 'one more',
      at: DAY,
      facts: { files: { after: 201, added: 1, removed: 0, unknown: [], repeated: [] } },
      expect: 'violated',
    },
  ],
});
