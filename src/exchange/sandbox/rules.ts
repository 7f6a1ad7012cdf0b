import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

const DAY = '2026-11-26';
const FROM = '2026-11-26';

/** People of a project, tables in it, projects of a party that are open at once. */
export const PROJECT_LIMITS = {
  members: dated({ from: FROM, value: 50, unit: 'person', reference: 'HS-21.2' }),
  tables: dated({ from: FROM, value: 20, unit: 'table', reference: 'HS-21.2' }),
  projects: dated({ from: FROM, value: 100, unit: 'project', reference: 'HS-21.2' }),
};

const counted = (what: Text, limit: number, found: number) =>
  violated(
    text(`${what.zh}最多 ${limit} 个，现为 ${found} 个。`, `At most ${limit} ${what.en}, not ${found}.`),
    text('请先减少数量。', 'Use fewer.'),
  );

export const projectSize = rule({
  id: 'HS-21.2',
  title: text('沙箱项目规模有上限', 'The size of a sandbox project is limited'),
  params: PROJECT_LIMITS,
  decide: (
    f: { readonly members: number; readonly tables: number; readonly projects: number },
    { members, tables, projects },
  ) => {
    if (f.members > members) return counted(text('成员', 'members'), members, f.members);
    if (f.tables > tables) return counted(text('数据表', 'tables'), tables, f.tables);
    if (f.projects > projects) return counted(text('进行中的项目', 'open projects'), projects, f.projects);
    return ok();
  },
  examples: [
    { name: 'all at their limits', at: DAY, facts: { members: 50, tables: 20, projects: 100 }, expect: 'ok' },
    { name: 'a member too many', at: DAY, facts: { members: 51, tables: 1, projects: 1 }, expect: 'violated' },
    { name: 'a table too many', at: DAY, facts: { members: 1, tables: 21, projects: 1 }, expect: 'violated' },
    { name: 'a project too many', at: DAY, facts: { members: 1, tables: 1, projects: 101 }, expect: 'violated' },
  ],
});

interface Trained {
  readonly member: boolean;
  /** A security training of the person that is valid today is on record. */
  readonly trained: boolean;
}

/** 只有项目成员可以使用 */
export const namedMember = rule<Trained>({
  id: 'HS-21.3',
  title: text('仅项目成员可以使用', 'Only members of the project use it'),
  decide: ({ member }) =>
    member
      ? ok()
      : violated(
          text('您不是该项目的成员。', 'You are no member of this project.'),
          text('请本单位把您加入项目成员。', 'Ask your party to add you to its members.'),
        ),
  examples: [
    { name: 'a member', at: DAY, facts: { member: true, trained: true }, expect: 'ok' },
    { name: 'a colleague', at: DAY, facts: { member: false, trained: true }, expect: 'violated' },
  ],
});

const training = (id: string, title: Text) =>
  rule<Trained>({
    id,
    title,
    decide: ({ trained }) =>
      trained
        ? ok()
        : violated(
            text('没有有效的上岗安全培训记录。', 'No valid record of a security training.'),
            text('请先参加安全培训，由本单位管理员登记后再使用。', 'Take the training; your administrator records it.'),
          ),
    examples: [
      { name: 'trained', at: DAY, facts: { member: true, trained: true }, expect: 'ok' },
      { name: 'not trained, or not any more', at: DAY, facts: { member: true, trained: false }, expect: 'violated' },
    ],
  });

/** 先培训后上岗: nobody touches data in the sandbox before a training, and none that has run out counts. */
export const trainedFirst = training('HS-21.4', text('先培训后使用沙箱', 'Training before access to the sandbox'));
/** The same, as Jinan's measures ask it of operating units. */
export const trainedByMeasures = training('JN-17.1', text('技术人员先培训后上岗', 'Technicians are trained first'));

/** 培训记录: of a training that was held, valid no longer than the term. */
export const trainingRecord = rule({
  id: 'HS-21.5',
  title: text('培训记录真实且在有效期内', 'A record of training is of one that was held, for a limited time'),
  params: { validDays: dated({ from: FROM, value: 366, unit: 'day', reference: 'HS-21.5' }) },
  decide: (
    {
      heldOn,
      validUntil,
      today,
      days,
    }: {
      readonly heldOn: string;
      readonly validUntil: string;
      readonly today: string;
      readonly days: number;
    },
    { validDays },
  ) =>
    heldOn <= today && validUntil >= today && days <= validDays
      ? ok()
      : violated(
          text(
            `培训须已举行，且自举行之日起最长有效 ${validDays} 天。`,
            `The training was held, and is valid for ${validDays} days at most.`,
          ),
          text('请核对举行日期和有效期。', 'Check both dates.'),
        ),
  examples: [
    {
      name: 'held today, for a year',
      at: DAY,
      facts: { heldOn: '2026-11-26', validUntil: '2027-11-27', today: DAY, days: 366 },
      expect: 'ok',
    },
    {
      name: 'a day too long',
      at: DAY,
      facts: { heldOn: '2026-11-26', validUntil: '2027-11-28', today: DAY, days: 367 },
      expect: 'violated',
    },
    {
      name: 'to be held tomorrow',
      at: DAY,
      facts: { heldOn: '2026-11-27', validUntil: '2027-01-01', today: DAY, days: 35 },
      expect: 'violated',
    },
    {
      name: 'run out',
      at: DAY,
      facts: { heldOn: '2026-01-01', validUntil: '2026-11-25', today: DAY, days: 328 },
      expect: 'violated',
    },
  ],
});

interface Spending {
  /** The answer stands in the store already: it is told again and costs nothing. */
  readonly repeated: boolean;
  readonly grantUsesLeft: number;
}

/** 用量预算 */
export const usesLeft = rule<Spending>({
  id: 'HS-21.12',
  title: text('使用次数在授权范围内', 'Uses are left of the grant'),
  decide: ({ repeated, grantUsesLeft }) => {
    if (repeated) return notApplicable();
    return grantUsesLeft
      ? ok()
      : violated(
          text('该数据表授权的使用次数已用完。', 'The uses granted of a table are used up.'),
          text('请向数据持有单位申请新的授权。', 'Ask the holder of the data for another grant.'),
        );
  },
  examples: [
    { name: 'the last one', at: DAY, facts: { repeated: false, grantUsesLeft: 1 }, expect: 'ok' },
    { name: 'none', at: DAY, facts: { repeated: false, grantUsesLeft: 0 }, expect: 'violated' },
    { name: 'none, but asked before', at: DAY, facts: { repeated: true, grantUsesLeft: 0 }, expect: 'not-applicable' },
  ],
});

export const changedData = (newer: readonly string[]): [Text, Text] => [
  text(
    `表 ${newer.join('、')} 的数据在首次作答之后更新过：前后两次精确结果之差会透露个别人的情况。`,
    `The data of ${newer.join(', ')} changed since the first answer: the difference of exact answers before and after would tell of single people.`,
  ),
  text(
    '请数据持有方撤销原授权，按新数据重新授权；此前的结果仍可在历史中查看。',
    'Ask the holder to revoke the grant and grant the newer data anew; earlier answers stay in the history.',
  ),
];

/** 一次授权一个数据版本: of exact answers about people, all under a grant are told of the same data. */
export const oneRevision = rule<{ readonly newer: readonly string[] }>({
  id: 'HS-22.44',
  title: text('一次授权按一个数据版本作答', 'One grant is answered from one revision of the data'),
  decide: ({ newer }) => (newer.length === 0 ? ok() : violated(...changedData(newer))),
  examples: [
    { name: 'the data of the first answer', at: DAY, facts: { newer: [] }, expect: 'ok' },
    { name: 'newer data', at: DAY, facts: { newer: ['customers'] }, expect: 'violated' },
  ],
});
