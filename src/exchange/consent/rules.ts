import { dated, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import { NOTICE_PARTS, type NoticePart, PART_TITLES } from './model.ts';

const DAY = '2026-11-26';
const FROM = '2021-11-01';

/** 告知事项 */
export const noticeComplete = rule({
  id: 'PIPL-17.1',
  title: text('告知书载明法定事项', 'The notice tells what the law asks'),
  params: { needed: dated<readonly NoticePart[]>({ from: FROM, value: NOTICE_PARTS, reference: 'PIPL-17.1' }) },
  decide: ({ content }: { readonly content: Readonly<Record<string, string>> }, { needed }) => {
    const missing = needed.filter((part) => !content[part]?.trim());
    return missing.at(0) === undefined
      ? ok()
      : violated(
          text(
            `告知书缺少：${missing.map((m) => PART_TITLES[m].zh).join('、')}。`,
            `The notice lacks: ${missing.map((m) => PART_TITLES[m].en).join(', ')}.`,
          ),
          text('请补充后再发布。', 'Add it, then publish.'),
        );
  },
  examples: [
    {
      name: 'all told',
      at: DAY,
      facts: { content: Object.fromEntries(NOTICE_PARTS.map((p) => [p, '告知'])) },
      expect: 'ok',
    },
    ...NOTICE_PARTS.map((left) => ({
      name: `without ${left}`,
      at: DAY,
      facts: { content: Object.fromEntries(NOTICE_PARTS.filter((p) => p !== left).map((p) => [p, '告知'])) },
      expect: 'violated' as const,
    })),
  ],
});

interface Shape {
  readonly level: string;
  readonly keyColumn: string | null;
  readonly columns: readonly string[];
  /** How the versions before stand; null for the first. */
  readonly before: { readonly level: string; readonly keyColumn: string | null } | null;
  /** What the holder of the data names as the column of the person, for a notice of somebody else. */
  readonly holderColumn: string | null;
}

/** 逐条同意须指明主体字段: it stays the same from version to version and from keeper to keeper, so that records can be told apart. */
export const shapeOfConsent = rule<Shape>({
  id: 'HS-17.6',
  title: text('同意范围与主体字段明确', 'The scope and the column of the person are clear'),
  decide: ({ level, keyColumn, columns, before, holderColumn }) => {
    if (before !== null && (before.level !== level || before.keyColumn !== keyColumn))
      return violated(
        text('与上一版告知书的同意范围或者主体字段不同。', 'Scope or column differ from the last version.'),
        text('请保持不变；范围不同的，请以新的用途告知。', 'Keep them, or tell of it under another purpose.'),
      );
    if (level !== 'record')
      return keyColumn === null
        ? ok()
        : violated(
            text('整体同意不需要主体字段。', 'A consent for the whole needs no column.'),
            text('请去掉主体字段。', 'Leave the column out.'),
          );
    if (holderColumn !== null && keyColumn !== holderColumn)
      return violated(
        text(
          `数据提供单位告知的主体字段是“${holderColumn}”。`,
          `The holder of the data names the person by “${holderColumn}”.`,
        ),
        text('请使用同一字段，才能按人核对同意。', 'Use the same column, so that consents are told person by person.'),
      );
    return keyColumn !== null && columns.includes(keyColumn)
      ? ok()
      : violated(
          text('没有指明资源中标识本人的字段。', 'No column of the resource says whose row it is.'),
          text('请从数据字典中选择标识本人的字段。', 'Choose the column of the person in the dictionary.'),
        );
  },
  examples: [
    {
      name: 'records by card',
      at: DAY,
      facts: { level: 'record', keyColumn: 'card', columns: ['card'], before: null, holderColumn: null },
      expect: 'ok',
    },
    {
      name: 'no column',
      at: DAY,
      facts: { level: 'record', keyColumn: null, columns: ['card'], before: null, holderColumn: null },
      expect: 'violated',
    },
    {
      name: 'a column that is not there',
      at: DAY,
      facts: { level: 'record', keyColumn: 'x', columns: ['card'], before: null, holderColumn: null },
      expect: 'violated',
    },
    {
      name: 'for the whole',
      at: DAY,
      facts: { level: 'organisation', keyColumn: null, columns: ['card'], before: null, holderColumn: null },
      expect: 'ok',
    },
    {
      name: 'for the whole, with a column',
      at: DAY,
      facts: { level: 'organisation', keyColumn: 'card', columns: ['card'], before: null, holderColumn: null },
      expect: 'violated',
    },
    {
      name: 'another column than before',
      at: DAY,
      facts: {
        level: 'record',
        keyColumn: 'id',
        columns: ['card', 'id'],
        before: { level: 'record', keyColumn: 'card' },
        holderColumn: null,
      },
      expect: 'violated',
    },
    {
      name: 'the column of the holder',
      at: DAY,
      facts: { level: 'record', keyColumn: 'card', columns: ['card', 'line'], before: null, holderColumn: 'card' },
      expect: 'ok',
    },
    {
      name: 'another column than the holder’s',
      at: DAY,
      facts: { level: 'record', keyColumn: 'line', columns: ['card', 'line'], before: null, holderColumn: 'card' },
      expect: 'violated',
    },
    {
      name: 'the next version',
      at: DAY,
      facts: {
        level: 'record',
        keyColumn: 'card',
        columns: ['card'],
        before: { level: 'record', keyColumn: 'card' },
        holderColumn: null,
      },
      expect: 'ok',
    },
  ],
});

interface Given {
  readonly newestVersion: boolean;
  /** ISO; the latest of an import. */
  readonly givenAt: string;
  readonly publishedAt: string;
  /** ISO; the earliest of an import. */
  readonly firstGivenAt: string;
}

/** 充分知情: who consents was shown the version that stands, and consented after it was there. */
export const informed = rule<Given>({
  id: 'PIPL-14.1',
  title: text('在充分知情的前提下同意', 'Consent is informed'),
  decide: ({ newestVersion, givenAt, firstGivenAt, publishedAt }, _, at) => {
    if (!newestVersion)
      return violated(
        text(
          '告知书已有新版本，处理目的、方式或者种类变更的须重新取得同意。',
          'The notice has a newer version; consent is sought anew.',
        ),
        text('请按新版告知书取得同意。', 'Obtain it under the new version.'),
      );
    return firstGivenAt >= publishedAt && givenAt <= at.toISOString()
      ? ok()
      : violated(
          text('同意时间早于告知书发布，或者晚于现在。', 'Consent was given before the notice, or after today.'),
          text('请核对同意时间。', 'Check the times.'),
        );
  },
  examples: [
    {
      name: 'the moment it was published, and now',
      at: '2026-01-02T00:00:00Z',
      facts: {
        newestVersion: true,
        firstGivenAt: '2026-01-01T00:00:00.000Z',
        givenAt: '2026-01-02T00:00:00.000Z',
        publishedAt: '2026-01-01T00:00:00.000Z',
      },
      expect: 'ok',
    },
    {
      name: 'before the notice',
      at: '2026-01-02T00:00:00Z',
      facts: {
        newestVersion: true,
        firstGivenAt: '2025-12-31T23:59:59.000Z',
        givenAt: '2026-01-01T00:00:00.000Z',
        publishedAt: '2026-01-01T00:00:00.000Z',
      },
      expect: 'violated',
    },
    {
      name: 'tomorrow',
      at: '2026-01-02T00:00:00Z',
      facts: {
        newestVersion: true,
        firstGivenAt: '2026-01-03T00:00:00.000Z',
        givenAt: '2026-01-03T00:00:00.000Z',
        publishedAt: '2026-01-01T00:00:00.000Z',
      },
      expect: 'violated',
    },
    {
      name: 'an old version',
      at: '2026-01-02T00:00:00Z',
      facts: {
        newestVersion: false,
        firstGivenAt: '2026-01-01T00:00:00.000Z',
        givenAt: '2026-01-01T00:00:00.000Z',
        publishedAt: '2026-01-01T00:00:00.000Z',
      },
      expect: 'violated',
    },
  ],
});

/** 批量导入: every line is whole, and one import is of a size people can check. */
export const importWhole = rule({
  id: 'HS-17.7',
  title: text('导入的同意记录完整', 'Imported consents are whole'),
  params: { linesMax: dated({ from: FROM, value: 10_000, unit: 'line', reference: 'HS-17.7' }) },
  decide: ({ lines, wrong }: { readonly lines: number; readonly wrong: readonly number[] }, { linesMax }) => {
    if (wrong.at(0) !== undefined)
      return violated(
        text(`以下各行不完整：${wrong.join('、')}。`, `These lines are not whole: ${wrong.join(', ')}.`),
        text(
          '每行依次为主体、同意时间（带时区）、方式（written、online、app、oral-recorded）。',
          'Each line holds subject, time with zone, and method: written, online, app or oral-recorded.',
        ),
      );
    return lines > 0 && lines <= linesMax
      ? ok()
      : violated(
          text(`一次导入1至${linesMax}行，现为${lines}行。`, `One import has 1 to ${linesMax} lines, not ${lines}.`),
          text('请分批导入。', 'Import in parts.'),
        );
  },
  examples: [
    { name: 'full', at: DAY, facts: { lines: 10_000, wrong: [] }, expect: 'ok' },
    { name: 'one too many', at: DAY, facts: { lines: 10_001, wrong: [] }, expect: 'violated' },
    { name: 'empty', at: DAY, facts: { lines: 0, wrong: [] }, expect: 'violated' },
    { name: 'a line without a time', at: DAY, facts: { lines: 2, wrong: [2] }, expect: 'violated' },
  ],
});

/** 同一主体同一用途一份有效同意 */
export const givenOnce = rule<{ readonly givenBefore: boolean }>({
  id: 'HS-17.8',
  title: text('同一主体对同一用途只登记一份有效同意', 'One living consent for a subject and purpose'),
  decide: ({ givenBefore }) =>
    givenBefore
      ? violated(
          text('该主体对此用途已有有效同意。', 'A living consent to this purpose is recorded.'),
          text('无需重复登记。', 'Nothing is to be recorded.'),
        )
      : ok(),
  examples: [
    { name: 'the first', at: DAY, facts: { givenBefore: false }, expect: 'ok' },
    { name: 'again', at: DAY, facts: { givenBefore: true }, expect: 'violated' },
  ],
});

/** 有权撤回: always, without a reason, once. */
export const mayWithdraw = rule<{ readonly withdrawn: boolean }>({
  id: 'PIPL-15.1',
  title: text('有权撤回同意', 'Consent may be withdrawn'),
  decide: ({ withdrawn }) =>
    withdrawn
      ? violated(
          text('该同意已经撤回。', 'This consent was withdrawn already.'),
          text('无需再次办理，相关数据已停止使用。', 'Nothing is left to do; the use has stopped.'),
        )
      : ok(),
  examples: [
    { name: 'it stands', at: DAY, facts: { withdrawn: false }, expect: 'ok' },
    { name: 'withdrawn before', at: DAY, facts: { withdrawn: true }, expect: 'violated' },
  ],
});

export const MISSES_MOST = dated({ from: FROM, value: 100, unit: 'wrong code', reference: 'HS-17.11' });

/**
 * 撤回码须相符: codes are not guessed. Many wrong ones in an hour, from wherever, and each code is asked for together with the
 * number of its notice: whoever was given a code has it, whoever guesses is left with one notice's codes.
 */
export const codeMatches = rule({
  id: 'HS-17.11',
  title: text('撤回码相符', 'The code of withdrawal is one that was given'),
  params: { missesMost: MISSES_MOST },
  decide: (
    { known, misses, numbered }: { readonly known: boolean; readonly misses: number; readonly numbered: boolean },
    { missesMost },
  ) => {
    if (misses >= missesMost && !numbered)
      return violated(
        text('近一小时内有大量错误的撤回码。', 'Many wrong codes were entered in the last hour.'),
        text(
          '请同时填写告知书编号（与撤回码一同给出，形如 cnt_…）。',
          'Enter the number of the notice too; it came with the code and looks like cnt_….',
        ),
      );
    return known
      ? ok()
      : violated(
          text('没有与之相符的同意记录。', 'No consent has this code.'),
          text(
            '请逐字核对撤回码；遗失的，请向告知书载明的处理者索取。',
            'Check it letter by letter; if it is lost, ask the party named in the notice.',
          ),
        );
  },
  examples: [
    { name: 'a code that was given', at: DAY, facts: { known: true, misses: 99, numbered: false }, expect: 'ok' },
    { name: 'a wrong one', at: DAY, facts: { known: false, misses: 0, numbered: false }, expect: 'violated' },
    {
      name: 'after many wrong ones',
      at: DAY,
      facts: { known: true, misses: 100, numbered: false },
      expect: 'violated',
    },
    { name: 'with the notice', at: DAY, facts: { known: true, misses: 100, numbered: true }, expect: 'ok' },
  ],
});
