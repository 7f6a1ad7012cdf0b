import type { DictionaryColumn, Product } from '../../api.ts';
import { fenOf, yuan } from '../../shared/format.ts';
import { storedWord } from '../../shared/offered-words.ts';
import type { ProductExtra, Recipe } from '../types.ts';

export const AGGREGATES = ['count', 'sum', 'avg', 'min', 'max', 'median'] as const;
export type Aggregate = (typeof AGGREGATES)[number];
export const OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;

export interface FilterDraft {
  readonly key: number;
  readonly column: string;
  readonly op: string;
  readonly value: string;
}

export interface MeasureDraft {
  readonly key: number;
  readonly aggregate: Aggregate;
  /** Empty: rows are counted. */
  readonly column: string;
}

export interface ShareDraft {
  readonly key: number;
  readonly partyId: string;
  readonly percent: string;
  readonly reason: string;
}

/** What a person types to draft a product; `titles` hold the words of the result's columns by their names. */
export interface DraftValues {
  readonly title: string;
  readonly kind: 'dataset' | 'report' | 'query-service';
  readonly summary: string;
  readonly scenario: string;
  readonly resourceId: string;
  readonly way: 'rows' | 'groups';
  readonly picked: readonly string[];
  readonly groupBy: readonly string[];
  readonly measures: readonly MeasureDraft[];
  readonly filters: readonly FilterDraft[];
  readonly minimumGroupSize: string;
  readonly titles: Readonly<Record<string, { readonly zh: string; readonly en: string }>>;
  readonly price: string;
  readonly calls: string;
  readonly purposes: string;
  readonly validDays: string;
  readonly redistribution: boolean;
  readonly updateFrequency: string;
  readonly commitment: string;
  readonly offersTestData: boolean;
  readonly shares: readonly ShareDraft[];
}

let keys = 0;
export const newKey = (): number => ++keys;

const NUMBERS = ['integer', 'decimal', 'double'];
export const isNumber = (type: string): boolean => NUMBERS.includes(type);

/** Which columns an aggregate can be taken of. */
export const aggregatable = (aggregate: Aggregate, column: DictionaryColumn): boolean =>
  aggregate === 'count'
    ? true
    : aggregate === 'min' || aggregate === 'max'
      ? column.type !== 'boolean'
      : isNumber(column.type);

export const measureName = (m: MeasureDraft): string => (m.column ? `${m.aggregate}_${m.column}` : 'row_count');

export interface ResultColumn {
  readonly name: string;
  readonly column?: string;
  readonly aggregate?: Aggregate;
  readonly titleZh: string;
  readonly titleEn: string;
}

const WORD: Readonly<Record<Aggregate, { readonly zh: (of: string) => string; readonly en: (of: string) => string }>> =
  {
    count: { zh: (of) => (of ? `${of}计数` : '记录数'), en: (of) => (of ? `Count of ${of}` : 'Number of records') },
    sum: { zh: (of) => `${of}合计`, en: (of) => `Sum of ${of}` },
    avg: { zh: (of) => `平均${of}`, en: (of) => `Average ${of}` },
    min: { zh: (of) => `最小${of}`, en: (of) => `Least ${of}` },
    max: { zh: (of) => `最大${of}`, en: (of) => `Greatest ${of}` },
    median: { zh: (of) => `${of}中位数`, en: (of) => `Median ${of}` },
  };

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The columns the product will have, with the titles typed or else made from the dictionary. */
export function resultColumns(v: DraftValues, dictionary: readonly DictionaryColumn[]): readonly ResultColumn[] {
  const known = new Map(dictionary.map((c) => [c.name, c]));
  const plain = (name: string): ResultColumn => {
    const source = known.get(name);
    return {
      name,
      titleZh: v.titles[name]?.zh ?? source?.titleZh ?? name,
      titleEn: v.titles[name]?.en ?? source?.titleEn ?? '',
    };
  };
  if (v.way === 'rows') return dictionary.filter((c) => v.picked.includes(c.name)).map((c) => plain(c.name));
  const measures = v.measures.map((m): ResultColumn => {
    const source = known.get(m.column);
    const name = measureName(m);
    return {
      name,
      ...(m.column ? { column: m.column } : {}),
      aggregate: m.aggregate,
      titleZh: v.titles[name]?.zh ?? WORD[m.aggregate].zh(source?.titleZh ?? ''),
      titleEn: v.titles[name]?.en ?? WORD[m.aggregate].en(source ? lower(source.titleEn ?? source.name) : ''),
    };
  });
  return [...v.groupBy.map(plain), ...measures];
}

/** A typed value as the column's type has it; text stays text. */
export function typedValue(type: string, value: string): string | number | boolean {
  if (type === 'boolean') return value === 'true';
  if ((type === 'integer' || type === 'double') && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  return value.trim();
}

/** `12.5` per cent → 1250 basis points; null for what is no share. */
export function basisPointsOf(percent: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(percent.trim());
  if (!match) return null;
  const points = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return points >= 1 && points <= 10_000 ? points : null;
}

/** In hundredths of a per cent. */
export const WHOLE = 10_000;
export const sumOf = (shares: readonly ShareDraft[]): number =>
  shares.reduce((sum, s) => sum + (basisPointsOf(s.percent) ?? 0), 0);
export const percentText = (points: number): string =>
  `${Math.trunc(points / 100)}${points % 100 === 0 ? '' : `.${String(points % 100).padStart(2, '0')}`}`;

export const purposesOf = (typed: string): readonly string[] => [
  ...new Set(
    typed
      .split(/[、,，;；\n]/)
      .map((p) => p.trim())
      .filter(Boolean),
  ),
];

export function recipeOf(v: DraftValues, dictionary: readonly DictionaryColumn[]): Recipe {
  const types = new Map(dictionary.map((c) => [c.name, c.type]));
  return {
    resourceId: v.resourceId,
    filters: v.filters
      .filter((f) => f.column)
      .map((f) => ({ column: f.column, op: f.op, value: typedValue(types.get(f.column) ?? 'text', f.value) })),
    groupBy: v.way === 'groups' ? v.groupBy : [],
    columns: resultColumns(v, dictionary).map(({ titleEn, titleZh, ...c }) => ({
      ...c,
      titleZh: titleZh.trim(),
      ...(titleEn.trim() ? { titleEn: titleEn.trim() } : {}),
    })),
    ...(v.way === 'groups' && Number(v.minimumGroupSize) > 1 ? { minimumGroupSize: Number(v.minimumGroupSize) } : {}),
  };
}

export function inputOf(v: DraftValues, dictionary: readonly DictionaryColumn[]): Record<string, unknown> {
  const perCall = v.kind === 'query-service';
  return {
    title: v.title.trim(),
    kind: v.kind,
    summary: v.summary.trim(),
    scenario: v.scenario.trim(),
    resourceIds: [v.resourceId],
    recipe: recipeOf(v, dictionary),
    pricing: {
      mode: perCall ? 'per-call' : 'one-off',
      price: { amountFen: fenOf(v.price) ?? '0', currency: 'CNY' },
      ...(perCall ? { callsPerPackage: Number(v.calls) } : {}),
    },
    terms: { purposes: purposesOf(v.purposes), validDays: Number(v.validDays), redistribution: v.redistribution },
    supply: { updateFrequency: storedWord(v.updateFrequency), commitment: v.commitment.trim() },
    offersTestData: v.offersTestData,
    shares: v.shares.map((s) => ({
      partyId: s.partyId,
      basisPoints: basisPointsOf(s.percent) ?? 0,
      reason: s.reason.trim(),
    })),
  };
}

export const emptyDraft = (resourceId: string): DraftValues => ({
  title: '',
  kind: 'dataset',
  summary: '',
  scenario: '',
  resourceId,
  way: 'rows',
  picked: [],
  groupBy: [],
  measures: [],
  filters: [],
  minimumGroupSize: '',
  titles: {},
  price: '',
  calls: '1000',
  purposes: '',
  validDays: '365',
  redistribution: false,
  updateFrequency: '',
  commitment: '',
  offersTestData: true,
  shares: [],
});

/** The form of a product that exists, to revise it. */
export function draftOf(product: Product & ProductExtra): DraftValues {
  const recipe = product.recipe;
  const aggregated = recipe?.columns.some((c) => c.aggregate) ?? false;
  return {
    ...emptyDraft(recipe?.resourceId ?? ''),
    title: product.title,
    kind: product.kind as DraftValues['kind'],
    summary: product.summary,
    scenario: product.scenario,
    way: aggregated || (recipe?.groupBy.length ?? 0) > 0 ? 'groups' : 'rows',
    picked: aggregated ? [] : (recipe?.columns ?? []).map((c) => c.column ?? c.name),
    groupBy: recipe?.groupBy ?? [],
    measures: (recipe?.columns ?? [])
      .filter((c) => c.aggregate)
      .map((c) => ({ key: newKey(), aggregate: c.aggregate as Aggregate, column: c.column ?? '' })),
    filters: (recipe?.filters ?? []).map((f) => ({
      key: newKey(),
      column: f.column,
      op: f.op,
      value: String(f.value ?? ''),
    })),
    minimumGroupSize: recipe?.minimumGroupSize ? String(recipe.minimumGroupSize) : '',
    titles: Object.fromEntries(
      (recipe?.columns ?? []).map((c) => [
        c.aggregate
          ? measureName({ key: 0, aggregate: c.aggregate as Aggregate, column: c.column ?? '' })
          : (c.column ?? c.name),
        { zh: c.titleZh, en: c.titleEn ?? '' },
      ]),
    ),
    price: yuan(product.pricing.price.amountFen).replaceAll(',', ''),
    calls: String(product.pricing.callsPerPackage ?? 1000),
    purposes: product.terms.purposes.join('、'),
    validDays: String(product.terms.validDays),
    redistribution: product.terms.redistribution,
    updateFrequency: product.supply.updateFrequency,
    commitment: product.supply.commitment,
    offersTestData: product.offersTestData ?? false,
    shares: product.shares.map((s) => ({
      key: newKey(),
      partyId: s.partyId,
      percent: percentText(s.basisPoints),
      reason: s.reason,
    })),
  };
}
