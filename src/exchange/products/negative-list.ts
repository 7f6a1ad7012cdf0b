import { dated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

/** One line of the negative list: a product it fits cannot be listed. */
export interface NegativeEntry {
  readonly code: string;
  readonly title: Text;
  readonly grades?: readonly string[];
  readonly sectors?: readonly string[];
  /** Words in title, summary, scenario or dictionary. */
  readonly words?: readonly string[];
}

/**
 * 数据流通和交易负面清单: what is not traded here, by date. The operator keeps it; a new list is a new dated value, and
 * the old one stays to explain old decisions.
 */
export const NEGATIVE_LIST = dated<readonly NegativeEntry[]>({
  from: '2020-01-01',
  reference: '本所规则 HS-3.23；数据安全法第二十一条',
  value: [
    { code: 'N1', title: text('核心数据', 'Core data'), grades: ['core'] },
    { code: 'N2', title: text('涉及国家秘密的数据', 'State secrets'), words: ['国家秘密', '绝密', '涉密'] },
    {
      code: 'N3',
      title: text('原始生物识别信息', 'Raw biometric information'),
      words: ['人脸图像', '指纹图像', '虹膜图像', '声纹录音', '基因序列'],
    },
    {
      code: 'N4',
      title: text('军事设施与国防科研生产数据', 'Military and defence data'),
      sectors: ['国防军工'],
      words: ['军事设施'],
    },
    { code: 'N5', title: text('个人征信原始记录', 'Raw personal credit records'), words: ['个人征信原始'] },
  ],
});

export interface Screened {
  readonly grade: string;
  readonly sector: string;
  readonly words: string;
}

/** The lines a product fits. */
export const negativeHits = (list: readonly NegativeEntry[], { grade, sector, words }: Screened): NegativeEntry[] =>
  list.filter(
    (entry) =>
      entry.grades?.includes(grade) ||
      entry.sectors?.includes(sector) ||
      entry.words?.some((word) => words.includes(word)),
  );
