import { dated, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { IMPORT_LIMITS } from './model.ts';

const DAY = '2026-11-23';

/** An import stands in the directory as a whole or not at all. */
export const importWhole = rule<{ readonly faulty: number; readonly total: number }>({
  id: 'HS-18.10',
  title: text('导入要么全部生效，要么全不生效', 'An import takes effect as a whole or not at all'),
  decide: ({ faulty }) =>
    faulty === 0
      ? ok()
      : violated(
          text(`有 ${faulty} 条存在问题。`, `${faulty} entries have problems.`),
          text(
            '请按预览中的逐条说明改正来源后重新导入。',
            'Correct the source as the preview says, row by row, and import again.',
          ),
        ),
  examples: [
    { name: 'all in order', at: DAY, facts: { faulty: 0, total: 3 }, expect: 'ok' },
    { name: 'one faulty', at: DAY, facts: { faulty: 1, total: 3 }, expect: 'violated' },
  ],
});

/** What was looked at is what is committed: not too long ago, and nothing changed meanwhile. */
export const importFresh = rule({
  id: 'HS-18.9',
  title: text('预览限时有效', 'A preview is valid for some time'),
  params: { hours: IMPORT_LIMITS.previewHours },
  decide: ({ readHoursAgo, changedMeanwhile }: { readHoursAgo: number; changedMeanwhile: number }, { hours }) => {
    if (changedMeanwhile > 0)
      return violated(
        text(
          `预览之后，目录中有 ${changedMeanwhile} 条发生了变化。`,
          `${changedMeanwhile} entries of the directory changed after the preview.`,
        ),
        text('请重新导入并再看一次预览。', 'Import again and look at the preview once more.'),
      );
    return readHoursAgo <= hours
      ? ok()
      : violated(
          text(`预览已超过 ${hours} 小时。`, `The preview is more than ${hours} hours old.`),
          text('请重新导入并再看一次预览。', 'Import again and look at the preview once more.'),
        );
  },
  examples: [
    { name: 'just read', at: DAY, facts: { readHoursAgo: 0, changedMeanwhile: 0 }, expect: 'ok' },
    { name: 'at the limit', at: DAY, facts: { readHoursAgo: 24, changedMeanwhile: 0 }, expect: 'ok' },
    { name: 'an hour later', at: DAY, facts: { readHoursAgo: 25, changedMeanwhile: 0 }, expect: 'violated' },
    { name: 'changed by a colleague', at: DAY, facts: { readHoursAgo: 0, changedMeanwhile: 1 }, expect: 'violated' },
  ],
});

/** A party reads a few sources at once, so that nobody fills the queue for the others. */
export const importsAtOnce = rule({
  id: 'HS-18.11',
  title: text('同时进行的导入有上限', 'Imports at once are limited'),
  params: { most: dated({ from: '2020-01-01', value: 3, unit: 'import', reference: 'HS-18.11' }) },
  decide: ({ reading }: { readonly reading: number }, { most }) =>
    reading < most
      ? ok()
      : violated(
          text(`本单位有 ${reading} 个导入正在读取。`, `${reading} imports of the party are being read.`),
          text('请等待其完成，或先放弃其中一个。', 'Wait for them, or discard one.'),
        ),
  examples: [
    { name: 'two are being read', at: DAY, facts: { reading: 2 }, expect: 'ok' },
    { name: 'three are being read', at: DAY, facts: { reading: 3 }, expect: 'violated' },
  ],
});

/** The platform is not talked into reaching its own network. */
export const publicAddress = rule<{ readonly ownNetwork: boolean; readonly privateAllowed: boolean }>({
  id: 'HS-18.8',
  title: text('不连接内部网络地址', 'No address of a private network is reached'),
  decide: ({ ownNetwork, privateAllowed }) =>
    ownNetwork && !privateAllowed
      ? violated(
          text('该地址属于内部网络。', 'The address belongs to a private network.'),
          text(
            '请使用可公开访问的地址，或请平台运营方在设置中放行。',
            'Use an address that can be reached in public, or ask the operator to allow it.',
          ),
        )
      : ok(),
  examples: [
    { name: 'a public address', at: DAY, facts: { ownNetwork: false, privateAllowed: false }, expect: 'ok' },
    { name: 'the machine itself', at: DAY, facts: { ownNetwork: true, privateAllowed: false }, expect: 'violated' },
    { name: 'allowed by the operator', at: DAY, facts: { ownNetwork: true, privateAllowed: true }, expect: 'ok' },
  ],
});
