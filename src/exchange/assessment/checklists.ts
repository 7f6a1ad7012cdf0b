import { dated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import type { OpinionKind } from '../products/index.ts';
import { NORM } from './indicators.ts';

export interface ChecklistItem {
  readonly item: string;
  readonly title: Text;
  /** Row of the rulebook the question comes from. */
  readonly source: string;
}

/** What a third party answers before it concludes, by date: a later list leaves earlier conclusions as they were. */
export const CHECKLISTS = {
  compliance: dated<readonly ChecklistItem[]>({
    from: '2020-01-01',
    reference: 'HS-4.11',
    value: [
      {
        item: 'C01',
        title: text('数据来源已说明，并有凭证支持', 'The source of the data is explained and supported by documents'),
        source: 'DSL-33.1',
      },
      {
        item: 'C02',
        title: text('数据已分类分级，不含核心数据', 'The data is classified and graded and holds no core data'),
        source: 'DSL-21.1',
      },
      {
        item: 'C03',
        title: text(
          '供方对所用资源享有权利或者取得有效授权',
          'The seller holds the right to each resource or a living authorisation',
        ),
        source: 'SH-6.3',
      },
      {
        item: 'C04',
        title: text(
          '涉及个人信息的，具有同意或者其他合法依据',
          'Personal information has consent or another legal basis',
        ),
        source: 'PIPL-13.1',
      },
      {
        item: 'C05',
        title: text('涉及敏感信息的，已取得权利人授权', 'Sensitive information is authorised by those it concerns'),
        source: 'JN-6.2',
      },
      {
        item: 'C06',
        title: text(
          '样例与公开说明不泄露个人信息和商业秘密',
          'Sample and description disclose no personal information or trade secret',
        ),
        source: 'SH-18.2',
      },
      { item: 'C07', title: text('不属于负面清单所列数据', 'Nothing on the negative list'), source: 'BJ-15.6' },
      {
        item: 'C08',
        title: text('应用场景明确，使用目的合法正当', 'The scenario is clear and the purposes are lawful'),
        source: 'SH-10.3',
      },
      {
        item: 'C09',
        title: text(
          '使用目的、期限和用量可以控制和计量',
          'Purpose, period and amount of use can be controlled and metered',
        ),
        source: 'GY-13.5',
      },
      {
        item: 'C10',
        title: text('原始数据不随产品对外提供', 'Raw data does not leave with the product'),
        source: 'JN-14.4',
      },
      {
        item: 'C11',
        title: text('涉及公共数据的，收益分配安排了数据提供单位', 'Of public data the provider has its share'),
        source: 'GY-1.4',
      },
    ],
  }),
  quality: dated<readonly ChecklistItem[]>({
    from: '2020-01-01',
    reference: 'HS-4.11',
    value: [
      {
        item: 'Q01',
        title: text('测量对象为当前版本的产品数据', 'The data measured is the current version of the product'),
        source: 'HS-4.12',
      },
      {
        item: 'Q02',
        title: text('数据字典与实际字段一致，含义清楚', 'The dictionary matches the columns and is clear'),
        source: 'HS-3.21',
      },
      {
        item: 'Q03',
        title: text('数据内容真实可用，能够支持所述场景', 'The content is authentic and usable for the scenario'),
        source: 'SH-10.2',
      },
      {
        item: 'Q04',
        title: text('缺失、重复和异常在可接受范围内', 'Gaps, duplicates and faults are acceptable'),
        source: 'GY-21.1',
      },
      { item: 'Q05', title: text('测试数据能够代表产品', 'The test data stands for the product'), source: 'SH-10.4' },
      {
        item: 'Q06',
        title: text('更新频率与供给承诺可以实现', 'Frequency of update and commitment to supply can be met'),
        source: 'SH-10.5',
      },
    ],
  }),
} as const satisfies Readonly<Record<OpinionKind, unknown>>;

/** What each kind of assessment is made by; kept with every case. */
export const NORMS: Readonly<Record<OpinionKind, string>> = {
  compliance: 'HS-4.11/compliance',
  quality: NORM,
};
