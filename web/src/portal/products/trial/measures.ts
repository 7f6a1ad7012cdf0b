import type { Text } from '../../../api.ts';

export type Measure = 'match-rate' | 'coverage' | 'correlation' | 'auc';
export const MEASURES: readonly Measure[] = ['match-rate', 'coverage', 'correlation', 'auc'];

const t = (zh: string, en: string): Text => ({ zh, en });
export const MEASURE_WORDS: Readonly<Record<Measure, { readonly title: Text; readonly hint: Text }>> = {
  'match-rate': {
    title: t('匹配率', 'Match rate'),
    hint: t('自备表的键值中，产品里有的占多少。', 'How many keys of the own table the product has.'),
  },
  coverage: {
    title: t('覆盖率', 'Coverage'),
    hint: t('匹配上的键值中，产品字段有值的占多少。', 'Of the keys that match, how many have a value in the column.'),
  },
  correlation: {
    title: t('相关系数', 'Correlation'),
    hint: t('产品字段与自备字段的皮尔逊相关系数，−1 至 1。', 'Pearson correlation of both columns, −1 to 1.'),
  },
  auc: {
    title: t('AUC', 'AUC'),
    hint: t(
      '产品字段区分自备 0/1 标签的能力：0.5 为不能区分，1 或 0 为完全区分。',
      'How well the column tells an own label of 0 and 1: 0.5 is not at all, 1 or 0 is wholly.',
    ),
  },
};

const NUMBERS: readonly string[] = ['integer', 'decimal', 'double'];
/** What a measure takes of the product and of the own table. */
export const takesColumn = (m: Measure): boolean => m !== 'match-rate';
export const takesNumber = (m: Measure): boolean => m === 'correlation' || m === 'auc';
export const isNumber = (type: string): boolean => NUMBERS.includes(type);
/** A label of noughts and ones may also be written as true and false. */
export const isFigure = (type: string): boolean => isNumber(type) || type === 'boolean';

export interface Offer {
  readonly offer: {
    readonly keyColumn: string;
    readonly columns: readonly string[];
    readonly measures: readonly Measure[];
  } | null;
  /** Told to the seller alone. */
  readonly allLeft: number | null;
  readonly isUsedUp: boolean;
  readonly limits: {
    readonly ownKeysLeast: number;
    readonly matchedLeast: number;
    readonly runsMost: number;
    readonly runsDays: number;
    readonly allMost: number;
    readonly allDays: number;
    readonly step: number;
  };
}

export interface TrialItem {
  readonly id: string;
  readonly buyer: { readonly id: string; readonly name: string };
  readonly measure: Measure;
  readonly column: string | null;
  readonly at: string;
  readonly repeated: boolean;
  readonly mine: {
    readonly outcome: 'told' | 'too-few';
    readonly score: number | null;
    readonly within: number | null;
  } | null;
}

export interface Told {
  readonly outcome: 'told' | 'too-few';
  readonly score: number | null;
  readonly within: number | null;
  readonly repeated: boolean;
  readonly runsLeft: number;
}
