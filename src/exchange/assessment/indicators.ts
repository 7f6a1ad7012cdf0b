import { dated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import type { Quality } from '../products/index.ts';

/**
 * Quality by GB/T 36344-2018: six dimensions, twenty indicators, each a ratio between 0 and 1. `0303` and `0305` count
 * faults; they are turned round (1 - A/B, as DB31/T 1523-2024 does), so that higher is always better.
 */
export const NORM = 'GB/T 36344-2018';

export type Dimension =
  | 'standardisation'
  | 'completeness'
  | 'accuracy'
  | 'consistency'
  | 'timeliness'
  | 'accessibility';

export const DIMENSIONS: Readonly<Record<Dimension, Text>> = {
  standardisation: text('规范性', 'Standardisation'),
  completeness: text('完整性', 'Completeness'),
  accuracy: text('准确性', 'Accuracy'),
  consistency: text('一致性', 'Consistency'),
  timeliness: text('时效性', 'Timeliness'),
  accessibility: text('可访问性', 'Accessibility'),
};

/** How much each dimension counts: the standard leaves it open, the operator chose. */
export const WEIGHTS = dated<Readonly<Record<Dimension, number>>>({
  from: '2020-01-01',
  value: { standardisation: 15, completeness: 25, accuracy: 25, consistency: 10, timeliness: 15, accessibility: 10 },
  reference: 'HS-4.13',
});

/** What was seen of the data itself; null where a fact is not there to be seen. */
export interface Facts {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nulls: number;
    readonly distinct: number;
    readonly distinctExact: boolean;
  }[];
  readonly duplicateRows: number | null;
  readonly dictionary: readonly {
    readonly name: string;
    readonly type: string;
    readonly titleZh: string;
    readonly description: string | null;
    readonly sensitive: boolean;
    readonly aggregate: string | null;
  }[];
  /** Columns that together name a row: the groups of an aggregated product; empty where none were declared. */
  readonly keyColumns: readonly string[];
  /** Text cells that hold only blanks or a word for nothing, and number cells that are no number. */
  readonly dirtyCells: number | null;
  readonly textCells: number;
  /** Date cells inside the declared coverage, of all date cells; null where no coverage was declared. */
  readonly covered: { readonly inside: number; readonly all: number } | null;
  readonly rowsPromised: number;
  /** Hours since the data was made, and the longest the declared frequency allows; null where it sets no period. */
  readonly age: { readonly hours: number; readonly hoursMax: number } | null;
}

type Measured = number | Text;
interface Definition {
  readonly code: string;
  readonly dimension: Dimension;
  readonly title: Text;
  /** The ratio, or the reason why it cannot be told. */
  readonly measure: (f: Facts) => Measured;
}

const ratio = (part: number, whole: number): Measured =>
  whole > 0
    ? Math.min(1, Math.max(0, part / whole))
    : text('没有可测量的数据元素。', 'There is no element to measure.');
const cells = (f: Facts): number => f.rows * f.columns.length;
const missing = (zh: string, en: string) => (): Text => text(zh, en);

export const INDICATORS: readonly Definition[] = [
  {
    code: '0101',
    dimension: 'standardisation',
    title: text('数据标准', 'Data standard'),
    measure: missing('产品没有声明所依据的数据标准。', 'No data standard was declared for the product.'),
  },
  {
    code: '0102',
    dimension: 'standardisation',
    title: text('数据模型', 'Data model'),
    // Columns of the file that the dictionary declares with this very type.
    measure: (f) =>
      ratio(
        f.columns.filter((c) => f.dictionary.some((d) => d.name === c.name && d.type === c.type)).length,
        f.columns.length,
      ),
  },
  {
    code: '0103',
    dimension: 'standardisation',
    title: text('元数据', 'Metadata'),
    measure: (f) =>
      ratio(
        f.dictionary.filter((d) => d.titleZh !== '' && d.type !== '' && (d.description ?? '') !== '').length,
        f.dictionary.length,
      ),
  },
  {
    code: '0104',
    dimension: 'standardisation',
    title: text('业务规则', 'Business rules'),
    measure: missing('没有登记业务规则。', 'No business rules were registered.'),
  },
  {
    code: '0105',
    dimension: 'standardisation',
    title: text('权威参考数据', 'Reference data'),
    measure: missing('字段没有声明值域或代码表。', 'No column declares a list of valid values.'),
  },
  {
    code: '0106',
    dimension: 'standardisation',
    title: text('安全规范', 'Security rules'),
    // A column that shows single values of a sensitive source is not de-identified.
    measure: (f) => ratio(f.dictionary.filter((d) => !d.sensitive).length, f.dictionary.length),
  },
  {
    code: '0201',
    dimension: 'completeness',
    title: text('数据元素完整性', 'Completeness of elements'),
    measure: (f) => ratio(cells(f) - f.columns.reduce((sum, c) => sum + c.nulls, 0), cells(f)),
  },
  {
    code: '0202',
    dimension: 'completeness',
    title: text('数据记录完整性', 'Completeness of records'),
    measure: missing('没有声明应有的记录数。', 'The number of records expected was not declared.'),
  },
  {
    code: '0301',
    dimension: 'accuracy',
    title: text('数据内容正确性', 'Correctness of content'),
    measure: missing('没有可比对的权威数据。', 'There is no authoritative data to compare with.'),
  },
  {
    code: '0302',
    dimension: 'accuracy',
    title: text('数据格式合规性', 'Format'),
    measure: missing('没有声明长度、精度等格式要求。', 'No length, precision or other format was declared.'),
  },
  {
    code: '0303',
    dimension: 'accuracy',
    title: text('数据不重复的比例（由数据重复率取反）', 'Free of duplicates (one minus the duplicate rate)'),
    measure: (f) =>
      f.duplicateRows === null
        ? text('数据量过大，没有计算重复行。', 'The table is too large: duplicates were not counted.')
        : ratio(f.rows - f.duplicateRows, f.rows),
  },
  {
    code: '0304',
    dimension: 'accuracy',
    title: text('数据唯一性', 'Uniqueness'),
    measure: (f) => {
      const [key, ...more] = f.keyColumns;
      const column = f.columns.find((c) => c.name === key);
      if (!column || more.length > 0) return text('没有声明单一主键字段。', 'No single key column was declared.');
      if (!column.distinctExact)
        return text('数据量过大，不同值个数只是估计。', 'The table is too large: distinct values are an estimate.');
      return ratio(column.distinct, f.rows);
    },
  },
  {
    code: '0305',
    dimension: 'accuracy',
    title: text('数据不脏的比例（由脏数据出现率取反）', 'Free of dirty cells (one minus the dirty rate)'),
    measure: (f) =>
      f.dirtyCells === null
        ? text('没有文本字段可供检查。', 'There are no text columns to look at.')
        : ratio(f.textCells - f.dirtyCells, f.textCells),
  },
  {
    code: '0401',
    dimension: 'consistency',
    title: text('相同数据一致性', 'Same data, same value'),
    measure: missing('没有存放同一数据的其他位置。', 'The same data is kept in no other place.'),
  },
  {
    code: '0402',
    dimension: 'consistency',
    title: text('关联数据一致性', 'Linked data'),
    measure: missing('没有声明字段之间的约束。', 'No constraint between columns was declared.'),
  },
  {
    code: '0501',
    dimension: 'timeliness',
    title: text('基于时间段的正确性', 'Correct by period'),
    measure: (f) =>
      f.covered === null
        ? text('没有声明时域范围，或没有日期字段。', 'No period was declared, or there is no date column.')
        : ratio(f.covered.inside, f.covered.all),
  },
  {
    code: '0502',
    dimension: 'timeliness',
    title: text('基于时间点的及时性', 'In time'),
    measure: (f) =>
      f.age === null
        ? text('更新频率没有规定期限。', 'The declared frequency sets no period.')
        : f.age.hours <= f.age.hoursMax
          ? 1
          : 0,
  },
  {
    code: '0503',
    dimension: 'timeliness',
    title: text('时序性', 'Order in time'),
    measure: missing('没有声明实体与时间顺序。', 'No entity and order in time were declared.'),
  },
  {
    code: '0601',
    dimension: 'accessibility',
    title: text('可访问', 'Accessible'),
    // The object was opened, decrypted and read to its end for this very measurement.
    measure: (f) => ratio(f.rows, f.rowsPromised),
  },
  {
    code: '0602',
    dimension: 'accessibility',
    title: text('可用性', 'Usable'),
    measure: missing('没有声明数据的有效期。', 'No validity period of the data was declared.'),
  },
];

const DECIMALS = 4;
const FULL_SCORE = 100;

/**
 * Measures every indicator that can be measured and says why the others cannot. The score is the mean of the
 * dimensions, weighted; a dimension is the plain mean of its measured indicators, and one without any does not count.
 */
export function measureQuality(facts: Facts, weights: Readonly<Record<Dimension, number>>): Quality {
  const measured = INDICATORS.map((i) => ({ ...i, result: i.measure(facts) }));
  let sum = 0;
  let weightSum = 0;
  for (const dimension of Object.keys(DIMENSIONS) as Dimension[]) {
    const values = measured.flatMap((m) =>
      m.dimension === dimension && typeof m.result === 'number' ? [m.result] : [],
    );
    if (values.length === 0) continue;
    sum += weights[dimension] * (values.reduce((a, b) => a + b, 0) / values.length);
    weightSum += weights[dimension];
  }
  return {
    score: weightSum > 0 ? round((FULL_SCORE * sum) / weightSum, 1) : null,
    indicators: measured.map(({ code, dimension, title, result }) =>
      typeof result === 'number'
        ? { code, dimension, title, value: round(result, DECIMALS), assessable: true }
        : { code, dimension, title, value: null, assessable: false, reason: result },
    ),
  };
}

const round = (value: number, decimals: number): number => Math.round(value * 10 ** decimals) / 10 ** decimals;
