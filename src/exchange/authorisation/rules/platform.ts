import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { INTEREST_TITLES, INTERESTS, type Interest } from '../model-duties.ts';

const DAY = '2026-11-25';
const FROM = '2020-01-01';

/** 六项利益得到保护: a human judgement of the authorising unit, recorded with its words. */
export const interestsProtected = rule({
  id: 'JN-3.3',
  title: text('六项利益均得到保护', 'The six interests are protected'),
  effect: 'record',
  params: { needed: dated<readonly Interest[]>({ from: FROM, value: INTERESTS, reference: 'JN-3.3' }) },
  decide: (
    { interests, protection }: { readonly interests: readonly string[]; readonly protection: string },
    { needed },
  ) => {
    const missing = needed.filter((i) => !interests.includes(i));
    if (missing.at(0) !== undefined)
      return violated(
        text(
          `没有确认受到保护：${missing.map((i) => INTEREST_TITLES[i].zh).join('、')}。`,
          `Not confirmed as protected: ${missing.map((i) => INTEREST_TITLES[i].en).join(', ')}.`,
        ),
        text('请逐项判断并确认。', 'Judge and confirm each of them.'),
      );
    return protection.trim() !== ''
      ? ok()
      : violated(
          text('没有说明怎样保护。', 'It is not said how they are protected.'),
          text('请写明判断的理由和保护措施。', 'Give the reasons and the measures.'),
        );
  },
  examples: [
    { name: 'all six, with words', at: DAY, facts: { interests: [...INTERESTS], protection: '已脱敏' }, expect: 'ok' },
    { name: 'no words', at: DAY, facts: { interests: [...INTERESTS], protection: ' ' }, expect: 'violated' },
    ...INTERESTS.map((left) => ({
      name: `without ${left}`,
      at: DAY,
      facts: { interests: INTERESTS.filter((i) => i !== left), protection: '已脱敏' },
      expect: 'violated' as const,
    })),
  ],
});

/** 唯一通道: what is offered for operation is not given away beside it. */
export const singleChannel = rule<{ readonly authorisedBeside: readonly string[] }>({
  id: 'JN-13.1',
  title: text('运营平台是唯一通道', 'The platform is the only channel'),
  decide: ({ authorisedBeside }) =>
    authorisedBeside.at(0) === undefined
      ? ok()
      : violated(
          text(
            `以下资源另有未经授权运营程序的授权：${authorisedBeside.join('、')}。`,
            `Given beside the procedure of authorised operation: ${authorisedBeside.join(', ')}.`,
          ),
          text('请先撤销这些授权，再发布公告。', 'Revoke those authorisations first.'),
        ),
  examples: [
    { name: 'nothing beside', at: DAY, facts: { authorisedBeside: [] }, expect: 'ok' },
    { name: 'one given away', at: DAY, facts: { authorisedBeside: ['气象'] }, expect: 'violated' },
  ],
});

interface ByField {
  readonly mode: string;
  readonly providerClass: string | null;
  /** Where Jinan's draft is adopted, each provider may authorise by field (JN-7.1). */
  readonly jinanAdopted: boolean;
}

/** 公共事业单位数据统一授权: by the authority, unless the house has adopted measures that let providers do it. */
export const utilitiesTogether = rule<ByField>({
  id: 'GY-2.2',
  title: text('公共事业单位数据由主管部门统一授权', 'Data of public institutions is authorised by the authority'),
  decide: ({ mode, providerClass, jinanAdopted }) => {
    if (mode !== 'field' || providerClass !== 'public-service-unit') return notApplicable();
    return jinanAdopted
      ? ok()
      : violated(
          text('公共事业单位自行授权运营其数据。', 'A public institution authorises its own data.'),
          text('请由大数据主管部门统一授权。', 'Leave it to the data authority.'),
        );
  },
  examples: [
    {
      name: 'by the authority',
      at: DAY,
      facts: { mode: 'comprehensive', providerClass: null, jinanAdopted: false },
      expect: 'not-applicable',
    },
    {
      name: 'by the water works',
      at: DAY,
      facts: { mode: 'field', providerClass: 'public-service-unit', jinanAdopted: false },
      expect: 'violated',
    },
    {
      name: 'by the water works, where Jinan’s measures hold',
      at: DAY,
      facts: { mode: 'field', providerClass: 'public-service-unit', jinanAdopted: true },
      expect: 'ok',
    },
  ],
});

interface Entrusted {
  readonly toItself: boolean;
  readonly admitted: boolean;
  readonly entrustedBefore: boolean;
  readonly from: string;
  readonly until: string;
}

/** 委托运维有记录: to a third party, for a stated time, once. */
export const entrustmentRecorded = rule<Entrusted>({
  id: 'JN-13.4',
  title: text('委托第三方运维并记录', 'Maintenance is entrusted to a third party, on record'),
  decide: ({ toItself, admitted, entrustedBefore, from, until }, _, at) => {
    if (toItself || !admitted)
      return violated(
        text('受托单位不是在平台登记的第三方。', 'Whoever is entrusted is no third party registered here.'),
        text('请委托已入驻的其他单位。', 'Entrust another party that is admitted.'),
      );
    if (entrustedBefore)
      return violated(
        text('该单位的委托尚未结束。', 'An entrustment of this party has not ended.'),
        text('请先结束原委托。', 'End it first.'),
      );
    return from < until && at.toISOString() < until
      ? ok()
      : violated(
          text('委托期限不在今后。', 'The time of the entrustment is not ahead.'),
          text('请填写今后的期限。', 'Give a time that lies ahead.'),
        );
  },
  examples: [
    {
      name: 'a third party, a year',
      at: DAY,
      facts: { toItself: false, admitted: true, entrustedBefore: false, from: '2026-12-01', until: '2027-12-01' },
      expect: 'ok',
    },
    {
      name: 'itself',
      at: DAY,
      facts: { toItself: true, admitted: true, entrustedBefore: false, from: '2026-12-01', until: '2027-12-01' },
      expect: 'violated',
    },
    {
      name: 'not admitted',
      at: DAY,
      facts: { toItself: false, admitted: false, entrustedBefore: false, from: '2026-12-01', until: '2027-12-01' },
      expect: 'violated',
    },
    {
      name: 'twice',
      at: DAY,
      facts: { toItself: false, admitted: true, entrustedBefore: true, from: '2026-12-01', until: '2027-12-01' },
      expect: 'violated',
    },
    {
      name: 'ended before it begins',
      at: DAY,
      facts: { toItself: false, admitted: true, entrustedBefore: false, from: '2027-12-01', until: '2027-12-01' },
      expect: 'violated',
    },
    {
      name: 'over already',
      at: DAY,
      facts: { toItself: false, admitted: true, entrustedBefore: false, from: '2024-12-01', until: '2025-12-01' },
      expect: 'violated',
    },
  ],
});

/** 运维方不得是运营单位: the same bar, from the other side. */
export const maintainerDoesNotOperate = rule<{ readonly operates: boolean; readonly affiliateOperates: boolean }>({
  id: 'JN-13.3',
  title: text('运营单位不得承担平台运维', 'An operating unit does not maintain the platform'),
  decide: ({ operates, affiliateOperates }) =>
    operates || affiliateOperates
      ? violated(
          operates
            ? text('该单位是运营单位，或者正在申请运营。', 'The party operates public data, or applies to.')
            : text(
                '与该单位有关联关系的单位正在运营，或者正在申请运营。',
                'A party tied to it operates public data, or applies to.',
              ),
          text(
            '请委托不从事运营、与运营单位没有关联的单位。',
            'Entrust a party that does not operate and is not tied to one that does.',
          ),
        )
      : ok(),
  examples: [
    { name: 'an IT company', at: DAY, facts: { operates: false, affiliateOperates: false }, expect: 'ok' },
    { name: 'an operating unit', at: DAY, facts: { operates: true, affiliateOperates: false }, expect: 'violated' },
    { name: 'its affiliate', at: DAY, facts: { operates: false, affiliateOperates: true }, expect: 'violated' },
  ],
});
