import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const DAY = '2026-11-23';

interface Classified {
  readonly classification: { readonly class: string; readonly grade: string };
}
const classifyRemedy = text(
  '请填写数据类别，并定级为一般、重要或核心。',
  'Name the class of the data and grade it general, important or core.',
);

/** Every resource has a class and a grade: the law asks for it, and so does the exchange. */
const classified = (id: string, title: { zh: string; en: string }) =>
  rule<Classified>({
    id,
    title,
    decide: ({ classification }) =>
      classification.class.trim() !== '' && classification.grade !== ''
        ? ok()
        : violated(text('数据没有分类或者没有定级。', 'The data has no class or no grade.'), classifyRemedy),
    examples: [
      {
        name: 'class and grade',
        at: DAY,
        facts: { classification: { class: '交通运行', grade: 'general' } },
        expect: 'ok',
      },
      { name: 'no class', at: DAY, facts: { classification: { class: ' ', grade: 'general' } }, expect: 'violated' },
      { name: 'no grade', at: DAY, facts: { classification: { class: '交通运行', grade: '' } }, expect: 'violated' },
    ],
  });
export const protectedByClass = classified('DSL-21.1', text('数据分类分级保护', 'Data protected by class and grade'));
export const classifiedResource = classified(
  'GY-13.1',
  text('数据要素分级分类', 'Every resource is classified and graded'),
);
/** Whether data may cross a border is decided by class and grade; so each resource carries both. */
export const classifiedForExport = classified(
  'BJ-20.1',
  text('按分类分级确定跨境流动', 'Cross-border flow by class and grade'),
);

/** Core data is not traded. */
export const coreNeverRegistered = rule<Classified>({
  id: 'HS-3.23',
  title: text('核心数据不得登记', 'Core data is never registered'),
  decide: ({ classification }) =>
    classification.grade === 'core'
      ? violated(
          text('该数据定级为核心数据。', 'The data is graded as core data.'),
          text(
            '核心数据不得进入交易；请复核定级，或登记不含核心数据的部分。',
            'Core data cannot be traded. Review the grade, or register a part without core data.',
          ),
        )
      : ok(),
  examples: [
    { name: 'important data', at: DAY, facts: { classification: { class: '能源', grade: 'important' } }, expect: 'ok' },
    { name: 'core data', at: DAY, facts: { classification: { class: '能源', grade: 'core' } }, expect: 'violated' },
  ],
});

/** The provider explains where the data comes from. */
export const sourceExplained = rule<{ readonly source: string; readonly sourceStatement: string }>({
  id: 'DSL-33.1',
  title: text('说明数据来源', 'The source of the data is explained'),
  decide: ({ source, sourceStatement }) =>
    source !== '' && sourceStatement.trim() !== ''
      ? ok()
      : violated(
          text('没有说明数据来源。', 'The source of the data is not explained.'),
          text('请写明数据由谁、依据什么、怎样取得。', 'Say who obtained the data, on what ground and how.'),
        ),
  examples: [
    { name: 'explained', at: DAY, facts: { source: 'self-generated', sourceStatement: '履职中产生' }, expect: 'ok' },
    { name: 'nothing said', at: DAY, facts: { source: 'self-generated', sourceStatement: ' ' }, expect: 'violated' },
  ],
});

interface Personal {
  readonly containsPersonalInformation: boolean;
  readonly consentBasis: string | null;
}
const personal = (id: string, title: { zh: string; en: string }) =>
  rule<Personal>({
    id,
    title,
    decide: ({ containsPersonalInformation, consentBasis }) => {
      if (!containsPersonalInformation) return notApplicable();
      return consentBasis?.trim()
        ? ok()
        : violated(
            text(
              '数据涉及个人信息，但没有记录同意或者其他合法依据。',
              'The data holds personal information, but no consent or other legal basis is recorded.',
            ),
            text(
              '请填写取得同意的方式或者适用的法定情形，或先去除个人信息。',
              'Record how consent was given or which case of the law applies, or remove the personal information first.',
            ),
          );
    },
    examples: [
      {
        name: 'consent recorded',
        at: DAY,
        facts: { containsPersonalInformation: true, consentBasis: '用户授权书' },
        expect: 'ok',
      },
      {
        name: 'no basis',
        at: DAY,
        facts: { containsPersonalInformation: true, consentBasis: null },
        expect: 'violated',
      },
      {
        name: 'no personal information',
        at: DAY,
        facts: { containsPersonalInformation: false, consentBasis: null },
        expect: 'not-applicable',
      },
    ],
  });
export const personalLawful = personal(
  'PIPL-13.1',
  text('处理个人信息须有合法依据', 'Personal information needs a legal basis'),
);
export const personalVoluntary = personal(
  'GY-5.2',
  text('个人数据须主动、自愿提供', 'Personal data is given voluntarily'),
);
/** Sensitive information of citizens and of organisations alike is used with their authorisation. */
export const sensitiveAuthorised = rule<{ readonly sensitive: boolean; readonly consentBasis: string | null }>({
  id: 'JN-6.2',
  title: text('敏感信息须取得授权', 'Sensitive information needs authorisation'),
  decide: ({ sensitive, consentBasis }) => {
    if (!sensitive) return notApplicable();
    return consentBasis?.trim()
      ? ok()
      : violated(
          text(
            '数据含有敏感信息，但没有记录权利人的授权。',
            'The data holds sensitive information, but no authorisation of those it concerns is recorded.',
          ),
          text(
            '请填写取得授权的方式，或先去除敏感字段。',
            'Record how they authorised it, or remove the sensitive columns first.',
          ),
        );
  },
  examples: [
    { name: 'authorised', at: DAY, facts: { sensitive: true, consentBasis: '企业授权书' }, expect: 'ok' },
    { name: 'not authorised', at: DAY, facts: { sensitive: true, consentBasis: null }, expect: 'violated' },
    { name: 'nothing sensitive', at: DAY, facts: { sensitive: false, consentBasis: null }, expect: 'not-applicable' },
  ],
});

/** Free, on conditions, or against payment: each resource of public data says which. */
export const openingStated = rule<{ readonly publicData: boolean; readonly opening: string | null }>({
  id: 'BJ-6.5',
  title: text('明确公共数据的开放属性', 'The kind of opening of public data is stated'),
  decide: ({ publicData, opening }) => {
    if (!publicData) return notApplicable();
    return opening !== null
      ? ok()
      : violated(
          text('没有明确开放属性。', 'The kind of opening is not stated.'),
          text('请选择无条件开放、有条件开放或者有偿使用。', 'Choose unconditional, conditional or paid.'),
        );
  },
  examples: [
    { name: 'paid', at: DAY, facts: { publicData: true, opening: 'paid' }, expect: 'ok' },
    { name: 'not stated', at: DAY, facts: { publicData: true, opening: null }, expect: 'violated' },
    { name: 'a company’s own', at: DAY, facts: { publicData: false, opening: null }, expect: 'not-applicable' },
  ],
});

/** Who produced or collected the data holds the right to it; who has it otherwise names the agreement. */
export const holderRight = rule<{ readonly source: string; readonly agreement: string | null }>({
  id: 'SH-6.2',
  title: text('登记人为数据持有人', 'Who registers holds the right'),
  decide: ({ source, agreement }) => {
    if (source === 'self-generated' || source === 'public-collection') return ok();
    return agreement?.trim()
      ? ok()
      : violated(
          text(
            '数据不是自行产生或采集，也没有写明取得数据的协议。',
            'The data was not produced or collected by the holder, and no agreement is named.',
          ),
          text(
            '请在“来源协议”中写明协议名称、编号或者对方单位。',
            'Name the agreement, its number or the other side in “agreement”.',
          ),
        );
  },
  examples: [
    { name: 'own data', at: DAY, facts: { source: 'self-generated', agreement: null }, expect: 'ok' },
    {
      name: 'collected from public sources',
      at: DAY,
      facts: { source: 'public-collection', agreement: null },
      expect: 'ok',
    },
    { name: 'by agreement, named', at: DAY, facts: { source: 'agreement', agreement: '某某协议第1号' }, expect: 'ok' },
    { name: 'by agreement, not named', at: DAY, facts: { source: 'agreement', agreement: null }, expect: 'violated' },
    { name: 'derived from what?', at: DAY, facts: { source: 'derived', agreement: ' ' }, expect: 'violated' },
  ],
});

const PROVIDERS: readonly string[] = [
  'administrative-organ',
  'authorised-organisation',
  'people-organisation',
  'public-service-unit',
];

/** Public data comes from a body of public management or service. */
export const publicProvider = rule<{ readonly roles: readonly string[]; readonly providerClass: string | null }>({
  id: 'JN-3.1',
  title: text('公共数据由数据提供单位登记', 'Public data is registered by a data provider'),
  decide: ({ roles, providerClass }) => {
    if (!roles.includes('data-provider')) return notApplicable();
    return providerClass !== null && PROVIDERS.includes(providerClass)
      ? ok()
      : violated(
          text(
            '登记单位没有载明属于哪一类数据提供单位。',
            'The register does not say which kind of data provider this is.',
          ),
          text('请在入驻申请中选择提供单位类别。', 'State the class of provider in the application for admission.'),
        );
  },
  examples: [
    {
      name: 'a department',
      at: DAY,
      facts: { roles: ['data-provider'], providerClass: 'administrative-organ' },
      expect: 'ok',
    },
    { name: 'class unknown', at: DAY, facts: { roles: ['data-provider'], providerClass: null }, expect: 'violated' },
    {
      name: 'a firm with its own data',
      at: DAY,
      facts: { roles: ['data-merchant'], providerClass: null },
      expect: 'not-applicable',
    },
  ],
});

/** The dictionary describes the dataset, column by column. */
export const dictionaryComplete = rule<{
  readonly dictionary: {
    readonly missing: readonly string[];
    readonly extra: readonly string[];
    readonly repeated: readonly string[];
  };
}>({
  id: 'HS-3.21',
  title: text('数据字典与数据集一致', 'The dictionary matches the dataset'),
  decide: ({ dictionary: { missing, extra, repeated } }) => {
    if (missing.length === 0 && extra.length === 0 && repeated.length === 0) return ok();
    const zh = [
      missing.length > 0 ? `缺少字段：${missing.join('、')}` : '',
      extra.length > 0 ? `数据集中没有：${extra.join('、')}` : '',
      repeated.length > 0 ? `重复：${repeated.join('、')}` : '',
    ].filter((s) => s !== '');
    const en = [
      missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
      extra.length > 0 ? `not in the dataset: ${extra.join(', ')}` : '',
      repeated.length > 0 ? `named twice: ${repeated.join(', ')}` : '',
    ].filter((s) => s !== '');
    return violated(
      text(
        `数据字典与数据集不一致（${zh.join('；')}）。`,
        `The dictionary does not match the dataset (${en.join('; ')}).`,
      ),
      text('请为数据集的每个字段各填写一行。', 'Describe each column of the dataset exactly once.'),
    );
  },
  examples: [
    {
      name: 'the same columns',
      at: DAY,
      facts: { dictionary: { missing: [], extra: [], repeated: [] } },
      expect: 'ok',
    },
    {
      name: 'one not described',
      at: DAY,
      facts: { dictionary: { missing: ['a'], extra: [], repeated: [] } },
      expect: 'violated',
    },
    {
      name: 'one invented',
      at: DAY,
      facts: { dictionary: { missing: [], extra: ['b'], repeated: [] } },
      expect: 'violated',
    },
    {
      name: 'one twice',
      at: DAY,
      facts: { dictionary: { missing: [], extra: [], repeated: ['a'] } },
      expect: 'violated',
    },
  ],
});

/** One application for one scenario: no second living authorisation for the same purpose. */
export const oneScenarioOneApplication = rule<{ readonly livingSamePurpose: boolean }>({
  id: 'JN-14.2',
  title: text('一事一申请', 'One application for one scenario'),
  decide: ({ livingSamePurpose }) =>
    livingSamePurpose
      ? violated(
          text('该单位对此用途已有有效授权。', 'The party has a living authorisation for this purpose.'),
          text(
            '请先撤销原授权，或为新的场景另行授权。',
            'Revoke the present one first, or authorise another scenario.',
          ),
        )
      : ok(),
  examples: [
    { name: 'a new purpose', at: DAY, facts: { livingSamePurpose: false }, expect: 'ok' },
    { name: 'the same again', at: DAY, facts: { livingSamePurpose: true }, expect: 'violated' },
  ],
});

/** An authorisation ends: access stops at the latest on that day. */
export const authorisationEnds = rule<{ readonly validUntil: string; readonly now: string }>({
  id: 'JN-8.6',
  title: text('授权有期限', 'An authorisation ends'),
  decide: ({ validUntil, now }) =>
    validUntil > now
      ? ok()
      : violated(
          text('授权的截止时间已过。', 'The end of the authorisation is in the past.'),
          text('请填写将来的截止时间。', 'Name an end in the future.'),
        ),
  examples: [
    {
      name: 'a millisecond later',
      at: DAY,
      facts: { validUntil: '2026-11-23T00:00:00.001Z', now: '2026-11-23T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'this very moment',
      at: DAY,
      facts: { validUntil: '2026-11-23T00:00:00.000Z', now: '2026-11-23T00:00:00.000Z' },
      expect: 'violated',
    },
  ],
});
