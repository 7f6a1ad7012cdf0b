import { dated, ok, rule, violated } from '../rulebook/index.ts';
import { text } from '../text.ts';
import type { Day } from './calendar.ts';

interface Notice {
  readonly year: number;
  readonly holidays: readonly Day[];
  readonly workdays: readonly Day[];
  readonly lastKnown: number;
}

/** 放假安排: days of that year, each once, make-up days on weekends, and no year left out on the way. */
export const realNotice = rule({
  id: 'HS-12.1',
  title: text('放假安排须与通知一致', 'A holiday notice is recorded as published'),
  params: {
    yearsAhead: dated({ from: '2020-01-01', value: 1, unit: 'year', reference: 'HS-12.1' }),
    weekend: dated({ from: '2020-01-01', value: ['Sat', 'Sun'], reference: 'HS-12.1' }),
  },
  decide: ({ year, holidays, workdays, lastKnown }: Notice, { yearsAhead, weekend }) => {
    const wrong = [...holidays, ...workdays].find((day) => !day.startsWith(`${year}-`));
    if (wrong !== undefined)
      return violated(
        text(`${wrong}不在${year}年内。`, `${wrong} is not in ${year}.`),
        text('请只填写该年份的日期。', 'Give days of that year only.'),
      );
    const weekday = workdays.find(
      (day) => !weekend.includes(new Date(`${day}T00:00:00Z`).toUTCString().split(',').at(0) ?? ''),
    );
    if (weekday !== undefined)
      return violated(
        text(`调休上班日${weekday}不是周末。`, `${weekday} is worked in exchange, yet no weekend day.`),
        text('请核对通知。', 'Check it against the notice.'),
      );
    const twice = holidays.find((day) => workdays.includes(day));
    if (twice !== undefined)
      return violated(
        text(`${twice}既放假又上班。`, `${twice} is both off and worked.`),
        text('请核对通知。', 'Check it against the notice.'),
      );
    if (year > lastKnown + yearsAhead)
      return violated(
        text(`${lastKnown}年之后的放假安排须逐年录入。`, `After ${lastKnown} the years follow one another.`),
        text('请先录入前一年的通知。', 'Record the year before first.'),
      );
    return ok();
  },
  examples: [
    {
      name: 'as published',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-01-01'], workdays: ['2026-01-04'], lastKnown: 2025 },
      expect: 'ok',
    },
    {
      name: 'a Saturday worked',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-02-17'], workdays: ['2026-02-14'], lastKnown: 2026 },
      expect: 'ok',
    },
    {
      name: 'another year',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2025-12-31'], workdays: [], lastKnown: 2026 },
      expect: 'violated',
    },
    {
      name: 'a weekday worked in exchange',
      at: '2026-11-25',
      facts: { year: 2026, holidays: [], workdays: ['2026-01-05'], lastKnown: 2026 },
      expect: 'violated',
    },
    {
      name: 'off and worked',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-01-04'], workdays: ['2026-01-04'], lastKnown: 2026 },
      expect: 'violated',
    },
    {
      name: 'a year left out',
      at: '2026-11-25',
      facts: { year: 2026, holidays: ['2026-01-01'], workdays: [], lastKnown: 2024 },
      expect: 'violated',
    },
  ],
});

/** 逾期上报: only what still waits after its time is reported. */
export const stillRunning = rule({
  id: 'HS-12.2',
  title: text('期限届满仍未办理的才上报', 'Only what is still waiting when its time is over is reported'),
  decide: ({ state, dueAt }: { state: string; dueAt: string | null }, _, at) => {
    if (state === 'running' && dueAt !== null && at.toISOString() >= dueAt) return ok();
    return violated(
      text('期限尚未届满，或者已经办理。', 'The time is not over, or the matter was dealt with.'),
      text('无需上报。', 'There is nothing to report.'),
    );
  },
  examples: [
    {
      name: 'at the very end',
      at: '2026-01-09',
      facts: { state: 'running', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'a moment before',
      at: '2026-01-08',
      facts: { state: 'running', dueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
    { name: 'dealt with', at: '2026-01-10', facts: { state: 'stopped', dueAt: null }, expect: 'violated' },
    { name: 'standing still', at: '2026-01-10', facts: { state: 'paused', dueAt: null }, expect: 'violated' },
  ],
});

/** 公示期限: objections come in while the notice is open; at the very end it is too late. */
export const withinPublicity = rule({
  id: 'HS-12.3',
  title: text('异议须在公示期内提出', 'Objections come in while the notice is open'),
  decide: ({ open, closesAt }: { open: boolean; closesAt: string | null }, _, at) => {
    if (open && (closesAt === null || at.toISOString() < closesAt)) return ok();
    return violated(
      text('公示已经结束。', 'The notice has ended.'),
      text('可以向监管部门举报，或者依法申请复议、提起诉讼。', 'You can report it to the regulator, or go to law.'),
    );
  },
  examples: [
    { name: 'in time', at: '2026-01-08', facts: { open: true, closesAt: '2026-01-09T00:00:00.000Z' }, expect: 'ok' },
    {
      name: 'while another objection is looked into',
      at: '2026-01-20',
      facts: { open: true, closesAt: null },
      expect: 'ok',
    },
    {
      name: 'at the very end',
      at: '2026-01-09',
      facts: { open: true, closesAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
    {
      name: 'closed',
      at: '2026-01-08',
      facts: { open: false, closesAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
  ],
});

interface Undecided {
  readonly signedIn: boolean;
  readonly own: number;
  readonly anonymous: number;
}

/**
 * 异议不得刷量: each undecided objection holds the publicity up and is looked into, so nobody piles them up. Whoever signs in
 * is always heard once, however many strangers wrote before.
 */
export const noFloodOfObjections = rule({
  id: 'HS-12.7',
  title: text('异议不重复提出', 'Objections are not piled up'),
  params: { anonymousMost: dated({ from: '2020-01-01', value: 20, unit: 'objection', reference: 'HS-12.7' }) },
  decide: ({ signedIn, own, anonymous }: Undecided, { anonymousMost }) => {
    if (signedIn)
      return own === 0
        ? ok()
        : violated(
            text('贵单位对该公示已有未处理的异议。', 'Your party has an undecided objection to this notice.'),
            text('请等待处理结果，有新的事实再行提出。', 'Wait for the decision; new facts make a new objection then.'),
          );
    return anonymous < anonymousMost
      ? ok()
      : violated(
          text(
            `未登录提出、尚未处理的异议已有${anonymous}件。`,
            `${anonymous} objections from people who did not sign in are undecided.`,
          ),
          text('请登录后提出，或者待其处理后再提出。', 'Sign in to object, or come back when they are decided.'),
        );
  },
  examples: [
    { name: 'the first', at: '2026-01-08', facts: { signedIn: false, own: 0, anonymous: 0 }, expect: 'ok' },
    { name: 'the twentieth', at: '2026-01-08', facts: { signedIn: false, own: 0, anonymous: 19 }, expect: 'ok' },
    { name: 'one more', at: '2026-01-08', facts: { signedIn: false, own: 0, anonymous: 20 }, expect: 'violated' },
    {
      name: 'a party after strangers',
      at: '2026-01-08',
      facts: { signedIn: true, own: 0, anonymous: 20 },
      expect: 'ok',
    },
    { name: 'a party again', at: '2026-01-08', facts: { signedIn: true, own: 1, anonymous: 0 }, expect: 'violated' },
  ],
});

/** Grounds as they are compared: how somebody spaces, points or cases them makes no new ones. */
export const sameWords = (grounds: string): string =>
  grounds
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

interface Grounds {
  readonly grounds: string;
  /** Grounds of objections to the notice that were dismissed: of anybody, and of whoever objects now. */
  readonly dismissed: readonly string[];
  readonly ownDismissed: readonly string[];
}

/**
 * 异议被认定不成立的，再次提出须有新的理由: what was looked into and dismissed does not hold the publicity up again, whoever
 * repeats it; and whoever was heard brings more than the same in other lengths.
 */
export const newGround = rule<Grounds>({
  id: 'HS-12.8',
  title: text('再次提出异议须有新的理由', 'Objecting again needs new grounds'),
  decide: ({ grounds, dismissed, ownDismissed }) => {
    const said = sameWords(grounds);
    const repeated =
      dismissed.some((d) => sameWords(d) === said) ||
      ownDismissed.map(sameWords).some((d) => d.includes(said) || said.includes(d));
    return repeated
      ? violated(
          text('同样的理由已经调查，认定不成立。', 'The same grounds were looked into and dismissed.'),
          text('请只写明新的事实和理由。', 'State the new facts and grounds alone.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'nothing was dismissed',
      at: '2026-01-08',
      facts: { grounds: '有失信记录', dismissed: [], ownDismissed: [] },
      expect: 'ok',
    },
    {
      name: 'other grounds',
      at: '2026-01-08',
      facts: { grounds: '专家有关联', dismissed: ['有失信记录'], ownDismissed: ['有失信记录'] },
      expect: 'ok',
    },
    {
      name: 'the same of somebody else, spaced otherwise',
      at: '2026-01-08',
      facts: { grounds: '有 失信记录。', dismissed: ['有失信记录'], ownDismissed: [] },
      expect: 'violated',
    },
    {
      name: 'more words of somebody else',
      at: '2026-01-08',
      facts: { grounds: '有失信记录，见某判决', dismissed: ['有失信记录'], ownDismissed: [] },
      expect: 'ok',
    },
    {
      name: 'the own, longer',
      at: '2026-01-08',
      facts: { grounds: '确实有失信记录', dismissed: ['有失信记录'], ownDismissed: ['有失信记录'] },
      expect: 'violated',
    },
  ],
});

interface Decision {
  readonly state: string;
  readonly parts: readonly string[];
  readonly waitsFor: string | null;
  readonly objectorIsDecider: boolean;
}

/** 异议调查: decided once, by whoever the case waits for, and never by the one who objected. */
export const decidedByWhoeverInvestigates = rule({
  id: 'HS-12.4',
  title: text('异议由承办单位处理一次', 'An objection is decided once, by whoever handles the case'),
  decide: ({ state, parts, waitsFor, objectorIsDecider }: Decision) => {
    if (state !== 'filed')
      return violated(
        text('该异议已经处理。', 'The objection has been decided.'),
        text('如有新的事实，请另行提出。', 'New facts make a new objection.'),
      );
    if (objectorIsDecider)
      return violated(
        text('异议人不得处理自己的异议。', 'Whoever objected does not decide on it.'),
        text('请由其他单位处理。', 'Another party decides.'),
      );
    if (waitsFor === null || !parts.includes(waitsFor))
      return violated(
        text('本事项目前不由贵单位处理。', 'The case does not wait for your party.'),
        text('请由承办单位处理。', 'Whoever handles the case decides.'),
      );
    return ok();
  },
  examples: [
    {
      name: 'its turn',
      at: '2026-01-08',
      facts: { state: 'filed', parts: ['authority'], waitsFor: 'authority', objectorIsDecider: false },
      expect: 'ok',
    },
    {
      name: 'another part',
      at: '2026-01-08',
      facts: { state: 'filed', parts: ['applicant'], waitsFor: 'authority', objectorIsDecider: false },
      expect: 'violated',
    },
    {
      name: 'the own objection',
      at: '2026-01-08',
      facts: { state: 'filed', parts: ['authority'], waitsFor: 'authority', objectorIsDecider: true },
      expect: 'violated',
    },
    {
      name: 'twice',
      at: '2026-01-08',
      facts: { state: 'dismissed', parts: ['authority'], waitsFor: 'authority', objectorIsDecider: false },
      expect: 'violated',
    },
  ],
});

/** 材料保存期限: papers of a case stay as long as the records of registration do. */
export const RETENTION_YEARS = dated({ from: '2020-01-01', value: 20, unit: 'year', reference: 'HS-12.5' });

interface Paper {
  readonly kind: string;
  readonly kinds: readonly string[];
  readonly open: boolean;
  readonly parts: readonly string[];
}

/** 提交材料: papers of a kind the procedure knows, while the case is open, by those who play a part. */
export const paperOfTheProcedure = rule({
  id: 'HS-12.5',
  title: text('材料须为本事项所需种类', 'A document is of a kind the procedure knows'),
  decide: ({ kind, kinds, open, parts }: Paper) => {
    if (!open || !parts.at(0))
      return violated(
        text('事项已办结，或者贵单位不参与本事项。', 'The case is closed, or your party plays no part in it.'),
        text('请在办理期间由参与单位提交。', 'Parties to the case add documents while it is open.'),
      );
    if (!kinds.includes(kind))
      return violated(
        text(`本事项没有“${kind}”这种材料。`, `The procedure knows no document of kind “${kind}”.`),
        text(`可以提交：${kinds.join('、')}。`, `Kinds: ${kinds.join(', ')}.`),
      );
    return ok();
  },
  examples: [
    {
      name: 'a proof',
      at: '2026-01-08',
      facts: { kind: 'proof', kinds: ['proof'], open: true, parts: ['applicant'] },
      expect: 'ok',
    },
    {
      name: 'another kind',
      at: '2026-01-08',
      facts: { kind: 'photo', kinds: ['proof'], open: true, parts: ['applicant'] },
      expect: 'violated',
    },
    {
      name: 'closed',
      at: '2026-01-08',
      facts: { kind: 'proof', kinds: ['proof'], open: false, parts: ['applicant'] },
      expect: 'violated',
    },
    {
      name: 'only reading',
      at: '2026-01-08',
      facts: { kind: 'proof', kinds: ['proof'], open: true, parts: [] },
      expect: 'violated',
    },
  ],
});

interface Given {
  readonly parts: readonly string[];
  readonly open: boolean;
  readonly ownPerson: boolean;
  readonly active: boolean;
}

/** 交办: a party gives its turn to one of its own people. */
export const giveToOwnPerson = rule({
  id: 'HS-12.6',
  title: text('只能交由本单位在岗人员办理', 'A turn is given to an active person of one’s own party'),
  decide: ({ parts, open, ownPerson, active }: Given) =>
    parts.at(0) && open && ownPerson && active
      ? ok()
      : violated(
          text(
            '该人员不是本单位在岗人员，或者事项已办结。',
            'That is no active person of your party, or the case is closed.',
          ),
          text('请选择本单位在岗人员。', 'Choose an active person of your party.'),
        ),
  examples: [
    {
      name: 'a colleague',
      at: '2026-01-08',
      facts: { parts: ['authority'], open: true, ownPerson: true, active: true },
      expect: 'ok',
    },
    {
      name: 'a stranger',
      at: '2026-01-08',
      facts: { parts: ['authority'], open: true, ownPerson: false, active: true },
      expect: 'violated',
    },
    {
      name: 'a closed account',
      at: '2026-01-08',
      facts: { parts: ['authority'], open: true, ownPerson: true, active: false },
      expect: 'violated',
    },
    {
      name: 'a closed case',
      at: '2026-01-08',
      facts: { parts: ['authority'], open: false, ownPerson: true, active: true },
      expect: 'violated',
    },
    {
      name: 'no part in it',
      at: '2026-01-08',
      facts: { parts: [], open: true, ownPerson: true, active: true },
      expect: 'violated',
    },
  ],
});
