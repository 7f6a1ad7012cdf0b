import { beijingDay, dated, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

const DAY = '2026-11-26';
const FROM = '2026-02-10';

interface Complete {
  readonly missing: readonly Text[];
  readonly concerns: boolean;
}

/** One list of what is missing, under the article of the side that discloses. */
const complete = (id: string, title: Text, side: 'implementing' | 'operating') =>
  rule<{ readonly [K in typeof side]: Complete }>({
    id,
    title,
    decide: (facts) => {
      const { missing, concerns } = facts[side];
      if (!concerns || missing.at(0) === undefined) return ok();
      return violated(
        text(
          `披露内容尚不完整：${missing.map((m) => m.zh).join('；')}。`,
          `The disclosure is not complete: ${missing.map((m) => m.en).join('; ')}.`,
        ),
        text('请逐项补齐后再发布。', 'Complete each of them, then publish.'),
      );
    },
    examples: [
      { name: 'complete', at: DAY, facts: { [side]: { missing: [], concerns: true } } as never, expect: 'ok' },
      {
        name: 'not this side',
        at: DAY,
        facts: { [side]: { missing: [text('缺', 'lacks')], concerns: false } } as never,
        expect: 'ok',
      },
      {
        name: 'a filing number is missing',
        at: DAY,
        facts: { [side]: { missing: [text('缺', 'lacks')], concerns: true } } as never,
        expect: 'violated',
      },
    ],
  });
export const implementingComplete = complete(
  'PDN-2.1',
  text('实施机构披露内容完整', 'What the implementing body discloses is complete'),
  'implementing',
);
export const operatingComplete = complete(
  'PDN-2.2',
  text('运营机构披露内容完整', 'What the operating unit discloses is complete'),
  'operating',
);

/** 披露上一年度: only a year that is over, and in which the party took part. */
export const yearIsOver = rule<{ readonly yearEnds: string; readonly tookPart: boolean }>({
  id: 'HS-17.9',
  title: text('披露已结束的年度', 'A year that is over is disclosed'),
  decide: ({ yearEnds, tookPart }, _, at) => {
    if (!tookPart)
      return violated(
        text('本单位在该年度没有授权运营。', 'Your party took no part in authorised operation that year.'),
        text('无需披露。', 'Nothing is to be disclosed.'),
      );
    return at.toISOString() >= yearEnds
      ? ok()
      : violated(
          text('该年度尚未结束。', 'The year is not over.'),
          text('请在年度结束后披露。', 'Disclose it when it is over.'),
        );
  },
  examples: [
    {
      name: 'its first moment after',
      at: '2027-01-01T00:00:00Z',
      facts: { yearEnds: '2027-01-01T00:00:00.000Z', tookPart: true },
      expect: 'ok',
    },
    {
      name: 'its last second',
      at: '2026-12-31T23:59:59Z',
      facts: { yearEnds: '2027-01-01T00:00:00.000Z', tookPart: true },
      expect: 'violated',
    },
    {
      name: 'nothing to tell',
      at: '2027-02-01',
      facts: { yearEnds: '2027-01-01T00:00:00.000Z', tookPart: false },
      expect: 'violated',
    },
  ],
});

/** 每年3月底前: late is published all the same, and shown to the supervisor. */
export const disclosedInTime = rule({
  id: 'PDN-1.1',
  title: text('3月底前披露上一年度', 'Disclosed by the end of March'),
  effect: 'monitor',
  params: { lastDay: dated({ from: FROM, value: '03-31', reference: 'PDN-1.1' }) },
  decide: ({ year }: { readonly year: number }, { lastDay }, at) =>
    beijingDay(at) <= `${year + 1}-${lastDay}`
      ? ok()
      : violated(
          text('披露晚于规定时间。', 'The disclosure is late.'),
          text('请说明逾期原因，并安排下一年度按期披露。', 'Say why, and be in time next year.'),
        ),
  examples: [
    { name: 'the last minute of March in Beijing', at: '2027-03-31T15:59:00Z', facts: { year: 2026 }, expect: 'ok' },
    { name: 'the first of April in Beijing', at: '2027-03-31T16:00:00Z', facts: { year: 2026 }, expect: 'violated' },
  ],
});

/** 更正须有变化: a later version differs from the one before. */
export const saysSomethingNew = rule<{ readonly sha256: string; readonly publishedSha256: string | null }>({
  id: 'HS-17.10',
  title: text('更正披露须与已披露内容不同', 'A correction differs from what was disclosed'),
  decide: ({ sha256, publishedSha256 }) =>
    sha256 === publishedSha256
      ? violated(
          text('与已披露的内容相同。', 'It is what was disclosed already.'),
          text('无需再次发布。', 'Nothing is to be published.'),
        )
      : ok(),
  examples: [
    { name: 'the first', at: DAY, facts: { sha256: 'a', publishedSha256: null }, expect: 'ok' },
    { name: 'a correction', at: DAY, facts: { sha256: 'b', publishedSha256: 'a' }, expect: 'ok' },
    { name: 'the same', at: DAY, facts: { sha256: 'a', publishedSha256: 'a' }, expect: 'violated' },
  ],
});
