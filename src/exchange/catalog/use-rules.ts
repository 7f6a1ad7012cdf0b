import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import type { StoppedUse } from './rights.ts';

const DAY = '2026-11-26';

interface Use {
  /** Why what was made may not be used now; null while every right behind it lives. */
  readonly useStopped: StoppedUse | null;
}

const STATES: Readonly<Record<StoppedUse['state'], Text>> = {
  suspended: text('已暂停', 'is suspended'),
  expired: text('已到期', 'is over'),
  ended: text('已终止', 'has ended'),
};
const REMEDIES: Readonly<Record<StoppedUse['state'], Text>> = {
  suspended: text('请等待恢复，或向授权单位查询。', 'Wait until it is resumed, or ask the authorising unit.'),
  expired: text('请按应用场景重新申请数据。', 'Apply for the data again, for the scenario.'),
  ended: text('请按应用场景重新申请数据。', 'Apply for the data again, for the scenario.'),
};

function said({ resource, state, forConsent, since }: StoppedUse) {
  const why = forConsent ? text('（数据主体撤回同意）', ' (consent was withdrawn)') : text('', '');
  return violated(
    text(
      `对“${resource}”的数据使用权限${STATES[state].zh}${why.zh}，自 ${since} 起。`,
      `The right to use “${resource}” ${STATES[state].en}${why.en}, since ${since}.`,
    ),
    REMEDIES[state],
  );
}

const stop = (state: StoppedUse['state'], forConsent = false): Use => ({
  useStopped: { resource: '客流', state, forConsent, since: '2026-11-25T00:00:00.000Z' },
});
type Expected = 'ok' | 'violated' | 'not-applicable';

/** One look at the same facts for each article that says what stops a use. */
const lives = (
  id: string,
  title: Text,
  concerns: (stopped: StoppedUse) => boolean,
  examples: Readonly<Record<'suspended' | 'expired' | 'ended' | 'withdrawn', Expected>>,
) =>
  rule<Use>({
    id,
    title,
    decide: ({ useStopped }) => {
      if (useStopped === null) return ok();
      return concerns(useStopped) ? said(useStopped) : notApplicable();
    },
    examples: [
      { name: 'every right lives', at: DAY, facts: { useStopped: null }, expect: 'ok' },
      { name: 'suspended', at: DAY, facts: stop('suspended'), expect: examples.suspended },
      { name: 'over', at: DAY, facts: stop('expired'), expect: examples.expired },
      { name: 'ended', at: DAY, facts: stop('ended'), expect: examples.ended },
      { name: 'consent withdrawn', at: DAY, facts: stop('suspended', true), expect: examples.withdrawn },
    ],
  });

/**
 * 权限终止、暂停即停用: whatever was made of a resource of others is used only while the right to it lives, at each use and
 * while one runs. The house says so for every right; the measures for those from the procedure.
 */
export const rightsLive = [
  lives('HS-16.1', text('数据使用权限有效', 'The right to use the data lives'), () => true, {
    suspended: 'violated',
    expired: 'violated',
    ended: 'violated',
    withdrawn: 'violated',
  }),
  lives('JN-8.6', text('授权到期即终止使用', 'Use ends with the authorisation'), (s) => s.state !== 'suspended', {
    suspended: 'not-applicable',
    expired: 'violated',
    ended: 'violated',
    withdrawn: 'not-applicable',
  }),
  lives(
    'JN-12.3',
    text('权限暂停期间停止使用', 'No use while the right is suspended'),
    (s) => s.state === 'suspended' && !s.forConsent,
    { suspended: 'violated', expired: 'not-applicable', ended: 'not-applicable', withdrawn: 'not-applicable' },
  ),
  lives('JN-6.2', text('同意撤回即停止使用', 'Use stops when consent is withdrawn'), (s) => s.forConsent, {
    suspended: 'not-applicable',
    expired: 'not-applicable',
    ended: 'not-applicable',
    withdrawn: 'violated',
  }),
] as const;

interface Quantity {
  /** Null: as many as wanted. */
  readonly usesLeft: number | null;
  readonly rowsLeft: number | null;
  /** Rows this use would read. */
  readonly rows: number;
}

/** 按批准的数量取用: counted before the work begins. */
export const withinQuantity = rule<Quantity>({
  id: 'HS-16.3',
  title: text('取用不超过批准的次数和行数', 'No more uses and rows than were approved'),
  decide: ({ usesLeft, rowsLeft, rows }) => {
    if (usesLeft !== null && !usesLeft)
      return violated(
        text('批准的使用次数已用完。', 'The approved uses are used up.'),
        text('请按应用场景重新申请数据。', 'Apply for the data again, for the scenario.'),
      );
    return rowsLeft === null || rows <= rowsLeft
      ? ok()
      : violated(
          text(
            `本次需读取 ${rows} 行，批准的行数还剩 ${rowsLeft} 行。`,
            `This use would read ${rows} rows; ${rowsLeft} of the approved rows are left.`,
          ),
          text('请申请更多行数，或缩小批准的行范围。', 'Apply for more rows, or for a narrower range of rows.'),
        );
  },
  examples: [
    { name: 'without limits', at: DAY, facts: { usesLeft: null, rowsLeft: null, rows: 1_000 }, expect: 'ok' },
    { name: 'the last use and the last row', at: DAY, facts: { usesLeft: 1, rowsLeft: 10, rows: 10 }, expect: 'ok' },
    { name: 'a row too many', at: DAY, facts: { usesLeft: 1, rowsLeft: 10, rows: 11 }, expect: 'violated' },
    { name: 'no use left', at: DAY, facts: { usesLeft: 0, rowsLeft: null, rows: 1 }, expect: 'violated' },
  ],
});

/** 行范围可由机器判定: the closed grammar of conditions, checked against the dictionary before anybody approves it. */
export const conditionsFit = rule<{ readonly rowProblems: readonly Text[] }>({
  id: 'HS-16.4',
  title: text('行范围与数据字典相符', 'The range of rows fits the dictionary'),
  decide: ({ rowProblems }) =>
    rowProblems.length === 0
      ? ok()
      : violated(
          text(
            `行范围有误：${rowProblems.map((p) => p.zh).join('；')}。`,
            `The range of rows does not fit: ${rowProblems.map((p) => p.en).join('; ')}.`,
          ),
          text('请对照数据字典填写字段、比较方式和取值。', 'Take columns, comparisons and values from the dictionary.'),
        ),
  examples: [
    { name: 'it fits', at: DAY, facts: { rowProblems: [] }, expect: 'ok' },
    {
      name: 'a date compared with a word',
      at: DAY,
      facts: { rowProblems: [text('不能这样比较', 'cannot be compared')] },
      expect: 'violated',
    },
  ],
});

/** 公共数据经平台程序授权: a department does not hand out public data by itself. */
const byProcedure = (id: string, title: Text) =>
  rule<{ readonly publicData: boolean }>({
    id,
    title,
    decide: ({ publicData }) =>
      publicData
        ? violated(
            text('公共数据不能由提供单位直接授权使用。', 'Public data is not authorised by its provider directly.'),
            text(
              '请发布授权运营公告；签订协议的运营单位按应用场景提出数据申请，由主管部门与提供单位共同批准。',
              'Announce the authorised operation; the operating unit that signs applies for the data scenario by scenario, and the data authority approves together with the provider.',
            ),
          )
        : ok(),
    examples: [
      { name: 'a company’s own data', at: DAY, facts: { publicData: false }, expect: 'ok' },
      { name: 'a department’s data', at: DAY, facts: { publicData: true }, expect: 'violated' },
    ],
  });
export const underAgreement = byProcedure(
  'JN-3.2',
  text('公共数据依协议在平台运营', 'Public data is operated under an agreement, on the platform'),
);
export const approvedByBoth = byProcedure(
  'JN-14.1',
  text('公共数据的使用由双方批准', 'The use of public data is approved by both'),
);

/** 经程序取得的权限经程序终止: what others have approved and paid for is not taken away by one side. */
export const endedByProcedure = rule<{ readonly byProcedure: boolean }>({
  id: 'HS-16.5',
  title: text('经程序授予的权限按程序终止', 'A right given by the procedure ends by the procedure'),
  decide: ({ byProcedure: given }) =>
    given
      ? violated(
          text(
            '该权限依授权运营协议授予，不能单方撤销。',
            'The right comes from an agreement of authorised operation and is not revoked by one side.',
          ),
          text(
            '请由授权单位暂停授权或者启动退出。',
            'The authorising unit suspends the authorisation or starts the exit.',
          ),
        )
      : ok(),
  examples: [
    { name: 'given directly', at: DAY, facts: { byProcedure: false }, expect: 'ok' },
    { name: 'from an agreement', at: DAY, facts: { byProcedure: true }, expect: 'violated' },
  ],
});
