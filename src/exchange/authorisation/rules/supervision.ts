import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { CONDUCT_TITLES, type Conduct, NORM_TITLES, NORMS, type Norm } from '../model-duties.ts';

const DAY = '2026-11-25';
const FROM = '2020-01-01';

/** 定期评估: late is shown to the supervisor. */
export const evaluatedInTime = rule<{ readonly evaluationDueAt: string | null }>({
  id: 'JN-12.1',
  title: text('定期评估运营情况', 'The operation is evaluated regularly'),
  effect: 'monitor',
  decide: ({ evaluationDueAt }, _, at) =>
    evaluationDueAt === null || at.toISOString() <= evaluationDueAt
      ? ok()
      : violated(
          text('没有在评估周期内评估。', 'The period of evaluation was over before.'),
          text('请说明逾期原因。', 'Say why it took longer.'),
        ),
  examples: [
    {
      name: 'at the end of the year',
      at: '2026-01-09T00:00:00Z',
      facts: { evaluationDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    { name: 'late', at: '2026-01-10', facts: { evaluationDueAt: '2026-01-09T00:00:00.000Z' }, expect: 'violated' },
  ],
});

/** 配合评估、提供真实材料: six ways of failing it are shown to the supervisor by name. */
export const cooperates = rule({
  id: 'JN-12.2',
  title: text('配合评估并提供真实材料', 'Cooperates with the evaluation, with true material'),
  effect: 'monitor',
  params: {
    allowed: dated<readonly Conduct[]>({ from: FROM, value: ['cooperative'], reference: 'JN-12.2' }),
  },
  decide: ({ conduct }: { readonly conduct: Conduct }, { allowed }) =>
    allowed.includes(conduct)
      ? ok()
      : violated(
          text(
            `运营单位${CONDUCT_TITLES[conduct].zh}。`,
            `Conduct of the operating unit: ${CONDUCT_TITLES[conduct].en}.`,
          ),
          text('请责令其配合并如实提供材料。', 'Order it to cooperate and to give true material.'),
        ),
  examples: [
    { name: 'cooperates', at: DAY, facts: { conduct: 'cooperative' }, expect: 'ok' },
    ...(['refused', 'obstructed', 'evaded', 'false-report', 'hidden-report'] as const).map((conduct) => ({
      name: conduct,
      at: DAY,
      facts: { conduct },
      expect: 'violated' as const,
    })),
  ],
});

/** 暂停使用权限: while a failed evaluation is being corrected nothing new is given. */
export const nothingWhileCorrecting = rule({
  id: 'JN-12.3',
  title: text('整改期间不得使用数据', 'No use of data while correcting'),
  params: {
    correcting: dated<readonly string[]>({ from: FROM, value: ['correcting', 'rechecking'], reference: 'JN-12.3' }),
  },
  decide: ({ state }: { readonly state: string }, { correcting }) =>
    correcting.includes(state)
      ? violated(
          text('评估不合格，数据使用权限已暂停。', 'The evaluation failed, and the use of data is suspended.'),
          text('请完成整改并通过复查。', 'Correct it and pass the recheck.'),
        )
      : ok(),
  examples: [
    { name: 'operating', at: DAY, facts: { state: 'operating' }, expect: 'ok' },
    { name: 'correcting', at: DAY, facts: { state: 'correcting' }, expect: 'violated' },
    { name: 'corrected, not yet rechecked', at: DAY, facts: { state: 'rechecking' }, expect: 'violated' },
  ],
});

/** 终止运营资格: whoever lost it does not go on under that agreement. */
export const stillQualified = rule<{ readonly disqualified: boolean }>({
  id: 'JN-12.5',
  title: text('运营资格未被终止', 'The qualification was not ended'),
  decide: ({ disqualified }) =>
    disqualified
      ? violated(
          text(
            '因未整改到位，该协议下的运营资格已终止。',
            'The qualification under this agreement ended, because the correction failed.',
          ),
          text('请按协议完成退出。', 'Finish the exit as agreed.'),
        )
      : ok(),
  examples: [
    { name: 'qualified', at: DAY, facts: { disqualified: false }, expect: 'ok' },
    { name: 'qualification ended', at: DAY, facts: { disqualified: true }, expect: 'violated' },
  ],
});

/** 资格终止后的申请: not again for some years. */
export const notSoonAgain = rule({
  id: 'HS-19.6',
  title: text('被终止资格的单位在规定年限内不得再申请', 'Whoever was disqualified does not apply again for years'),
  params: { yearsLeast: dated({ from: FROM, value: 3, unit: 'year', reference: 'HS-19.6' }) },
  decide: ({ yearsSinceDisqualified }: { readonly yearsSinceDisqualified: number | null }, { yearsLeast }) =>
    yearsSinceDisqualified === null || yearsSinceDisqualified >= yearsLeast
      ? ok()
      : violated(
          text(`运营资格被终止未满${yearsLeast}年。`, `Less than ${yearsLeast} years since the qualification ended.`),
          text('请在期满后再申请。', 'Apply when they are over.'),
        ),
  examples: [
    { name: 'never disqualified', at: DAY, facts: { yearsSinceDisqualified: null }, expect: 'ok' },
    { name: 'three years ago', at: DAY, facts: { yearsSinceDisqualified: 3 }, expect: 'ok' },
    { name: 'two years ago', at: DAY, facts: { yearsSinceDisqualified: 2 }, expect: 'violated' },
  ],
});

/** 遵守安全规定和技术标准: what an inspection finds is shown to the supervisor. */
export const standardsFollowed = rule<{ readonly standardsFollowed: boolean }>({
  id: 'JN-11.2',
  title: text('遵守安全规定和技术标准', 'Security rules and technical standards are followed'),
  effect: 'monitor',
  decide: (f) =>
    f.standardsFollowed
      ? ok()
      : violated(
          text('检查发现不符合安全规定或者技术标准。', 'The inspection found rules or standards not followed.'),
          text('请责令改正并复查。', 'Order a correction and look again.'),
        ),
  examples: [
    { name: 'followed', at: DAY, facts: { standardsFollowed: true }, expect: 'ok' },
    { name: 'not followed', at: DAY, facts: { standardsFollowed: false }, expect: 'violated' },
  ],
});

/** 接受检查 */
export const inspectionAccepted = rule<{ readonly accepted: boolean }>({
  id: 'JN-17.3',
  title: text('接受检查', 'Inspections are accepted'),
  effect: 'monitor',
  decide: ({ accepted }) =>
    accepted
      ? ok()
      : violated(
          text('运营单位没有接受检查。', 'The operating unit did not accept the inspection.'),
          text('请责令其接受检查。', 'Order it to accept.'),
        ),
  examples: [
    { name: 'accepted', at: DAY, facts: { accepted: true }, expect: 'ok' },
    { name: 'not accepted', at: DAY, facts: { accepted: false }, expect: 'violated' },
  ],
});

/** 四类安全规范: operation offered while one is missing is shown to the supervisor. */
export const normsInForce = rule({
  id: 'JN-16.1',
  title: text('四类安全规范齐备', 'The four security norms are in force'),
  effect: 'monitor',
  params: { needed: dated<readonly Norm[]>({ from: FROM, value: NORMS, reference: 'JN-16.1' }) },
  decide: ({ norms }: { readonly norms: readonly string[] }, { needed }) => {
    const missing = needed.filter((n) => !norms.includes(n));
    return missing.at(0) === undefined
      ? ok()
      : violated(
          text(
            `尚未发布：${missing.map((n) => NORM_TITLES[n].zh).join('、')}。`,
            `Not published: ${missing.map((n) => NORM_TITLES[n].en).join(', ')}.`,
          ),
          text('请由大数据主管部门发布。', 'The data authority publishes them.'),
        );
  },
  examples: [
    { name: 'all four', at: DAY, facts: { norms: [...NORMS] }, expect: 'ok' },
    ...NORMS.map((left) => ({
      name: `without ${left}`,
      at: DAY,
      facts: { norms: NORMS.filter((n) => n !== left) },
      expect: 'violated' as const,
    })),
  ],
});

/** 组织安全培训和应急演练: by the authorising unit each year; late is shown to the supervisor. */
export const trainedInTime = rule<{ readonly byAuthoriser: boolean; readonly trainingDueAt: string | null }>({
  id: 'JN-16.2',
  title: text('按年组织安全培训和应急演练', 'Trainings and drills are held each year'),
  effect: 'monitor',
  decide: ({ byAuthoriser, trainingDueAt }, _, at) => {
    if (!byAuthoriser) return notApplicable();
    return trainingDueAt === null || at.toISOString() <= trainingDueAt
      ? ok()
      : violated(
          text('没有在规定周期内组织。', 'The year was over before.'),
          text('请说明逾期原因。', 'Say why it took longer.'),
        );
  },
  examples: [
    {
      name: 'at the end of the year',
      at: '2026-01-09T00:00:00Z',
      facts: { byAuthoriser: true, trainingDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'late',
      at: '2026-01-10',
      facts: { byAuthoriser: true, trainingDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'violated',
    },
    {
      name: 'the operating unit’s own',
      at: '2026-01-10',
      facts: { byAuthoriser: false, trainingDueAt: '2026-01-09T00:00:00.000Z' },
      expect: 'not-applicable',
    },
  ],
});

/** 记录真实发生的培训: what is recorded has been held. */
export const heldBefore = rule<{ readonly heldOn: string; readonly today: string }>({
  id: 'HS-19.7',
  title: text('只记录已举行的培训和演练', 'Only what was held is recorded'),
  decide: ({ heldOn, today }) =>
    heldOn <= today
      ? ok()
      : violated(
          text('举行日期在今天之后。', 'The day lies in the future.'),
          text('请在举行之后记录。', 'Record it once it was held.'),
        ),
  examples: [
    { name: 'today', at: DAY, facts: { heldOn: '2026-11-25', today: '2026-11-25' }, expect: 'ok' },
    { name: 'tomorrow', at: DAY, facts: { heldOn: '2026-11-26', today: '2026-11-25' }, expect: 'violated' },
  ],
});

/** 岗前安全培训: data given to an operating unit without any training is shown to the supervisor. */
export const trainedBeforeAccess = rule({
  id: 'JN-17.1',
  title: text('技术人员上岗前接受安全培训', 'Technicians are trained before they get data'),
  effect: 'monitor',
  params: { trainingsLeast: dated({ from: FROM, value: 1, unit: 'training', reference: 'JN-17.1' }) },
  decide: ({ trainingsHeld }: { readonly trainingsHeld: number }, { trainingsLeast }) =>
    trainingsHeld >= trainingsLeast
      ? ok()
      : violated(
          text('运营单位没有安全培训记录。', 'No security training of the operating unit is recorded.'),
          text('请在使用数据前组织培训并记录。', 'Train the technicians before they use data, and record it.'),
        ),
  examples: [
    { name: 'one training', at: DAY, facts: { trainingsHeld: 1 }, expect: 'ok' },
    { name: 'none', at: DAY, facts: { trainingsHeld: 0 }, expect: 'violated' },
  ],
});
