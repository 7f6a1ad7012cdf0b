import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { fitsFormat, IMPORT_KIND_TITLES, type ImportKind } from './model.ts';

/** The day the examples speak of. */
export const DAY = '2026-11-25';

/** The last day of so many years that begin on a day. */
function plusYears(day: string, years: number): string {
  const [year = '', ...rest] = day.split('-');
  return [String(Number(year) + years), ...rest].join('-');
}

export interface RegistryFacts {
  readonly name: string;
  readonly kinds: readonly ImportKind[];
  readonly withdrawn: boolean;
  readonly numberFormat: string;
  readonly validYears: number | null;
}
const REGISTRY: RegistryFacts = {
  name: '示例登记机构',
  kinds: ['data-ip'],
  withdrawn: false,
  numberFormat: 'SJ9999999999999',
  validYears: 3,
};

export interface StatedFacts {
  readonly kind: ImportKind;
  readonly number: string;
  readonly issuedOn: string;
  readonly validUntil: string | null;
}
export const STATED: StatedFacts = {
  kind: 'data-rights',
  number: 'SJ3712026080012',
  issuedOn: '2026-08-03',
  validUntil: '2029-08-02',
};

/** A mask of a number: long enough to tell certificates apart. */
export const formatTells = rule({
  id: 'HS-7.30',
  title: text('登记机构编号格式可辨', 'The number format tells certificates apart'),
  params: {
    places: dated({ from: '2020-01-01', value: 4, unit: 'character', reference: 'HS-7.30' }),
  },
  decide: ({ numberFormat }: { readonly numberFormat: string }, { places }) => {
    const open = [...numberFormat].filter((c) => c === '9' || c === 'A').length;
    return open >= places
      ? ok()
      : violated(
          text(`编号格式只有 ${open} 个可变字符。`, `The format has ${open} characters that vary.`),
          text(
            '以 9 表示数字、A 表示大写字母、其余照写，例如 SJ9999999999999。',
            'Write 9 for a digit, A for a capital letter and everything else as it is, such as SJ9999999999999.',
          ),
        );
  },
  examples: [
    { name: 'four digits', at: DAY, facts: { numberFormat: '沪9999' }, expect: 'ok' },
    { name: 'three', at: DAY, facts: { numberFormat: '沪999' }, expect: 'violated' },
  ],
});

/** 数据知识产权登记由知识产权部门发证: its certificates are those of a registry on the list. */
const onTheList = (id: string, wanted: ImportKind | null, title: { zh: string; en: string }) =>
  rule<{ readonly registry: RegistryFacts; readonly stated: StatedFacts }>({
    id,
    title,
    decide: ({ registry, stated }) => {
      if (wanted !== null && stated.kind !== wanted) return notApplicable();
      if (!registry.withdrawn && registry.kinds.includes(stated.kind)) return ok();
      const kind = IMPORT_KIND_TITLES[stated.kind];
      return violated(
        text(
          `“${registry.name}”不在${kind.zh}的认可名单上。`,
          `“${registry.name}” is not on the list for: ${kind.en}.`,
        ),
        text(
          '请选择名单上的登记机构，或向交易所申请列入。',
          'Choose a registry on the list, or ask the exchange to add it.',
        ),
      );
    },
    examples: [
      {
        name: 'on the list',
        at: DAY,
        facts: { registry: REGISTRY, stated: { ...STATED, kind: 'data-ip' } },
        expect: 'ok',
      },
      {
        name: 'no longer on it',
        at: DAY,
        facts: { registry: { ...REGISTRY, withdrawn: true }, stated: { ...STATED, kind: 'data-ip' } },
        expect: 'violated',
      },
      ...(wanted === null
        ? [
            {
              name: 'for another kind',
              at: DAY,
              facts: { registry: REGISTRY, stated: STATED },
              expect: 'violated' as const,
            },
          ]
        : [
            {
              name: 'another kind is no matter of this rule',
              at: DAY,
              facts: { registry: REGISTRY, stated: STATED },
              expect: 'not-applicable' as const,
            },
          ]),
    ],
  });
export const registryRecognised = onTheList(
  'HS-7.31',
  null,
  text('登记机构在认可名单上', 'The registry is on the list'),
);
export const ipRegistry = onTheList(
  'SH-13.1',
  'data-ip',
  text('数据知识产权登记证书由登记部门核发', 'A data-IP certificate comes from its registration department'),
);

/** Codes of GB/T 2260, first level. */
const REGIONS = [
  ...['11', '12', '13', '14', '15', '21', '22', '23', '31', '32', '33', '34', '35', '36', '37'],
  ...['41', '42', '43', '44', '45', '46', '50', '51', '52', '53', '54', '61', '62', '63', '64', '65'],
  ...['71', '81', '82'],
];

/** 登记凭证编码: SJ, region, body, year and month of the registration, serial. */
export const rightsNumber = rule({
  id: 'DPR-A6.1',
  title: text('数据产权登记凭证编码', 'Code of a data-rights certificate'),
  params: {
    regions: dated({ from: '2020-01-01', value: REGIONS, reference: 'GB/T 2260' }),
  },
  decide: ({ stated }: { readonly stated: StatedFacts }, { regions }) => {
    if (stated.kind !== 'data-rights') return notApplicable();
    const [, region, month] = /^SJ(\d{2})\d(\d{6})\d{4}$/.exec(stated.number) ?? [];
    const wrong =
      region === undefined
        ? text('不是“SJ”加13位数字', 'it is not SJ and thirteen digits')
        : !regions.includes(region)
          ? text(`没有地区代码 ${region}`, `there is no region ${region}`)
          : month !== stated.issuedOn.slice(0, 'YYYY-MM'.length).replace('-', '')
            ? text('其中的年月与发证日期不符', 'its year and month are not those of the issue')
            : undefined;
    if (!wrong) return ok();
    return violated(
      text(`编码 ${stated.number} 有误：${wrong.zh}。`, `The code ${stated.number} is wrong: ${wrong.en}.`),
      text('请对照证书核对编码和发证日期。', 'Compare code and date of issue with the certificate.'),
    );
  },
  examples: [
    { name: 'Shandong, August 2026', at: DAY, facts: { stated: STATED }, expect: 'ok' },
    { name: 'a digit short', at: DAY, facts: { stated: { ...STATED, number: 'SJ371202608001' } }, expect: 'violated' },
    {
      name: 'no such region',
      at: DAY,
      facts: { stated: { ...STATED, number: 'SJ9912026080012' } },
      expect: 'violated',
    },
    { name: 'another month', at: DAY, facts: { stated: { ...STATED, number: 'SJ3712026070012' } }, expect: 'violated' },
    {
      name: 'a month that is none',
      at: DAY,
      facts: { stated: { ...STATED, number: 'SJ3712026130012' } },
      expect: 'violated',
    },
    {
      name: 'a data-IP certificate',
      at: DAY,
      facts: { stated: { ...STATED, kind: 'data-ip' } },
      expect: 'not-applicable',
    },
  ],
});

/** 编号格式与登记机构相符. */
export const registryNumber = rule({
  id: 'HS-7.32',
  title: text('编号符合登记机构的格式', 'The number has the registry’s form'),
  decide: ({ registry, stated }: { readonly registry: RegistryFacts; readonly stated: StatedFacts }) =>
    fitsFormat(stated.number, registry.numberFormat)
      ? ok()
      : violated(
          text(
            `编号 ${stated.number} 不符合“${registry.name}”的格式 ${registry.numberFormat}。`,
            `The number ${stated.number} does not have the form ${registry.numberFormat} of “${registry.name}”.`,
          ),
          text(
            '请对照证书核对编号（9 表示数字，A 表示大写字母）。',
            'Compare it with the certificate (9 is a digit, A a capital letter).',
          ),
        ),
  examples: [
    { name: 'it fits', at: DAY, facts: { registry: REGISTRY, stated: STATED }, expect: 'ok' },
    {
      name: 'too short',
      at: DAY,
      facts: { registry: REGISTRY, stated: { ...STATED, number: 'SJ37120260800' } },
      expect: 'violated',
    },
    {
      name: 'a letter where a digit stands',
      at: DAY,
      facts: { registry: REGISTRY, stated: { ...STATED, number: 'SJ37120260800I2' } },
      expect: 'violated',
    },
  ],
});

interface Validity {
  readonly stated: StatedFacts;
  readonly today: string;
}

/** 有效期不超过五年. */
export const validAtMost = rule({
  id: 'DPR-30.1',
  title: text('登记凭证有效期不超过五年', 'A certificate of rights is valid for five years at most'),
  params: { years: dated({ from: '2020-01-01', value: 5, unit: 'year', reference: 'DPR-30.1' }) },
  decide: ({ stated }: Pick<Validity, 'stated'>, { years }) => {
    if (stated.kind !== 'data-rights') return notApplicable();
    const longest = plusYears(stated.issuedOn, years);
    if (stated.validUntil !== null && stated.validUntil <= longest) return ok();
    return violated(
      text(
        `有效期至 ${stated.validUntil ?? '未载明'}，最长至 ${longest}。`,
        `It is said to be valid until ${stated.validUntil ?? '(not stated)'}; ${longest} is the latest.`,
      ),
      text('请对照证书核对有效期。', 'Compare the dates with the certificate.'),
    );
  },
  examples: [
    { name: 'three years', at: DAY, facts: { stated: STATED }, expect: 'ok' },
    {
      name: 'five years to the day',
      at: DAY,
      facts: { stated: { ...STATED, validUntil: '2031-08-03' } },
      expect: 'ok',
    },
    { name: 'a day more', at: DAY, facts: { stated: { ...STATED, validUntil: '2031-08-04' } }, expect: 'violated' },
    { name: 'four years', at: DAY, facts: { stated: { ...STATED, validUntil: '2030-08-04' } }, expect: 'ok' },
    { name: 'not stated', at: DAY, facts: { stated: { ...STATED, validUntil: null } }, expect: 'violated' },
    {
      name: 'a data-IP certificate',
      at: DAY,
      facts: { stated: { ...STATED, kind: 'data-ip', validUntil: null } },
      expect: 'not-applicable',
    },
  ],
});

/** 证书在有效期内: issued, not expired, and no longer than its registry says. */
export const stillValid = rule({
  id: 'HS-7.33',
  title: text('证书在有效期内', 'The certificate is valid today'),
  decide: ({ stated, registry, today }: Validity & { readonly registry: RegistryFacts }) => {
    const { issuedOn, validUntil } = stated;
    const longest = registry.validYears === null ? null : plusYears(issuedOn, registry.validYears);
    const over = validUntil !== null && validUntil < today;
    const tooLong = longest !== null && (validUntil ?? longest) > longest;
    if (issuedOn <= today && !over && !tooLong && (longest === null || longest >= today)) return ok();
    return violated(
      text(
        `发证日期 ${issuedOn}，有效期至 ${validUntil ?? '未载明'}，今日 ${today}${longest === null ? '' : `，该机构证书最长至 ${longest}`}。`,
        `Issued ${issuedOn}, valid until ${validUntil ?? '(not stated)'}, today ${today}${longest === null ? '' : `, by its registry at the latest until ${longest}`}.`,
      ),
      text(
        '请核对日期；已过期的请先向登记机构续期。',
        'Check the dates; an expired one is first renewed at its registry.',
      ),
    );
  },
  examples: [
    { name: 'in its time', at: DAY, facts: { stated: STATED, registry: REGISTRY, today: '2026-11-25' }, expect: 'ok' },
    { name: 'its last day', at: DAY, facts: { stated: STATED, registry: REGISTRY, today: '2029-08-02' }, expect: 'ok' },
    {
      name: 'the day after',
      at: DAY,
      facts: { stated: STATED, registry: REGISTRY, today: '2029-08-03' },
      expect: 'violated',
    },
    {
      name: 'issued tomorrow',
      at: DAY,
      facts: { stated: STATED, registry: REGISTRY, today: '2026-08-02' },
      expect: 'violated',
    },
    {
      name: 'longer than its registry gives',
      at: DAY,
      facts: { stated: { ...STATED, validUntil: '2030-01-01' }, registry: REGISTRY, today: '2026-11-25' },
      expect: 'violated',
    },
    {
      name: 'no end stated, and the registry has one',
      at: DAY,
      facts: { stated: { ...STATED, validUntil: null }, registry: REGISTRY, today: '2029-08-04' },
      expect: 'violated',
    },
    {
      name: 'no end at all',
      at: DAY,
      facts: {
        stated: { ...STATED, validUntil: null },
        registry: { ...REGISTRY, validYears: null },
        today: '2040-01-01',
      },
      expect: 'ok',
    },
  ],
});
