import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { type Text, text } from '../../../kernel/text.ts';

const DAY = '2026-11-26';
const FROM = '2026-11-26';

/** 作业上限: what one program may take of the machine; the house's own numbers. */
export const JOB_LIMITS = {
  wallSeconds: dated({ from: FROM, value: 600, unit: 'second', reference: 'HS-23.28' }),
  cpuSeconds: dated({ from: FROM, value: 600, unit: 'second', reference: 'HS-23.28' }),
  memoryMebibytes: dated({ from: FROM, value: 2_048, unit: 'MiB', reference: 'HS-23.28' }),
  attempts: dated({ from: FROM, value: 3, unit: 'attempt', reference: 'HS-23.28' }),
};

/** 成果检查的阈值: degrees of freedom as ACRO has it, parameters as DataSHIELD. */
export const CHECK_LIMITS = {
  freedomMin: dated({ from: FROM, value: 10, unit: 'degree', reference: 'HS-23.29; ACRO default.yaml' }),
  parametersPercent: dated({ from: FROM, value: 33, unit: 'per cent', reference: 'HS-23.29; DataSHIELD nfilter.glm' }),
  rarePermille: dated({ from: FROM, value: 300, unit: 'permille', reference: 'HS-23.29' }),
  copiedPermille: dated({ from: FROM, value: 800, unit: 'permille', reference: 'HS-23.29' }),
};

/** 同时在办的作业有上限 */
export const jobsAtOnce = rule({
  id: 'HS-23.20',
  title: text('同一单位同时运行的作业有上限', 'Jobs of a party at once are limited'),
  params: { jobsMax: dated({ from: FROM, value: 8, unit: 'job', reference: 'HS-23.20' }) },
  decide: ({ busy }: { readonly busy: number }, { jobsMax }) =>
    busy <= jobsMax
      ? ok()
      : violated(
          text(`排队和运行中的作业最多 ${jobsMax} 个。`, `At most ${jobsMax} jobs wait or run at once.`),
          text('请等待或取消其中一个。', 'Wait for one, or cancel one.'),
        ),
  examples: [
    { name: 'the last that may', at: DAY, facts: { busy: 8 }, expect: 'ok' },
    { name: 'one too many', at: DAY, facts: { busy: 9 }, expect: 'violated' },
  ],
});

interface Inputs {
  /** Tables that the program names. */
  readonly tables: number;
  /** Those of them not granted to this lane. */
  readonly notGranted: readonly string[];
}

/** 只用授权用于作业的表 */
export const tablesGranted = rule<Inputs>({
  id: 'HS-23.21',
  title: text('程序使用的表均获授权用于作业', 'Every table of a program is granted for jobs'),
  decide: ({ tables, notGranted }) => {
    if (notGranted.length > 0)
      return violated(
        text(
          `这些表未获授权用于作业，或授权已经停止：${notGranted.join('、')}。`,
          `These tables are not granted for jobs, or their grant stands still: ${notGranted.join(', ')}.`,
        ),
        text('请向数据持有单位申请用于作业的授权。', 'Ask their holder for a grant with the airlock lane.'),
      );
    return tables
      ? ok()
      : violated(
          text('程序没有使用项目中的任何表。', 'The program names no table of the project.'),
          text('请在程序中写出表名，或列出 inputs。', 'Name a table in the code, or list it in inputs.'),
        );
  },
  examples: [
    { name: 'granted', at: DAY, facts: { tables: 1, notGranted: [] }, expect: 'ok' },
    { name: 'none', at: DAY, facts: { tables: 0, notGranted: [] }, expect: 'violated' },
    { name: 'granted for queries only', at: DAY, facts: { tables: 2, notGranted: ['weather'] }, expect: 'violated' },
  ],
});

/** 成果声明可核验: words come from a domain or a group column, counts are whole numbers. */
export const declarationSound = rule<{ readonly declarationProblems: readonly Text[] }>({
  id: 'HS-23.22',
  title: text('成果声明可以核验', 'The declared output can be checked'),
  decide: ({ declarationProblems }) =>
    declarationProblems.length === 0
      ? ok()
      : violated(
          text(
            `成果声明有误：${declarationProblems.map((p) => p.zh).join('；')}。`,
            `The declared output is not sound: ${declarationProblems.map((p) => p.en).join('; ')}.`,
          ),
          text(
            '文字字段请声明取值范围，或注明来自哪个可分组字段。',
            'Give words a domain, or the group column they come from.',
          ),
        ),
  examples: [
    { name: 'sound', at: DAY, facts: { declarationProblems: [] }, expect: 'ok' },
    {
      name: 'free text',
      at: DAY,
      facts: { declarationProblems: [text('字段“x”须声明取值范围', 'column “x” must declare its domain')] },
      expect: 'violated',
    },
  ],
});

/** 批准绑定程序: code, inputs and declared output together have one hash; another line is another program. */
export const approvedProgram = rule<{ readonly programHash: string; readonly boundTo: readonly (readonly string[])[] }>(
  {
    id: 'HS-23.23',
    title: text('指定程序的授权只运行该程序', 'A grant bound to programs runs those alone'),
    decide: ({ programHash, boundTo }) => {
      if (boundTo.length === 0) return notApplicable();
      return boundTo.every((hashes) => hashes.includes(programHash))
        ? ok()
        : violated(
            text(
              `该程序（${programHash}）不在授权指定的程序之列。`,
              `The program ${programHash} is none of those the grant is bound to.`,
            ),
            text(
              '请提交获批的程序、输入和成果声明，或请持有单位改授权。',
              'Submit the approved code, inputs and output, or ask the holder to grant this one.',
            ),
          );
    },
    examples: [
      { name: 'any program', at: DAY, facts: { programHash: 'a', boundTo: [] }, expect: 'not-applicable' },
      { name: 'the approved one', at: DAY, facts: { programHash: 'a', boundTo: [['a', 'b']] }, expect: 'ok' },
      {
        name: 'approved by one holder of two',
        at: DAY,
        facts: { programHash: 'a', boundTo: [['a'], ['b']] },
        expect: 'violated',
      },
    ],
  },
);

/** 不隔离就不运行 */
export const isolated = rule<{ readonly unavailable: Text | null }>({
  id: 'HS-23.24',
  title: text('只在隔离环境中运行', 'Nothing runs unisolated'),
  decide: ({ unavailable }) =>
    unavailable === null
      ? ok()
      : violated(unavailable, text('请平台运营方按说明补齐运行环境。', 'Ask the operator of the platform to mend it.')),
  examples: [
    { name: 'isolation works', at: DAY, facts: { unavailable: null }, expect: 'ok' },
    {
      name: 'it does not',
      at: DAY,
      facts: { unavailable: text('缺少 bubblewrap', 'no bubblewrap') },
      expect: 'violated',
    },
  ],
});

interface Reviewer {
  readonly submittedBySame: boolean;
  /** The reviewer's party submitted it, though data of others went in. */
  readonly partyOfOperator: boolean;
  readonly onlyOwnData: boolean;
}

/** 提交与审查分离 */
export const reviewedByAnother = rule<Reviewer>({
  id: 'HS-23.25',
  title: text('提交人不得审查自己的成果', 'Nobody reviews an output of their own'),
  decide: ({ submittedBySame, partyOfOperator, onlyOwnData }) => {
    if (submittedBySame)
      return violated(
        text('您是该作业的提交人。', 'You submitted this job.'),
        text('请由本单位另一人审查。', 'Let another person review it.'),
      );
    return partyOfOperator && !onlyOwnData
      ? violated(
          text(
            '提交单位不得审查使用他人数据的成果。',
            'The submitting party does not review what was made of others’ data.',
          ),
          text('请等待数据持有单位审查。', 'Wait for the holders of the data.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'the holder',
      at: DAY,
      facts: { submittedBySame: false, partyOfOperator: false, onlyOwnData: false },
      expect: 'ok',
    },
    {
      name: 'a colleague, of own data',
      at: DAY,
      facts: { submittedBySame: false, partyOfOperator: true, onlyOwnData: true },
      expect: 'ok',
    },
    {
      name: 'oneself, of own data',
      at: DAY,
      facts: { submittedBySame: true, partyOfOperator: true, onlyOwnData: true },
      expect: 'violated',
    },
    {
      name: 'a colleague, of others’ data',
      at: DAY,
      facts: { submittedBySame: false, partyOfOperator: true, onlyOwnData: false },
      expect: 'violated',
    },
  ],
});

interface Decided {
  readonly decision: 'release' | 'reject';
  readonly failed: boolean;
  readonly reasonChars: number;
}

/** 检查未通过仍放行的、或者不予放行的，说明理由 */
export const reasonGiven = rule({
  id: 'HS-23.26',
  title: text(
    '检查未通过仍放行或不予放行须说明理由',
    'A reason is given where a check failed or the output is held back',
  ),
  params: { charactersMin: dated({ from: FROM, value: 10, unit: 'character', reference: 'HS-23.26' }) },
  decide: ({ decision, failed, reasonChars }: Decided, { charactersMin }) => {
    if (decision === 'release' && !failed) return notApplicable();
    return reasonChars >= charactersMin
      ? ok()
      : violated(
          text(`请用至少 ${charactersMin} 个字说明理由。`, `Say why in at least ${charactersMin} characters.`),
          text('写明为什么可以放行或者不能放行。', 'Say why it may leave, or may not.'),
        );
  },
  examples: [
    {
      name: 'all checks passed',
      at: DAY,
      facts: { decision: 'release', failed: false, reasonChars: 0 },
      expect: 'not-applicable',
    },
    {
      name: 'a failed check, explained',
      at: DAY,
      facts: { decision: 'release', failed: true, reasonChars: 10 },
      expect: 'ok',
    },
    {
      name: 'a failed check, one character short',
      at: DAY,
      facts: { decision: 'release', failed: true, reasonChars: 9 },
      expect: 'violated',
    },
    {
      name: 'held back without a word',
      at: DAY,
      facts: { decision: 'reject', failed: false, reasonChars: 0 },
      expect: 'violated',
    },
  ],
});

/** 数据元件: made once of a released output, by the party whose it is. */
export const componentOnce = rule<{ readonly registeredAs: string | null }>({
  id: 'HS-23.30',
  title: text('一份成果登记一次数据元件', 'An output becomes a component once'),
  decide: ({ registeredAs }) =>
    registeredAs === null
      ? ok()
      : violated(
          text(`该成果已登记为 ${registeredAs}。`, `It is registered as ${registeredAs} already.`),
          text('请直接使用已登记的数据元件。', 'Use the component that is registered.'),
        ),
  examples: [
    { name: 'the first time', at: DAY, facts: { registeredAs: null }, expect: 'ok' },
    { name: 'again', at: DAY, facts: { registeredAs: 'res_1' }, expect: 'violated' },
  ],
});

interface Leaving {
  readonly decision: 'release' | 'reject';
  readonly cells: number;
  /** Of the tightest grant. */
  readonly cellsLeft: number;
}

/** 放行的数值在授权范围内 */
export const cellsWithinGrant = rule<Leaving>({
  id: 'HS-23.31',
  title: text('放行的数值个数在授权范围内', 'What leaves is within the cells granted'),
  decide: ({ decision, cells, cellsLeft }) => {
    if (decision === 'reject') return notApplicable();
    return cells <= cellsLeft
      ? ok()
      : violated(
          text(
            `成果有 ${cells} 个数值，授权还可放行 ${cellsLeft} 个。`,
            `The output has ${cells} cells; ${cellsLeft} may still be released under the grant.`,
          ),
          text('请不予放行，或者重新授权。', 'Reject it, or grant more.'),
        );
  },
  examples: [
    { name: 'the last cells', at: DAY, facts: { decision: 'release', cells: 10, cellsLeft: 10 }, expect: 'ok' },
    { name: 'one too many', at: DAY, facts: { decision: 'release', cells: 11, cellsLeft: 10 }, expect: 'violated' },
    { name: 'held back', at: DAY, facts: { decision: 'reject', cells: 11, cellsLeft: 10 }, expect: 'not-applicable' },
  ],
});
