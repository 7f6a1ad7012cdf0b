import { dated, notApplicable, ok, type Rule, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const DAY = '2026-11-23';

interface Opened {
  readonly opening: string | null;
  readonly containsPersonalInformation: boolean;
  readonly sensitive: boolean;
}
/** Whoever handles personal information does not make it public without each person's separate consent (PIPL art. 25). */
export const neverPublicPersonal = rule<Opened>({
  id: 'PIPL-25.1',
  title: text('不得公开个人信息', 'Personal information is not made public'),
  decide: ({ opening, containsPersonalInformation, sensitive }) => {
    if (opening !== 'unconditional') return notApplicable();
    return containsPersonalInformation || sensitive
      ? violated(
          text(
            '含个人信息或敏感字段的数据，被定为无条件开放。',
            'Data with personal information or sensitive columns would be open without conditions.',
          ),
          text(
            '请改为有条件开放，或先去除个人信息和敏感字段后另行编目。',
            'Open it under conditions, or list a version without personal information and sensitive columns.',
          ),
        )
      : ok();
  },
  examples: [
    {
      name: 'weather, for everybody',
      at: DAY,
      facts: { opening: 'unconditional', containsPersonalInformation: false, sensitive: false },
      expect: 'ok',
    },
    {
      name: 'names, for everybody',
      at: DAY,
      facts: { opening: 'unconditional', containsPersonalInformation: true, sensitive: false },
      expect: 'violated',
    },
    {
      name: 'a sensitive column, for everybody',
      at: DAY,
      facts: { opening: 'unconditional', containsPersonalInformation: false, sensitive: true },
      expect: 'violated',
    },
    {
      name: 'names, under conditions',
      at: DAY,
      facts: { opening: 'conditional', containsPersonalInformation: true, sensitive: true },
      expect: 'not-applicable',
    },
  ],
});

/** Important data is for nobody in particular only when somebody decided so, case by case. */
export const importantNeverUnconditional = rule<{
  readonly opening: string | null;
  readonly classification: { readonly grade: string };
}>({
  id: 'HS-18.1',
  title: text('无条件开放限于一般数据', 'Only general data is open without conditions'),
  decide: ({ opening, classification }) => {
    if (opening !== 'unconditional') return notApplicable();
    return classification.grade === 'general'
      ? ok()
      : violated(
          text('数据不是一般数据，被定为无条件开放。', 'The data is not graded general, yet open without conditions.'),
          text('请改为有条件开放，或复核定级。', 'Open it under conditions, or review the grade.'),
        );
  },
  examples: [
    {
      name: 'general data',
      at: DAY,
      facts: { opening: 'unconditional', classification: { grade: 'general' } },
      expect: 'ok',
    },
    {
      name: 'important data',
      at: DAY,
      facts: { opening: 'unconditional', classification: { grade: 'important' } },
      expect: 'violated',
    },
    {
      name: 'important, under conditions',
      at: DAY,
      facts: { opening: 'conditional', classification: { grade: 'important' } },
      expect: 'not-applicable',
    },
  ],
});

/** Whoever applies for a conditional opening must know beforehand what will be asked. */
export const conditionsStated = rule<{ readonly opening: string | null; readonly conditions: string | null }>({
  id: 'HS-18.2',
  title: text('有条件开放须写明条件', 'Conditions of an opening are stated'),
  decide: ({ opening, conditions }) => {
    if (opening !== 'conditional') return notApplicable();
    return conditions?.trim()
      ? ok()
      : violated(
          text('有条件开放，但没有写明条件。', 'The opening is conditional, but no condition is stated.'),
          text(
            '请写明申请人须满足的条件，例如主体资格、用途、安全要求。',
            'State what an applicant must meet, such as who may apply, for what purpose, with what safeguards.',
          ),
        );
  },
  examples: [
    { name: 'stated', at: DAY, facts: { opening: 'conditional', conditions: '限于科研用途' }, expect: 'ok' },
    { name: 'not stated', at: DAY, facts: { opening: 'conditional', conditions: ' ' }, expect: 'violated' },
    { name: 'none needed', at: DAY, facts: { opening: 'unconditional', conditions: null }, expect: 'not-applicable' },
  ],
});

/** One number stands for one entry of a department's directory. */
export const numberOnce = rule<{ readonly number: string; readonly numberTaken: boolean }>({
  id: 'HS-18.5',
  title: text('目录编号不重复', 'A number stands for one entry'),
  decide: ({ number, numberTaken }) =>
    numberTaken
      ? violated(
          text(`本单位目录中已有编号“${number}”。`, `The directory already has an entry “${number}”.`),
          text('请使用新的编号，或变更原有条目。', 'Use another number, or change the present entry.'),
        )
      : ok(),
  examples: [
    { name: 'a new number', at: DAY, facts: { number: 'JT-001', numberTaken: false }, expect: 'ok' },
    { name: 'the same again', at: DAY, facts: { number: 'JT-001', numberTaken: true }, expect: 'violated' },
  ],
});

/** Beijing's four zones of public data; what is in none of them stands in the general zone. */
export const zoneKnown = rule({
  id: 'BJ-6.4',
  title: text('公共数据专区', 'Zones of public data'),
  params: {
    zones: dated<readonly string[]>({
      from: '2022-12-01',
      value: ['health', 'transport', 'credit', 'spatial'],
      reference: 'BJ 三6',
    }),
  },
  decide: ({ zone }: { readonly zone: string | null }, { zones }) => {
    if (zone === null || zone === '') return notApplicable();
    return zones.includes(zone)
      ? ok()
      : violated(
          text(`没有“${zone}”专区。`, `There is no zone “${zone}”.`),
          text(
            '请选择健康、交通、信用、空间专区，或留空归入综合专区。',
            'Choose health, transport, credit or spatial, or leave it empty for the general zone.',
          ),
        );
  },
  examples: [
    { name: 'transport', at: DAY, facts: { zone: 'transport' }, expect: 'ok' },
    { name: 'health', at: DAY, facts: { zone: 'health' }, expect: 'ok' },
    { name: 'an invented zone', at: DAY, facts: { zone: 'games' }, expect: 'violated' },
    { name: 'the general zone', at: DAY, facts: { zone: null }, expect: 'not-applicable' },
  ],
});

interface Gathered {
  readonly providerClass: string | null;
  readonly gathered: boolean;
  readonly exceptionBasis: string | null;
}
/** Data of these providers are all gathered in the zone; until then supervisors see it. */
const allGathered = (id: string, title: { zh: string; en: string }, utilities: boolean): Rule<Gathered> =>
  rule<Gathered>({
    id,
    title,
    effect: 'monitor',
    decide: ({ providerClass, gathered, exceptionBasis }) => {
      if ((providerClass === 'public-service-unit') !== utilities || exceptionBasis?.trim()) return notApplicable();
      return gathered
        ? ok()
        : violated(
            text('目录中的数据还没有存入数据专区。', 'Data of the directory do not stand in the zone yet.'),
            text('请归集数据，或写明不予归集的法律依据。', 'Gather the data, or name the law that keeps them out.'),
          );
    },
    examples: [
      {
        name: 'gathered',
        at: DAY,
        facts: {
          providerClass: utilities ? 'public-service-unit' : 'administrative-organ',
          gathered: true,
          exceptionBasis: null,
        },
        expect: 'ok',
      },
      {
        name: 'only listed',
        at: DAY,
        facts: {
          providerClass: utilities ? 'public-service-unit' : 'administrative-organ',
          gathered: false,
          exceptionBasis: null,
        },
        expect: 'violated',
      },
      {
        name: 'kept out by law',
        at: DAY,
        facts: {
          providerClass: utilities ? 'public-service-unit' : 'administrative-organ',
          gathered: false,
          exceptionBasis: '《档案法》第二十八条',
        },
        expect: 'not-applicable',
      },
      {
        name: 'another kind of provider',
        at: DAY,
        facts: {
          providerClass: utilities ? 'administrative-organ' : 'public-service-unit',
          gathered: false,
          exceptionBasis: null,
        },
        expect: 'not-applicable',
      },
    ],
  });
export const governmentGathered = allGathered(
  'GY-1.1',
  text('政务数据集中存入专区', 'All government data in the zone'),
  false,
);
export const utilitiesGathered = allGathered(
  'GY-2.7',
  text('公共事业数据集中存入专区', 'Data of public utilities in the zone'),
  true,
);

/** Supply is the rule; whoever keeps data out of the zone names the law. */
export const exceptionByLaw = rule<{ readonly exceptionBasis: string | null }>({
  id: 'GY-1.3',
  title: text('以提供为原则，例外须有法律依据', 'Supply is the rule, an exception needs a law'),
  decide: ({ exceptionBasis }) => {
    if (!exceptionBasis?.trim()) return notApplicable();
    return /《[^》]+》/.test(exceptionBasis)
      ? ok()
      : violated(
          text('不予归集，但没有写明法律、法规的名称。', 'The data are kept out of the zone, but no law is named.'),
          text(
            '请写明依据，例如《中华人民共和国保守国家秘密法》第某条。',
            'Name it with its title in 《》 and the article.',
          ),
        );
  },
  examples: [
    { name: 'by law', at: DAY, facts: { exceptionBasis: '《保守国家秘密法》第二十条' }, expect: 'ok' },
    { name: 'not convenient', at: DAY, facts: { exceptionBasis: '暂不方便提供' }, expect: 'violated' },
    { name: 'supplied', at: DAY, facts: { exceptionBasis: null }, expect: 'not-applicable' },
  ],
});

/** The census of public utilities enters the one directory: a resource of theirs has its number in it. */
export const utilitiesInDirectory = rule<{ readonly providerClass: string | null; readonly number: string | null }>({
  id: 'GY-2.5',
  title: text('公共事业数据纳入统一目录', 'Resources of public utilities stand in the directory'),
  effect: 'monitor',
  decide: ({ providerClass, number }) => {
    if (providerClass !== 'public-service-unit') return notApplicable();
    return number
      ? ok()
      : violated(
          text('公共事业单位的资源没有目录编号。', 'The resource of a public utility has no number in the directory.'),
          text('请先在目录中编目，再归集数据。', 'List it in the directory first, then gather its data.'),
        );
  },
  examples: [
    {
      name: 'water works, listed',
      at: DAY,
      facts: { providerClass: 'public-service-unit', number: 'GS-01' },
      expect: 'ok',
    },
    {
      name: 'water works, not listed',
      at: DAY,
      facts: { providerClass: 'public-service-unit', number: null },
      expect: 'violated',
    },
    {
      name: 'a department',
      at: DAY,
      facts: { providerClass: 'administrative-organ', number: null },
      expect: 'not-applicable',
    },
  ],
});

/** What the standard of the directory asks for is there (HS-18.4 names the parts). */
export const directoryStandard = rule<{ readonly publicData: boolean; readonly missing: readonly string[] }>({
  id: 'BJ-6.6',
  title: text('符合公共数据目录标准', 'The entry meets the standard of the directory'),
  effect: 'monitor',
  decide: ({ publicData, missing }) => {
    if (!publicData) return notApplicable();
    return missing.length === 0
      ? ok()
      : violated(
          text(`条目不完整：${missing.join('、')}。`, `The entry is not complete: ${missing.join(', ')}.`),
          text('请补充后变更条目。', 'Supply what is missing by changing the entry.'),
        );
  },
  examples: [
    { name: 'complete', at: DAY, facts: { publicData: true, missing: [] }, expect: 'ok' },
    { name: 'no dictionary', at: DAY, facts: { publicData: true, missing: ['columns'] }, expect: 'violated' },
    { name: 'a company’s own', at: DAY, facts: { publicData: false, missing: ['columns'] }, expect: 'not-applicable' },
  ],
});

/** Unconditional opening keeps growing: who takes a resource back from it is seen. */
export const openingNotNarrowed = rule<{ readonly opening: string | null; readonly openingBefore: string | null }>({
  id: 'BJ-6.8',
  title: text('持续扩大无条件开放', 'Unconditional opening keeps growing'),
  effect: 'monitor',
  decide: ({ opening, openingBefore }) => {
    if (openingBefore !== 'unconditional') return notApplicable();
    return opening === 'unconditional'
      ? ok()
      : violated(
          text('资源由无条件开放改为较窄的方式。', 'The resource was open without conditions and no longer is.'),
          text('请说明理由；确无必要的，恢复无条件开放。', 'Give the reason; where there is none, open it again.'),
        );
  },
  examples: [
    { name: 'stays open', at: DAY, facts: { opening: 'unconditional', openingBefore: 'unconditional' }, expect: 'ok' },
    { name: 'narrowed', at: DAY, facts: { opening: 'paid', openingBefore: 'unconditional' }, expect: 'violated' },
    { name: 'was narrow', at: DAY, facts: { opening: 'paid', openingBefore: 'conditional' }, expect: 'not-applicable' },
  ],
});

/** A provider gathers and governs its data: new data come when its own plan says so. */
export const updatedInTime = rule<{ readonly updateDueAt: string | null; readonly now: string }>({
  id: 'JN-5.2',
  title: text('按更新计划汇聚数据', 'Data come by the update plan'),
  effect: 'monitor',
  decide: ({ updateDueAt, now }) => {
    if (updateDueAt === null) return notApplicable();
    return now <= updateDueAt
      ? ok()
      : violated(
          text('数据晚于更新计划。', 'The data came later than the plan says.'),
          text(
            '请按计划更新，或把更新频率改为实际频率。',
            'Update by the plan, or state the frequency you really keep.',
          ),
        );
  },
  examples: [
    {
      name: 'in time',
      at: DAY,
      facts: { updateDueAt: '2026-11-23T00:00:00.000Z', now: '2026-11-23T00:00:00.000Z' },
      expect: 'ok',
    },
    {
      name: 'a millisecond late',
      at: DAY,
      facts: { updateDueAt: '2026-11-23T00:00:00.000Z', now: '2026-11-23T00:00:00.001Z' },
      expect: 'violated',
    },
    {
      name: 'no plan',
      at: DAY,
      facts: { updateDueAt: null, now: '2026-11-23T00:00:00.001Z' },
      expect: 'not-applicable',
    },
  ],
});

/** New data have the columns that the dictionary describes; what people rely on does not change under them. */
export const sameShape = rule<{ readonly columnsGone: readonly string[]; readonly columnsNew: readonly string[] }>({
  id: 'HS-18.6',
  title: text('更新数据与字典一致', 'New data keep the dictionary'),
  decide: ({ columnsGone, columnsNew }) =>
    columnsGone.length === 0 && columnsNew.length === 0
      ? ok()
      : violated(
          text(
            `新数据与数据字典不一致（缺少：${columnsGone.join('、') || '无'}；多出：${columnsNew.join('、') || '无'}）。`,
            `The new data do not fit the dictionary (missing: ${columnsGone.join(', ') || 'none'}; new: ${columnsNew.join(', ') || 'none'}).`,
          ),
          text('结构变了的数据，请作为新的资源登记。', 'Data of another shape are registered as another resource.'),
        ),
  examples: [
    { name: 'the same columns', at: DAY, facts: { columnsGone: [], columnsNew: [] }, expect: 'ok' },
    { name: 'one gone', at: DAY, facts: { columnsGone: ['a'], columnsNew: [] }, expect: 'violated' },
    { name: 'one new', at: DAY, facts: { columnsGone: [], columnsNew: ['b'] }, expect: 'violated' },
  ],
});
