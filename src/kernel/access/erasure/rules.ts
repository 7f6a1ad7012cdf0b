import { beijingDay, dated, ok, rule, violated } from '../../rulebook/index.ts';
import { text } from '../../text.ts';

const AT = '2026-11-25';

/** Records of a trade are kept for so long after it (E-Commerce Law, article 31; Data Security Law, article 33). */
export const TRADE_RECORD_YEARS = dated({
  from: '2019-01-01',
  value: 3,
  unit: 'year',
  reference: '电子商务法 第三十一条 E-Commerce Law art. 31',
});

export const ANSWER_DAYS = dated({
  from: '2020-10-01',
  value: 30,
  unit: 'day',
  reference: 'HS-10.50; GB/T 35273-2020, 8.7',
});

/** The same day and time some years on; of 29 February, 1 March. */
export function yearsOn(at: Date, years: number): Date {
  const then = new Date(at);
  then.setUTCFullYear(then.getUTCFullYear() + years);
  return then;
}

/** 个人信息保护法 第四十七条: erased on request, unless a statutory term of retention has not run out. */
export const nothingToKeep = rule({
  id: 'PIPL-47.1',
  title: text('法定保存期已满', 'No statutory term runs'),
  params: { tradeRecordYears: TRADE_RECORD_YEARS },
  decide: (f: { lastTradeAt: string | null }, p, at) => {
    const until = f.lastTradeAt === null ? null : yearsOn(new Date(f.lastTradeAt), p.tradeRecordYears);
    return until === null || until <= at
      ? ok()
      : violated(
          text(
            `该人员经办过交易，交易记录依法保存 ${p.tradeRecordYears} 年，至 ${beijingDay(until)} 期满。`,
            `The person handled trades; records of a trade are kept for ${p.tradeRecordYears} years, here until ${beijingDay(until)}.`,
          ),
          text(
            '请先停用该账号（除保存外不再处理其信息），期满后再删除。',
            'Disable the account now, so that nothing but keeping is done with the data, and erase it after that day.',
          ),
        );
  },
  examples: [
    { name: '没有经办交易', at: AT, facts: { lastTradeAt: null }, expect: 'ok' },
    { name: '满三年', at: AT, facts: { lastTradeAt: '2023-11-25T00:00:00.000Z' }, expect: 'ok' },
    { name: '差一毫秒', at: AT, facts: { lastTradeAt: '2023-11-25T00:00:00.001Z' }, expect: 'violated' },
  ],
});

/** 本人是否已有待答复的请求: one request at a time is open. */
export const oneRequest = rule({
  id: 'HS-10.50',
  title: text('删除请求限期答复', 'A request is answered in time'),
  decide: (f: { openRequest: string | null }) =>
    f.openRequest === null
      ? ok()
      : violated(
          text(
            `已有一项待答复的删除请求，最迟 ${f.openRequest} 答复。`,
            `A request is open already, to be answered by ${f.openRequest}.`,
          ),
          text('请等待答复。', 'Wait for the answer.'),
        ),
  examples: [
    { name: '没有待答复的请求', at: AT, facts: { openRequest: null }, expect: 'ok' },
    { name: '已有请求', at: AT, facts: { openRequest: '2026-12-25' }, expect: 'violated' },
  ],
});

/** 不予删除须有请求、有理由，并告知本人. */
export const declinesARequest = rule({
  id: 'HS-10.51',
  title: text('答复的是待答复的请求', 'What is answered was asked'),
  decide: (f: { asked: boolean }) =>
    f.asked
      ? ok()
      : violated(
          text('该人员没有待答复的删除请求。', 'This person has no open request.'),
          text('请刷新后核对。', 'Reload and check.'),
        ),
  examples: [
    { name: '有请求', at: AT, facts: { asked: true }, expect: 'ok' },
    { name: '无请求', at: AT, facts: { asked: false }, expect: 'violated' },
  ],
});
