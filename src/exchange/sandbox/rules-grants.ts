import { dated, notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

const DAY = '2026-11-26';
const FROM = '2026-11-26';

/** 策略与数据字典相符: decided by code before anybody relies on it. */
export const policyFits = rule<{ readonly policyProblems: readonly Text[] }>({
  id: 'HS-21.6',
  title: text('使用策略与数据字典相符', 'The policy fits the dictionary'),
  decide: ({ policyProblems }) =>
    policyProblems.length === 0
      ? ok()
      : violated(
          text(
            `使用策略有误：${policyProblems.map((p) => p.zh).join('；')}。`,
            `The policy does not fit: ${policyProblems.map((p) => p.en).join('; ')}.`,
          ),
          text('请对照数据字典修改使用策略。', 'Correct it by the dictionary of the resource.'),
        ),
  examples: [
    { name: 'it fits', at: DAY, facts: { policyProblems: [] }, expect: 'ok' },
    {
      name: 'an unknown column',
      at: DAY,
      facts: { policyProblems: [text('没有字段“x”', 'there is no column “x”')] },
      expect: 'violated',
    },
  ],
});

interface Protection {
  readonly personal: boolean;
  readonly k: number;
  readonly dominancePermille: number;
  readonly ratioPermille: number;
}

/** 平台最低保护: a holder may ask for more, never for less. Thresholds count people or what the rows are about, not rows. */
export const leastProtection = rule({
  id: 'HS-21.7',
  title: text('不低于平台的最低保护', 'No less protection than the house asks for'),
  params: {
    kMin: dated({ from: FROM, value: 5, unit: 'entity', reference: 'HS-21.7' }),
    kPersonalMin: dated({ from: FROM, value: 10, unit: 'person', reference: 'HS-21.7' }),
    dominanceMax: dated({ from: FROM, value: 900, unit: 'permille', reference: 'HS-21.7' }),
    ratioMin: dated({ from: FROM, value: 100, unit: 'permille', reference: 'HS-21.7' }),
  },
  decide: (
    { personal, k, dominancePermille, ratioPermille }: Protection,
    { kMin, kPersonalMin, dominanceMax, ratioMin },
  ) => {
    const least = personal ? kPersonalMin : kMin;
    return k >= least && dominancePermille <= dominanceMax && ratioPermille >= ratioMin
      ? ok()
      : violated(
          text(
            `每格至少 ${least} 个主体，前两大占比不超过 ${dominanceMax}‰，其余不少于最大者的 ${ratioMin}‰。`,
            `A cell has at least ${least} entities, its two largest hold at most ${dominanceMax}‰, the others at least ${ratioMin}‰ of the largest.`,
          ),
          text('请提高保护程度。', 'Protect more.'),
        );
  },
  examples: [
    {
      name: 'people, at the limits',
      at: DAY,
      facts: { personal: true, k: 10, dominancePermille: 900, ratioPermille: 100 },
      expect: 'ok',
    },
    {
      name: 'people, one too few',
      at: DAY,
      facts: { personal: true, k: 9, dominancePermille: 900, ratioPermille: 100 },
      expect: 'violated',
    },
    {
      name: 'no people, five',
      at: DAY,
      facts: { personal: false, k: 5, dominancePermille: 900, ratioPermille: 100 },
      expect: 'ok',
    },
    {
      name: 'no people, four',
      at: DAY,
      facts: { personal: false, k: 4, dominancePermille: 900, ratioPermille: 100 },
      expect: 'violated',
    },
    {
      name: 'two may hold too much',
      at: DAY,
      facts: { personal: false, k: 5, dominancePermille: 901, ratioPermille: 100 },
      expect: 'violated',
    },
    {
      name: 'the others may hold too little',
      at: DAY,
      facts: { personal: false, k: 5, dominancePermille: 900, ratioPermille: 99 },
      expect: 'violated',
    },
  ],
});

interface Names {
  readonly aliasTaken: boolean;
  readonly resourceTaken: boolean;
}

/** 一表一名 */
export const namedOnce = rule<Names>({
  id: 'HS-21.8',
  title: text('项目内一表一名', 'A table and a name once in a project'),
  decide: ({ aliasTaken, resourceTaken }) =>
    aliasTaken || resourceTaken
      ? violated(
          aliasTaken
            ? text('项目中已有同名的数据表。', 'The project has a table of this name.')
            : text('该资源已经在项目中。', 'The resource is in the project already.'),
          text('请换一个表名，或者先收回原授权。', 'Choose another name, or revoke the grant that stands.'),
        )
      : ok(),
  examples: [
    { name: 'new', at: DAY, facts: { aliasTaken: false, resourceTaken: false }, expect: 'ok' },
    { name: 'the name is taken', at: DAY, facts: { aliasTaken: true, resourceTaken: false }, expect: 'violated' },
    { name: 'the resource is there', at: DAY, facts: { aliasTaken: false, resourceTaken: true }, expect: 'violated' },
  ],
});

interface Portions {
  /** Another living grant of the resource to the same party shows other rows, or counts other entities. */
  readonly otherPortion: boolean;
}

/** 同一单位对同一资源只见同一部分: what two portions tell could be subtracted from one another. */
export const onePortion = rule<Portions>({
  id: 'HS-21.9',
  title: text('同一单位只使用资源的同一部分', 'One party sees one portion of a resource'),
  decide: ({ otherPortion }) =>
    otherPortion
      ? violated(
          text(
            '该单位的另一项目已获得此资源的不同部分或者不同的主体字段。',
            'Another project of this party has another portion of the resource, or another entity key.',
          ),
          text('请使用相同的权限和主体字段，或者先收回原授权。', 'Use the same right and entity key, or revoke first.'),
        )
      : ok(),
  examples: [
    { name: 'the first, or the same', at: DAY, facts: { otherPortion: false }, expect: 'ok' },
    { name: 'other rows', at: DAY, facts: { otherPortion: true }, expect: 'violated' },
  ],
});

interface Ground {
  readonly publicData: boolean;
  /** The columns, the resource and the end of the grant lie within the right of the project's party. */
  readonly groundProblem: Text | null;
}

const onGround = (id: string, title: Text, publicOnly: boolean) =>
  rule<Ground>({
    id,
    title,
    decide: ({ publicData, groundProblem }) => {
      if (publicOnly && !publicData) return notApplicable();
      return groundProblem === null
        ? ok()
        : violated(
            groundProblem,
            text(
              '请选择项目单位对该资源的有效权限，字段和期限不超出权限。',
              'Choose a living right of the project’s party to this resource; columns and end stay within it.',
            ),
          );
    },
    examples: [
      { name: 'within the right', at: DAY, facts: { publicData: true, groundProblem: null }, expect: 'ok' },
      {
        name: 'a column beyond it',
        at: DAY,
        facts: { publicData: true, groundProblem: text('超出权限', 'beyond the right') },
        expect: 'violated',
      },
      {
        name: 'a company’s own, without a right',
        at: DAY,
        facts: { publicData: false, groundProblem: text('没有权限', 'no right') },
        expect: publicOnly ? 'not-applicable' : 'violated',
      },
    ],
  });

/** 权属清晰: a table comes in from its holder, under a right that lives, within what the right gives. */
export const clearRights = onGround('GY-11.2', text('入箱数据权属清晰', 'Clear rights to what comes in'), false);
/** 未经许可不得使用公共数据 */
export const withinPermission = onGround(
  'JN-17.2',
  text('公共数据在许可范围内使用', 'Public data is used within the permission'),
  true,
);

interface Visible {
  readonly publicData: boolean;
  /** Columns whose values would be shown though they name whom a row is about, or are sensitive. */
  readonly shown: readonly string[];
}

const unseen = (id: string, title: Text, publicOnly: boolean) =>
  rule<Visible>({
    id,
    title,
    decide: ({ publicData, shown }) => {
      if (publicOnly && !publicData) return notApplicable();
      return shown.length === 0
        ? ok()
        : violated(
            text(
              `这些字段的取值会被直接看到：${shown.join('、')}。`,
              `Values of these columns would be shown as they are: ${shown.join(', ')}.`,
            ),
            text(
              '标识主体的字段只能用于关联；敏感字段须有公开代码表方可用于分组。',
              'The entity key is used for joins only; a sensitive column is grouped by only with a public list of its values.',
            ),
          );
    },
    examples: [
      { name: 'nothing shown', at: DAY, facts: { publicData: true, shown: [] }, expect: 'ok' },
      { name: 'the key shown', at: DAY, facts: { publicData: true, shown: ['card'] }, expect: 'violated' },
      {
        name: 'a company’s key shown',
        at: DAY,
        facts: { publicData: false, shown: ['card'] },
        expect: publicOnly ? 'not-applicable' : 'violated',
      },
    ],
  });

/** 可用不可见: what a policy lets out is never a row's own identity. */
export const usableNotVisible = unseen('GY-12.1', text('数据可用不可见', 'Usable, not visible'), false);
/** 原始数据不出平台, said of what is let into the sandbox. */
export const rawStays = unseen('JN-14.4', text('沙箱不放出原始数据', 'The sandbox lets no raw data out'), true);

/** 收回一次 */
export const revokedOnce = rule<{ readonly revoked: boolean }>({
  id: 'HS-21.10',
  title: text('授权只收回一次', 'A grant is revoked once'),
  decide: ({ revoked }) =>
    revoked
      ? violated(
          text('该授权此前已经收回。', 'This grant was revoked before.'),
          text('无需再次办理。', 'Nothing is left to do.'),
        )
      : ok(),
  examples: [
    { name: 'it stands', at: DAY, facts: { revoked: false }, expect: 'ok' },
    { name: 'revoked before', at: DAY, facts: { revoked: true }, expect: 'violated' },
  ],
});
